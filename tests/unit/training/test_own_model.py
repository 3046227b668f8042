"""A model of the learner's own is trained in place, or refused in a sentence before any training."""

import dataclasses
import json

import numpy as np
import pytest

from mnist_utils import load_classifier, load_mine, networks
from mnist_utils.quiet_tensorflow import keras
from mnist_utils.training import RECIPES, Recipe, run, train

layers = keras.layers
PLAIN = Recipe("quick", epochs=1, batch_size=30)


def small(*ends: keras.layers.Layer, shape: tuple = (28, 28, 1)) -> keras.Model:
    return keras.Sequential([keras.Input(shape), layers.Flatten(), *ends], name="small")


def softmax(classes: int = 10) -> keras.layers.Layer:
    return layers.Dense(classes, activation="softmax")


class Subclassed(keras.Model):
    """A model of which Keras does not know how it is built."""

    def __init__(self):
        super().__init__()
        self.flatten, self.dense = layers.Flatten(), softmax()

    def call(self, images):
        return self.dense(self.flatten(images))


@pytest.mark.parametrize("compiled", [False, True])
def test_it_is_trained_in_place_and_written(tiny_data, tmp_path, compiled):
    keras.utils.set_random_seed(1)
    model = small(softmax())
    if compiled:
        model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    before = model.get_weights()[0].copy()
    returned, metrics = train(model, recipe=PLAIN, data=tiny_data, digits=True, out=tmp_path, progress="none")
    assert returned is model
    assert np.abs(model.get_weights()[0] - before).max() > 0.005  # nine steps of Adam at 0.001 move up to 0.009
    assert metrics["recipe"]["network"] == "small"
    assert metrics["parameters"] == 7850
    stored = keras.models.load_model(tmp_path / "model.keras")
    images = tiny_data[2][..., None] / 255
    np.testing.assert_allclose(networks.run(stored, images), networks.run(model, images), atol=1e-6)
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["epochs"] == 1
    if compiled:
        assert model.optimizer.name == "sgd"


def test_images_without_a_channel_are_trained_on_as_tutorials_do(tiny_data, tmp_path):
    model = small(softmax(), shape=(28, 28))
    returned, metrics = train(model, recipe=PLAIN, data=tiny_data, digits=True, out=tmp_path, progress="none")
    assert returned is model
    images, labels = tiny_data[2:]
    right = load_classifier(tmp_path).predict(images).argmax(axis=1) == labels
    assert right.mean() == pytest.approx(metrics["test_accuracy"])


def test_it_goes_on_from_the_weights_it_has(tiny_data):
    trained = []
    for _ in range(2):
        keras.utils.set_random_seed(1)
        model = small(softmax())
        model.layers[-1].bias.assign([5.0] + [0.0] * 9)  # so that it says zero at first
        train(
            model, recipe=dataclasses.replace(PLAIN, learning_rate=1e-6), data=tiny_data, digits=True, progress="none"
        )
        trained.append(model.get_weights()[1])
    assert trained[0].argmax() == 0
    np.testing.assert_array_equal(trained[0], trained[1])


def test_without_a_recipe_it_is_trained_as_the_learners_network(tiny_data, monkeypatch):
    used = []
    monkeypatch.setattr(run, "_fit", lambda data, recipe, *others: used.append(recipe) or pytest.skip.Exception)
    with pytest.raises(TypeError):
        train(small(softmax()), data=tiny_data, digits=True, progress="none")
    assert used == [dataclasses.replace(RECIPES["mine"], network="small", validation_size=30)]


def test_smoothed_labels_need_a_last_layer_that_can_be_cooled(tiny_data):
    smoothed = dataclasses.replace(PLAIN, label_smoothing=0.1)
    for model, smoothing in [
        (small(softmax()), 0.1),
        (small(layers.Dense(10), layers.Softmax()), 0.0),
    ]:
        _, metrics = train(model, recipe=smoothed, data=tiny_data, digits=True, progress="none")
        assert metrics["recipe"]["label_smoothing"] == smoothing


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: 7, "network must be a recipe or a Keras model, not int"),
        (
            lambda: keras.Sequential([layers.Flatten(), softmax()]),
            "network must know its input: begin it with keras.Input",
        ),
        (Subclassed, "network must know its input|network must be a Sequential or functional model"),
        (
            lambda: small(softmax(), shape=(32, 32)),
            r"images of shape \(28, 28, 1\) or \(28, 28\), not \(None, 32, 32\)",
        ),
        (lambda: small(softmax(7)), r"network must give 10 probabilities, one for each class, not \(7,\)"),
        (lambda: small(layers.Dense(10)), "network must give probabilities that add up to 1.*put softmax behind it"),
        (lambda: small(layers.Dense(10, activation="sigmoid")), "network must give probabilities that add up to 1"),
    ],
    ids=["number", "not built", "subclass", "shape", "classes", "logits", "sigmoid"],
)
def test_what_cannot_be_trained_is_said_before_any_training(tiny_data, fit_arguments, make, why):
    with pytest.raises(ValueError, match=why):
        train(make(), data=tiny_data, digits=True, progress="none")
    assert not fit_arguments


def test_the_learners_run_is_opened_where_there_is_one(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MNIST_RUNS", str(tmp_path))
    assert load_mine().name == "mine"
    assert "no network of yours in runs/mine yet" in capsys.readouterr().out
    (tmp_path / "mine").symlink_to(trained[2])
    assert load_mine().metrics == trained[1]
    assert capsys.readouterr().out == "This is your own network, from runs/mine.\n"
