"""Strokes become images as MNIST's makers would have made them. Expected pixels are worked by hand:

a pen 2.4 px wide covers a pixel by 1.7 minus its distance from the line, between 0 and 1.
"""

import numpy as np
import pytest
from scipy import ndimage

from mnist_utils.data import load_strokes
from mnist_utils.preprocess.ink import Placement, find_placement, placement_of, strokes_to_image

RNG = np.random.default_rng(7)
SQUIGGLE = [np.cumsum(RNG.normal(0, 10, (40, 2)), axis=0), np.cumsum(RNG.normal(0, 10, (25, 2)), axis=0)]
L_SHAPE = [[[0, 0], [0, 100], [60, 100]]]  # y down: a bar on the left, a foot at the bottom


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    """The 200 drawings of the package as images."""
    return np.array([strokes_to_image(drawing) for drawing in load_strokes()[0]])


def test_a_level_line_is_twenty_pixels_long_at_the_middle():
    expected = np.zeros((28, 28))
    expected[14, 4], expected[14, 5:24], expected[14, 24] = 0.5, 1, 0.5  # it ends 8.8 px from the middle
    expected[[13, 15], 5:24] = 0.7
    corner = 1.7 - np.hypot(1.2, 1)
    expected[[13, 15, 13, 15], [4, 4, 24, 24]] = corner
    expected[[13, 15, 13, 15], [5, 5, 23, 23]] = 1.7 - np.hypot(0.2, 1)
    np.testing.assert_allclose(strokes_to_image([[[3, 50], [90, 50]]]), expected, atol=1e-5)


def test_one_point_is_a_dot_of_the_pens_size():
    expected = np.zeros((28, 28))
    expected[13:16, 13:16] = [[1.7 - 2**0.5, 0.7, 1.7 - 2**0.5], [0.7, 1, 0.7], [1.7 - 2**0.5, 0.7, 1.7 - 2**0.5]]
    np.testing.assert_allclose(strokes_to_image([[[200, 30]]]), expected, atol=1e-5)


def test_a_wider_pen_draws_a_wider_dot():
    image = strokes_to_image([[[0, 0]]], pen=6)
    assert image[14].tolist() == pytest.approx([0] * 11 + [0.5] + [1] * 5 + [0.5] + [0] * 10)


def test_the_aspect_is_kept():
    rectangle = strokes_to_image([[[0, 0], [100, 0], [100, 50], [0, 50], [0, 0]]])
    inked = rectangle > 0.4  # half of 17.6 + 2.4 = 20 wide, 8.8 + 2.4 = 11.2 high, and 0.1 px of soft edge
    assert np.flatnonzero(inked.any(axis=0)).tolist() == list(range(4, 25))
    assert np.flatnonzero(inked.any(axis=1)).tolist() == list(range(9, 20))


def test_drawn_digits_have_their_longer_side_twenty_pixels(drawn):
    sides = [max(np.ptp(np.argwhere(image >= 0.5), axis=0)) + 1 for image in drawn]
    assert set(sides) <= {19, 20, 21}


def test_drawn_digits_have_their_centre_of_mass_at_pixel_14_14(drawn):
    centres = np.array([ndimage.center_of_mass(image) for image in drawn])
    np.testing.assert_allclose(centres, 14, atol=0.1)


def test_images_are_float32_from_0_to_1(drawn):
    assert drawn.dtype == np.float32
    assert drawn.shape == (200, 28, 28)
    assert drawn.min() == 0
    assert drawn.max() == 1


@pytest.mark.parametrize("scale", [1e-90, 1e-6, 0.1, 7, 1e6, 1e90])
@pytest.mark.parametrize("shift", [(0, 0), (-300, 40)])
def test_place_and_size_of_the_drawing_do_not_matter(scale, shift):
    moved = [(stroke + shift) * scale for stroke in SQUIGGLE]
    np.testing.assert_allclose(strokes_to_image(moved), strokes_to_image(SQUIGGLE), atol=1e-3)


def test_y_points_down_and_x_to_the_right():
    image = strokes_to_image(L_SHAPE)
    rows, columns = np.nonzero(image > 0.5)
    top, bottom = columns[rows == rows.min()], columns[rows == rows.max()]
    assert top.max() < bottom.max() - 5  # the foot goes right, at the bottom
    assert top.min() == pytest.approx(bottom.min(), abs=1)


