"""Make ensemble_runs.json: what averaging and distillation buy, over seeds, on the validation images.

    python mnist_utils/assets/make_ensemble_runs.py --out FOLDER

Five seeds of `quick`, three of them without the moving average of the weights, and a small student over three seeds
and in two ways: taught by the labels, or by the mean answer of the three shipped `best`. What is done already in FOLDER
is not repeated. Takes about half an hour on two cores; notebook 08 shows the result. All was chosen on validation
images. The test set was read more than once: for what is stored, and before that for students of another temperature.
"""

import argparse
import dataclasses
import json
import time
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np

from mnist_utils import load_mnist, networks, split_validation
from mnist_utils.classifier import load_classifier
from mnist_utils.evaluation import at_temperature
from mnist_utils.quiet_tensorflow import keras, tf
from mnist_utils.training import RECIPES, augment, train
from mnist_utils.training.results import calibrated, versions
from mnist_utils.training.run import compiled

STORED = Path(__file__).with_name("ensemble_runs.json")
SEEDS, FEW_SEEDS = range(5), range(3)
TEACHERS = ("best", "best_seed_1", "best_seed_2")
COPIES = 4  # of the training images, each augmented in its own way; the student sees them all, twice and a half
EPOCHS = 10
# Softens the teachers' answers. Tried on the validation images over three seeds: 1 misread 55 of them, 2 misread 58, 3
# misread 60, and half of it mixed with the labels 56; the labels alone 59. Seeds differ by more.
TEMPERATURE = 2.0
SHIFTS = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0))

x, y, x_test, y_test = load_mnist()
x_train, y_train, x_validation, y_validation = split_validation(x, y)
JUDGED = np.concatenate([x_validation, x_test])


def student() -> keras.Model:
    """The small network of notebook 08: about 15,000 parameters, a hundredth of its teachers'."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(12, 5, 2, activation="relu"),
            layers.Conv2D(24, 3, activation="relu"),
            layers.Conv2D(32, 3, 2, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ],
        name="student",
    )


def kept(file: Path, make: Callable[[], np.ndarray]) -> np.ndarray:
    """Give the array in a file, which is made first if it isn't there."""
    if not file.exists():
        start = time.perf_counter()
        np.save(file, make())
        print(f"{file.stem}: {time.perf_counter() - start:.0f} s", flush=True)
    return np.load(file)


def answers(model: keras.Model) -> np.ndarray:
    """A network's probabilities of all validation and test images, then the same again for each shift."""
    return np.stack([networks.probabilities(model, np.roll(JUDGED, shift, (1, 2))) for shift in SHIFTS])


def quick(seed: int, folder: Path, averaged: bool = True) -> np.ndarray:
    """Train `quick` as it is, or without the moving average of its weights."""
    recipe = RECIPES["quick"] if averaged else dataclasses.replace(RECIPES["quick"], ema_momentum=None)
    name = f"quick-{seed}" if averaged else f"no_ema-{seed}"
    return kept(
        folder / f"{name}.npy", lambda: answers(train(recipe, seed=seed, out=folder / name, progress="none")[0])
    )


def best(name: str, folder: Path) -> np.ndarray:
    """Give the answers of a shipped network."""
    return kept(folder / f"shipped-{name}.npy", lambda: answers(load_classifier(name=name).model))


def augmented(copy: int, strength: float = 1.0) -> np.ndarray:
    """All training images, changed as `quick` changes them or by a part of its amounts: uint8 (n, 28, 28)."""
    parts = []
    for number, part in enumerate(np.array_split(x_train, 54)):
        images = tf.cast(part[..., None], tf.float32) / 255
        parts.append(moved(images, tf.constant([copy, number]), strength)[..., 0].numpy())
    return np.round(255 * np.concatenate(parts).clip(0, 1)).astype(np.uint8)


def moved(images: tf.Tensor, seed: tf.Tensor, strength: float) -> tf.Tensor:
    """Turn, zoom, slant and shift images float (n, 28, 28, 1) by so many parts of what `quick` does."""
    quick = RECIPES["quick"]
    amounts = quick.rotation, quick.zoom, quick.shear, quick.shift
    rotation, zoom, shear, shift = (strength * amount for amount in amounts)
    return augment.affine(images, seed, rotation, zoom, shear, shift)


