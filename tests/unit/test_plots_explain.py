"""The figures of notebook 06 are drawn into the Axes that they are given, with labels, or into a new white figure."""

import inspect

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.offsetbox import AnnotationBbox

from mnist_utils import plots_explain

RNG = np.random.default_rng(8)
IMAGES = RNG.random((3, 28, 28))
MAPS = {"one way": RNG.normal(size=(3, 28, 28)), "another": np.zeros((3, 28, 28))}
POINTS, LABELS = RNG.normal(size=(40, 2)), np.arange(40) % 10
FIGURES = {  # name: arguments, label of x, label of y
    "attributions": ([IMAGES, MAPS, ["a", "b", "c"]], "", ""),
    "deletion": (
        [[0, 0.5, 1], {name: [1, 0.4, 0.1] for name in "abcdef"}],
        "ink deleted (%)",
        "probability of the answer",
    ),
    "map_with_images": (
        [POINTS, LABELS, LABELS == 3, RNG.random((40, 28, 28))],
        "first direction",
        "second direction",
    ),
}
each_figure = pytest.mark.parametrize(
    ("name", "arguments", "x", "y"), [(name, *rest) for name, rest in FIGURES.items()]
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax() -> Axes:
    return plt.figure().add_subplot()


def test_every_figure_is_tested():
    public = inspect.getmembers(plots_explain, inspect.isfunction)
    drawing = {name for name, function in public if "ax" in inspect.signature(function).parameters}
    assert drawing == set(FIGURES)


@each_figure
def test_a_figure_is_drawn_into_the_axes_given(ax, name, arguments, x, y):
    figures = plt.get_fignums()
    assert getattr(plots_explain, name)(*arguments, ax=ax) is ax
    assert plt.get_fignums() == figures
    assert ax.has_data()
    assert (ax.get_xlabel(), ax.get_ylabel()) == (x, y)


@each_figure
def test_a_figure_of_its_own_is_white_and_can_be_rendered(recwarn, name, arguments, x, y):
    ax = getattr(plots_explain, name)(*arguments)
    assert ax.figure.get_facecolor() == (1, 1, 1, 1)
    ax.figure.canvas.draw()
    assert not [
        str(warning.message) for warning in recwarn if issubclass(warning.category, (UserWarning, RuntimeWarning))
    ]


def test_attributions_stand_below_their_images_with_zero_in_the_middle_of_the_colours(ax):
    plots_explain.attributions(IMAGES, MAPS, ["a", "b", "c"], ax=ax)
    shown = {tuple(image.get_extent()): image for image in ax.images}
    for column in range(3):
        left = 30 * column
        for row, values in enumerate((IMAGES, *MAPS.values())):
            image = shown[left, left + 28, 30 * row + 28, 30 * row]
            np.testing.assert_allclose(image.get_array(), values[column])
            low, high = image.get_clim()
            assert row == 0 or low == -high
    assert shown[0, 28, 58, 30].get_clim()[1] == np.abs(MAPS["one way"][0]).max()
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c", "", "one way", "another"]


def test_a_blank_image_has_no_edge_of_ink(ax, recwarn):
    plots_explain.attributions(np.zeros((1, 28, 28)), {"none": np.zeros((1, 28, 28))}, ax=ax)
    assert not recwarn.list


def test_deletion_curves_differ_in_colour_and_marker(ax):
    plots_explain.deletion(*FIGURES["deletion"][0], ax=ax)
    assert [line.get_label() for line in ax.lines] == list("abcdef")
    assert len({line.get_color() for line in ax.lines}) == len({line.get_marker() for line in ax.lines}) == 6
    assert ax.lines[0].get_xdata().tolist() == [0, 50, 100]
    assert ax.lines[0].get_ydata().tolist() == [1, 0.4, 0.1]
    assert ax.get_legend() is not None


def test_the_map_marks_errors_and_shows_images_only_where_there_is_room(ax):
    points = np.array([[0, 0], [1, 1], [0.99, 0], [0.5, 0], [1, 0], [1, 0.6]])
    wrong = np.array([True, False, True, False, False, False])
    labels = np.array([4, 4, 9, 4, 9, 9])  # in the middle of the fours: (0.5, 0), of the nines: (1, 0)
    plots_explain.map_with_images(points, labels, wrong, RNG.random((6, 28, 28)), ax=ax)
    boxes = [artist for artist in ax.artists if isinstance(artist, AnnotationBbox)]
    assert [box.xy for box in boxes] == [(0, 0), (1, 1), (1, 0.6)]  # the others are where the digits are written
    red = [box.patch.get_edgecolor()[:3] == to_rgb(plots_explain.RED) for box in boxes]
    assert red == [True, False, False]
    assert ax.lines[0].get_xydata().tolist() == [[0.99, 0]]  # an error without its image has a cross
    assert {text.get_text(): text.get_position() for text in ax.texts} == {"4": (0.5, 0), "9": (1, 0)}


def test_ink_is_grey_and_what_speaks_for_or_against_the_answer_is_orange_or_purple():
    image, attribution = np.zeros((28, 28)), np.zeros((28, 28))
    image[5, 5], attribution[1, 1], attribution[2, 2] = 1, 0.5, -0.5
    coloured = plots_explain.over_ink(image, attribution)
    assert (coloured.shape, coloured.dtype) == ((28, 28, 3), np.uint8)
    assert coloured[0, 0].tolist() == [0, 0, 0]
    assert len(set(coloured[5, 5].tolist())) == 1
    assert coloured[5, 5, 0] > 100
    assert coloured[1, 1].tolist() == [255, 158, 0]
    assert coloured[2, 2].tolist() == [184, 115, 255]
    assert not plots_explain.over_ink(np.zeros((28, 28)), np.zeros((28, 28))).any()
