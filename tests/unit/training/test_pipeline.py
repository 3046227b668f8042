"""Batches keep each label with its image, and hold what the recipe says."""

import dataclasses

import numpy as np
import pytest

from mnist_utils.training import Recipe, pipeline
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


def test_handwriting_adds_its_share_of_digits_written_by_a_program_with_their_labels(tiny_data, monkeypatch):
    greys = np.arange(10, dtype=np.uint8)  # for each digit one image, of the grey that tells it
    written = np.broadcast_to(200 + 5 * greys[:, None, None], (10, 28, 28)), greys
    monkeypatch.setattr(pipeline, "digits", lambda count: written)
    x, y = np.zeros((300, 28, 28), np.uint8), tiny_data[1]
    recipe = dataclasses.replace(PLAIN, batch_size=32, handwriting=10, handwriting_share=1 / 8)
    images, labels = next(iter(batches(x, y, recipe, seed=1)))
    assert images.shape == (36, 28, 28, 1)
    told = labels.numpy().argmax(axis=1)[32:]
    np.testing.assert_allclose(images.numpy()[32:].max(axis=(1, 2, 3)) * 255, 200 + 5 * told, atol=0.01)
    assert len(set(told)) > 1


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


@pytest.mark.parametrize("change", [{"pen_variants": 0.4}, {"handwriting": 10}, {"outliers": 10}], ids=str)
@pytest.mark.parametrize("classes", [3, 12])
def test_what_is_for_digits_is_refused_for_other_classes(tiny_data, change, classes):
    x, y = tiny_data[0], np.arange(300) % classes
    with pytest.raises(ValueError, match=rf"recipe must be one for pictures, .*for_pictures\(\).* {classes} classes"):
        batches(x, y, dataclasses.replace(PLAIN, **change), seed=0)
    pictures = dataclasses.replace(PLAIN, **change).for_pictures()
    _, labels = next(iter(batches(x, y, pictures, seed=0)))
    np.testing.assert_array_equal(labels.numpy().sum(axis=1), 1)
