"""A learner's own Keras model, checked before it is trained."""

import json
import zlib

import numpy as np

from mnist_utils import networks
from mnist_utils.quiet_tensorflow import keras


def check_model(model: keras.Model, classes: int) -> None:
    """Say in a sentence what keeps a model from being trained on 28x28 images of so many classes, if anything does."""
    if not isinstance(model, keras.Sequential | keras.Model) or not hasattr(model, "layers"):
        raise ValueError(f"network must be a recipe or a Keras model, not {type(model).__name__}.")
    if not model.built or not model.layers:
        raise ValueError("network must know its input: begin with keras.Input((28, 28, 1)).")
    try:
        shapes = tuple(model.input_shape[1:]), tuple(model.output_shape[1:])
        copy_of(model)
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        raise ValueError("network must be a Sequential or functional model, so that it can be saved.") from None
    if shapes[0] != (28, 28, 1):
        raise ValueError(f"network must take images of shape (28, 28, 1), not {shapes[0]}.")
    if shapes[1] != (classes,):
        raise ValueError(f"network must give {classes} probabilities, one for each class, not {shapes[1]}.")
    images = np.random.default_rng(0).random((4, 28, 28, 1), np.float32)
    rows = networks.run(model, images)
    if not (rows.min() >= 0 and np.allclose(rows.sum(axis=1), 1, atol=1e-3)):
        raise ValueError('network must end in probabilities: give its last layer activation="softmax".')


def ends_in_softmax(model: keras.Model) -> bool:
    """Whether the last layer is a dense one with softmax, whose weights can be divided by a temperature."""
    last = model.layers[-1]
    return isinstance(last, keras.layers.Dense) and last.activation is keras.activations.softmax


def copy_of(model: keras.Model) -> keras.Model:
    """Give a model of the same layers and weights, not compiled."""
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy


def fingerprint(model: keras.Model) -> int:
    """Give a number that tells a model, with the weights it has, from others."""
    layers = json.dumps([layer.get_config() for layer in model.layers], default=str)
    weights = b"".join(np.ascontiguousarray(array).tobytes() for array in model.get_weights())
    return zlib.crc32(weights, zlib.crc32(layers.encode()))
