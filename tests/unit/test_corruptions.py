"""Each of the fifteen ways damages as the paper says: amounts are worked out by hand on images that show them."""

import numpy as np
import pytest

from mnist_utils.corruptions import CORRUPTIONS, corrupt


@pytest.fixture(scope="module")
def images(mnist) -> np.ndarray:
    return mnist[0][:30]


def flat(value: float, count: int = 50) -> np.ndarray:
    return np.full((count, 28, 28), value, np.float32)


def spot(row: int, column: int) -> np.ndarray:
    image = np.zeros((28, 28), np.float32)
    image[row, column] = 1
    return image


def test_there_are_the_fifteen_of_the_paper():
    assert len(CORRUPTIONS) == 15


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_gives_other_images_of_the_same_shape_and_the_same_ones_for_the_same_seed(name, images):
    damaged = corrupt(images, name, seed=1)
    assert damaged.shape == images.shape
    assert damaged.dtype == np.float32
    assert damaged.min() >= 0
    assert damaged.max() <= 1
    assert (np.abs(damaged - images / 255).max(axis=(1, 2)) > 0.1).all()
    np.testing.assert_array_equal(damaged, corrupt(images, name, seed=1))
    assert corrupt(images[0], name).shape == (28, 28)


@pytest.mark.parametrize("name", sorted(set(CORRUPTIONS) - {"scale", "brightness", "stripe", "canny_edges"}))
def test_another_seed_does_other_damage(name, images):
    assert (corrupt(images, name, seed=1) != corrupt(images, name, seed=2)).any()


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_no_images_give_no_images_and_the_given_ones_stay_as_they_are(name, images):
    before = images.copy()
    assert corrupt(images[:0], name).shape == (0, 28, 28)
    corrupt(images, name)
    np.testing.assert_array_equal(images, before)


def test_shot_noise_counts_three_photons_on_average():
    damaged = corrupt(flat(1 / 3), "shot_noise")  # one photon on average
    np.testing.assert_allclose(np.unique(damaged), np.array([0, 1, 2, 3]) / 3, atol=1e-6)
    assert (damaged == 0).mean() == pytest.approx(np.exp(-1), abs=0.01)


def test_impulse_noise_hits_17_percent_half_of_them_white():
    damaged = corrupt(flat(0.502), "impulse_noise")
    assert (damaged == 1).mean() == pytest.approx(0.085, abs=0.005)
    assert (damaged == 0).mean() == pytest.approx(0.085, abs=0.005)


def test_glass_blur_keeps_the_amount_of_ink_and_moves_it_two_pixels_at_most():
    damaged = corrupt(spot(14, 14), "glass_blur")
    assert damaged.sum() == pytest.approx(1, abs=0.2)  # 0 to 255 has few steps for so little light
    assert damaged[14 - 8 : 14 + 8, 14 - 8 : 14 + 8].sum() == pytest.approx(damaged.sum())


def test_motion_blur_smears_to_one_side():
    damaged = corrupt(np.stack([spot(14, 20)] * 20), "motion_blur")
    assert not damaged[:, :, 21:].any()
    assert damaged[:, 14, 20] == pytest.approx(1 / sum(np.exp(-0.5 * (i / 3) ** 2) for i in range(21)), abs=0.003)


@pytest.mark.parametrize(
    ("name", "given", "places"),
    [
        ("translate", (10, 12), {(7, 9), (7, 15), (13, 9), (13, 15)}),
        # 12 rows and 12 columns above the middle at 13.5 come to lie at 0.7 of it.
        ("scale", (3, 3), {(6, 6)}),
    ],
)
def test_a_spot_moves_where_it_should(name, given, places, images):
    damaged = corrupt(np.stack([spot(*given) for _ in range(40)]), name)
    assert {tuple(np.unravel_index(image.argmax(), image.shape)) for image in damaged} == {*places}