def taught(images: np.ndarray, labels: np.ndarray, smoothing: float, seed: int) -> np.ndarray:
    """Train the student on labels (n, 10), and give its answers, calibrated as those of `quick` are."""
    keras.utils.set_random_seed(seed)
    recipe = dataclasses.replace(RECIPES["quick"], epochs=EPOCHS, label_smoothing=smoothing)
    steps = len(x_train) // recipe.batch_size
    model = compiled(recipe, 10, steps, own=student())
    all_images, all_labels = tf.constant(images[..., None]), tf.constant(labels, tf.float32)

    def batch(rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return tf.cast(tf.gather(all_images, rows), tf.float32) / 255, tf.gather(all_labels, rows)

    order = tf.data.Dataset.range(len(images)).shuffle(len(images), seed=seed).repeat()
    options = tf.data.Options()
    options.autotune.enabled = False
    batches = order.batch(recipe.batch_size).map(batch).prefetch(4).with_options(options)
    model.fit(
        batches,
        epochs=EPOCHS,
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
        callbacks=[keras.callbacks.SwapEMAWeights()],
    )
    calibrated(model, x_validation.astype(np.float32) / 255, y_validation)
    return answers(model)


def teach(name: str, images: np.ndarray) -> np.ndarray:
    """Give a teacher's probabilities of the training images."""
    return networks.probabilities(load_classifier(name=name).model, images)


def students(folder: Path) -> dict[str, list[np.ndarray]]:
    """Train all students: by the labels, and by the teachers."""
    images = kept(folder / "augmented.npy", lambda: np.concatenate([augmented(copy) for copy in range(COPIES)]))
    said = [kept(folder / f"{name}.npy", partial(teach, name, images)) for name in TEACHERS]
    soft = at_temperature(np.mean(said, axis=0), TEMPERATURE)
    hard, smoothing = np.tile(np.eye(10)[y_train], (COPIES, 1)), RECIPES["quick"].label_smoothing
    lessons = {"student, labels": (hard, smoothing), "student, taught": (soft, 0.0)}
    return {
        name: [kept(folder / f"{name[9:]}-{seed}.npy", partial(taught, images, *lesson, seed)) for seed in FEW_SEEDS]
        for name, lesson in lessons.items()
    }


def measured(probabilities: np.ndarray, part: slice, labels: np.ndarray) -> dict:
    """Errors and loss of probabilities (n, 10) on the validation or on the test images."""
    p = probabilities[part]
    loss = -np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-12)).mean()
    return {"errors": int((p.argmax(axis=1) != labels).sum()), "loss": round(float(loss), 5)}


def cost(model: keras.Model) -> dict:
    """Parameters, multiply-adds, and milliseconds for an image, alone and among 500: the least of many."""
    table = networks.layer_table(model)
    sizes = {key: sum(layer[key] for layer in table) for key in ("parameters", "multiply_adds")}
    times: dict[int, list[float]] = {1: [], 500: []}
    for count, repeats in ((1, 300), (500, 200)):
        for _ in range(repeats):
            start = time.perf_counter()
            networks.probabilities(model, x_train[:count])
            times[count].append(1000 * (time.perf_counter() - start) / count)
    return sizes | {"ms_one": round(min(times[1]), 3), "ms_many": round(min(times[500]), 4)}


def main() -> None:
    """Train what is missing, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs/ensembles"))
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    single = [quick(seed, folder) for seed in SEEDS]
    ways = {
        "quick": [p[0] for p in single],
        "quick, no EMA": [quick(seed, folder, averaged=False)[0] for seed in FEW_SEEDS],
        "quick, shifted": [p.mean(axis=0) for p in single],
    }
    for count in range(2, len(single) + 1):
        ways[f"{count} quick"] = [np.mean([p[0] for p in chosen], axis=0) for chosen in combinations(single, count)]
    shipped = [best(name, folder) for name in TEACHERS]
    ways["best"] = [p[0] for p in shipped]
    ways["2 best"] = [np.mean([p[0] for p in chosen], axis=0) for chosen in combinations(shipped, 2)]
    ways["3 best"] = [np.mean([p[0] for p in shipped], axis=0)]
    ways |= {name: [p[0] for p in found] for name, found in students(folder).items()}
    split = len(x_validation)
    table = {
        name: {
            "validation": [measured(p, slice(0, split), y_validation) for p in found],
            "test": [measured(p, slice(split, None), y_test) for p in found],
        }
        for name, found in ways.items()
    }
    costs = {name: cost(networks.build(name)) for name in ("quick", "best")} | {"student": cost(student())}
    whole = {"ways": table, "costs": costs, "temperature": TEMPERATURE, "versions": versions()}
    STORED.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    for name, found in table.items():
        wrong = [np.mean([each["errors"] for each in found[part]]) for part in ("validation", "test")]
        loss = np.mean([each["loss"] for each in found["validation"]])
        print(f"{name:16} {wrong[0]:6.2f} of validation misread, loss {loss:.4f}; {wrong[1]:6.2f} of test")


if __name__ == "__main__":
    main()
