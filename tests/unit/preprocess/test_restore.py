"""Digits are preprocessed: each kind of damage is taken away, and what needs nothing stays as it is."""

import numpy as np
import pytest
from scipy import ndimage

from mnist_utils.corruptions import corrupt
from mnist_utils.data import load_strokes
from mnist_utils.preprocess import has_light_edge, preprocess_digits, restore
from mnist_utils.preprocess.ink import strokes_to_image


@pytest.fixture(scope="module")
def images(mnist) -> np.ndarray:
    """Training images: float (200, 28, 28)."""
    return (mnist[0][:200] / 255).astype(np.float32)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Mean over images of how far they are apart, in parts of the ink."""
    return float((np.abs(one - other).sum(axis=(1, 2)) / other.sum(axis=(1, 2))).mean())


def test_images_as_mnist_has_them_stay_as_they_are(mnist):
    images = (mnist[0][:5000] / 255).astype(np.float32)
    changed = (preprocess_digits(images) != images).any(axis=(1, 2))
    assert changed.mean() <= 0.001


def test_drawn_digits_stay_as_they_are():
    images = np.stack([strokes_to_image(strokes) for strokes in load_strokes()[0]])
    np.testing.assert_array_equal(preprocess_digits(images), images)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("stripe", 3, 0.01),
        ("brightness", 3, 0.35),
        ("fog", 3, 0.35),
        ("impulse_noise", 0.5, 0.4),
    ],
)
def test_damage_is_taken_away(name, before, after, images):
    damaged = corrupt(images, name)
    assert difference(damaged, images) > before
    assert difference(preprocess_digits(damaged), images) < after


def test_black_ink_on_white_is_turned(images):
    np.testing.assert_allclose(preprocess_digits(1 - images), images, atol=1e-6)


def test_stripes_at_top_and_bottom_are_turned_as_those_at_the_sides(images):
    damaged = images.copy()
    damaged[:, :7], damaged[:, 21:] = 1 - damaged[:, :7], 1 - damaged[:, 21:]
    np.testing.assert_allclose(preprocess_digits(damaged), images, atol=1e-6)


def test_soft_dim_ink_becomes_crisp_and_white(images):
    soft = 0.6 * ndimage.gaussian_filter(images, (0, 1.2, 1.2))
    clean = preprocess_digits(soft)
    assert np.quantile(clean, 0.95, axis=(1, 2)).min() > 0.5
    assert np.abs(np.diff(clean, axis=2)).max(axis=(1, 2)).mean() > 0.55
    assert difference(clean, images) < difference(soft, images)


def test_one_image_is_preprocessed_the_same_alone_and_among_others(images):
    mixed = np.concatenate([corrupt(images[:4], name) for name in ("fog", "impulse_noise", "canny_edges", "stripe")])
    alone = np.concatenate([preprocess_digits(image[None]) for image in mixed])
    np.testing.assert_allclose(preprocess_digits(mixed), alone, atol=1e-6)


@pytest.mark.parametrize("value", [0, 0.5, 1])
def test_an_image_of_one_colour_becomes_or_stays_blank(value):
    assert not preprocess_digits(np.full((1, 28, 28), value)).any()


def test_a_thin_ring_is_filled_only_where_it_is_an_outline():
    ring = np.zeros((1, 28, 28), np.float32)
    ring[0, 6:22, 6] = ring[0, 6:22, 21] = ring[0, 6, 6:22] = ring[0, 21, 6:22] = 1  # a 0 written with a thin pen
    np.testing.assert_array_equal(restore.fill_outlines(ring), ring)
    bar = np.zeros((1, 28, 28), np.float32)
    bar[0, 4:24, 12] = bar[0, 4:24, 16] = bar[0, 4, 12:17] = bar[0, 23, 12:17] = 1  # the outline of a 1
    assert restore.fill_outlines(bar)[0, 10:18, 13:16].min() > 0.9


def test_a_line_from_side_to_side_is_erased_but_for_where_it_crosses_a_stroke():
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 4:24, 13:16] = 1  # a 1
    crossed = image.copy()
    crossed[0, 12:14, 2:26] = 1
    np.testing.assert_array_equal(restore.remove_line(crossed), image)
    np.testing.assert_array_equal(restore.remove_line(image), image)


@pytest.mark.parametrize("columns", [range(4, 24), [*range(2, 12), *range(15, 26)]], ids=["short", "broken"])
def test_a_line_no_wider_than_a_digit_or_a_broken_one_stays(columns):
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 12:14, list(columns)] = 1
    np.testing.assert_array_equal(restore.remove_line(image), image)


def test_a_thick_bar_stays():
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 12:16, 2:26] = 1
    np.testing.assert_array_equal(restore.remove_line(image), image)


def test_zigzags_are_erased(images):
    damaged = corrupt(images, "zigzag")
    assert difference(preprocess_digits(damaged), images) < 0.9 * difference(damaged, images)


def zoomed(images: np.ndarray, factor: float, right: int = 0) -> np.ndarray:
    """Images with the digit so many times as large about pixel (14, 14), then moved to the right."""
    start = 14 - 14 / factor
    large = [ndimage.affine_transform(image, [1 / factor] * 2, start, order=1) for image in images]
    return np.roll(large, right, axis=2)


@pytest.mark.parametrize(("factor", "right"), [(0.7, 0), (1.4, 0), (1, 4), (0.7, 4)])
def test_digits_of_another_size_or_place_are_brought_to_mnists(factor, right, images):
    other = zoomed(images, factor, right)
    assert difference(preprocess_digits(other), images) < 0.5 * difference(other, images)


def test_a_dot_and_what_is_little_off_stay_where_they_are(images):
    dot = np.zeros((1, 28, 28), np.float32)
    dot[0, 3:6, 20:23] = 1
    np.testing.assert_array_equal(restore.fit_frame(dot), dot)
    moved = np.roll(images, 1, axis=2)
    np.testing.assert_array_equal(restore.fit_frame(moved), moved)


def test_specks_do_not_tell_the_size(images):
    specked = images.copy()
    specked[:, 0, 0] = specked[:, 27, 27] = 1
    np.testing.assert_array_equal(restore.fit_frame(specked), specked)


def test_the_rest_of_a_line_does_not_move_the_digit():
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 4:24, 13:16] = image[0, 8:10, 1:27] = image[0, 18:20, 1:27] = 1  # a 1 and two lines
    clean = preprocess_digits(image)
    assert clean[0, [8, 18], 2].sum() == 1  # one of them is left, and too long for a digit
    assert (clean[0, 4:24, 13:16] == 1).all()


def test_no_images_give_no_images():
    assert preprocess_digits(np.zeros((0, 28, 28))).shape == (0, 28, 28)


def test_dark_on_light_is_told_by_the_edge_and_turned(images):
    light = 1 - images
    assert not has_light_edge(images).any()
    assert has_light_edge(light).all()
    mixed = np.concatenate([images[:3], light[:3]])
    np.testing.assert_allclose(restore.turn_dark_on_light(mixed), np.concatenate([images[:3], images[:3]]), atol=1e-6)
