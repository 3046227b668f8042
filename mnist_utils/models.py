"""Trained networks from files, with what their training wrote down: checked before they read anything."""

import json
import math
import zipfile
import zlib
from numbers import Real
from pathlib import Path

import numpy as np

from mnist_utils import networks
from mnist_utils.quiet_tensorflow import keras


def open_model(path: str | Path) -> keras.Model:
    """Load a .keras file, or model.keras in a folder, that reads images of 28x28 pixels: checked by `for_images`."""
    path = Path(path)
    file = path / "model.keras" if path.is_dir() else path
    if not file.is_file():
        raise FileNotFoundError(f"path: there is no model at {file}; train one with: python -m mnist_utils train")
    if _is_damaged(file):
        raise ValueError(f"path: {file} is damaged or was not copied whole; copy it or train it once more.")
    try:
        model = keras.models.load_model(file, compile=False)
    except Exception as error:  # whatever Keras meets in a file that is none of its own
        raise ValueError(f"path: {file} is no Keras model that can be loaded ({_first_line(error)}).") from None
    return for_images(model, f"path: {file}")


def open_members(paths: list[Path]) -> keras.Model:
    """Load networks of the same classes, as `open_model` does, and let them vote."""
    members = [open_model(path) for path in paths]
    counts = [member.output_shape[-1] for member in members]
    if len(set(counts)) > 1:
        raise ValueError(f"path: {paths[0].parent} holds members that have different numbers of classes: {counts}.")
    return networks.ensemble(members)


def read_metrics(folder: Path) -> dict:
    """Give what `train` wrote into folder/metrics.json; nothing where there is no such file."""
    file = folder / "metrics.json"
    if not file.is_file():
        return {}
    try:
        metrics = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"path: {file} is no metrics as train writes them ({_first_line(error)}).") from None
    if not isinstance(metrics, dict):
        raise ValueError(f"path: {file} is no metrics as train writes them, but a {type(metrics).__name__}.")
    members = metrics.get("members", [])
    if not isinstance(members, list) or not all(isinstance(member, str) for member in members):
        raise ValueError(f"path: {file}: members must be a list of folders, not {members!r:.60}.")
    return metrics


def check_metrics(metrics: dict, count: int, preprocess: list[str], name: str = "metrics") -> None:
    """Say what does not fit a model of `count` classes, if anything: its preprocessing, threshold or classes."""
    chosen, threshold = metrics.get("preprocess", "none"), metrics.get("rejection_threshold", 0.0)
    if chosen not in preprocess:
        raise ValueError(f"{name}: preprocess must be one of {', '.join(preprocess)}, not {chosen!r:.60}.")
    if not is_threshold(threshold):
        raise ValueError(f"{name}: rejection_threshold must be 0 or more, not {threshold!r:.60}.")
    classes = metrics.get("classes", [str(number) for number in range(count)])
    if not isinstance(classes, list | tuple) or not all(isinstance(each, str) and each for each in classes):
        raise ValueError(f"{name}: classes must be a list of names, not {classes!r:.60}.")
    if len(classes) != count:
        raise ValueError(f"{name}: classes must be the {count} that the model has, not {len(classes)}.")


def is_threshold(value: object) -> bool:
    """Whether a value can be a rejection threshold, in nats."""
    return isinstance(value, Real) and 0 <= float(value) < math.inf


def for_images(model: keras.Model, name: str = "model") -> keras.Model:
    """Check that a model reads 28x28 images and gives probabilities; messages call it `name`.

    Gives it, or one of its layers that takes (n, 28, 28, 1) in place of (n, 28, 28), as models of tutorials do.
    """
    if not isinstance(model, keras.Model):
        raise ValueError(f"{name} must be a Keras model, not {type(model).__name__}.")
    if not model.built or not getattr(model, "inputs", None):
        raise ValueError(f"{name} must know its input: begin it with keras.Input((28, 28, 1)).")
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        counts = f"{len(model.inputs)} and {len(model.outputs)}"
        raise ValueError(f"{name} must have one input and one output, not {counts}.")
    takes, gives = tuple(model.inputs[0].shape), tuple(model.outputs[0].shape)
    if takes not in ((None, 28, 28, 1), (None, 28, 28)):
        raise ValueError(f"{name} must take any number of images of shape (28, 28, 1) or (28, 28), not {takes}.")
    if len(gives) != 2 or gives[0] is not None or not isinstance(gives[1], int) or gives[1] < 2:
        raise ValueError(f"{name} must give one row of probabilities an image, of two classes or more, not {gives}.")
    if len(takes) == 3:
        layers = model.layers if isinstance(model, keras.Sequential) else [model]
        model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Reshape((28, 28)), *layers])
    _check_probabilities(model, name)
    return model


def _check_probabilities(model: keras.Model, name: str) -> None:
    """Run a model on a few images, black, white and grey, to see whether what it gives are probabilities."""
    images = np.linspace(0, 1, 5, dtype=np.float32)[:, None, None, None] * np.ones((28, 28, 1), np.float32)
    try:
        rows = networks.run(model, images).astype(float)
    except Exception as error:
        raise ValueError(f"{name} cannot read images of 28x28 pixels ({_first_line(error)}).") from None
    if not np.isfinite(rows).all():
        raise ValueError(f"{name} must give finite numbers, not {rows.flat[np.argmin(np.isfinite(rows))]}; train anew.")
    if rows.min() < 0 or np.abs(rows.sum(axis=1) - 1).max() > 1e-3:
        behind = "keras.Sequential([model, keras.layers.Softmax()])"
        raise ValueError(
            f"{name} must give probabilities that add up to 1, not {rows.min():.3g} to {rows.max():.3g}; if they are "
            f"logits, put softmax behind it: {behind}"
        )


def _is_damaged(file: Path) -> bool:
    """Whether a file was an archive, as .keras files are, and does not come out of it whole."""
    with file.open("rb") as opened:
        if opened.read(4) != b"PK\x03\x04" and not zipfile.is_zipfile(file):  # it has a mark at both ends
            return False
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.testzip() is not None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        return True


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
