"""Train a network: train(), and the model and metrics it writes."""

import dataclasses
import json
import os
import platform
import zipfile
import zlib
from pathlib import Path

import numpy as np

from mnist_utils import networks
from mnist_utils.training.run import distribution
from mnist_utils.training.callbacks import Checkpoint, EpochLog
from mnist_utils.data import load_dataset, load_mnist, split_validation
from mnist_utils.evaluation import fit_temperature
from mnist_utils.quiet_tensorflow import keras, tf
from mnist_utils.training.recipes import RECIPES, Recipe, batches, learning_rate


def train(
    recipe: str | Recipe = "quick",
    *,
    seed: int = 0,
    epochs: int | None = None,
    out: str | Path | None = None,
    data: tuple[np.ndarray, ...] | str | Path | None = None,
    progress: str = "auto",
    distribute: str = "none",
) -> tuple[keras.Model, dict]:
    """Train a network, read the test set once, and write model.keras and metrics.json.

    The same seed gives the same network on the same machine. A run with `out` that was interrupted goes
    on after its last whole epoch when it is started again, and ends with the same network.

    Parameters
    ----------
    recipe : str or Recipe
        A name in `RECIPES`, or a recipe of your own.
    seed : int
        Decides first weights, order of the images and augmentation.
    epochs : int, optional
        Instead of the recipe's.
    out : str or Path, optional
        Folder to write to, made if missing; both files are written at the end or neither is.
    data : tuple or str or Path, optional
        x_train, y_train, x_test, y_test, of the shapes and types that `load_mnist` gives; its own without
        it. Or where `load_dataset` finds such: then a tenth at most is for validation, and a recipe's
        `forms` and `others`, which are of digits, are left out.
    progress : str
        "widget" (a live curve), "bar" (text), "none", or "auto": a widget in a notebook, else a bar.
    distribute : str
        "none" (one device) or "mirrored" (all GPUs of this machine): see `distribution.strategy`. The
        mathematics of a batch stays the same; only dropout draws other random numbers on each device.

    Returns
    -------
    model : keras.Model
        The trained network.
    metrics : dict
        What metrics.json holds: threshold (see `choose_threshold`), test_accuracy, test_loss,
        per_digit_accuracy, validation_accuracy, train_seconds, epochs, parameters, recipe, seed,
        devices, versions, and the history of each epoch.

    Raises
    ------
    ValueError
        If an argument is out of range, before any training.
    """
    recipe, show = _check(recipe, seed, epochs, progress)
    strategy = distribution.strategy(distribute)
    out = _make_folder(out)
    if isinstance(data, str | Path):
        data = load_dataset(data)
        size = min(recipe.validation_size, max(1, len(data[0]) // 10))
        recipe = dataclasses.replace(recipe, validation_size=size, forms=False, others=False)
    x, y, x_test, y_test = load_mnist() if data is None else data
    _check_images(x, x_test)
    x, y, x_validation, y_validation = split_validation(x, y, recipe.validation_size)

    keras.utils.set_random_seed(seed)
    steps = max(1, len(x) // recipe.batch_size)
    with strategy.scope():
        model = compiled(recipe, int(y.max()) + 1, steps, synchronise=strategy.num_replicas_in_sync > 1)
    history, stopping, keeper, first = EpochLog(), None, None, 0
    if recipe.patience is not None:
        stopping = keras.callbacks.EarlyStopping(patience=recipe.patience, restore_best_weights=True)
    if out:
        run = {"recipe": dataclasses.asdict(recipe), "seed": seed, "data": [zlib.crc32(x), zlib.crc32(y)]}
        keeper = Checkpoint(out / "unfinished.npz", run, history, stopping)
        first = keeper.load(model)
    averaging = keras.callbacks.SwapEMAWeights() if recipe.average else None  # first: swaps back before Checkpoint
    callbacks = [averaging, history, stopping, _progress(show, steps), keeper]
    model.fit(
        batches(x, y, recipe, seed, first * steps),
        validation_data=(networks.to_input(x_validation), one_hot(y_validation, model)),
        validation_batch_size=1000,
        initial_epoch=first,
        epochs=recipe.epochs,
        steps_per_epoch=steps,
        shuffle=False,  # the batches come shuffled
        callbacks=[callback for callback in callbacks if callback],
        verbose=0,
    )
    if strategy.num_replicas_in_sync > 1:
        model = _copy(model, networks.build(recipe.network, classes=model.output_shape[1]))
    if recipe.label_smoothing:
        calibrate(model, x_validation, y_validation)
    metrics = {
        "threshold": choose_threshold(model, x_validation),
        **measure(model, x_validation, y_validation, x_test, y_test),
        "train_seconds": round(sum(history.epochs["seconds"]), 1),
        "epochs": len(history.epochs["loss"]),
        "parameters": model.count_params(),
        "recipe": dataclasses.asdict(recipe),
        "seed": seed,
        "devices": strategy.num_replicas_in_sync,
        "versions": {
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
            "numpy": np.__version__,
        },
        "history": history.epochs,
    }
    if out:
        save(model, metrics, out)
        keeper.file.unlink(missing_ok=True)
    return model, metrics


def compiled(recipe: Recipe, classes: int, steps: int, synchronise: bool = False) -> keras.Model:
    """Build a recipe's network, ready for `fit` with so many steps an epoch; synchronise for several devices."""
    model = networks.build(recipe.network, classes)
    if synchronise:
        model = _copy(model, distribution.synchronised(model))
    model.compile(
        optimizer=keras.optimizers.Adam(
            learning_rate(recipe, steps), use_ema=bool(recipe.average), ema_momentum=recipe.average or 0
        ),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=["accuracy"],
        jit_compile=False,  # measured: XLA makes these networks slower on a CPU
    )
    return model


def calibrate(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> None:
    """Scale the last layer so that the loss on these images is least; which class is the likeliest stays as it is.

    Smoothed labels teach a network to doubt what it reads right. This takes the doubt back: the temperature
    scaling of Guo et al. 2017, "On calibration of modern neural networks", section 4.2, put into the weights.
    """
    probabilities = model.predict(networks.to_input(images), batch_size=1000, verbose=0)
    temperature = fit_temperature(probabilities, labels)
    last = model.layers[-1]
    last.set_weights([weights / temperature for weights in last.get_weights()])


def choose_threshold(model: keras.Model, images: np.ndarray, kept: float = 0.994) -> float:
    """Give the evidence (`networks.evidence`) that this share of these images reaches, which are all digits.

    `DigitClassifier.read` takes what has less for no digit. The share was chosen so that of the digits that people
    draw, which are less alike than validation images, more than 98% are kept.
    """
    probabilities = model.predict(networks.to_input(images), batch_size=1000, verbose=0)
    return round(float(np.quantile(networks.evidence(probabilities), 1 - kept)), 4)


def measure(
    model: keras.Model, x_validation: np.ndarray, y_validation: np.ndarray, x_test: np.ndarray, y_test: np.ndarray
) -> dict:
    """Give accuracy and loss of a finished model on validation and test images, and per digit on the test images."""
    right, losses = {}, {}
    for name, images, labels in (("validation", x_validation, y_validation), ("test", x_test, y_test)):
        probabilities = model.predict(networks.to_input(images), batch_size=1000, verbose=0)
        right[name] = probabilities.argmax(axis=1) == labels
        losses[name] = keras.losses.categorical_crossentropy(one_hot(labels, model), probabilities)
    return {
        "test_accuracy": float(right["test"].mean()),
        "test_loss": float(np.mean(losses["test"])),
        "per_digit_accuracy": [
            float(right["test"][y_test == digit].mean()) if digit in y_test else None
            for digit in range(model.output_shape[1])
        ],
        "validation_accuracy": float(right["validation"].mean()),
        "validation_loss": float(np.mean(losses["validation"])),
    }


def one_hot(labels: np.ndarray, model: keras.Model) -> np.ndarray:
    """Labels (n,) as rows of zeros with a one at the label, (n, classes of the model)."""
    return keras.utils.to_categorical(labels, model.output_shape[1])


def save(model: keras.Model, metrics: dict, out: Path) -> None:
    """Write out/model.keras (without the optimiser's state) and out/metrics.json, whole or not at all."""
    bare = _copy(model, type(model).from_config(model.get_config()))
    model_file, metrics_file = out / "unfinished.keras", out / "unfinished.json"
    try:
        bare.save(model_file)
        _compress(model_file)
        metrics_file.write_text(json.dumps(metrics, indent=1) + "\n")
        os.replace(model_file, out / "model.keras")
        os.replace(metrics_file, out / "metrics.json")
    finally:
        model_file.unlink(missing_ok=True)
        metrics_file.unlink(missing_ok=True)


def _compress(file: Path) -> None:
    """Pack a zip archive more tightly: Keras leaves the weights as they are, which takes an eighth more room."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _copy(model: keras.Model, other: keras.Model) -> keras.Model:
    other.set_weights(model.get_weights())
    return other


def _check(recipe: str | Recipe, seed: int, epochs: int | None, progress: str) -> tuple[Recipe, str]:
    if isinstance(recipe, str):
        if recipe not in RECIPES:
            raise ValueError(f"recipe must be one of {', '.join(RECIPES)}, not {recipe!r}.")
        recipe = RECIPES[recipe]
    if epochs is not None:
        recipe = dataclasses.replace(recipe, epochs=epochs)
    if not isinstance(recipe.epochs, int) or recipe.epochs < 1:
        raise ValueError(f"epochs must be a whole number of 1 or more, not {recipe.epochs!r}.")
    if recipe.average and recipe.patience is not None:  # early stopping would bring back weights, not their average
        raise ValueError("recipe must have average or patience, not both.")
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be a whole number from 0 to 4294967295, not {seed!r}.")
    if progress not in ("auto", "widget", "bar", "none"):
        raise ValueError(f"progress must be auto, widget, bar or none, not {progress!r}.")
    if progress == "auto":
        progress = "widget" if _in_notebook() else "bar"
    return recipe, progress


def _check_images(x: np.ndarray, x_test: np.ndarray) -> None:
    for name, images in (("x_train", x), ("x_test", x_test)):
        if images.dtype != np.uint8 or images.shape[1:] != (28, 28):
            raise ValueError(f"data: {name} must be uint8 (n, 28, 28), not {images.dtype} {images.shape}.")


def _progress(show: str, steps: int) -> keras.callbacks.Callback | None:
    if show == "none":
        return None
    from mnist_utils import progress  # imports Matplotlib and ipywidgets

    return {"widget": progress.ProgressWidget, "bar": progress.ProgressBar}[show](steps)


def _in_notebook() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")


def _make_folder(out: str | Path | None) -> Path | None:
    if out is None:
        return None
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise ValueError(f"out must be a folder, but {out} is a file or lies in one.") from None
    return out
