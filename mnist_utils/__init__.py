"""Helpers of the MNIST notebook course: data, ink, networks, training, evaluation and a pad to draw on.

What needs TensorFlow or a browser is loaded when it is first used, so that importing this package is fast.
"""

import contextlib
import importlib
import io

import joblib

from mnist_utils.data import load_mnist, split_validation
from mnist_utils.preprocess import photo_to_image, strokes_to_image

__all__ = [
    "DigitClassifier",
    "DigitPad",
    "load_classifier",
    "load_mine",
    "load_mnist",
    "photo_to_image",
    "split_validation",
    "strokes_to_image",
    "train",
]

_LOADED_WHEN_USED = {
    "DigitClassifier": "classifier",
    "DigitPad": "widgets.pad",
    "load_classifier": "classifier",
    "load_mine": "classifier",
    "train": "training.run",
}

# scikit-learn counts the processor's cores by joblib, which writes to stderr, the first time only, where it can't (some
# containers and ARM laptops): that would be a red box in a notebook.
with contextlib.redirect_stderr(io.StringIO()):
    joblib.cpu_count(only_physical_cores=True)


def __getattr__(name: str) -> object:
    if name in _LOADED_WHEN_USED:
        return getattr(importlib.import_module(f"mnist_utils.{_LOADED_WHEN_USED[name]}"), name)
    try:
        return importlib.import_module(f"mnist_utils.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"mnist_utils.{name}":  # a package that is not installed
            raise
    raise AttributeError(f"module 'mnist_utils' has no attribute {name!r}")
