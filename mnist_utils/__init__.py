"""Helpers of the MNIST notebook course: data, ink, networks, training, evaluation and a pad to draw on.

Names that need TensorFlow are loaded when they are first used, so that importing this package is fast.
"""

import importlib

from mnist_utils.data import load_mnist, split_validation
from mnist_utils.preprocess.ink import strokes_to_image
from mnist_utils.preprocess.photos import photo_to_image

__all__ = [
    "DigitClassifier",
    "DigitPad",
    "load_classifier",
    "load_mnist",
    "photo_to_image",
    "split_validation",
    "strokes_to_image",
    "train",
]

_LOADED_WHEN_USED = {
    "DigitClassifier": "classifier",
    "DigitPad": "pad",
    "load_classifier": "classifier",
    "train": "training",
}
_MODULES = (
    "browse classifier corruptions data evaluation exercises explain handwriting ink networks pad photos plots "
    "plots_evaluation plots_explain recipes restore segment training"
).split()


def __getattr__(name: str):
    if name in _LOADED_WHEN_USED:
        return getattr(importlib.import_module(f"mnist_utils.{_LOADED_WHEN_USED[name]}"), name)
    if name in _MODULES:
        return importlib.import_module(f"mnist_utils.{name}")
    raise AttributeError(f"module 'mnist_utils' has no attribute {name!r}")
