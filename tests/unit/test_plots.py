"""Each figure is drawn into the Axes that it is given, with labels, or into a new white figure."""

import inspect

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from mnist_utils import plots
from mnist_utils.evaluation import evaluate

RNG = np.random.default_rng(5)
IMAGES = RNG.integers(0, 256, (7, 28, 28), np.uint8)
LABELS = RNG.integers(0, 10, 200)
PROBABILITIES = RNG.dirichlet(np.ones(10), 200)
MATRIX = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
HISTORY = {"accuracy": [0.8, 0.9, 0.95], "val_accuracy": [0.85, 0.9, 0.92]}
LAYERS = [
    {"layer": "conv", "parameters": 300, "multiply_adds": 9000},
    {"layer": "relu", "parameters": 0, "multiply_adds": 0},
    {"layer": "dense", "parameters": 700, "multiply_adds": 1000},
]
FIGURES = {  # name: arguments, label of x, label of y
    "digits": ([IMAGES], "", ""),
    "pixel_values": ([IMAGES[0, 8:14, 8:14]], "column", "row"),
    "ink_boxes": ([IMAGES], "", ""),
    "class_counts": ([LABELS], "digit", "images"),
    "pixel_histogram": ([IMAGES], "pixel value", "pixels"),
    "map_2d": ([RNG.normal(size=(200, 2)), LABELS], "first direction", "second direction"),
    "layer_costs": ([LAYERS], "share of the whole network (%)", "layer"),
    "learning_curve": ([HISTORY], "epoch", "accuracy"),
    "ladder": ([{"one": [1.0, 2.0], "two": [1.5, 2.5]}, "seconds"], "seconds", ""),
    "probabilities": ([PROBABILITIES[0]], "digit", "probability"),
    "confusion_matrix": ([MATRIX], "read as", "true digit"),
    "accuracy_by_digit": ([evaluate(PROBABILITIES, LABELS)], "digit", "accuracy (%)"),
    "lines": ([{"with": [1, 2, 3], "without": [1, 1, 2]}, "epoch", "loss"], "epoch", "loss"),
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


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_every_figure_is_tested():
    public = inspect.getmembers(plots, inspect.isfunction)
    drawing = {name for name, function in public if "ax" in inspect.signature(function).parameters}
    assert drawing == set(FIGURES)


@each_figure
def test_a_figure_is_drawn_into_the_axes_given(ax, name, arguments, x, y):
    figures = plt.get_fignums()
    assert getattr(plots, name)(*arguments, ax=ax) is ax
    assert plt.get_fignums() == figures
    assert ax.has_data()
    assert (ax.get_xlabel(), ax.get_ylabel()) == (x, y)


def test_the_ladder_has_its_first_rung_on_top_and_a_bar_at_each_mean(ax):
    plots.ladder({"one": [1.0, 2.0], "two": [4.0, 5.0, 9.0]}, "seconds", ax=ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["one", "two"]
    assert ax.yaxis_inverted()
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2], [1.5], [4, 5, 9], [6]]


@each_figure
def test_a_figure_of_its_own_is_white_and_can_be_rendered(recwarn, name, arguments, x, y):
    ax = getattr(plots, name)(*arguments)
    assert ax.figure.get_facecolor() == (1, 1, 1, 1)
    ax.figure.canvas.draw()
    assert not [
        str(warning.message) for warning in recwarn if issubclass(warning.category, (UserWarning, RuntimeWarning))
    ]


def test_digits_are_placed_row_by_row_without_overlap(ax):
    plots.digits(IMAGES, titles=list("abcdefg"), columns=3, ax=ax)
    places = [image.get_extent() for image in ax.images]  # left, right, bottom, top; y points down
    assert [np.asarray(image.get_array()).tolist() for image in ax.images] == IMAGES.tolist()
    assert len({place[0] for place in places}) == 3
    assert len({place[3] for place in places}) == 3
    assert places[1][0] > places[0][1]  # the second starts right of the first,
    assert places[3][3] > places[0][2]  # the fourth below it
    assert texts(ax) == list("abcdefg")
    (low_x, high_x), (high_y, low_y) = ax.get_xlim(), ax.get_ylim()
    assert all(
        low_x <= left < right <= high_x and low_y <= top < bottom <= high_y for left, right, bottom, top in places
    )


@pytest.mark.parametrize(("limits", "expected"), [(None, (2, 5)), ((0, 10), (0, 10))])
def test_digits_share_their_limits(ax, limits, expected):
    plots.digits(np.array([np.full((4, 4), 2), np.full((4, 4), 5)]), limits=limits, ax=ax)
    assert {image.get_clim() for image in ax.images} == {expected}


