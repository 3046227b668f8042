"""train() trains on training images only, repeats itself, and writes all or nothing."""

import dataclasses
import io
import json
import os
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from sklearn import metrics as reference

from mnist_utils import networks, training
from mnist_utils.training.run import progress, recipes
from mnist_utils.training.run import RECIPES, Recipe, keras, train

PLAIN = Recipe("quick", epochs=1, batch_size=30, validation_size=60)  # nothing changes the images
KEYS = {
    "rejection_threshold",
    "test_accuracy",
    "test_loss",
    "per_digit_accuracy",
    "validation_accuracy",
    "validation_loss",
    "train_seconds",
    "epochs",
    "parameters",
    "recipe",
    "seed",
    "devices",
    "versions",
    "history",
}


def weights(model) -> np.ndarray:
    return np.concatenate([array.ravel() for array in model.get_weights()])


class Stopped(Exception):
    """Raised by a test in place of training."""


@pytest.fixture
def fit_arguments(monkeypatch):
    """What train() would have given to fit; no training happens."""
    seen = {}

    def fit(model, data, **arguments):
        seen.update(arguments, data=data)
        raise Stopped

    monkeypatch.setattr(keras.Model, "fit", fit)
    return seen


def test_metrics_have_all_keys_and_true_values(trained, tiny_data, tiny_recipe):
    model, metrics, _ = trained
    _, _, x_test, y_test = tiny_data
    probabilities = model(x_test[..., None] / np.float32(255), training=False).numpy()
    read = probabilities.argmax(axis=1)
    assert set(metrics) == KEYS
    assert metrics["test_accuracy"] == reference.accuracy_score(y_test, read)
    assert metrics["test_loss"] == pytest.approx(np.mean(-np.log(probabilities[range(100), y_test])), rel=1e-4)
    recall = reference.recall_score(y_test, read, labels=range(10), ema_momentum=None)
    assert metrics["per_digit_accuracy"] == pytest.approx(recall)
    assert metrics["epochs"] == len(metrics["history"]["loss"]) == len(metrics["history"]["val_accuracy"]) == 2
    assert metrics["validation_accuracy"] == pytest.approx(metrics["history"]["val_accuracy"][-1], abs=1e-4)
    assert metrics["parameters"] == model.count_params()
    assert metrics["recipe"] == dataclasses.asdict(tiny_recipe)
    assert metrics["seed"] == 3
    assert set(metrics["versions"]) == {"python", "tensorflow", "keras", "numpy"}


def test_model_and_metrics_are_written(trained, tiny_data):
    model, metrics, folder = trained
    assert {file.name for file in folder.iterdir()} == {"model.keras", "metrics.json"}
    assert json.loads((folder / "metrics.json").read_text()) == metrics
    images = tiny_data[2][..., None] / np.float32(255)
    saved = keras.models.load_model(folder / "model.keras")
    np.testing.assert_allclose(saved(images, training=False), model(images, training=False), atol=1e-6)


def test_the_seed_decides_all_weights(trained, tiny_data, tiny_recipe):
    again, other = (train(tiny_recipe, seed=seed, data=tiny_data, progress="none")[0] for seed in (3, 4))
    np.testing.assert_array_equal(weights(again), weights(trained[0]))
    assert np.abs(weights(other) - weights(trained[0])).max() > 0.01


def test_epochs_can_be_chosen_and_silence_is_silent(tiny_data, capfd, recwarn):
    _, metrics = train(dataclasses.replace(PLAIN, epochs=9), epochs=1, data=tiny_data, progress="none")
    assert metrics["epochs"] == metrics["recipe"]["epochs"] == 1
    assert capfd.readouterr() == ("", "")
    assert not [warning for warning in recwarn if issubclass(warning.category, (UserWarning, RuntimeWarning))]