@pytest.mark.parametrize(("name", "slope"), [("rotate", np.tan(0.4)), ("shear", np.sin(0.4))])
def test_turn_and_slant_go_both_ways_by_0_4_radians(name, slope):
    line = np.zeros((40, 28, 28), np.float32)
    line[:, 4:24, 13:15] = 1
    damaged = corrupt(line, name)
    columns = np.arange(28)
    middles = (damaged @ columns) / np.maximum(damaged.sum(axis=2), 1e-9)
    slopes = (middles[:, 19] - middles[:, 8]) / 11  # columns to the right for each row down
    np.testing.assert_allclose(np.abs(slopes), slope, atol=0.01)
    assert {*np.sign(slopes)} == {-1, 1}


def test_brightness_adds_a_half():
    assert (corrupt(flat(0.2, 1), "brightness") == np.float32(179 / 255)).all()  # 178.5 steps, rounded
    assert (corrupt(flat(0.8, 1), "brightness") == 1).all()


def test_stripe_swaps_black_and_white_in_seven_columns_on_each_side(images):
    damaged, given = corrupt(images, "stripe"), (images / 255).astype(np.float32)
    np.testing.assert_allclose(damaged[:, :, 7:21], given[:, :, 7:21], atol=1e-6)
    np.testing.assert_allclose(damaged[:, :, :7], 1 - given[:, :, :7], atol=1e-6)
    np.testing.assert_allclose(damaged[:, :, 21:], 1 - given[:, :, 21:], atol=1e-6)


def test_fog_leaves_a_quarter_of_the_contrast(images):
    damaged = corrupt(images, "fog")
    clouds = corrupt(np.maximum(images * 0, spot(0, 0)[None] * 255).astype(np.uint8), "fog")
    ink = (images == 255) & (np.arange(28) > 3)
    np.testing.assert_allclose((damaged - clouds)[ink], 0.25, atol=0.01)


def test_spatter_is_dark_grey_and_hides_ink():
    on_black, on_white = corrupt(flat(0), "spatter"), corrupt(flat(1), "spatter")
    assert on_black.max() == pytest.approx(63 / 255, abs=0.003)
    assert 0.02 < (on_black > 0.1).mean() < 0.3
    np.testing.assert_array_equal(on_black > 0, on_white < 1)


def test_a_dotted_line_goes_from_edge_to_edge_two_pixels_on_and_two_off():
    columns = corrupt(flat(0), "dotted_line").max(axis=1)
    assert not columns[:, [0, 1, 4, 5, 24, 25]].any()
    assert (columns[:, [2, 3, 6, 7, 22, 23]] > 0.5).all()


def test_a_zigzag_turns_every_four_pixels_up_and_down():
    damaged = corrupt(flat(0), "zigzag")
    assert not damaged[:, :, :1].any()
    assert not damaged[:, :, 27:].any()
    inside = damaged[(damaged.max(axis=2)[:, [0, 27]] == 0).all(axis=1)]  # those that do not leave the image
    heights = inside.argmax(axis=1)[:, 3:24]
    turns = np.diff(np.sign(np.diff(ndimage_smooth(heights), axis=1)), axis=1) != 0
    assert 3 <= turns.sum(axis=1).mean() <= 7


def ndimage_smooth(heights: np.ndarray) -> np.ndarray:
    return np.apply_along_axis(np.convolve, 1, heights, np.ones(3) / 3, "valid")


def test_canny_leaves_the_outline_of_a_square_one_pixel_wide():
    image = np.zeros((28, 28), np.float32)
    image[8:20, 8:20] = 1
    damaged = corrupt(image, "canny_edges")
    assert set(np.unique(damaged)) == {0, 1}
    assert 36 <= damaged.sum() <= 48  # the square's own rim has 44 pixels
    assert not damaged[10:18, 10:18].any()


@pytest.mark.parametrize(
    ("images", "name", "says"),
    [
        (np.zeros((2, 28, 28)), "rain", r"name must be one of shot_noise, .*, not 'rain'"),
        (np.zeros((2, 8, 8)), "fog", r"shape \(n, 28, 28\) or \(28, 28\), not \(2, 8, 8\)"),
        (np.full((28, 28), 3.0), "fog", "must lie in 0 to 1, not 3 to 3"),
        (np.full((28, 28), np.nan), "fog", "must lie in 0 to 1, not nan to nan"),
    ],
)
def test_bad_input_is_named(images, name, says):
    with pytest.raises(ValueError, match=says):
        corrupt(images, name)
