"""Train a network: train(), and the model and metrics it writes."""

import dataclasses
import zlib
from pathlib import Path

import numpy as np

from mnist_utils import networks
from mnist_utils.data import Arrays
from mnist_utils.evaluation import fit_temperature
from mnist_utils.quiet_tensorflow import keras, tf
from mnist_utils.training import distribution, workers
from mnist_utils.training.arguments import check_progress, check_recipe, check_seed
from mnist_utils.training.callbacks import Checkpoint, EpochLog
from mnist_utils.training.loading import Data, load, place_of_ink
from mnist_utils.training.own_model import check_model, copy_of, ends_in_softmax, fingerprint
from mnist_utils.training.pens import Pens
from mnist_utils.training.pipeline import batches
from mnist_utils.training.recipes import Recipe, learning_rate
from mnist_utils.training.results import (
    calibrated,
    halve,
    measure,
    place_for,
    rejection_threshold,
    save,
    unfinished_run,
    versions,
    with_weights_of,
)


def train(
    network: str | Recipe | keras.Model = "quick",
    *,
    recipe: str | Recipe | None = None,
    seed: int = 0,
    epochs: int | None = None,
    out: str | Path | None = None,
    data: Arrays | str | Path | None = None,
    digits: bool = False,
    pens: str | Path | None = None,
    progress: str = "auto",
    distribute: str = "none",
) -> tuple[keras.Model, dict]:
    """Train a network, read the test set once, and write model.keras and metrics.json.

    The same seed gives the same network on the same machine. A run with `out` that was interrupted goes on after its
    last whole epoch when it is started again, and ends with the same network.

    Parameters
    ----------
    network : str, Recipe or keras.Model
        A name in `RECIPES`, a recipe of your own, or a model of your own, which is trained on from the weights it has:
        Sequential or functional, compiled or not, from images (n, 28, 28, 1) or (n, 28, 28) to a probability a class.
    recipe : str or Recipe, optional
        How a model of your own is trained; without it, by the recipe "mine".
    seed : int
        Decides first weights, order of the images and augmentation.
    epochs : int, optional
        Instead of the recipe's.
    out : str or Path, optional
        Folder to write to, made if missing; both files are written at the end or neither is. One training at a time
        can write to it.
    data : tuple or str or Path, optional
        Pictures of your own in place of MNIST: what `load_dataset` gives, or where it finds it, or x_train, y_train,
        x_test and y_test of the shapes and types that `load_mnist` gives. At most a tenth is held out for validation.
    digits : bool
        Whether `data` shows the ten digits, as MNIST does, so that all are preprocessed as digits. Pictures of other
        things are trained on without what a recipe has for pen strokes (`Recipe.for_pictures`), and read as they are;
        only where nine in ten are dark on light, such ones are turned to white on black, in training as in reading.
    pens : str or Path, optional
        The folder of `mnist_utils.assets.get_pens`, which a recipe with a share of real people's pens needs.
    progress : str
        "widget" (a live curve), "bar" (text), "none", or "auto": a widget in a notebook, else a bar.
    distribute : str
        "none" (one device), "mirrored" (all GPUs of this machine) or "multiworker" (several machines, of which the
        first writes to `out`): see `distribution.strategy`.

    Returns
    -------
    model : keras.Model
        The trained network; a model of your own is the same object, with new weights.
    metrics : dict
        What metrics.json holds: what the model expects (preprocess, ink) and knows (classes, rejection_threshold),
        test_accuracy, test_loss, per_digit_accuracy, validation_accuracy, validation_loss, train_seconds, epochs,
        parameters, recipe, seed, devices, versions, and the history of each epoch. Accuracies are those of images
        preprocessed as the model expects them, so that `DigitClassifier.predict` has the same.

    Raises
    ------
    ValueError
        If an argument is out of range, or another training writes to `out`, before any training.
    OSError
        If a file in `out` can't be written; before any training where that can be known. If another worker has gone.
    """
    own = None if isinstance(network, str | Recipe) else network
    recipe = check_recipe(recipe or ("mine" if own is not None else network), epochs)
    check_seed(seed)
    show = check_progress(progress)
    with workers.reached():
        strategy = distribution.strategy(distribute)
    with place_for(out if distribution.is_first(distribute) else None) as folder, workers.reached():
        if data is not None and not digits:
            recipe = recipe.for_pictures()
        loaded, recipe = load(data, recipe, pens)
        if own is not None:
            recipe = _for_own(recipe, own, len(loaded.classes))
        model, log = _fit(loaded, recipe, seed, folder, show, strategy, own)
        metrics = _metrics(model, loaded, recipe, seed, strategy.num_replicas_in_sync, log)
        if folder:
            save(model, metrics, folder)
    return model, metrics


def _for_own(recipe: Recipe, own: keras.Model, classes: int) -> Recipe:
    """Check a model of one's own, and give the recipe that fits it."""
    check_model(own, classes)
    smoothing = recipe.label_smoothing if ends_in_softmax(own) else 0.0
    return dataclasses.replace(recipe, network=own.name, label_smoothing=smoothing)


