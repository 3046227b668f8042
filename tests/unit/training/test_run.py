"""train() trains on training images only, repeats itself, and writes all or nothing."""

import dataclasses
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn import metrics as reference
from unit.training.stopped import StoppedError

from mnist_utils.classifier import DigitClassifier
from mnist_utils.quiet_tensorflow import keras
from mnist_utils.training import Recipe, arguments, loading, progress, run, train
from mnist_utils.training.pipeline import batches

PLAIN = Recipe("quick", epochs=1, batch_size=30)  # nothing changes the images
KEYS = {
    "preprocess",
    "classes",
    "learned_from",
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


def test_metrics_have_all_keys_and_true_values(trained, tiny_data, tiny_recipe):
    model, metrics, _ = trained
    _, _, x_test, y_test = tiny_data
    probabilities = model(x_test[..., None] / np.float32(255), training=False).numpy()
    read = probabilities.argmax(axis=1)
    assert set(metrics) == KEYS
    assert metrics["test_accuracy"] == reference.accuracy_score(y_test, read)
    assert metrics["test_loss"] == pytest.approx(np.mean(-np.log(probabilities[range(100), y_test])), rel=1e-4)
    recall = reference.recall_score(y_test, read, labels=range(10), average=None)
    assert metrics["per_digit_accuracy"] == pytest.approx(recall)
    assert metrics["epochs"] == len(metrics["history"]["loss"]) == len(metrics["history"]["val_accuracy"]) == 2
    assert metrics["validation_accuracy"] == pytest.approx(metrics["history"]["val_accuracy"][-1], abs=1e-4)
    assert metrics["parameters"] == model.count_params()
    assert metrics["recipe"] == dataclasses.asdict(tiny_recipe)
    assert (metrics["preprocess"], metrics["classes"]) == ("digits", list("0123456789"))
    assert metrics["seed"] == 3
    assert set(metrics["versions"]) == {"python", "tensorflow", "keras", "numpy"}


def test_model_and_metrics_are_written(trained, tiny_data):
    model, metrics, folder = trained
    assert {file.name for file in folder.iterdir()} == {"model.keras", "metrics.json"}
    assert json.loads((folder / "metrics.json").read_text(encoding="utf-8")) == metrics
    images = tiny_data[2][..., None] / np.float32(255)
    saved = keras.models.load_model(folder / "model.keras")
    np.testing.assert_allclose(saved(images, training=False), model(images, training=False), atol=1e-6)


@pytest.mark.slow
def test_the_seed_decides_all_weights_and_measures(trained, tiny_data, tiny_recipe, tmp_path):
    def run_with(seed: int) -> tuple[np.ndarray, dict]:
        out = tmp_path / str(seed)
        model, _ = train(tiny_recipe, seed=seed, data=tiny_data, digits=True, out=out, progress="none")
        return weights(model), measures(out)

    def measures(folder) -> dict:
        written = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        return written | {"train_seconds": None, "history": written["history"] | {"seconds": None}}

    (again, same), (other, different) = run_with(3), run_with(4)
    np.testing.assert_array_equal(again, weights(trained[0]))
    assert same == measures(trained[2])
    assert np.abs(other - weights(trained[0])).max() > 0.01
    for key in ("history", "validation_loss", "test_loss", "per_digit_accuracy"):
        assert different[key] != same[key]


@pytest.mark.slow
def test_epochs_can_be_chosen_and_silence_is_silent(tiny_data, capfd, recwarn):
    _, metrics = train(dataclasses.replace(PLAIN, epochs=9), epochs=1, data=tiny_data, progress="none")
    assert metrics["epochs"] == metrics["recipe"]["epochs"] == 1
    assert capfd.readouterr() == ("", "")
    assert not [warning for warning in recwarn if issubclass(warning.category, (UserWarning, RuntimeWarning))]


@pytest.mark.slow
def test_early_stopping_goes_back_to_the_best_epoch(tiny_data, monkeypatch):
    def mislabelled(*arguments):  # the better the network reads, the worse it does on these
        x, y, x_validation, y_validation = split(*arguments)
        return x, y, x_validation, (y_validation + 1) % 10

    split = loading.split_validation
    monkeypatch.setattr(loading, "split_validation", mislabelled)
    recipe = dataclasses.replace(PLAIN, epochs=12, patience=2, learning_rate=3e-3)
    _, metrics = train(recipe, data=tiny_data, progress="none")
    losses = metrics["history"]["val_loss"]
    assert metrics["epochs"] == 1 + np.argmin(losses) + 2 < 12
    assert metrics["validation_loss"] == pytest.approx(min(losses), rel=1e-3)


def test_the_run_ends_where_one_cycle_ends(trained):
    optimizer = trained[0].optimizer
    assert int(optimizer.iterations) == 2 * (270 // 30)
    assert float(optimizer.learning_rate) == pytest.approx(0, abs=1e-8)


@pytest.mark.slow
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
    np.testing.assert_allclose(weights_of_kernel(model), average, atol=1e-4)  # rounded to half precision
    assert np.abs(weights_of_kernel(model) - seen[-1]).max() > 1e-4
    assert metrics["validation_accuracy"] == pytest.approx(metrics["history"]["val_accuracy"][-1], abs=1e-4)


def test_label_smoothing_shares_out_a_part_of_each_label():
    model = run.compiled(dataclasses.replace(PLAIN, label_smoothing=0.1), classes=10, steps=1)
    labels, probabilities = np.eye(10)[:1], np.full((1, 10), 0.01)
    probabilities[0, 0] = 0.91
    expected = -0.91 * np.log(0.91) - 0.09 * np.log(0.01)
    assert float(model.loss(labels, probabilities)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_a_network_with_smoothed_labels_is_calibrated(tiny_data):
    losses = [
        train(dataclasses.replace(PLAIN, epochs=6, label_smoothing=smoothing), data=tiny_data, progress="none")[1]
        for smoothing in (0.0, 0.3)
    ]
    plain, smoothed = (metrics["validation_loss"] for metrics in losses)
    assert smoothed < plain + 0.1
    assert losses[1]["history"]["val_loss"][-1] > smoothed + 0.3  # what it was before, and of smoothed labels


def test_fit_sees_each_training_image_once_an_epoch_and_no_test_image(tiny_data, fit_arguments):
    x_train, _, x_test, _ = tiny_data
    with pytest.raises(StoppedError):
        train(PLAIN, data=tiny_data, progress="none")

    def names(images):
        return [np.rint(255 * np.asarray(image)).astype(np.uint8).tobytes() for image in images]

    batches = fit_arguments["data"].take(fit_arguments["steps_per_epoch"])
    trained_on = names(np.concatenate([images for images, _ in batches]))
    validated_on = names(fit_arguments["validation_data"][0])
    assert (len(trained_on), len(validated_on)) == (270, 30)
    assert sorted(trained_on + validated_on) == sorted(names(x_train / 255))
    assert not set(trained_on + validated_on) & set(names(x_test / 255))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"recipe": "slow"}, "recipe must be one of quick, classic, mine, best, not 'slow'"),
        ({"epochs": 0}, "epochs must be a whole number of 1 or more, not 0"),
        ({"epochs": 1.5}, "epochs must be a whole number of 1 or more, not 1.5"),
        ({"seed": -1}, "seed must be a whole number from 0 to 4294967295, not -1"),
        ({"seed": 2**32}, "seed must be a whole number"),
        ({"seed": 0.5}, "seed must be a whole number"),
        ({"progress": "loud"}, "progress must be auto, widget, bar or none, not 'loud'"),
        (
            {"recipe": Recipe("quick", 1, preprocess="magic")},
            "preprocess must be one of none, turned, digits, not 'magic'",
        ),
        (
            {"recipe": Recipe("quick", 1, patience=1, ema_momentum=0.9)},
            "recipe must have ema_momentum or patience, not both",
        ),
        ({"recipe": Recipe("huge", epochs=1)}, "name must be one of quick, classic, mine, best"),
        ({"recipe": 5}, "recipe must be a name or a Recipe, not int"),
        ({"seed": True}, "seed must be a whole number"),
        ({"data": ()}, r"data must be four arrays, x_train, y_train, x_test and y_test, not \[\]"),
        ({"data": 7}, "data must be four arrays, x_train, y_train, x_test and y_test, not int"),
        ({"data": [[1], [1], [1], [1]]}, r"data must be four arrays, .* not \['list', 'list', 'list', 'list'\]"),
    ],
)
def test_a_bad_argument_is_explained_before_any_training(tiny_data, fit_arguments, arguments, why):
    with pytest.raises(ValueError, match=why):
        train(**{"data": tiny_data, "progress": "none"} | arguments)
    assert not fit_arguments


NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("names", "values", "why"),
    [
        ("batch_size validation_size", (0, -1, 32.0, "32", True, NAN, None), "a whole number of 1 or more"),
        ("epochs", (0, 2.0, True), "a whole number of 1 or more"),
        ("patience outliers plain_epochs", (-1, 0.5, "1"), "a whole number of 0 or more"),
        ("learning_rate doubt", (0, -1e-3, NAN, INFINITE, "1e-3", None), "a number above 0"),
        (
            "label_smoothing ema_momentum pens_share letters_share outlier_share",
            (-0.1, 1.0, NAN, "0"),
            "a number from 0 to below 1",
        ),
        (
            "rotation zoom shear shift pen_variants random_erasing thinner thicker",
            (-1, NAN, INFINITE, None),
            "a number of 0 or more",
        ),
    ],
)
def test_a_number_of_a_recipe_that_is_out_of_range_is_refused(tiny_data, fit_arguments, names, values, why):
    for name in names.split():
        for value in values:
            recipe = dataclasses.replace(PLAIN, **{name: value})
            with pytest.raises(ValueError, match=f"{name} must be {why}, not {re.escape(repr(value))}"):
                train(recipe, data=tiny_data, progress="none")
    assert not fit_arguments


def test_every_number_of_a_recipe_is_checked():
    numbers = {field.name for field in dataclasses.fields(Recipe) if field.type not in (str, bool)}
    assert numbers == {*arguments.WHOLE, *arguments.ABOVE_0, *arguments.SHARES, *arguments.AMOUNTS}


