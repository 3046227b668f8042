"""Make small_networks.json: how well networks of 1,000 to 100,000 parameters read digits, over seeds.

    python mnist_utils/assets/make_small_networks.py --out FOLDER [--sizes 2000 20000] [--store]

Each learns from the training images, slightly changed, and from what the three shipped `best` say of them, who have
learned from no validation or test image either. A run that is done already in FOLDER is not repeated. Takes about an
hour on two cores. All was chosen on validation images. A finished network's answers to the test images are kept, and
its mistakes among them are counted once, with --store, when all three seeds of each size are there. Notebook 08 shows
the result.
"""

import argparse
import json
from functools import partial
from pathlib import Path

import numpy as np

from mnist_utils import networks
from mnist_utils.assets.make_ensemble_runs import (
    JUDGED,
    TEACHERS,
    TEMPERATURE,
    augmented,
    kept,
    moved,
    teach,
    x_train,
    x_validation,
    y_test,
    y_validation,
)
from mnist_utils.evaluation import at_temperature
from mnist_utils.files import writing
from mnist_utils.quiet_tensorflow import keras, tf
from mnist_utils.training.results import versions

STORED = Path(__file__).with_name("small_networks.json")
SEEDS = range(3)
BATCH = 128
LEARNING_RATE = 1e-2  # the highest one, of one cycle
# Two copies of the training images: as they are, and changed by so many parts of what `quick` changes.
COPIES = {0: 0.0, 4: 1 / 3}
# At most so many parameters: blocks, activation, epochs, and how much a batch is changed once more, in parts of what
# `quick` does. A block is a kind of convolution and its filters. Chosen on the validation images, one seed each: of
# 2,000 parameters, SiLU misread 97 and ReLU 119 after 6 epochs; a first convolution on the whole image and four
# separable ones on maps that shrink by their borders alone 78 after 12 epochs, and two other orders of steps 98 and
# 101. Of 20,000, after 6 epochs: 39 with a first convolution on the whole image, 43 with one in steps of two.
SEPARABLE = ["separable"] * 4
SIZES: dict[int, tuple[list, str, int, float]] = {
    1000: ([("pooled", 6), *zip(SEPARABLE, (9, 10, 10, 11), strict=True)], "silu", 24, 0.0),
    2000: ([("pooled", 8), *zip(SEPARABLE, (14, 16, 16, 18), strict=True)], "silu", 24, 0.0),
    5000: ([("pooled", 12), *zip(SEPARABLE, (26, 30, 32, 34), strict=True)], "silu", 20, 0.2),
    20000: ([("pooled", 12), ("plain", 26), ("pooled", 28), ("plain", 36)], "relu", 20, 0.3),
    100000: ([("pooled", 16), ("plain", 48), ("pooled", 64), ("plain", 100)], "relu", 12, 1.0),
}


def small(blocks: list, activation: str) -> keras.Model:
    """Build a network of such blocks, each normalised; what is left of the map is averaged."""
    layers = keras.layers
    stack = [keras.Input((28, 28, 1))]
    for kind, filters in blocks:
        convolution = layers.SeparableConv2D if kind == "separable" else layers.Conv2D
        stack.append(convolution(filters, 3, use_bias=False))
        if kind == "pooled":  # before the normalisation, which has a quarter to do then
            stack.append(layers.MaxPooling2D())
        stack += [layers.BatchNormalization(momentum=0.9, scale=False), layers.Activation(activation)]
    stack += [layers.GlobalAveragePooling2D(), layers.Dense(10, activation="softmax")]
    return keras.Sequential(stack)