@pytest.mark.parametrize(("image", "expected"), [([[0, 255]], ["0", "255"]), ([[0.25, 1.0]], ["0.2", "1.0"])])
def test_pixel_values_are_written_into_the_pixels(ax, image, expected):
    assert texts(plots.pixel_values(np.array(image), ax=ax)) == expected


def test_ink_boxes_surround_the_ink_and_mark_its_centre_of_mass(ax):
    image = np.zeros((28, 28))
    image[10:13, 5:20] = 1  # 15 wide, 3 high; its centre is at row 11 and column 12, half a pixel from their edges
    plots.ink_boxes(np.array([image]), ax=ax)
    (box,), (cross,) = ax.patches, ax.lines
    assert (*box.get_xy(), box.get_width(), box.get_height()) == (5, 10, 15, 3)
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == pytest.approx((12.5, 11.5))


def test_class_counts_has_a_bar_for_each_digit_even_without_images(ax):
    plots.class_counts(np.array([0, 0, 3]), ax=ax)
    assert [bar.get_height() for bar in ax.patches] == [2, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_pixel_histogram_counts_each_value(ax):
    plots.pixel_histogram(np.array([[[0, 0, 255]]], np.uint8), ax=ax)
    counts = ax.patches[0].get_data().values
    assert (len(counts), counts[0], counts[255], counts.sum()) == (256, 2, 1, 3)
    assert ax.get_yscale() == "log"


def test_map_2d_puts_each_point_under_its_digit(ax):
    points = np.array([[1, 2], [3, 4], [5, 6]])
    plots.map_2d(points, np.array([4, 9, 4]), title="a map", ax=ax)
    assert [len(group.get_offsets()) for group in ax.collections] == [0, 0, 0, 0, 2, 0, 0, 0, 0, 1]
    assert ax.collections[9].get_offsets().tolist() == [[3, 4]]
    assert ax.get_title() == "a map"


def test_layer_costs_are_shares_of_the_layers_that_cost(ax):
    plots.layer_costs(LAYERS, ax=ax)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([30, 70, 90, 10])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["conv", "dense"]
    assert texts(ax) == ["300", "700", "9,000", "1,000"]


@pytest.mark.parametrize(("epochs", "end"), [(None, 3), (8, 8)])
def test_learning_curve_has_both_lines_over_the_whole_run(ax, epochs, end):
    plots.learning_curve(HISTORY, epochs, ax=ax)
    assert {line.get_label(): line.get_ydata().tolist() for line in ax.lines} == {
        "training": HISTORY["accuracy"],
        "validation": HISTORY["val_accuracy"],
    }
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert end < ax.get_xlim()[1] < end + 1
    assert ax.get_legend() is not None


def test_the_greatest_probability_stands_out(ax):
    plots.probabilities(np.array([0.1, 0.7, 0.2]), ax=ax)
    assert [bar.get_height() for bar in ax.patches] == [0.1, 0.7, 0.2]
    assert [bar.get_facecolor()[:3] == to_rgb(plots.RED) for bar in ax.patches] == [False, True, False]
    assert ax.get_ylim() == (0, 1)


@pytest.mark.parametrize(
    ("by_row", "expected"), [(False, ["8", "2", "1", "9"]), (True, ["80.0", "20.0", "10.0", "90.0"])]
)
def test_confusion_matrix_writes_what_happened_into_its_cells(ax, by_row, expected):
    plots.confusion_matrix(MATRIX, by_row, ax=ax)
    assert [text for text in texts(ax) if text] == expected
    assert ("percent" in ax.get_title()) == by_row


def test_confusion_matrix_is_coloured_by_mistakes(ax):
    plots.confusion_matrix(MATRIX, ax=ax)
    assert ax.collections[0].get_clim() == (0, 2)  # the most frequent mistake, not the nine that are right


def test_accuracy_by_digit_shows_intervals_in_percent(ax):
    interval = {"accuracy": 0.8, "interval": (0.5, 0.9)}
    plots.accuracy_by_digit({"per_digit": [interval, interval], "accuracy": 0.75}, ax=ax)
    points, _, (bars,) = ax.containers[0]
    assert points.get_ydata().tolist() == pytest.approx([80, 80])
    np.testing.assert_allclose(bars.get_segments(), [[[0, 50], [0, 90]], [[1, 50], [1, 90]]])
    assert 75 in [line.get_ydata()[0] for line in ax.lines]


def test_lines_differ_in_colour_and_in_dashes(ax):
    plots.lines({name: [1, 2] for name in "abcde"}, "epoch", "loss", ax=ax)
    assert [line.get_label() for line in ax.lines] == list("abcde")
    assert len({line.get_color() for line in ax.lines}) == 5
    assert len({str(line._dash_pattern) for line in ax.lines}) == 5
    assert ax.get_legend() is not None
