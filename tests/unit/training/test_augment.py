"""Augmentation moves ink where it says. Where an amount matters, all random numbers are set to one."""

import numpy as np
import pytest
from scipy import ndimage

from mnist_utils.preprocess import ink
from mnist_utils.training import augment
from mnist_utils.training.augment import tf

NOTHING = dict(rotation=0.0, zoom=0.0, shear=0.0, shift=0.0)
USUAL = dict(rotation=10.0, zoom=0.1, shear=0.15, shift=1.5)


@pytest.fixture(scope="module")
def images(tiny_data) -> np.ndarray:
    return (tiny_data[0][:40, ..., None] / 255).astype(np.float32)


@pytest.fixture
def all_random_numbers(monkeypatch):
    """A function that makes every random number the highest possible (part 1), the lowest (0) or one between."""

    def fix(part: float) -> None:
        def uniform(shape, seed, minval=0.0, maxval=1.0):
            return tf.fill(shape, tf.cast(minval + part * (maxval - minval), tf.float32))

        monkeypatch.setattr(tf.random, "stateless_uniform", uniform)

    return fix


def affine(images, **amounts):
    return augment.affine(tf.constant(images), tf.constant([1, 2]), **NOTHING | amounts).numpy()


def spot(column: int, row: int) -> np.ndarray:
    """One image, black but for one pixel; places count from the centre, pixel (14, 14)."""
    image = np.zeros((1, 28, 28, 1), np.float32)
    image[0, 14 + row, 14 + column] = 1
    return image


def place(images: np.ndarray) -> tuple[float, float]:
    """Where the spot is: column and row, counted from the centre."""
    row, column = ndimage.center_of_mass(images[0, ..., 0])
    return pytest.approx((column - 14, row - 14), abs=1e-4)


def test_zero_amounts_change_nothing(images):
    np.testing.assert_allclose(affine(images), images, atol=1e-6)


@pytest.mark.parametrize(("part", "pixels"), [(1, 2), (0, -2)])
def test_a_shift_by_whole_pixels_moves_every_pixel(images, all_random_numbers, part, pixels):
    all_random_numbers(part)
    inner = np.pad(images[:, 4:24, 4:24], ((0, 0), (4, 4), (4, 4), (0, 0)))  # nothing leaves the image
    moved = np.roll(inner, (pixels, pixels), axis=(1, 2))
    np.testing.assert_allclose(affine(inner, shift=2.0), moved, atol=1e-5)


def test_what_moves_in_from_outside_is_black(all_random_numbers):
    all_random_numbers(1)
    moved = affine(np.ones((1, 28, 28, 1), np.float32), shift=3.0)[0, ..., 0]
    assert not moved[:3].any()
    assert not moved[:, :3].any()
    assert (moved[3:, 3:] == 1).all()


def test_a_quarter_turn_is_anticlockwise_about_pixel_14_14(images, all_random_numbers):
    all_random_numbers(1)
    turned = affine(images, rotation=90.0)
    around = np.s_[:, 1:28, 1:28]  # 27 x 27 pixels with pixel (14, 14) in their middle
    np.testing.assert_allclose(turned[around], np.rot90(images[around], axes=(1, 2)), atol=1e-4)


def test_a_turn_takes_a_point_above_the_centre_to_its_left(all_random_numbers):
    all_random_numbers(1)
    assert place(affine(spot(0, -8), rotation=90.0)) == (-8, 0)


def test_a_slant_moves_a_row_by_its_height(all_random_numbers):
    all_random_numbers(1)
    assert place(affine(spot(0, -8), shear=0.25)) == (2, -8)
    assert place(affine(spot(0, 8), shear=0.25)) == (-2, 8)
    assert place(affine(spot(5, 0), shear=0.25)) == (5, 0)


@pytest.mark.parametrize(("part", "factor"), [(1, 1.5), (0, 0.5)])
def test_scale_moves_ink_away_from_the_centre_or_towards_it(all_random_numbers, part, factor):
    all_random_numbers(part)
    square = np.zeros((1, 28, 28, 1), np.float32)
    square[0, 17:20, 11:14] = 1  # its middle is 4 below and 2 left of the centre
    np.testing.assert_allclose(
        ndimage.center_of_mass(affine(square, zoom=0.5)[0, ..., 0]), (14 + 4 * factor, 14 - 2 * factor), atol=0.1
    )


