"""A number is cut into its digits, written in strokes or on a photo."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_utils.data import load_strokes
from mnist_utils.preprocess import segment

LINE = [(0, 0), (0, 10)]
FOUR = [[(0, 0), (0, 5), (6, 5)], [(4, 2), (4, 10)]]
FIVE = [[(1, 0), (0, 5), (5, 6), (4, 10), (0, 10)], [(1, 0), (6, 0)]]
HALVES = [[(3, 0), (0, 3), (0, 7), (3, 10)], [(3, 0), (6, 3), (6, 7), (3, 10)]]  # of a zero, left and right


def shifted(strokes: list, x: float) -> list:
    return [[(point[0] + x, point[1]) for point in stroke] for stroke in strokes]


def side_by_side(*digits: list, gap: float = 2) -> list:
    """The strokes of digits in a row, each moved to the right of the one before."""
    written, right = [], 0.0
    for strokes in digits:
        points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
        written += shifted(strokes, right - points[:, 0].min())
        right += np.ptp(points[:, 0]) + gap
    return written


HOVERING = [FIVE[0], [(1, -2), (6, -2)]]  # the bar of the 5 does not touch it


@pytest.mark.parametrize(
    "digit",
    [[LINE], FOUR, FIVE, HALVES, HOVERING, [[(0, 0), (16, 0)], [(0, 3), (1.5, 12)]]],
    ids=["line", "crossing", "bar", "touching halves", "bar above", "narrow below wide"],
)
def test_strokes_of_one_digit_stay_together(digit):
    assert [len(group) for group in segment.split_strokes(digit)] == [len(digit)]


def test_slanted_digits_may_lie_over_each_other_a_little():
    assert [len(group) for group in segment.split_strokes([[(0, 0), (10, 10)], [(9.5, 0), (19.5, 10)]])] == [1, 1]


def test_digits_come_from_left_to_right_in_whatever_order_they_were_written():
    written = side_by_side(FOUR, [LINE], FIVE)
    for order in ([0, 1, 2, 3, 4], [4, 2, 0, 3, 1]):  # in the second, the bar of the 5 was drawn first
        groups = segment.split_strokes([written[i] for i in order])
        assert [len(group) for group in groups] == [2, 1, 2]
        lefts = [min(stroke[:, 0].min() for stroke in group) for group in groups]
        assert lefts == sorted(lefts)


def test_no_strokes_are_no_digits():
    assert segment.split_strokes([]) == segment.split_strokes([[]]) == []


@pytest.mark.parametrize(
    "written",
    [[[(3, 3)]], [[(3, 3), (3, 3)]], [[(3, 3)], [(3, 9)]], [[(3, 3)], [(3, 3.3)], [(3, 9)]], [[(0, 0), (0, 1e-200)]]],
    ids=["a tap", "a tap that was held", "two taps", "two taps near each other and one more", "almost no stroke"],
)
def test_specks_are_no_digits(written):
    assert segment.split_strokes(written) == []


@pytest.mark.parametrize("speck", [[(20, 9)], [(20, 9), (20.5, 9.5)]], ids=["a tap", "a slip"])
def test_specks_beside_digits_are_left_out_and_those_on_one_stay_with_it(speck):
    assert [len(group) for group in segment.split_strokes([*FOUR, speck])] == [2]
    assert [len(group) for group in segment.split_strokes([*FOUR, shifted([speck], -16)[0]])] == [3]


@pytest.mark.parametrize("scale", [1e-90, 1e-9, 1e9, 1e90])
def test_numbers_of_any_scale_are_cut_alike(scale):
    written = side_by_side(FOUR, [LINE], FIVE)
    scaled = [[(scale * x, scale * y) for x, y in stroke] for stroke in written]
    assert [len(group) for group in segment.split_strokes(scaled)] == [2, 1, 2]


@pytest.mark.parametrize("stroke", [[(0, 5), (1000, 5)], [(-1e99, 0), (1e99, 1e-99)], [(0, 0), (1e-99, 0)]])
def test_a_level_stroke_of_any_length_needs_few_points(stroke):
    points = np.array(stroke, float)
    assert len(segment._fill(points, segment.NEAR * segment._height([points]) / 2)) < 1000


def test_points_are_put_between_those_of_a_stroke():
    filled = segment._fill(np.array([[0.0, 0], [1, 0], [1, 0], [1, 2]]), 0.4)
    expected = [[0, 0], [1 / 3, 0], [2 / 3, 0], [1, 0], [1, 0.4], [1, 0.8], [1, 1.2], [1, 1.6], [1, 2]]
    np.testing.assert_allclose(filled, expected)


def test_bad_strokes_are_explained():
    with pytest.raises(ValueError, match=r"strokes\[0\] must have the shape"):
        segment.split_strokes([[1, 2, 3]])


def test_neighbours_with_a_small_gap_may_be_one_digit():
    near, far = side_by_side([LINE], [LINE], gap=2), side_by_side([LINE], [LINE], gap=5)
    candidates = segment.joined(segment.split_strokes(near))
    assert set(candidates) == {(0, 1), (1, 2), (0, 2)}
    strokes, gap = candidates[0, 2]
    assert (len(strokes), gap) == (2, pytest.approx(0.2))
    assert set(segment.joined(segment.split_strokes(far))) == {(0, 1), (1, 2)}
    assert segment.joined([]) == {}


def test_the_gap_is_between_the_nearest_points_of_neighbours():
    written = side_by_side(FOUR, FIVE, gap=3)
    assert segment.joined(segment.split_strokes(written))[0, 2][1] == pytest.approx(0.3)  # of the height, 10


def test_a_digit_in_two_strokes_that_do_not_touch_is_read_as_one(shipped):
    four = [[(2, 0), (0, 7), (0, 7), (5, 7)], [(6.3, 1), (6, 7), (6, 14)]]  # its second line stands apart
    assert len(segment.split_strokes(four)) == 2
    assert shipped.read_number(four).number == "4"
    one = [[(5, 0), (5, 14)]]
    assert shipped.read_number(side_by_side(four, one, one, gap=4)).number == "411"


@pytest.fixture(scope="module")
def numbers() -> list[tuple[str, list]]:
    """Sixty numbers of three digits, made of the course's own strokes at different sizes and heights."""
    drawings, labels = load_strokes()
    rng = np.random.default_rng(0)
    made = []
    for _ in range(60):
        chosen = rng.integers(0, len(labels), 3)
        digits = []
        for i in chosen:
            points = np.concatenate([np.asarray(stroke) for stroke in drawings[i]])
            scale = rng.uniform(0.8, 1.1) * 100 / np.ptp(points, axis=0).max()
            move = [0, rng.uniform(-10, 10)] - points.min(axis=0) * scale
            digits.append([np.asarray(stroke) * scale + move for stroke in drawings[i]])
        made.append(("".join(str(labels[i]) for i in chosen), side_by_side(*digits, gap=rng.uniform(10, 40))))
    return made