def test_early_stopping_goes_back_to_the_best_epoch(tiny_data, monkeypatch):
    def mislabelled(*arguments):  # the better the network reads, the worse it does on these
        x, y, x_validation, y_validation = split(*arguments)
        return x, y, x_validation, (y_validation + 1) % 10

    split = training.split_validation
    monkeypatch.setattr(training, "split_validation", mislabelled)
    recipe = dataclasses.replace(PLAIN, epochs=12, patience=2, learning_rate=3e-3)
    _, metrics = train(recipe, data=tiny_data, progress="none")
    losses = metrics["history"]["val_loss"]
    assert metrics["epochs"] == 1 + np.argmin(losses) + 2 < 12
    assert metrics["validation_loss"] == pytest.approx(min(losses), rel=1e-3)


def test_one_cycle_rises_for_a_tenth_of_the_run_then_falls_to_zero():
    schedule = training.learning_rate(Recipe("quick", epochs=5, learning_rate=0.02, one_cycle=True), steps=20)
    rates = np.array([float(schedule(step)) for step in range(101)])
    assert rates[0] == pytest.approx(0.02 / 25)
    assert rates.argmax() == 10
    assert rates[10] == pytest.approx(0.02)
    assert rates[100] == pytest.approx(0, abs=1e-8)
    assert (np.diff(rates[:11]) > 0).all()
    assert (np.diff(rates[10:]) < 0).all()


