"""The batches that a recipe trains on."""

import functools
from collections.abc import Callable

import numpy as np

from mnist_utils.quiet_tensorflow import tf
from mnist_utils.training import augment
from mnist_utils.training.handwriting import outliers
from mnist_utils.training.pens import Pens
from mnist_utils.training.recipes import Recipe

PENS = 4  # the stream of random numbers that chooses among them; the next one draws their variants


def batches(
    x: np.ndarray,
    y: np.ndarray,
    recipe: Recipe,
    seed: int,
    first_step: int = 0,
    pens: Pens | None = None,
    classes: int = 0,
) -> tf.data.Dataset:
    """Make shuffled batches without end of images uint8 (n, 28, 28) and labels (n,), augmented as the recipe says.

    The same seed gives the same batches, of which the first ones can be left out. Pens are what the recipe's shares of
    pens and letters are taken from; there are as many classes as the labels have, unless told. Gives pairs of images
    float32 (batch, 28, 28, 1), 0 to 1, and labels (batch, classes), one-hot but for outliers. A recipe that draws
    digits is refused for other than ten classes.
    """
    classes = classes or int(y.max()) + 1
    if recipe.draws_digits and classes != 10:
        raise ValueError(
            f"recipe must be one for pictures, as recipe.for_pictures() gives it, for labels of {classes} classes: the "
            "pen variants, pens or outliers of this one are for the ten digits."
        )
    order = tf.data.Dataset.range(np.iinfo(np.int64).max).flat_map(_shuffled(len(x), recipe.batch_size, seed))
    options = tf.data.Options()
    # With it, three in five calls of fit waited 1.5 s for its thread after 4.6 s of steps; without it, none did.
    options.autotune.enabled = False
    steps = order.skip(first_step).enumerate(first_step)
    return steps.map(_batch_maker(x, y, classes, recipe, seed, pens)).prefetch(4).with_options(options)


def _shuffled(n: int, batch_size: int, seed: int) -> Callable[[tf.Tensor], tf.data.Dataset]:
    """Make a function that gives the rows of each batch of an epoch, by the epoch's number."""

    def epoch(number: tf.Tensor) -> tf.data.Dataset:
        # Depends on nothing but seed and epoch, so that it is the same after a break and on several devices.
        rows = tf.random.experimental.stateless_shuffle(tf.range(n), tf.stack([tf.constant(seed, tf.int64), number]))
        return tf.data.Dataset.from_tensor_slices(rows).batch(batch_size, drop_remainder=n >= batch_size)

    return epoch


def _batch_maker(
    x: np.ndarray, y: np.ndarray, classes: int, recipe: Recipe, seed: int, pens: Pens | None
) -> Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
    """Make a function that gives images and labels of a batch, by the number of its step and its rows."""
    images, labels = tf.constant(x[..., None]), tf.one_hot(y, classes)
    additions = _additions(recipe, classes, pens)
    varied_epochs = max(recipe.epochs - recipe.plain_epochs, (recipe.epochs + 1) // 2)
    plain_from = max(1, len(x) // recipe.batch_size) * varied_epochs

    def batch(step: tf.Tensor, rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        seeds = [tf.stack([tf.constant(4 * seed + i, tf.int64), step]) for i in range(4)]  # one for each change
        seeds += [tf.stack([tf.constant(4 * seed + i, tf.int64), -1 - step]) for i in range(4)]
        image, label = _floats(tf.gather(images, rows)), tf.gather(labels, rows)
        varied = tf.where(step < plain_from, float(recipe.pen_variants), 0.0)
        if recipe.pen_variants:
            image = augment.pen_variants(image, tf.gather(y, rows), seeds[0], varied)
        for more_images, more_labels, count, stream in additions:
            chosen = tf.random.stateless_uniform((count,), seeds[stream], 0, len(more_images), tf.int32)
            more, told = _floats(tf.gather(more_images, chosen)), tf.gather(more_labels, chosen)
            if recipe.pen_variants and stream == PENS:  # where real pens lack them
                digits = tf.argmax(told, axis=1, output_type=tf.int32)
                more = augment.pen_variants(more, digits, seeds[stream + 1], varied / 2)
            image, label = tf.concat([image, more], axis=0), tf.concat([label, told], axis=0)
        changed = functools.partial(_changed, image, recipe, seeds)
        return (tf.cond(step < plain_from, changed, lambda: image) if recipe.plain_epochs else changed()), label

    return batch


def _changed(image: tf.Tensor, recipe: Recipe, seeds: list[tf.Tensor]) -> tf.Tensor:
    """Change images float32 (n, 28, 28, 1) as the recipe says, once all are in the batch."""
    if recipe.random_erasing:
        image = augment.random_erasing(image, seeds[1], recipe.random_erasing)
    if recipe.thinner or recipe.thicker:
        image = augment.stroke_width(image, seeds[2], recipe.thinner, recipe.thicker)
    amounts = (recipe.rotation, recipe.zoom, recipe.shear, recipe.shift)
    if any(amounts):  # new ink moves the centre of mass
        image = augment.affine(image, seeds[3], *amounts, normalise=bool(recipe.pen_variants))
    return image


def _additions(recipe: Recipe, classes: int, pens: Pens | None) -> list[tuple[tf.Tensor, tf.Tensor, int, int]]:
    """What is added to each batch: images uint8, their labels, how many, and which stream of random numbers chooses."""
    found = []
    if recipe.outliers:
        images = outliers(recipe.outliers)
        labels = tf.fill((len(images), classes), 1 / classes)
        found.append((tf.constant(images[..., None]), labels, int(recipe.batch_size * recipe.outlier_share), 0))
    if pens and recipe.pens_share:
        count = int(recipe.batch_size * recipe.pens_share)
        found.append((tf.constant(pens.images[..., None]), tf.one_hot(pens.labels, classes), count, PENS))
    if pens and recipe.letters_share:
        labels = tf.fill((len(pens.letters), classes), 1 / classes)
        found.append((tf.constant(pens.letters[..., None]), labels, int(recipe.batch_size * recipe.letters_share), 6))
    return found


def _floats(images: tf.Tensor) -> tf.Tensor:
    return tf.cast(images, tf.float32) / 255
