"""A learner's own Keras model, checked before it is trained."""

import json
import zlib

import numpy as np

from mnist_utils import models
from mnist_utils.quiet_tensorflow import keras


def check_model(model: keras.Model, classes: int) -> None:
    """Say in a sentence what keeps a model from being trained on 28x28 images of so many classes, if anything does."""
    if not isinstance(model, keras.Model):
        raise ValueError(f"network must be a recipe or a Keras model, not {type(model).__name__}.")
    models.for_images(model, "network")
    if model.output_shape[-1] != classes:
        shape = tuple(model.output_shape[1:])
        raise ValueError(f"network must give {classes} probabilities, one for each class, not {shape}.")
    try:
        copy_of(model)
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        raise ValueError("network must be a Sequential or functional model, so that it can be saved.") from None


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