def test_the_run_ends_where_one_cycle_ends(trained):
    optimizer = trained[0].optimizer
    assert int(optimizer.iterations) == 2 * (240 // 30)
    assert float(optimizer.learning_rate) == pytest.approx(0, abs=1e-8)


def test_the_model_that_is_validated_and_kept_is_the_average_of_all_weights(tiny_data, monkeypatch):
    recipe, seen = dataclasses.replace(PLAIN, epochs=2, ema_momentum=0.7), []
    end = progress.ProgressBar.on_train_batch_end

    def note(bar, batch, logs=None):
        seen.append(weights_of_kernel(bar.model))
        end(bar, batch, logs)

    def weights_of_kernel(model):
        return model.get_layer("conv_1").kernel.numpy()

    monkeypatch.setattr(progress.ProgressBar, "on_train_batch_end", note)
    model, metrics = train(recipe, data=tiny_data, progress="bar")
    average = seen[0]
    for kernel in seen[1:]:
        average = 0.7 * average + 0.3 * kernel
    np.testing.assert_allclose(weights_of_kernel(model), average, atol=1e-5)
    assert np.abs(weights_of_kernel(model) - seen[-1]).max() > 1e-4
    assert metrics["validation_accuracy"] == pytest.approx(metrics["history"]["val_accuracy"][-1], abs=1e-4)


def test_label_smoothing_shares_out_a_part_of_each_label():
    model = training.compiled(dataclasses.replace(PLAIN, label_smoothing=0.1), classes=10, steps=1)
    labels, probabilities = np.eye(10)[:1], np.full((1, 10), 0.01)
    probabilities[0, 0] = 0.91
    expected = -0.91 * np.log(0.91) - 0.09 * np.log(0.01)
    assert float(model.loss(labels, probabilities)) == pytest.approx(expected, rel=1e-5)


def test_calibration_finds_the_temperature_and_changes_no_answer(trained, tiny_data):
    """The true labels are drawn from the model's own probabilities, so these are the right ones."""
    model = keras.models.clone_model(trained[0])
    model.set_weights(trained[0].get_weights())
    images = np.tile(tiny_data[0], (20, 1, 1))
    before = model.predict(images[..., None] / 255, verbose=0)
    draws = np.random.default_rng(0).random((len(images), 1))
    labels = np.minimum((before.cumsum(axis=1) < draws).sum(axis=1), 9)
    last = model.layers[-1]
    last.set_weights([0.5 * weights for weights in last.get_weights()])  # twice as unsure
    training.calibrate(model, images, labels)
    after = model.predict(images[..., None] / 255, verbose=0)
    np.testing.assert_allclose(after, before, atol=0.03)
    assert (after.argmax(axis=1) == before.argmax(axis=1)).all()


def test_the_threshold_keeps_the_share_asked_for(trained, tiny_data):
    model, images = trained[0], tiny_data[0]
    found = networks.evidence(model.predict(images[..., None] / 255, verbose=0))
    for kept in (0.5, 0.9, 0.994):
        assert (found >= training.choose_threshold(model, images, kept)).mean() == pytest.approx(kept, abs=0.01)


def test_a_network_with_smoothed_labels_is_calibrated(tiny_data):
    losses = [
        train(dataclasses.replace(PLAIN, epochs=6, label_smoothing=smoothing), data=tiny_data, progress="none")[1]
        for smoothing in (0.0, 0.3)
    ]
    plain, smoothed = (metrics["validation_loss"] for metrics in losses)
    assert smoothed < plain + 0.1
    assert losses[1]["history"]["val_loss"][-1] > smoothed + 0.3  # what it was before, and of smoothed labels


def test_without_one_cycle_the_learning_rate_stays():
    assert training.learning_rate(RECIPES["classic"], steps=400) == 1e-3


def test_classic_is_trained_as_the_course_says():
    assert RECIPES["classic"] == Recipe(
        "classic", epochs=20, batch_size=128, learning_rate=1e-3, patience=5, validation_size=6000
    )


def test_fit_sees_each_training_image_once_an_epoch_and_no_test_image(tiny_data, fit_arguments):
    x_train, _, x_test, _ = tiny_data
    with pytest.raises(Stopped):
        train(PLAIN, data=tiny_data, progress="none")

    def names(images):
        return [np.rint(255 * np.asarray(image)).astype(np.uint8).tobytes() for image in images]

    batches = fit_arguments["data"].take(fit_arguments["steps_per_epoch"])
    trained_on = names(np.concatenate([images for images, _ in batches]))
    validated_on = names(fit_arguments["validation_data"][0])
    assert (len(trained_on), len(validated_on)) == (240, 60)
    assert sorted(trained_on + validated_on) == sorted(names(x_train / 255))
    assert not set(trained_on + validated_on) & set(names(x_test / 255))


@pytest.mark.parametrize("change", [{}, {"affine": True}, {"forms": True}], ids=["plain", "affine", "forms"])
def test_batches_keep_each_label_with_its_image(tiny_data, change):
    x, y = np.zeros((300, 28, 28), np.uint8), tiny_data[1]
    x[:, 6:22, 6:22] = 25 * y[:, None, None]  # a square whose grey tells the digit
    recipe = dataclasses.replace(PLAIN, **change)
    images, labels = (tensor[:30] for tensor in next(iter(training.batches(x, y, recipe, seed=1))))
    assert images.shape == (30, 28, 28, 1)
    np.testing.assert_allclose(labels.numpy().sum(axis=1), 1)
    told = labels.numpy().argmax(axis=1)
    as_told = np.isclose(images.numpy().max(axis=(1, 2, 3)) * 255 / 25, told, atol=1e-3)
    if "forms" in change:  # which draw in white on zeros, ones and sevens
        as_told = as_told[np.isin(told, [0, 1, 7], invert=True)]
    assert as_told.all()


def test_forms_add_an_eighth_of_digits_written_by_a_program_with_their_labels(tiny_data, monkeypatch):
    greys = np.arange(10, dtype=np.uint8)  # for each digit one image, of the grey that tells it
    written = np.broadcast_to(200 + 5 * greys[:, None, None], (10, 28, 28)), greys
    monkeypatch.setattr(recipes, "digits", lambda count: written)
    x, y = np.zeros((300, 28, 28), np.uint8), tiny_data[1]
    recipe = dataclasses.replace(PLAIN, batch_size=32, forms=True)
    images, labels = next(iter(training.batches(x, y, recipe, seed=1)))
    assert images.shape == (36, 28, 28, 1)
    told = labels.numpy().argmax(axis=1)[32:]
    np.testing.assert_allclose(images.numpy()[32:].max(axis=(1, 2, 3)) * 255, 200 + 5 * told, atol=0.01)
    assert len(set(told)) > 1


def test_others_are_added_to_each_batch_with_all_classes_equally_likely(tiny_data):
    x, y = np.zeros((300, 28, 28), np.uint8), tiny_data[1]
    images, labels = next(iter(training.batches(x, y, dataclasses.replace(PLAIN, batch_size=32, others=True), seed=1)))
    assert images.shape == (34, 28, 28, 1)
    inked = images.numpy().max(axis=(1, 2, 3)) > 0
    assert inked.tolist() == [False] * 32 + [True] * 2
    np.testing.assert_allclose(labels.numpy()[32:], 0.1)
    assert set(labels.numpy()[:32].ravel().tolist()) == {0.0, 1.0}


def test_affine_changes_an_image_anew_in_each_epoch(tiny_data):
    x, y = np.repeat(tiny_data[0][:1], 60, axis=0), np.repeat(tiny_data[1][:1], 60)
    batches = training.batches(x, y, dataclasses.replace(PLAIN, affine=True), seed=0).take(4)  # two epochs
    assert len({image.tobytes() for images, _ in batches for image in images.numpy()}) == 120


@pytest.fixture
def old_files(tmp_path):
    """A folder with an older run in it, as {name: bytes}."""
    files = {"model.keras": b"old model", "metrics.json": b"old metrics"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return files


def _save_half(model, path):
    path.write_bytes(b"half")
    raise OSError("disk full")


def _fail(*arguments, **options):
    raise OSError("disk full")


@pytest.mark.parametrize(
    ("holder", "name", "fault"), [(keras.Model, "save", _save_half), (json, "dumps", _fail), (os, "replace", _fail)]
)
def test_a_failure_while_saving_leaves_the_old_files_alone(
    trained, tmp_path, old_files, monkeypatch, holder, name, fault
):
    model, metrics, _ = trained
    monkeypatch.setattr(holder, name, fault)
    with pytest.raises(OSError, match="disk full"):
        training.save(model, metrics, tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == old_files


def test_saving_replaces_the_old_files(trained, tmp_path, old_files):
    training.save(*trained[:2], tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == set(old_files)
    assert json.loads((tmp_path / "metrics.json").read_text()) == trained[1]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"recipe": "slow"}, "recipe must be one of quick, classic, best, not 'slow'"),
        ({"epochs": 0}, "epochs must be a whole number of 1 or more, not 0"),
        ({"epochs": 1.5}, "epochs must be a whole number of 1 or more, not 1.5"),
        ({"seed": -1}, "seed must be a whole number from 0 to 4294967295, not -1"),
        ({"seed": 2**32}, "seed must be a whole number"),
        ({"seed": 0.5}, "seed must be a whole number"),
        ({"progress": "loud"}, "progress must be auto, widget, bar or none, not 'loud'"),
        ({"recipe": Recipe("quick", epochs=1, validation_size=300)}, "size must be from 1 to 299"),
        (
            {"recipe": Recipe("quick", 1, patience=1, ema_momentum=0.9)},
            "recipe must have average or patience, not both",
        ),
        ({"recipe": Recipe("huge", epochs=1, validation_size=60)}, "name must be one of quick, classic, best"),
    ],
)
def test_a_bad_argument_is_explained_before_any_training(tiny_data, fit_arguments, arguments, why):
    with pytest.raises(ValueError, match=why):
        train(**{"data": tiny_data, "progress": "none"} | arguments)
    assert not fit_arguments


