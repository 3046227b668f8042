"""Batches keep each label with its image, and hold what the recipe says."""

import dataclasses

import numpy as np
import pytest

from mnist_utils.training import Recipe
from mnist_utils.training.pipeline import batches

PLAIN = Recipe("quick", epochs=1, batch_size=30)  # nothing changes the images
MOVED = dict(rotation=10.0, zoom=0.1, shear=0.15, shift=1.5)
INKED = dict(pen_variants=0.4, random_erasing=0.15, thinner=0.4, thicker=0.6)


@pytest.mark.parametrize("change", [{}, MOVED, INKED], ids=["plain", "moved", "inked"])
def test_batches_keep_each_label_with_its_image(tiny_data, change):
    x, y = np.zeros((300, 28, 28), np.uint8), tiny_data[1]
    x[:, 6:22, 6:22] = 25 * y[:, None, None]  # a square whose grey tells the digit
    recipe = dataclasses.replace(PLAIN, **change)
    images, labels = (tensor[:30] for tensor in next(iter(batches(x, y, recipe, seed=1))))
    assert images.shape == (30, 28, 28, 1)
    np.testing.assert_allclose(labels.numpy().sum(axis=1), 1)
    told = labels.numpy().argmax(axis=1)
    as_told = np.isclose(images.numpy().max(axis=(1, 2, 3)) * 255 / 25, told, atol=1e-3)
    if change is INKED:  # which draw in white on zeros, ones and sevens
        as_told = as_told[np.isin(told, [0, 1, 7], invert=True)]
    assert as_told.all()


def test_outliers_are_added_to_each_batch_with_all_classes_equally_likely(tiny_data):
    x, y = np.zeros((300, 28, 28), np.uint8), tiny_data[1]
    images, labels = next(
        iter(batches(x, y, dataclasses.replace(PLAIN, batch_size=32, outliers=20, outlier_share=1 / 16), 1))
    )
    assert images.shape == (34, 28, 28, 1)
    inked = images.numpy().max(axis=(1, 2, 3)) > 0
    assert inked.tolist() == [False] * 32 + [True] * 2
    np.testing.assert_allclose(labels.numpy()[32:], 0.1)
    assert set(labels.numpy()[:32].ravel().tolist()) == {0.0, 1.0}


def test_augmentation_changes_an_image_anew_in_each_epoch(tiny_data):
    x, y = np.repeat(tiny_data[0][:1], 60, axis=0), np.repeat(tiny_data[1][:1], 60)
    made = batches(x, y, dataclasses.replace(PLAIN, **MOVED), seed=0).take(4)  # two epochs
    assert len({image.tobytes() for images, _ in made for image in images.numpy()}) == 120


def test_the_last_epochs_are_plain_and_half_of_a_short_run_at_most(tiny_data):
    x, y = np.repeat(tiny_data[0][:1], 60, axis=0), np.repeat(tiny_data[1][:1], 60)
    for epochs, plain, moved in [(4, 1, 3), (4, 4, 2), (3, 2, 2), (1, 1, 1)]:
        recipe = dataclasses.replace(PLAIN, epochs=epochs, plain_epochs=plain, pen_variants=1.0, **MOVED)
        same = [
            np.allclose(255 * images, x[:1, ..., None], atol=1e-3)
            for images, _ in batches(x, y, recipe, seed=0, classes=10).take(epochs * 60 // recipe.batch_size)
        ]
        first_plain = moved * 60 // recipe.batch_size
        assert same == [False] * first_plain + [True] * (len(same) - first_plain)


@pytest.mark.parametrize("change", [{"pen_variants": 0.4}, {"pens_share": 0.1}, {"outliers": 10}], ids=str)
@pytest.mark.parametrize("classes", [3, 12])
def test_what_is_for_digits_is_refused_for_other_classes(tiny_data, change, classes):
    x, y = tiny_data[0], np.arange(300) % classes
    with pytest.raises(ValueError, match=rf"recipe must be one for pictures, .*for_pictures\(\).* {classes} classes"):
        batches(x, y, dataclasses.replace(PLAIN, **change), seed=0)
    pictures = dataclasses.replace(PLAIN, **change).for_pictures()
    _, labels = next(iter(batches(x, y, pictures, seed=0)))
    np.testing.assert_array_equal(labels.numpy().sum(axis=1), 1)
