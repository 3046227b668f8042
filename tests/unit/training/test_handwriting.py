"""Variants are written as by hand, and what is no digit looks like what a person draws."""

import runpy

import numpy as np
import pytest

from mnist_utils import data
from mnist_utils.images import centre_of_mass
from mnist_utils.training import handwriting


@pytest.mark.parametrize("variant", handwriting.OUTLIERS)
def test_a_form_is_written_with_all_its_strokes_near_its_points(variant):
    strokes = handwriting.write(variant, np.random.default_rng(0), sizes=(1, 1))
    assert len(strokes) == variant.count("/") + 1
    points = np.concatenate(strokes)
    assert np.isfinite(points).all()
    assert np.ptp(points, axis=0).max() < 20  # a grid of 10 by 14, slanted and stretched


def test_nobody_writes_twice_the_same():
    rng = np.random.default_rng(0)
    one, other = (handwriting.write("5,0 5,7 5,14", rng)[0] for _ in range(2))
    assert one.shape != other.shape or np.abs(one - other).max() > 0.1


def test_a_smooth_line_goes_through_its_points_and_turns_at_corners():
    points = np.array([[0, 0], [5, 5], [10, 0], [10, 0], [10, 10]], float)
    line = handwriting.smooth(points)
    for point in points:
        assert np.hypot(*(line - point).T).min() < 0.2
    after_corner = line[np.hypot(*(line - points[2]).T).argmin() + 1 :]
    np.testing.assert_allclose(after_corner[:, 0], 10, atol=1e-9)  # a straight line down


def test_what_is_no_digit_is_normalised_as_drawn_digits_are_and_the_seed_decides_it():
    images = handwriting.outliers(40)
    assert (images.shape, images.dtype) == ((40, 28, 28), np.uint8)
    assert images.max(axis=(1, 2)).min() > 200
    centres = np.array([centre_of_mass(image) for image in images])
    assert np.abs(centres - 14).max() < 0.6
    assert (handwriting.outliers(40, seed=1) != images).any()
    handwriting.outliers.cache_clear()
    assert (handwriting.outliers(40) == images).all()


def test_more_bend_moves_points_farther_from_the_form():
    def distances(bend: float) -> float:
        lines = [handwriting.write("0,0 0,14", np.random.default_rng(i), bend=bend)[0] for i in range(20)]
        return float(np.mean([np.hypot(*line[0]) for line in lines]))

    assert distances(0) < 10 < distances(3)


def test_printed_letters_are_letters_of_several_fonts():
    images, letters = handwriting.printed_letters()
    assert images.shape == (len(letters), 28, 28)
    assert images.max(axis=(1, 2)).min() > 0.9
    assert not set(letters) & set(handwriting.LIKE_DIGITS)
    of_a = images[[letter == "A" for letter in letters]]
    assert len(of_a) >= 5
    assert len({image.tobytes() for image in of_a}) == len(of_a)


def test_the_course_drawings_are_those_that_their_script_makes():
    script = runpy.run_path(str(data.STROKES_FILE.with_name("make_strokes.py")))
    rng = np.random.default_rng(2026)
    variants = script["VARIANTS"].values()
    made = [script["drawing"](written[i % len(written)], rng) for written in variants for i in range(20)]
    assert made == data.load_strokes()[0]