@pytest.mark.parametrize("labels", [np.arange(300) / 2, np.arange(300.0) % 10, np.arange(300) % 10 - 1, ["1"] * 300])
def test_labels_that_are_none_are_refused_before_any_training(tiny_data, fit_arguments, labels):
    with pytest.raises(ValueError, match="data: y_train must be "):
        train(PLAIN, data=(tiny_data[0], np.asarray(labels), *tiny_data[2:]), progress="none")
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
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match=r"out must be a folder, but .* is a file or lies in one"):
        train(PLAIN, data=tiny_data, out=file / below, progress="none")
    assert file.read_text(encoding="utf-8") == "mine"
    assert not fit_arguments


@pytest.mark.parametrize("name", ["model.keras", "metrics.json", "unfinished.npz"])
def test_a_file_that_cannot_be_written_at_the_end_is_refused_before_any_training(
    tiny_data, fit_arguments, tmp_path, name
):
    (tmp_path / name).mkdir()
    with pytest.raises(OSError, match=rf"{name} must be a file, not a folder\.$"):
        train(PLAIN, data=tiny_data, out=tmp_path, progress="none")
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert not fit_arguments


def test_a_second_training_into_one_folder_is_refused_at_once(tiny_data, tmp_path, monkeypatch):
    def second(*arguments):  # while the first one loads its data
        monkeypatch.setattr(run, "load", load)
        with pytest.raises(ValueError, match=r"^out must be a folder of its own for each training: another writes to"):
            train(PLAIN, data="nowhere", out=tmp_path / "out", progress="none")
        raise StoppedError

    load = run.load
    monkeypatch.setattr(run, "load", second)
    with pytest.raises(StoppedError):
        train(PLAIN, data=tiny_data, out=tmp_path / "out", progress="none")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(("shell", "widget"), [(None, False), (SimpleNamespace(kernel="a kernel"), True)])
