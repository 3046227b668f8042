"""What a training run leaves: a calibrated network, its rejection threshold, its measures, and the files."""

import contextlib
import json
import math
import platform
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mnist_utils import networks
from mnist_utils.evaluation import at_temperature, evaluate, fit_temperature
from mnist_utils.files import alone_in, check_target, make_folder, remove_leftovers, writing
from mnist_utils.quiet_tensorflow import keras, tf

# Share of the validation images, all digits, that `read` takes for digits. Chosen so that of the digits that people
# draw (UNIPEN's strokes), which are less alike than validation images, more than 98% are kept.
KEPT = 0.994


def calibrated(model: keras.Model, images: np.ndarray, labels: np.ndarray, doubt: float = 1.0) -> np.ndarray:
    """Calibrate a network on validation images float (n, 28, 28); gives its probabilities of them, (n, classes).

    The temperature is `doubt` times the one that fits them best (`Recipe.doubt`).
    """
    probabilities = networks.run(model, images[..., None])
    temperature = doubt * fit_temperature(probabilities, labels)
    cool(model, temperature)
    return at_temperature(probabilities, temperature)


def halve(model: keras.Model) -> None:
    """Round the kernels to half precision, so that the file of the model takes half the room; it computes as before."""
    rounded = [weights.astype(np.float16) if weights.ndim > 1 else weights for weights in model.get_weights()]
    model.set_weights([weights.astype(np.float32) for weights in rounded])


def cool(model: keras.Model, temperature: float) -> None:
    """Divide the logits by a temperature in the last layer's weights; the likeliest class stays the likeliest.

    Smoothed labels teach a network to doubt what it reads right. This takes the doubt back: the temperature scaling of
    Guo et al. 2017, "On calibration of modern neural networks", section 4.2.
    """
    last = model.layers[-1]
    last.set_weights([weights / temperature for weights in last.get_weights()])
    halve(model)


def rejection_threshold(probabilities: np.ndarray) -> float:
    """Give the evidence (`networks.evidence`) that all but a few of these images, which are of the classes, reach.

    Of fewer than 167 images those few would be none, and the least of so few says little about others: then it is 0,
    which refuses nothing. (Letters in ten fonts: the least of 10 to 52 images refused up to a fifth of the test.)
    """
    if len(probabilities) * (1 - KEPT) < 1:
        return 0.0
    return round(float(np.quantile(networks.evidence(probabilities), 1 - KEPT)), 4)


def measure(p_validation: np.ndarray, y_validation: np.ndarray, p_test: np.ndarray, y_test: np.ndarray) -> dict:
    """Give accuracy and loss of probabilities (n, classes) on validation and test images, and per digit on the test."""
    validation, test = evaluate(p_validation, y_validation), evaluate(p_test, y_test)
    per_digit = [row["accuracy"] for row in test["per_digit"]]
    return {
        "test_accuracy": test["accuracy"],
        "test_loss": test["loss"],
        "per_digit_accuracy": [None if math.isnan(accuracy) else accuracy for accuracy in per_digit],
        "validation_accuracy": validation["accuracy"],
        "validation_loss": validation["loss"],
    }


def save(model: keras.Model, metrics: dict, out: Path) -> None:
    """Write out/model.keras (without the optimiser's state) and out/metrics.json, both of them or none."""
    bare = with_weights_of(model, type(model).from_config(model.get_config()))
    with writing(*_saved(out)) as [model_file, metrics_file]:
        bare.save(model_file)
        _compress(model_file)
        metrics_file.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")


@contextlib.contextmanager
def place_for(out: str | Path | None) -> Iterator[Path | None]:
    """Make a training's folder, check that its files can be written, and keep other trainings out of it meanwhile."""
    if out is None:
        yield None
        return
    folder = make_folder(out, "out")
    with alone_in(folder, "out"):
        for file in (unfinished_run(folder), *_saved(folder)):
            check_target(file)
        yield folder
        unfinished_run(folder).unlink(missing_ok=True)
        remove_leftovers(folder)


def unfinished_run(out: Path) -> Path:
    """Name the file of a run that is not at its end."""
    return out / "unfinished.npz"


def _saved(out: Path) -> list[Path]:
    return [out / "model.keras", out / "metrics.json"]


def versions() -> dict[str, str]:
    """What a training run depends on: the versions of Python and of the packages that compute."""
    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


def _compress(file: Path) -> None:
    """Pack a zip archive more tightly: Keras leaves the weights as they are, which takes an eighth more room."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def with_weights_of(model: keras.Model, other: keras.Model) -> keras.Model:
    """Give a model's weights to another one of the same layers, and that back."""
    other.set_weights(model.get_weights())
    return other
