"""A speck is no digit, whichever way it comes: all that reads says so, and predict holds all classes equally likely."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_utils.__main__ import main
from mnist_utils.classifier import DigitClassifier
from mnist_utils.preprocess import photo_to_image, strokes_to_image
from mnist_utils.quiet_tensorflow import keras


@pytest.fixture(scope="module")
def eager() -> DigitClassifier:
    """A classifier without a threshold, whose network says 1 and over 99% of whatever it is shown."""
    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    model = keras.Sequential(layers)
    model.set_weights([np.zeros((784, 10)), 8.0 * np.eye(10)[1]])
    return DigitClassifier(model)


@pytest.fixture(params=["eager", "shipped"])
def reader(request) -> DigitClassifier:
    return request.getfixturevalue(request.param)


def dots(size: int, count: int, side: int = 1, ink: int = 255) -> np.ndarray:
    """So many square dots far from each other on a black square picture, the first off its middle."""
    image = np.zeros((size, size), np.uint8)
    step = size // 7
    for number in range(count):
        row, column = 2 * step + step * (number // 4), 2 * step + step * (number % 4)
        image[row : row + side, column : column + side] = ink
    return image


IMAGES = {
    "blank": dots(28, 0),
    "one pixel": dots(28, 1),
    "one almost black pixel": dots(28, 1, ink=1),
    "one grey pixel": dots(28, 1, ink=100),
    "ten pixels": dots(28, 10),
    "nine pixels in one piece": dots(28, 1, 3),
    "a tap": strokes_to_image([[(3, 3)]]),
    "ten taps": strokes_to_image([[(x, y)] for x in (0, 3, 6, 9, 12) for y in (0, 9)]),
}


@pytest.mark.parametrize("kind", IMAGES)
def test_an_image_with_a_speck_is_no_digit(reader, mnist, kind):
    image, digit = IMAGES[kind], mnist[2][0]
    answer = reader.read(image)
    assert (answer.digit, answer.name, answer.confidence) == (None, None, pytest.approx(0.1))
    for rows in (reader.predict(image)[None], [reader.answers(image[None])[0].probabilities]):
        np.testing.assert_allclose(rows, 0.1, atol=1e-6)
    if image.dtype == np.uint8:  # nor does it spoil its batch
        among = reader.answers(np.stack([digit, image, digit]))
        assert [each.digit for each in among] == [reader.read(digit).digit, None, reader.read(digit).digit]


@pytest.mark.parametrize("light", [True, False], ids=["light on dark", "dark on light"])
@pytest.mark.parametrize(
    ("size", "count", "side"), [(28, 1, 1), (28, 1, 3), (100, 1, 1), (300, 1, 3), (300, 1, 9), (300, 10, 1)]
)
def test_a_picture_of_specks_is_no_digit_and_no_number(reader, light, size, count, side):
    picture = dots(size, count, side) if light else 255 - dots(size, count, side)
    assert reader.read_photo(picture).digit is None
    assert not photo_to_image(picture).any()
    assert (reader.read_number(picture).number, reader.read_number(picture).answers) == (None, [])


@pytest.mark.parametrize("strokes", [[[(5, 5)]], [[(5, 5), (5, 5)]], [[(5, 5)], [(50, 60)]]])
def test_taps_are_no_digit_and_no_number(reader, strokes):
    assert reader.read(strokes_to_image(strokes)).digit is None
    answer = reader.read_number(strokes)
    assert (answer.number, answer.confidence, answer.answers) == (None, 0.0, [])


def test_a_tap_beside_a_number_is_no_part_of_it(reader):
    seven = [[(0, 0), (40, 0), (15, 60)]]
    assert reader.read_number([*seven, [(80, 60)]]).number == reader.read_number(seven).number


def test_a_short_stroke_is_a_digit_however_small_it_was_drawn(eager):
    for size in (1e-6, 1, 280):
        assert eager.read(strokes_to_image([[(0, 0), (0, size)]])).digit == 1
        assert eager.read_number([[(0, 0), (0, size)]]).number == "1"


def test_a_dot_of_a_pen_on_a_photo_of_a_digit_changes_nothing(shipped, grey_page):
    page = np.asarray(grey_page(18)).copy()
    expected = shipped.read_photo(page).digit
    page[20:26, 20:26] = 20
    assert shipped.read_photo(page).digit == expected == 3


def test_a_blot_beside_a_digit_is_no_part_of_the_number(eager):
    page = Image.new("L", (300, 200), 235)
    pen = ImageDraw.Draw(page)
    pen.line([(60, 50), (60, 150)], fill=30, width=10)
    expected = eager.read_number(page).number
    pen.ellipse([140, 100, 190, 150], fill=30)
    assert eager.read_number(page).number == expected == "1"


def test_the_command_line_says_none_of_a_speck(tmp_path, capsys):
    Image.fromarray(255 - dots(100, 1)).save(tmp_path / "speck.png")
    assert main(["predict", str(tmp_path / "speck.png")]) == 0
    assert capsys.readouterr().out.split("\t")[1:] == ["none", "10.0%\n"]
