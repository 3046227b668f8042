"""Models and their metrics are checked when they are loaded, and what does not fit is said in one sentence."""

import json
import zipfile

import numpy as np
import pytest

from mnist_utils import models
from mnist_utils.classifier import DigitClassifier, load_classifier
from mnist_utils.quiet_tensorflow import keras

layers = keras.layers


def network(classes: int = 10, shape: tuple = (28, 28, 1), activation: str | None = "softmax") -> keras.Sequential:
    """A small network that can read."""
    return keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(classes, activation=activation)])


def several(inputs: int, outputs: int) -> keras.Model:
    """A model of so many inputs and outputs."""
    images = [keras.Input((28, 28, 1)) for _ in range(inputs)]
    flat = layers.Flatten()(images[0] if inputs == 1 else layers.Add()(images))
    return keras.Model(images, [layers.Dense(10, activation="softmax")(flat) for _ in range(outputs)])


def diverged() -> keras.Model:
    """A model whose training went wrong."""
    model = network()
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
    return model


WRONG = {
    "another size": (
        lambda: network(shape=(8, 8, 1)),
        r"must take .* \(28, 28, 1\) or \(28, 28\), not \(None, 8, 8, 1\)",
    ),
    "colours": (lambda: network(shape=(28, 28, 3)), r"not \(None, 28, 28, 3\)"),
    "flat": (lambda: network(shape=(784,)), r"not \(None, 784\)"),
    "batches of four": (
        lambda: keras.Sequential([keras.Input(batch_shape=(4, 28, 28, 1)), layers.Flatten(), layers.Dense(10)]),
        r"must take any number of images .* not \(4, 28, 28, 1\)",
    ),
    "two inputs": (lambda: several(2, 1), "must have one input and one output, not 2 and 1"),
    "two outputs": (lambda: several(1, 2), "must have one input and one output, not 1 and 2"),
    "maps": (
        lambda: keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(10, 3)]),
        r"must give one row of probabilities an image, of two classes or more, not \(None, 26, 26, 10\)",
    ),
    "one class": (lambda: network(1, activation="sigmoid"), r"of two classes or more, not \(None, 1\)"),
    "logits": (
        lambda: network(activation=None),
        r"add up to 1, .* keras.Sequential\(\[model, keras.layers.Softmax\(\)\]",
    ),
    "sigmoid": (lambda: network(activation="sigmoid"), "must give probabilities that add up to 1"),
    "diverged": (diverged, "must give finite numbers, not nan"),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("saved", [True, False])
def test_a_model_of_another_kind_is_refused_when_it_is_loaded(tmp_path, kind, saved):
    make, why = WRONG[kind]
    model = make()
    if saved:
        model.save(tmp_path / "own.keras")
    with pytest.raises(ValueError, match=rf"^{'path: .*own.keras' if saved else 'model'} .*{why}") as caught:
        load_classifier(tmp_path / "own.keras") if saved else DigitClassifier(model)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("model.keras", "model must be a Keras model, not str"),
        (keras.Sequential([layers.Flatten(), layers.Dense(10)]), r"must know its input: begin it with keras.Input\(\("),
    ],
)
def test_what_is_no_built_model_is_refused(model, why):
    with pytest.raises(ValueError, match=why):
        DigitClassifier(model)


@pytest.mark.parametrize("functional", [False, True])
def test_images_without_a_channel_are_taken_as_tutorials_do(tmp_path, mnist, functional):
    model = network(shape=(28, 28))
    if functional:
        model = keras.Model(model.inputs, model.outputs)
    model.save(tmp_path / "own.keras")
    expected = model.predict(mnist[2][:5] / 255, verbose=0)
    for reader in (DigitClassifier(model), load_classifier(tmp_path / "own.keras")):
        np.testing.assert_allclose(reader.predict(mnist[2][:5]), expected, atol=1e-6)


def test_logits_are_read_with_softmax_behind_them_as_the_sentence_says(mnist):
    logits = network(activation=None)
    reader = DigitClassifier(keras.Sequential([logits, layers.Softmax()]))
    np.testing.assert_allclose(reader.predict(mnist[2][:5]).sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("kind", ["float16", "float64"])
def test_networks_of_any_precision_give_float32(mnist, kind):
    policy = keras.Sequential(
        [keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, activation="softmax", dtype=kind)]
    )
    assert DigitClassifier(policy).predict(mnist[2][:2]).dtype == np.float32