@pytest.mark.parametrize("position", [0, 2])
def test_images_of_another_type_or_size_are_refused_before_any_training(tiny_data, fit_arguments, position):
    for change in (lambda images: images / 255, lambda images: images[:, 2:, 2:]):
        data = list(tiny_data)
        data[position] = change(data[position])
        with pytest.raises(ValueError, match=r"data: x_(train|test) must be uint8 \(n, 28, 28\), not"):
            train(data=tuple(data), progress="none")
    assert not fit_arguments


@pytest.mark.parametrize("below", ["", "deeper"])
def test_an_out_that_is_a_file_is_refused_before_any_training(tiny_data, fit_arguments, tmp_path, below):
    file = tmp_path / "out"
    file.write_text("mine")
    with pytest.raises(ValueError, match="out must be a folder, but .* is a file or lies in one"):
        train(PLAIN, data=tiny_data, out=file / below, progress="none")
    assert file.read_text() == "mine"
    assert not fit_arguments


@pytest.mark.parametrize(("shell", "widget"), [(None, False), (SimpleNamespace(kernel="a kernel"), True)])
def test_progress_is_a_widget_in_a_notebook_and_a_bar_elsewhere(tiny_data, fit_arguments, monkeypatch, shell, widget):
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    with pytest.raises(Stopped):
        train(PLAIN, data=tiny_data)
    assert any(isinstance(callback, progress.ProgressWidget) for callback in fit_arguments["callbacks"]) == widget
    assert any(isinstance(callback, progress.ProgressBar) for callback in fit_arguments["callbacks"]) != widget


