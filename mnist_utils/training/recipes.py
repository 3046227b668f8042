"""The recipes: all that decides a training run, with the learning rate and the batches that follow from it."""

import dataclasses

import numpy as np

from mnist_utils.training.run import augment
from mnist_utils.training.handwriting import digits, no_digits
from mnist_utils.quiet_tensorflow import keras, tf


@dataclasses.dataclass(frozen=True)
class Recipe:
    """All that decides a training run, but for its seed.

    Attributes
    ----------
    network : str
        A name that `mnist_utils.networks.build` knows.
    epochs : int
        Passes over the training images, at most.
    batch_size : int
        Images a step.
    learning_rate : float
        Adam's; the highest one where `one_cycle` is set.
    one_cycle : bool
        Raise the learning rate over the first tenth of the run, then lower it to zero along a
        cosine (after Smith and Topin 2018, "Super-convergence").
    patience : int or None
        Stop after this many epochs without a lower validation loss, and go back to the best one.
    affine : bool
        Turn, scale, slant and shift each training image anew in each epoch.
    forms : bool
        Write some digits in forms that are rare in MNIST, with gaps, and with thinner and thicker ink; and
        add an eighth as many digits written by a program in forms that are common by pen.
    others : bool
        Add a sixteenth as many drawings that are no digit, with all classes equally likely: a network
        that has seen only digits takes everything for one (after Hendrycks, Mazeika and Dietterich
        2019, "Deep anomaly detection with outlier exposure").
    label_smoothing : float
        How much of each label is shared out among all classes, 0 to 1 (Szegedy et al. 2016,
        "Rethinking the Inception architecture", section 7). The doubt this teaches is taken
        back at the end: see `training.calibrate`.
    average : float or None
        Keep a moving average of the weights with this momentum, 0 to 1: the average is what is
        validated and kept (Polyak and Juditsky 1992, "Acceleration of stochastic approximation").
    validation_size : int
        Training images held out to make choices on.
    """

    network: str
    epochs: int
    batch_size: int = 128
    learning_rate: float = 1e-3
    one_cycle: bool = False
    patience: int | None = None
    affine: bool = False
    forms: bool = False
    others: bool = False
    label_smoothing: float = 0.0
    average: float | None = None
    validation_size: int = 6000


OURS = dict(one_cycle=True, affine=True, label_smoothing=0.1)  # what quick and best share
RECIPES = {
    "quick": Recipe("quick", epochs=5, batch_size=192, learning_rate=1.2e-2, average=0.98, **OURS),
    "classic": Recipe("classic", epochs=20, patience=5),
    "best": Recipe("best", epochs=30, learning_rate=1e-2, average=0.99, forms=True, others=True, **OURS),
}


def learning_rate(recipe: Recipe, steps: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Give the recipe's learning rate: a number, or a schedule over all steps of the run (`steps` an epoch)."""
    if not recipe.one_cycle:
        return recipe.learning_rate
    warmup = max(1, steps * recipe.epochs // 10)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=recipe.learning_rate / 25,
        warmup_target=recipe.learning_rate,
        warmup_steps=warmup,
        decay_steps=max(1, steps * recipe.epochs - warmup),
    )


def batches(x: np.ndarray, y: np.ndarray, recipe: Recipe, seed: int, first_step: int = 0) -> tf.data.Dataset:
    """Make shuffled batches without end, augmented where the recipe says so.

    Parameters
    ----------
    x, y : numpy.ndarray
        Images uint8 (n, 28, 28) and labels (n,).
    recipe : Recipe
        Gives batch size and augmentation.
    seed : int
        The same seed gives the same batches.
    first_step : int
        How many batches to leave out at the beginning.

    Returns
    -------
    tf.data.Dataset
        Pairs of images float32 (batch, 28, 28, 1), 0 to 1, and labels (batch, classes), one-hot but for `others`.
    """
    classes = int(y.max()) + 1
    images, labels = tf.constant(x[..., None]), tf.one_hot(y, classes)
    others = tf.constant(no_digits(2000)[..., None]) if recipe.others else None
    if recipe.forms:
        written, written_labels = digits(4000)
        written, written_labels = tf.constant(written[..., None]), tf.one_hot(written_labels, classes)

    def batch(step: tf.Tensor, rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        image, label = tf.cast(tf.gather(images, rows), tf.float32) / 255, tf.gather(labels, rows)
        seeds = [tf.stack([tf.constant(4 * seed + i, tf.int64), step]) for i in range(4)]  # one for each change
        if recipe.forms:
            image = augment.other_forms(image, tf.gather(y, rows), seeds[0])
            chosen = tf.random.stateless_uniform((recipe.batch_size // 8,), seeds[1], 0, len(written), tf.int32)
            image = tf.concat([image, tf.cast(tf.gather(written, chosen), tf.float32) / 255], axis=0)
            label = tf.concat([label, tf.gather(written_labels, chosen)], axis=0)
        if recipe.others:
            chosen = tf.random.stateless_uniform((recipe.batch_size // 16,), seeds[0], 0, len(others), tf.int32)
            image = tf.concat([image, tf.cast(tf.gather(others, chosen), tf.float32) / 255], axis=0)
            label = tf.concat([label, tf.fill((recipe.batch_size // 16, classes), 1 / classes)], axis=0)
        if recipe.forms:
            image = augment.gaps(image, seeds[1])
            image = augment.thickness(image, seeds[2])
        if recipe.affine:
            image = augment.affine(image, seeds[3], normalise=recipe.forms)  # new ink moves the centre of mass
        return image, label

    def epoch(number: tf.Tensor) -> tf.data.Dataset:
        # Depends on nothing but seed and epoch, so that it is the same after a break and on several devices.
        rows = tf.random.experimental.stateless_shuffle(
            tf.range(len(x)), tf.stack([tf.constant(seed, tf.int64), number])
        )
        return tf.data.Dataset.from_tensor_slices(rows).batch(
            recipe.batch_size, drop_remainder=len(x) >= recipe.batch_size
        )

    rows = tf.data.Dataset.range(np.iinfo(np.int64).max).flat_map(epoch)
    options = tf.data.Options()
    # With it, three in five calls of fit waited 1.5 s for its thread after 4.6 s of steps; without it, none did.
    options.autotune.enabled = False
    steps = rows.skip(first_step).enumerate(first_step)
    return steps.map(batch).prefetch(4).with_options(options)