def test_normalising_puts_the_centre_of_mass_at_pixel_14_14(images):
    room = ~images[:, 26:].any(axis=(1, 2, 3)) & ~images[:, :, :2].any(axis=(1, 2, 3))
    moved = np.roll(images[room], (2, -2), axis=(1, 2))
    assert len(moved) > 20
    centres = [ndimage.center_of_mass(image[..., 0]) for image in affine(moved, normalise=True)]
    np.testing.assert_allclose(centres, 14, atol=0.05)


def test_normalising_brings_the_longer_side_to_20_pixels():
    bars = np.zeros((2, 28, 28, 1), np.float32)
    bars[0, 2:26, 12:16], bars[1, 12:16, 6:16] = 1, 1  # 24 high and 10 wide
    upright, lying = affine(bars, normalise=True)[..., 0]
    sides = [image.max(axis=axis).sum() for image in (upright, lying) for axis in (1, 0)]  # half a pixel counts half
    np.testing.assert_allclose(sides, [20, 4 * 20 / 24, 4 * 20 / 10, 20], atol=0.6)


def test_a_blank_image_stays_blank():
    assert not affine(np.zeros((1, 28, 28, 1), np.float32), normalise=True).any()


CHANGES = {
    "random_erasing": lambda images, seed: augment.random_erasing(images, seed, share=0.7),
    "affine": lambda images, seed: augment.affine(images, seed, **USUAL),
    "stroke_width": lambda images, seed: augment.stroke_width(images, seed, 0.4, 0.6),
    "pen_variants": lambda images, seed: augment.pen_variants(images, tf.ones(len(images), tf.int32), seed, 0.4),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_seed_decides(images, change):
    first, again, other = (change(tf.constant(images), tf.constant(seed)).numpy() for seed in ((4, 9), (4, 9), (4, 10)))
    assert (first == again).all()
    assert np.abs(first - other).max() > 0.1


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_pixels_stay_within_0_and_1(images, change):
    changed = change(tf.constant(images), tf.constant([0, 1])).numpy()
    assert (changed.shape, changed.dtype) == (images.shape, np.float32)
    assert changed.min() >= 0
    assert changed.max() <= 1 + 1e-6


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_image_of_a_batch_is_changed_in_its_own_way(images, change):
    changed = change(tf.constant(np.repeat(images[:1], 12, axis=0)), tf.constant([0, 1])).numpy()
    assert len({image.tobytes() for image in changed}) > 4


@pytest.mark.parametrize(("part", "reference"), [(1, ndimage.maximum_filter), (0, ndimage.minimum_filter)])
def test_the_stroke_width_reaches_a_pixel_at_most(images, all_random_numbers, part, reference):
    all_random_numbers(part)
    changed = augment.stroke_width(tf.constant(images), tf.constant([0, 0]), thinner=1.0, thicker=1.0)
    expected = reference(images, size=(1, 3, 3, 1), mode="nearest")
    np.testing.assert_allclose(changed, expected, atol=1e-6)


def test_no_change_of_the_stroke_width_changes_nothing(images):
    changed = augment.stroke_width(tf.constant(images), tf.constant([0, 0]), thinner=0.0, thicker=0.0)
    np.testing.assert_array_equal(changed, images)


@pytest.mark.parametrize(("share", "expected"), [(0.0, set()), (1.0, {0, 1, 7})])
def test_pen_variants_are_for_zeros_ones_and_sevens(tiny_data, share, expected):
    images, labels = (tiny_data[0][..., None] / 255).astype(np.float32), tiny_data[1]
    changed = augment.pen_variants(tf.constant(images), tf.constant(labels), tf.constant([3, 4]), share=share).numpy()
    differs = (changed != images).any(axis=(1, 2, 3))
    assert set(labels[differs]) == expected
    assert (changed >= images).all()  # ink is added, never taken away


def test_random_erasing_only_takes_ink_away_from_their_share_of_the_images(images):
    ink = tf.constant(np.ones_like(images))
    gapped = [augment.random_erasing(ink, tf.constant([0, seed]), share=0.5).numpy() for seed in range(20)]
    changed = np.array([(image < 1).any() for batch in gapped for image in batch])
    assert 0.4 < changed.mean() < 0.6
    assert max((1 - image).sum() for batch in gapped for image in batch) < np.pi * 2.75**2


def test_a_slashed_zero_has_ink_across_its_hole(tiny_data):
    zeros = (tiny_data[0][tiny_data[1] == 0][..., None] / 255).astype(np.float32)
    labels = tf.zeros(len(zeros), tf.int32)
    slashed = augment.pen_variants(tf.constant(zeros), labels, tf.constant([3, 4]), share=1.0).numpy()
    is_open = zeros[:, 12:17, 12:17].mean(axis=(1, 2, 3)) < 0.1
    middle = slashed[is_open, 11:18, 11:18]
    assert is_open.sum() > len(zeros) / 2
    assert (middle.max(axis=(1, 2, 3)) == 1).all()
    assert zeros[is_open, 11:18, 11:18].mean() < 0.2 < middle.mean()


def test_a_narrow_zero_gets_no_slash_that_would_make_it_a_thick_one():
    narrow = np.zeros((1, 28, 28, 1), np.float32)
    narrow[0, 4:24, 11:17] = 1
    narrow[0, 6:22, 13:15] = 0  # a hole two pixels wide
    changed = augment.pen_variants(tf.constant(narrow), tf.constant([0]), tf.constant([3, 4]), share=1.0)
    np.testing.assert_array_equal(changed, narrow)


def test_a_flag_is_on_the_left_of_a_ones_top():
    stick = np.zeros((1, 28, 28, 1), np.float32)
    stick[0, 4:24, 14] = 1
    flagged = augment.pen_variants(tf.constant(stick), tf.constant([1]), tf.constant([3, 4]), share=1.0).numpy()
    added = (flagged - stick)[0, :12, :, 0]
    assert added[:, :12].max() > 0.5
    assert added[:, 17:].max() == 0


def test_flags_of_ones_are_short_or_steep():
    stick = np.zeros((200, 28, 28, 1), np.float32)
    stick[:, 4:24, 14] = 1
    labels = tf.ones(len(stick), tf.int32)
    flagged = augment.pen_variants(tf.constant(stick), labels, tf.constant([3, 4]), share=1.0).numpy()
    assert flagged[:, :12, :8].max() == 0  # reaching farther to the left, a flag would be the bar of a seven
    assert flagged[:, 10:18, :13].max() > 0  # and yet some are long


def test_lines_are_drawn_as_by_pen_strokes():
    starts, ends = np.array([[3.0, 4.5], [20, 6], [14, 14]]), np.array([[22.0, 9], [5, 25], [14, 14]])
    black = tf.zeros((3, 28, 28, 1))
    drawn = augment.draw_lines(black, tf.constant(starts, tf.float32), tf.constant(ends, tf.float32), tf.fill(3, 2.4))
    expected = [ink.draw([np.array(line)], 2.4) for line in zip(starts, ends, strict=True)]
    np.testing.assert_allclose(drawn[..., 0], expected, atol=1e-4)


def test_no_line_is_drawn_with_a_negative_width(images):
    somewhere = tf.zeros((len(images), 2))
    drawn = augment.draw_lines(tf.constant(images), somewhere, somewhere + 20, tf.fill(len(images), -9.0))
    np.testing.assert_array_equal(drawn, images)


def test_centres_of_mass_agree_with_scipy(images):
    x, y = augment.centre_of_mass(tf.constant(images))
    expected = [ndimage.center_of_mass(image[..., 0]) for image in images]
    np.testing.assert_allclose(np.stack([y, x], axis=1), expected, atol=1e-4)


def test_random_amounts_do_exactly_what_given_ones_do(images):
    seed, n = tf.constant([5, 6]), len(images)
    largest = tf.constant([np.radians(10.0), 0.1, 0.1, 0.15, 1.5, 1.5], tf.float32)
    amounts = tf.random.stateless_uniform((n, 6), seed, -1.0, 1.0) * largest
    given = augment.transform(tf.constant(images), amounts, normalise=True)
    np.testing.assert_array_equal(augment.affine(tf.constant(images), seed, **USUAL, normalise=True), given)
    amounts = tf.random.stateless_uniform((n, 1, 1, 1), seed, -0.4, 0.6)
    given = augment.change_stroke_width(tf.constant(images), amounts)
    np.testing.assert_array_equal(augment.stroke_width(tf.constant(images), seed, thinner=0.4, thicker=0.6), given)