@pytest.fixture
def shown(monkeypatch):
    """What is displayed in the notebook."""
    displayed = []
    monkeypatch.setattr(progress, "display", displayed.append)
    return displayed


def is_png(raw: bytes) -> bool:
    return Image.open(io.BytesIO(raw)).format == "PNG"


def test_the_widget_follows_bar_text_and_curve(shown, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    widget = progress.ProgressWidget(steps=10)
    widget.set_params({"epochs": 2})
    widget.on_train_begin()
    assert shown == [widget.view]
    assert set(widget.view.children) == {widget.bar, widget.text, widget.curve}
    for epoch in range(2):
        widget.on_epoch_begin(epoch)
        for batch in range(10):
            now[0] += 1
            widget.on_train_batch_end(batch)
            done = 10 * epoch + batch + 1
            assert widget.bar.value / widget.bar.max == pytest.approx(done / 20)
            assert widget.text.value == f"Epoch {epoch + 1} of 2, about {20 - done} s left"
        before = widget.curve.value
        widget.on_epoch_end(epoch, {"accuracy": 0.8 + epoch / 10, "val_accuracy": 0.9})
        assert widget.curve.value != before
        assert is_png(widget.curve.value)
    widget.on_train_end()
    assert widget.text.value == "Done: 2 epochs in 20 s"


def test_a_run_with_the_widget_ends_with_a_full_bar_and_a_curve(shown, tiny_data):
    train(PLAIN, data=tiny_data, progress="widget")
    bar, text, curve = shown[0].children
    assert bar.value == bar.max == 240 // 30
    assert text.value.startswith("Done: 1 epochs in ")
    assert is_png(curve.value)


@pytest.mark.parametrize("terminal", [True, False])
def test_the_bar_says_how_long_the_rest_of_the_run_takes(capsys, monkeypatch, terminal):
    now = [0.0]
    monkeypatch.setattr(progress, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    monkeypatch.setattr(progress.sys.stdout, "isatty", lambda: terminal)
    bar = progress.ProgressBar(steps=10)
    bar.set_params({"epochs": 4})
    bar.on_train_begin()
    for epoch in range(2, 4):  # a run that goes on after a break of two epochs
        bar.on_epoch_begin(epoch)
        for batch in range(10):
            now[0] += 15
            bar.on_train_batch_end(batch)
        bar.on_epoch_end(epoch, {"val_accuracy": 0.975})
    bar.on_train_end()
    shown = capsys.readouterr().out
    assert shown.count("\r") == shown.count("\033[K") == (23 if terminal else 0)  # nothing longer shines through
    lines = shown.replace("\r", "\n").replace("\033[K", "").split("\n")
    assert "Epoch 3 of 4: 97.50% of the validation images right, about 2 min left" in lines
    assert "Epoch 4 of 4: 97.50% of the validation images right, about 0 s left" in lines
    assert "Done: 2 epochs in 300 s" in lines
    moving = "[######################........] Epoch 3 of 4, about 3 min left"
    assert (moving in lines) == terminal
    assert (len(lines) > 5) == terminal


def test_a_model_is_packed_tightly(trained):
    with zipfile.ZipFile(trained[2] / "model.keras") as archive:
        members = archive.infolist()
    assert {member.filename for member in members} == {"metadata.json", "config.json", "model.weights.h5"}
    assert all(member.compress_type == zipfile.ZIP_DEFLATED for member in members)