def lessons(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Give the copies of the training images, uint8 (n, 28, 28), and what the teachers say of each, (n, 10)."""
    images = kept(folder / "images.npy", lambda: np.concatenate([augmented(*copy) for copy in COPIES.items()]))
    said = kept(
        folder / "said.npy", lambda: np.mean([teach(name, images) for name in TEACHERS], axis=0).astype(np.float32)
    )
    return images, said


def batches(images: np.ndarray, labels: np.ndarray, strength: float, seed: int) -> tf.data.Dataset:
    """Make shuffled batches without end of images float (BATCH, 28, 28, 1), changed once more, and labels."""
    all_images, all_labels = tf.constant(images[..., None]), tf.constant(labels, tf.float32)

    def batch(step: tf.Tensor, rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        chosen = tf.cast(tf.gather(all_images, rows), tf.float32) / 255
        if strength:
            chosen = moved(chosen, tf.stack([tf.constant(seed, tf.int64), step]), strength)
        return chosen, tf.gather(all_labels, rows)

    options = tf.data.Options()
    options.autotune.enabled = False
    options.threading.private_threadpool_size = 1
    rows = tf.data.Dataset.range(len(images)).shuffle(len(images), seed=seed).repeat().batch(BATCH)
    return rows.enumerate().map(batch).prefetch(4).with_options(options)


def trained(most: int, seed: int, folder: Path) -> np.ndarray:
    """Train one network, and give its probabilities of all validation and test images; the network is kept, too."""
    blocks, activation, epochs, strength = SIZES[most]
    images, said = lessons(folder)
    steps = len(x_train) // BATCH
    keras.utils.set_random_seed(seed)
    model = small(blocks, activation)
    warmup = steps * epochs // 10
    rate = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / 25, steps * epochs - warmup, warmup_target=LEARNING_RATE, warmup_steps=warmup
    )
    adam = keras.optimizers.Adam(rate)
    model.compile(adam, "categorical_crossentropy", jit_compile=False, steps_per_execution=100)
    lesson = batches(images, at_temperature(said, TEMPERATURE), strength, seed)
    model.fit(lesson, epochs=epochs, steps_per_epoch=steps, shuffle=False, verbose=0)
    model.save(folder / f"{most}-{seed}.keras")
    return networks.probabilities(model, JUDGED)


def entry(most: int, runs: list[np.ndarray]) -> dict:
    """Say what came of one size: its parameters, and the errors of each seed on validation and test images."""
    blocks, activation, epochs, strength = SIZES[most]
    split, truth = len(x_validation), np.concatenate([y_validation, y_test])
    wrong = [p.argmax(axis=1) != truth for p in runs]
    accuracies = {
        "validation": [round(1 - float(each[:split].mean()), 6) for each in wrong],
        "test": [round(1 - float(each[split:].mean()), 6) for each in wrong],
    }
    return {
        "at_most": most,
        "parameters": small(blocks, activation).count_params(),
        "epochs": epochs,
        "changed": strength,
        "seeds": list(SEEDS),
        **accuracies,
        "mean": {part: round(float(np.mean(values)), 6) for part, values in accuracies.items()},
    }


def main() -> None:
    """Train what is missing, and with --store write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs/small_networks"))
    parser.add_argument("--sizes", type=int, nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--store", action="store_true", help="write the file beside this script")
    options = parser.parse_args()
    if options.store and set(options.sizes) != set(SIZES):
        parser.error("--store needs all sizes: leave out --sizes")
    options.out.mkdir(parents=True, exist_ok=True)
    runs: dict[int, list[np.ndarray]] = {most: [] for most in options.sizes}
    for seed in SEEDS:
        for most in options.sizes:
            found = kept(options.out / f"{most}-{seed}.npy", partial(trained, most, seed, options.out))
            runs[most].append(found)
            wrong = (found[: len(y_validation)].argmax(axis=1) != y_validation).sum()
            print(f"{most}, seed {seed}: {wrong} of the validation images misread", flush=True)
    if options.store:
        table = [entry(most, found) for most, found in runs.items()]
        whole = {"networks": table, "temperature": TEMPERATURE, "versions": versions()}
        with writing(STORED) as [unfinished]:
            unfinished.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
        for row in table:
            print(f"{row['parameters']:,} parameters: {row['mean']['test']:.2%} of the test images read")


if __name__ == "__main__":
    main()