@pytest.mark.parametrize(
    "same",
    [
        [stroke.tolist() for stroke in SQUIGGLE],
        [np.repeat(stroke, 2, axis=0) for stroke in SQUIGGLE],
        [*SQUIGGLE, SQUIGGLE[0]],
        SQUIGGLE[::-1],
        [[], *SQUIGGLE, np.zeros((0, 2))],
    ],
    ids=["lists", "doubled points", "a stroke drawn twice", "other order", "empty strokes among them"],
)
def test_the_same_ink_gives_the_same_image(same):
    np.testing.assert_allclose(strokes_to_image(same), strokes_to_image(SQUIGGLE), atol=1e-5)


def test_many_points_on_a_line_look_like_its_two_ends():
    ends = np.array([[0, 0], [30, 80]])
    many = np.linspace(*ends, 500)
    np.testing.assert_allclose(strokes_to_image([many]), strokes_to_image([ends]), atol=1e-5)


@pytest.mark.parametrize("nothing", [[], [[]], [np.zeros((0, 2)), []]])
def test_no_ink_gives_a_blank_image(nothing):
    image = strokes_to_image(nothing)
    assert (image.shape, image.dtype, image.any()) == ((28, 28), np.float32, False)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ([[0, float("nan")]], "not a finite number"),
        ([[0, float("inf")]], "not a finite number"),
        ([[1, 2, 3]], r"must have the shape \(k, 2\)"),
        ([1, 2], r"must have the shape \(k, 2\)"),
        ("seven", "must be a list of"),
        ([["a", "b"]], "must be a list of"),
        ([("1", "2")], "must be a list of"),
        (None, "must be a list of"),
        ([(1j, 2)], "must be a list of"),
        ([[0, 1e101]], r"beyond 1e\+100"),
        ([[1, 2], [3]], "must be a list of"),
    ],
)
def test_a_bad_stroke_is_named(bad, why):
    with pytest.raises(ValueError, match=rf"strokes\[1\] .*{why}"):
        strokes_to_image([[[0, 0], [1, 1]], bad])


@pytest.mark.parametrize("bad", [None, 7, "seven", b"seven", {1: 2}])
def test_what_is_no_list_of_strokes_is_refused(bad):
    with pytest.raises(ValueError, match="strokes must be a list of strokes, not"):
        strokes_to_image(bad)


@pytest.mark.parametrize("pen", [0, -1, 20, float("nan")])
def test_an_impossible_pen_is_refused(pen):
    with pytest.raises(ValueError, match="pen must be more than 0 and less than 20 pixels"):
        strokes_to_image(L_SHAPE, pen=pen)


def test_mnists_own_images_have_mnists_placement(mnist):
    assert find_placement(mnist[0][:1000]) == Placement() == placement_of({}) == Placement(20, (14, 14), "mass")


@pytest.mark.parametrize(
    "place", [Placement(27, (13.5, 13.5), "box"), Placement(13, (8.5, 18.2), "box"), Placement(16, (15, 12), "mass")]
)
def test_strokes_are_placed_as_said_and_their_place_is_found_again(place):
    images = np.stack([strokes_to_image(strokes, place=place) for strokes in load_strokes()[0]])
    found = find_placement(images)
    assert found.by == place.by
    assert found.side == pytest.approx(place.side, abs=1)
    np.testing.assert_allclose(found.centre, place.centre, atol=0.5)
    assert placement_of({"ink": {"side": found.side, "centre": list(found.centre), "by": found.by}}) == found


def test_the_line_is_as_much_wider_as_the_ink_is_larger():
    small, large = (
        strokes_to_image([[[0, 0]]], pen=6, place=Placement(side, (13.5, 13.5), "box")) for side in (10, 20)
    )
    assert large.sum() == pytest.approx(4 * small.sum(), rel=0.2)


def test_images_without_ink_have_mnists_placement():
    assert find_placement(np.zeros((3, 28, 28))) == find_placement(np.zeros((0, 28, 28))) == Placement()


@pytest.mark.parametrize(
    "told",
    [5, {"side": 20}, *({"side": 20, "centre": [14, 14], "by": "mass"} | change for change in (
        {"side": 0}, {"side": 29}, {"side": "x"}, {"side": float("nan")}, {"centre": [14]}, {"centre": [14, 28]},
        {"centre": None}, {"by": "size"}, {"by": []}))],
)  # fmt: skip
def test_a_placement_that_is_none_is_refused(told):
    with pytest.raises(ValueError, match="metrics: ink must have side, centre and by, as train writes them, not "):
        placement_of({"ink": told})