# A file is spoilt so, and then called so.
SPOILT = {
    "text": (lambda raw: b"This is no model.", "is no Keras model that can be loaded"),
    "empty": (lambda raw: b"", "is no Keras model that can be loaded"),
    "truncated": (lambda raw: raw[: len(raw) // 2], "is damaged"),
    "without its beginning": (lambda raw: raw[100:], "is damaged"),
    "overwritten in the middle": (
        lambda raw: raw[: len(raw) // 2] + b"x" * 50 + raw[len(raw) // 2 + 50 :],
        "is damaged",
    ),
    "one bit": (lambda raw: raw[:9000] + bytes([raw[9000] ^ 1]) + raw[9001:], "is damaged"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_spoilt_file_is_named_in_one_sentence(trained, tmp_path, kind):
    spoil, why = SPOILT[kind]
    path = tmp_path / "spoilt.keras"
    path.write_bytes(spoil((trained[2] / "model.keras").read_bytes()))
    with pytest.raises(ValueError, match=rf"^path: .*spoilt\.keras {why}") as caught:
        load_classifier(path)
    assert "\n" not in str(caught.value)


def test_another_zip_file_is_no_model(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.keras", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ValueError, match=r"other.keras is no Keras model"):
        load_classifier(tmp_path / "other.keras")


GARBLED = {
    "": "is no metrics as train writes them",
    '{"rejection_threshold": ': "is no metrics as train writes them",
    "\x00": "is no metrics as train writes them",
    "[" * 10_000: "is no metrics as train writes them",
    "[[1, 2]]": "is no metrics as train writes them, but a list",
    "null": "is no metrics as train writes them, but a NoneType",
    '{"rejection_threshold": "high"}': "rejection_threshold must be 0 or more, not 'high'",
    '{"rejection_threshold": NaN}': "rejection_threshold must be 0 or more, not nan",
    '{"rejection_threshold": 1e999}': "rejection_threshold must be 0 or more, not inf",
    '{"rejection_threshold": null}': "rejection_threshold must be 0 or more, not None",
    '{"preprocess": "magic"}': "preprocess must be one of none, turned, digits, not 'magic'",
    '{"preprocess": ["none"]}': r"preprocess must be one of none, turned, digits, not \['none'\]",
    '{"classes": ["a", "b"]}': "classes must be the 10 that the model has, not 2",
    '{"classes": "0123456789"}': "classes must be a list of names, not '0123456789'",
    '{"classes": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}': r"classes must be a list of names, not \[0, 1",
    '{"members": "best"}': "members must be a list of folders, not 'best'",
    '{"members": [1]}': r"members must be a list of folders, not \[1\]",
}


@pytest.mark.parametrize("text", GARBLED)
def test_garbled_metrics_are_named_in_one_sentence(tmp_path, text):
    network().save(tmp_path / "model.keras")
    (tmp_path / "metrics.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^path: .*metrics\.json:? {GARBLED[text]}") as caught:
        load_classifier(tmp_path)
    assert "\n" not in str(caught.value)


def test_metrics_given_by_hand_are_checked_too():
    with pytest.raises(ValueError, match=r"^metrics: classes must be the 10 that the model has, not 2"):
        DigitClassifier(network(), metrics={"classes": ["a", "b"]})


def test_members_of_an_ensemble_must_know_the_same_classes(tmp_path):
    for name, classes in (("one", 10), ("other", 12)):
        (tmp_path / name).mkdir()
        network(classes).save(tmp_path / name / "model.keras")
    (tmp_path / "both").mkdir()
    (tmp_path / "both" / "metrics.json").write_text('{"members": ["one", "other"]}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"members that have different numbers of classes: \[10, 12\]"):
        load_classifier(tmp_path / "both")


def test_a_model_of_twelve_classes_works_on_the_pad_with_its_names(tmp_path):
    from mnist_utils.widgets import DigitPad

    names = [f"sign {letter}" for letter in "ABCDEFGHIJKL"]
    model = network(12)
    model.set_weights([np.zeros((784, 12)), np.eye(12)[7] * 5])  # whatever is drawn, it is the eighth
    model.save(tmp_path / "model.keras")
    (tmp_path / "metrics.json").write_text(json.dumps({"classes": names}), encoding="utf-8")
    pad = DigitPad(load_classifier(tmp_path))
    assert "Draw something" in repr(pad)
    pad.strokes = [[(50, 50), (200, 200)]]
    assert (pad.answer.digit, pad.answer.name, len(pad.answer.probabilities)) == (7, "sign H", 12)
    assert "Read as sign H" in repr(pad)
    assert "The 10 likeliest of 12 classes" in pad._bars.value
    assert "sign H: " in pad._bars.value
    assert sum(f"{name}: " in pad._bars.value for name in names) == 10
    assert len(pad.picture()) > 1000
    assert pad.classifier.read_number([[(5, 0), (5, 14)]]).number == "sign H"


def test_opening_a_model_gives_the_model_itself(trained):
    assert models.open_model(trained[2]).name == trained[0].name