def _metrics(model: keras.Model, data: Data, recipe: Recipe, seed: int, devices: int, log: EpochLog) -> dict:
    """Finish a trained network, and give all that metrics.json says of it."""
    return {
        "preprocess": recipe.preprocess,
        "classes": data.classes,
        **place_of_ink(data, recipe),
        "learned_from": data.learned_from,
        **_finish(model, data, recipe),
        "train_seconds": round(sum(log.epochs["seconds"]), 1),
        "epochs": len(log.epochs["loss"]),
        "parameters": model.count_params(),
        "recipe": dataclasses.asdict(recipe),
        "seed": seed,
        "devices": devices,
        "versions": versions(),
        "history": log.epochs,
    }


def _fit(
    data: Data,
    recipe: Recipe,
    seed: int,
    out: Path | None,
    show: str,
    strategy: tf.distribute.Strategy,
    own: keras.Model | None,
) -> tuple[keras.Model, EpochLog]:
    """Build and train a network, or a model of one's own, on from where an unfinished run in `out` stopped."""
    keras.utils.set_random_seed(seed)
    steps, many = max(1, len(data.x) // recipe.batch_size), strategy.num_replicas_in_sync > 1
    with strategy.scope():
        model = compiled(recipe, len(data.classes), steps, synchronise=many, own=own)
    log, stopping = EpochLog(), None
    if recipe.patience is not None:
        stopping = keras.callbacks.EarlyStopping(patience=recipe.patience, restore_best_weights=True)
    keeper = Checkpoint(unfinished_run(out) if out else None, _identity(data, recipe, seed, own), log, stopping)
    first = keeper.load(model, workers.agree(strategy, keeper.run, keeper.content()))
    # The average first: it swaps the weights back before they are kept.
    averaging = keras.callbacks.SwapEMAWeights() if recipe.ema_momentum else None
    callbacks = [averaging, log, stopping, _progress(show, steps, log), keeper]
    workers.fit(
        model,
        strategy,
        batches(data.x, data.y, recipe, seed, first * steps, data.pens, len(data.classes)),
        validation_data=(data.x_validation[..., None], np.eye(len(data.classes))[data.y_validation]),
        initial_epoch=first,
        epochs=recipe.epochs,
        steps_per_epoch=steps,
        callbacks=[callback for callback in callbacks if callback],
    )
    if own is not None or many:
        plain = networks.build(recipe.network, len(data.classes)) if own is None else own
        model = with_weights_of(model, plain)
    return model, log


def _identity(data: Data, recipe: Recipe, seed: int, own: keras.Model | None) -> dict:
    """Say what a run is, by all that decides how it ends: only the same one is gone on with."""
    arrays = [data.x, data.y, *((data.pens.images, data.pens.letters) if data.pens else ())]
    return {
        "recipe": dataclasses.asdict(recipe),
        "seed": seed,
        "data": [zlib.crc32(array.tobytes()) for array in arrays],
        "own": None if own is None else fingerprint(own),
    }


def compiled(
    recipe: Recipe, classes: int, steps: int, synchronise: bool = False, own: keras.Model | None = None
) -> keras.Model:
    """Build a recipe's network, or a copy of one's own, ready for `fit` with so many steps an epoch.

    Synchronise it for several devices.
    """
    model = networks.build(recipe.network, classes) if own is None else copy_of(own)
    if synchronise:
        model = with_weights_of(model, distribution.synchronised(model))
    model.compile(
        optimizer=keras.optimizers.Adam(
            learning_rate(recipe, steps), use_ema=bool(recipe.ema_momentum), ema_momentum=recipe.ema_momentum or 0
        ),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=[keras.metrics.CategoricalAccuracy("accuracy")],
        jit_compile=False,  # measured: XLA makes these networks slower on a CPU
    )
    model.optimizer.build(model.trainable_variables)  # on all devices, as this is called in a strategy's scope
    return model


def _finish(model: keras.Model, data: Data, recipe: Recipe) -> dict:
    """Calibrate a trained network where its labels were smoothed, choose its rejection threshold, and measure it."""
    halve(model)
    if recipe.label_smoothing:
        probabilities = calibrated(model, data.x_validation, data.y_validation, recipe.doubt)
    else:
        probabilities = networks.run(model, data.x_validation[..., None])
    return {
        "rejection_threshold": rejection_threshold(probabilities),
        **measure(probabilities, data.y_validation, networks.run(model, data.x_test[..., None]), data.y_test),
        **(_on_held_out(model, data.pens) if data.pens and recipe.held_out else {}),
    }


def _on_held_out(model: keras.Model, pens: Pens) -> dict:
    """Give the accuracy on the held-out drawings of each source, and the temperature that would fit all of them."""
    probabilities = networks.probabilities(model, pens.held_images)
    right = probabilities.argmax(axis=1) == pens.held_labels
    sources = {str(source): float(right[pens.held_sources == source].mean()) for source in np.unique(pens.held_sources)}
    return {"held_out": sources, "held_out_temperature": fit_temperature(probabilities, pens.held_labels)}


def _progress(show: str, steps: int, log: EpochLog) -> keras.callbacks.Callback | None:
    if show == "none":
        return None
    from mnist_utils.training import progress  # imports Matplotlib and ipywidgets

    return {"widget": progress.ProgressWidget, "bar": progress.ProgressBar}[show](steps, log)