def test_progress_is_a_widget_in_a_notebook_and_a_bar_elsewhere(tiny_data, fit_arguments, monkeypatch, shell, widget):
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    with pytest.raises(StoppedError):
        train(PLAIN, data=tiny_data)
    assert any(isinstance(callback, progress.ProgressWidget) for callback in fit_arguments["callbacks"]) == widget
    assert any(isinstance(callback, progress.ProgressBar) for callback in fit_arguments["callbacks"]) != widget


@pytest.fixture
def other_classes(tmp_path, tiny_data) -> dict:
    """Pictures of three classes, the same once as arrays and once as a file."""
    x, y = tiny_data[0], np.arange(300) % 3
    arrays = x[:200], y[:200], x[200:], y[200:]
    np.savez(tmp_path / "own.npz", **dict(zip(("x_train", "y_train", "x_test", "y_test"), arrays, strict=True)))
    return {"arrays": arrays, "file": tmp_path / "own.npz"}


@pytest.mark.slow
@pytest.mark.parametrize("form", ["arrays", "file"])
def test_pictures_of_your_own_are_trained_on_as_they_are_whatever_form_they_come_in(other_classes, tiny_recipe, form):
    _, metrics = train(tiny_recipe, epochs=1, data=other_classes[form], progress="none")
    expected = dataclasses.replace(tiny_recipe, epochs=1, validation_size=20).for_pictures()
    assert metrics["recipe"] == dataclasses.asdict(expected)
    assert (metrics["preprocess"], metrics["classes"]) == ("none", ["0", "1", "2"])


@pytest.mark.parametrize("digits", [False, True])
def test_dark_pictures_on_light_are_turned_in_training_as_in_reading(tiny_data, monkeypatch, digits):
    light = tuple(255 - array if array.ndim == 3 else array for array in tiny_data)
    given = []
    monkeypatch.setattr(run, "batches", lambda x, *others: given.append(x) or batches(x, *others))
    _, straight = train(PLAIN, data=tiny_data, digits=digits, progress="none")
    model, metrics = train(PLAIN, data=light, digits=digits, progress="none")
    np.testing.assert_array_equal(given[1], given[0])
    assert metrics["preprocess"] == ("digits" if digits else "turned")
    assert straight["preprocess"] == ("digits" if digits else "none")
    reader = DigitClassifier(model, metrics=metrics)
    np.testing.assert_allclose(reader.predict(light[0]), reader.predict(tiny_data[0]), atol=1e-6)
    page = reader.read_photo(light[0][0])
    assert page.probabilities.argmax() == reader.read(tiny_data[0][0]).probabilities.argmax()
    assert metrics["test_accuracy"] == straight["test_accuracy"]


@pytest.mark.parametrize("form", ["arrays", "file"])
def test_pictures_of_other_classes_are_refused_as_digits_before_any_training(other_classes, fit_arguments, form):
    with pytest.raises(ValueError, match="data must have labels of the ten digits where digits=True, not of 3 classes"):
        train(PLAIN, data=other_classes[form], digits=True, progress="none")
    assert not fit_arguments


def test_validation_images_are_read_once_at_the_end(tiny_data, tiny_recipe, monkeypatch):
    seen, run_network = [], run.networks.run

    def note(model, inputs):
        seen.append(len(inputs))
        return run_network(model, inputs)

    monkeypatch.setattr(run.networks, "run", note)
    train(tiny_recipe, epochs=1, data=tiny_data, digits=True, progress="none")
    assert sorted(seen) == [30, 100]


def test_the_measures_are_those_of_preprocessed_images(tiny_data):
    grey = tuple(array // 2 + 100 if array.ndim == 3 else array for array in tiny_data)  # on a grey background
    model, metrics = train(PLAIN, data=(*tiny_data[:2], *grey[2:]), digits=True, progress="none")
    from mnist_utils.classifier import DigitClassifier

    for reader, agrees in ((DigitClassifier(model, metrics=metrics), True), (DigitClassifier(model), False)):
        read = (reader.predict(grey[2]).argmax(axis=1) == grey[3]).mean()
        assert (read == metrics["test_accuracy"]) == agrees