def test_numbers_in_strokes_are_read(shipped, numbers):
    read = [shipped.read_number(strokes) for _, strokes in numbers]
    right = [answer.number == number for answer, (number, _) in zip(read, numbers, strict=True)]
    assert np.mean(right) >= 0.95
    assert all(len(answer.answers) == 3 for answer, ok in zip(read, right, strict=True) if ok)
    product = np.prod([answer.confidence for answer in read[0].answers])
    assert read[0].confidence == pytest.approx(product)


@pytest.mark.slow
def test_numbers_on_photos_are_read(shipped, numbers, tmp_path):
    right = []
    for number, strokes in numbers[:10]:
        page = Image.new("L", (500, 260), 235)
        pen = ImageDraw.Draw(page)
        for stroke in strokes:
            pen.line([(x + 60, y + 70) for x, y in stroke], fill=30, width=9, joint="curve")
        right.append(shipped.read_number(page).number == number)
    assert np.mean(right) >= 0.9
    page.save(tmp_path / "number.png")
    for picture in (tmp_path / "number.png", str(tmp_path / "number.png"), np.asarray(page)):
        assert shipped.read_number(picture).number == shipped.read_number(page).number


@pytest.mark.parametrize("nothing", [[], [[]], Image.new("L", (100, 50), 255)], ids=["none", "empty", "blank"])
def test_nothing_is_no_number(shipped, nothing):
    answer = shipped.read_number(nothing)
    assert (answer.number, answer.confidence, answer.answers) == (None, 0.0, [])
