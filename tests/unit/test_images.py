"""Images are checked, and their ink is brought to MNIST's size and place."""

import numpy as np
import pytest
from scipy import ndimage

from mnist_utils import images as images_of
from mnist_utils.data import load_strokes
from mnist_utils.preprocess import strokes_to_image


@pytest.mark.parametrize(
    ("images", "first", "n"),
    [
        (np.full((3, 28, 28), 51, np.uint8), 0.2, 3),
        (np.full((28, 28), 255, np.uint8), 1, 1),
        (np.full((28, 28), 1, np.uint8), 1 / 255, 1),
        (np.full((2, 28, 28), 0.2, np.float64), 0.2, 2),
        (np.full((28, 28), 1, np.float32), 1, 1),
        (np.full((1, 28, 28), 0.5, np.float16), 0.5, 1),
    ],
)
def test_to_input_brings_images_to_floats_of_0_to_1(images, first, n):
    inputs = images_of.to_input(images)
    assert (inputs.shape, inputs.dtype) == ((n, 28, 28, 1), np.float32)
    np.testing.assert_allclose(inputs, first, atol=1e-6)


def test_to_input_takes_no_images_and_lists():
    assert images_of.to_input(np.zeros((0, 28, 28))).shape == (0, 28, 28, 1)
    assert images_of.to_input(np.zeros((2, 28, 28)).tolist()).shape == (2, 28, 28, 1)


def test_to_input_leaves_the_images_alone():
    images = np.full((1, 28, 28), 0.5, np.float32)
    images_of.to_input(images)[:] = 0.1
    assert (images == 0.5).all()


@pytest.mark.parametrize(
    ("images", "why"),
    [
        (np.zeros(784), "must have the shape"),
        (np.zeros((2, 784)), "must have the shape"),
        (np.zeros((2, 28, 28, 1)), "must have the shape"),
        (np.zeros((28, 27)), "must have the shape"),
        (np.zeros((28, 28), int), r"must be uint8 \(0 to 255\) or float \(0 to 1\), not int64"),
        (np.zeros((28, 28), bool), "must be uint8"),
        (np.full((28, 28), 255.0), "must lie in 0 to 1, not 255 to 255"),
        (np.full((28, 28), -0.5), "must lie in 0 to 1, not -0.5 to -0.5"),
        (np.eye(28) - 0.25, "must lie in 0 to 1, not -0.25 to 0.75"),
        (1.5 * np.eye(28), "must lie in 0 to 1, not 0 to 1.5"),
        (np.full((28, 28), np.nan), "must lie in 0 to 1, not nan to nan"),
        ([[0.5], [0.5, 0.5]], r"must have the shape \(n, 28, 28\) or \(28, 28\), not \[\[0.5\]"),
        (np.full((28, 28), "1"), "must be uint8"),
        (None, "must have the shape"),
    ],
)
def test_to_input_explains_what_is_wrong(images, why):
    with pytest.raises(ValueError, match=f"images.* {why}"):
        images_of.to_input(images)


def test_the_name_in_a_message_is_the_one_given():
    with pytest.raises(ValueError, match=r"^drawing must have the shape"):
        images_of.check_images(np.zeros(3), "drawing")


def block(height: int, width: int, value: float = 1) -> np.ndarray:
    image = np.zeros((28, 28), np.float32)
    image[8 : 8 + height, 9 : 9 + width] = value
    return image


DUST = np.zeros((28, 28), np.float32)
DUST[::3, ::3] = 1  # a hundred pixels, none beside another


@pytest.mark.parametrize(
    ("image", "speck"),
    [
        (0 * DUST, True),
        (block(1, 1), True),
        (block(1, 1, 1e-40), True),
        (block(3, 3), True),
        (DUST, True),
        (np.maximum(block(1, 1), 0.05), True),  # a grey background is no part
        (block(12, 1), False),
        (np.maximum(block(12, 1), DUST), False),  # what counts is the largest part
        (block(12, 1, 0.01), False),  # faint, but whole
        (np.eye(28, dtype=np.float32), False),  # what touches at corners hangs together
        (np.full((28, 28), 1 / 255, np.float32), False),
    ],
)
def test_a_speck_has_little_ink_in_one_piece(image, speck):
    assert images_of.is_speck(image[None]).tolist() == [speck]


def test_no_digit_of_mnists_or_of_the_courses_is_a_speck(mnist):
    assert not images_of.is_speck(mnist[0] / np.float32(255)).any()
    assert not images_of.is_speck(np.array([strokes_to_image(strokes) for strokes in load_strokes()[0]])).any()
    assert images_of.is_speck(mnist[0][:0]).shape == (0,)


def test_the_centre_of_mass_is_a_row_and_a_column():
    image = np.zeros((28, 28))
    image[3, 10], image[5, 20] = 1, 3
    np.testing.assert_allclose(images_of.centre_of_mass(image), (4.5, 17.5))
    np.testing.assert_allclose(images_of.centre_of_mass(np.zeros((28, 20))), (13.5, 9.5))


def test_the_longer_side_is_height_or_width_of_the_ink():
    ink = np.zeros((40, 50), bool)
    assert images_of.longer_side(ink) == 0
    ink[5:9, 10:30] = True
    assert images_of.longer_side(ink) == images_of.longer_side(ink.T) == 20


@pytest.mark.parametrize("samples", [1, 4])
def test_ink_comes_to_its_size_and_place(samples):
    large = np.zeros((100, 90))
    large[20:80, 30:54] = 1  # 60 high, to become 20
    image = images_of.to_size_and_place(large, images_of.centre_of_mass(large), 3.0, samples=samples)
    assert image.shape == (28, 28)
    np.testing.assert_allclose(ndimage.center_of_mass(image), (14, 14), atol=0.05)
    assert image.sum() == pytest.approx(60 * 24 / 9, rel=0.05)
    assert images_of.longer_side(image >= 0.5) in (20, 21)
