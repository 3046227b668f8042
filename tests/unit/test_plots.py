"""Each figure is drawn into the Axes that it is given, or into a new white one, and shows the numbers it is given."""

import inspect
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.offsetbox import AnnotationBbox

from mnist_utils import plots
from mnist_utils.evaluation import confusion_matrix, evaluate, reliability

RNG = np.random.default_rng(5)
IMAGES = RNG.integers(0, 256, (7, 28, 28), np.uint8)
LABELS = np.arange(200) % 10
PROBABILITIES = RNG.dirichlet(np.ones(10), 200)
MATRIX = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
HISTORY = {"accuracy": [0.8, 0.9, 0.95], "val_accuracy": [0.85, 0.9, 0.92]}
LAYERS = [
    {"layer": "conv", "parameters": 300, "multiply_adds": 9000},
    {"layer": "relu", "parameters": 0, "multiply_adds": 0},
    {"layer": "dense", "parameters": 700, "multiply_adds": 1000},
]
MAPS = {"one way": RNG.normal(size=(3, 28, 28)), "another": np.zeros((3, 28, 28))}
POINTS = RNG.normal(size=(40, 2))
CURVES = {name: [1, 0.4, 0.1] for name in "abcdef"}
RATES = {"before": {"fog": 0.1, "shot_noise": 0.9}, "after": {"fog": 0.95, "shot_noise": 0.97}}
# Of the pairs of a digit and an outlier, the digit has the higher score in 3 of 4.
SCORES = {"all apart": ([3, 4], [1, 2]), "one pair the wrong way round": ([2, 4], [1, 3])}
# Confidence and whether it is right: rejecting the least sure answer of five leaves none that is wrong.
ANSWERS = {"some": ([0.9, 0.3, 0.8, 0.8, 0.95], [True, False, True, True, True])}
SIZES = {"small": ("blue", {900: [0.97, 0.99], 20_000: [0.995]}), "of others": ("grey", {700: [0.98], 8000: [0.99]})}
NAMES = ["shirt", "bag", "sandal"]
FIGURES = {  # name: arguments, label of x, label of y
    "digits": ([IMAGES], "", ""),
    "pixel_values": ([IMAGES[0, 8:14, 8:14]], "column", "row"),
    "ink_boxes": ([IMAGES], "", ""),
    "class_counts": ([LABELS], "digit", "images"),
    "number": ([IMAGES[0], [SimpleNamespace(name="4", confidence=0.97, box=(3, 4, 20, 25))]], "", ""),
    "pixel_histogram": ([IMAGES], "pixel value", "pixels"),
    "map_2d": ([POINTS, LABELS[:40]], "first direction", "second direction"),
    "map_with_images": (
        [POINTS, LABELS[:40], LABELS[:40] == 3, RNG.random((40, 28, 28))],
        "first direction",
        "second direction",
    ),
    "layer_costs": ([LAYERS], "share of the whole network (%)", "layer"),
    "learning_curve": ([HISTORY], "epoch", "accuracy"),
    "lines": ([{"with": [1, 2, 3], "without": [1, 1, 2]}, "epoch", "loss"], "epoch", "loss"),
    "ablation": ([{"one": [1.0, 2.0], "two": [4.0, 5.0, 9.0]}, "seconds"], "seconds", ""),
    "accuracy_by_size": ([SIZES], "parameters", "accuracy (%)"),
    "probabilities": ([PROBABILITIES[0]], "digit", "probability"),
    "confusion_matrix": ([MATRIX], "read as", "true digit"),
    "accuracy_by_digit": ([evaluate(PROBABILITIES, LABELS)], "digit", "accuracy (%)"),
    "reliability": (
        [{"network": reliability(PROBABILITIES, LABELS)}],
        "mean confidence of the group",
        "accuracy of the group",
    ),
    "roc_curve": ([SCORES], "outliers accepted (%)", "digits accepted (%)"),
    "rejection_curve": ([ANSWERS], "rejected (%)", "accuracy of the rest (%)"),
    "damage": ([RNG.random((2, 28, 28)), RATES], "accuracy (%)", ""),
    "attributions": ([IMAGES[:3] / 255, MAPS, ["a", "b", "c"]], "", ""),
    "deletion": ([[0, 0.5, 1], CURVES], "ink deleted (%)", "probability of the answer"),
}
DRAWING = [name for name, function in inspect.getmembers(plots, inspect.isfunction) if name[0] != "_"
           and "ax" in inspect.signature(function).parameters]  # fmt: skip


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax() -> Axes:
    return plt.figure().add_subplot()


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def legend(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def written(labels: list) -> list[str]:
    return [label.get_text() for label in labels]


@pytest.mark.parametrize("name", DRAWING)
def test_a_figure_is_drawn_into_the_axes_given(ax, name):
    arguments, x, y = FIGURES[name]
    figures = plt.get_fignums()
    assert getattr(plots, name)(*arguments, ax=ax) is ax
    assert plt.get_fignums() == figures
    assert ax.has_data()
    assert (ax.get_xlabel(), ax.get_ylabel()) == (x, y)


@pytest.mark.parametrize("name", DRAWING)
def test_a_figure_of_its_own_is_white_and_can_be_rendered(recwarn, name):
    ax = getattr(plots, name)(*FIGURES[name][0])
    assert ax.figure.get_facecolor() == (1, 1, 1, 1)
    ax.figure.canvas.draw()
    assert not [str(w.message) for w in recwarn if issubclass(w.category, UserWarning | RuntimeWarning)]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("class_counts", [np.array([0, 2, 2])]),
        ("probabilities", [[0.1, 0.7, 0.2]]),
        ("confusion_matrix", [MATRIX]),
        ("accuracy_by_digit", [evaluate(np.eye(3), np.arange(3))]),
    ],
)
def test_classes_go_by_their_names(ax, name, arguments):
    getattr(plots, name)(*arguments, names=NAMES, ax=ax)
    assert written(ax.get_xticklabels()) == NAMES
    if name == "confusion_matrix":
        assert written(ax.get_yticklabels()) == NAMES
        assert ax.get_ylabel() == "true class"
    else:
        assert ax.get_xlabel() == "class"
        with pytest.raises(ValueError, match="names must be 3, one for each class, not 2"):
            getattr(plots, name)(*arguments, names=NAMES[:2], ax=ax)


def overlapping(labels: list) -> list[tuple[str, str]]:
    """Neighbours of some texts whose boxes, turned as they are, cut into each other in the figure as it is drawn."""
    boxes = [label.get_window_extent().padded(-1) for label in labels]
    pairs = zip(labels, boxes, labels[1:], boxes[1:], strict=False)
    return [(one.get_text(), other.get_text()) for one, box, other, next_box in pairs if box.overlaps(next_box)]


@pytest.mark.parametrize("count", [2, 12, 26, 100])
def test_from_two_to_a_hundred_classes_are_drawn_with_names_that_can_be_read(count):
    labels, names = np.arange(3 * count) % count, [f"sort {number}" for number in range(count)]
    values, points = RNG.dirichlet(np.ones(count), 3 * count), RNG.normal(size=(3 * count, 2))
    bars, counts = plots.probabilities(values[0], names), plots.class_counts(labels, names)
    matrix = plots.confusion_matrix(confusion_matrix(values, labels), names=names)
    accuracy = plots.accuracy_by_digit(evaluate(values, labels), names)
    mapped = plots.map_2d(points, labels, names=names)
    assert [len(bars.patches), len(counts.patches), len(mapped.collections)] == [min(count, 10), count, count]
    assert texts(mapped) == names
    likeliest = names if count <= 10 else [names[place] for place in np.argsort(-values[0])[:10]]
    for ax in (counts, matrix, accuracy, bars):
        assert max(ax.figure.get_size_inches()) <= 14
        ax.figure.canvas.draw()
        shown = ax.get_xticklabels()
        assert written(shown) == (likeliest if ax is bars else names)
        if (
            count > 30 and ax is not bars
        ) or ax is matrix:  # upright or level: aslant, boxes overlap where texts do not
            assert overlapping(shown) == []
    assert (texts(matrix) == []) == (count > 30)
    assert overlapping(matrix.get_yticklabels()) == []


def test_of_many_classes_the_likeliest_ten_are_drawn_by_name(ax):
    values, names = np.linspace(0, 1, 26) ** 3 / 7, [chr(65 + number) for number in range(26)]
    plots.probabilities(values, names, ax=ax)
    assert "".join(written(ax.get_xticklabels())) == "ZYXWVUTSRQ"
    assert [bar.get_height() for bar in ax.patches] == sorted(values, reverse=True)[:10]
    assert ax.get_xlabel() == "class, the 10 likeliest of 26"


def test_what_is_too_long_is_cut_off():
    titles = ["7", "left", "an ankle boot of the left foot"]
    assert texts(plots.digits(IMAGES[:3], titles, columns=3))[:2] == titles[:2]
    ax = plots.digits(IMAGES[:3], titles, columns=3)
    ax.figure.canvas.draw()
    assert texts(ax)[2].startswith("an ankle boot")
    assert texts(ax)[2].endswith("…")
    assert overlapping(ax.texts) == []
    labels = plots.class_counts(np.arange(2), ["short", "a name of more than twenty characters"]).get_xticklabels()
    assert written(labels) == ["short", "a name of more than…"]


def test_digits_are_placed_row_by_row_without_overlap(ax):
    plots.digits(IMAGES, titles=list("abcdefg"), columns=3, ax=ax)
    places = [image.get_extent() for image in ax.images]  # left, right, bottom, top; y points down
    assert [np.asarray(image.get_array()).tolist() for image in ax.images] == IMAGES.tolist()
    assert len({place[0] for place in places}) == 3
    assert len({place[3] for place in places}) == 3
    assert places[1][0] > places[0][1]  # the second starts right of the first,
    assert places[3][3] > places[0][2]  # the fourth below it
    assert texts(ax) == list("abcdefg")


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
    plots.map_2d(np.array([[1, 2], [3, 4], [5, 6]]), np.array([4, 9, 4]), title="a map", ax=ax)
    assert [group.get_offsets().tolist() for group in ax.collections] == [[[1, 2], [5, 6]], [[3, 4]]]
    assert ax.get_title() == "a map"


def test_map_2d_writes_short_names_at_the_points_and_long_ones_once(ax):
    points = np.array([[1, 2], [3, 4], [5, 7]])
    plots.map_2d(points, np.array([0, 1, 0]), names=["A", "B"], ax=ax)
    assert texts(ax) == []
    plots.map_2d(points, np.array([0, 1, 0]), names=["A", "$ bag"], ax=ax)
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [("A", (3, 4.5)), ("$ bag", (3, 4))]


def test_the_map_marks_errors_and_shows_images_only_where_there_is_room(ax):
    points = np.array([[0, 0], [1, 1], [0.99, 0], [0.5, 0], [1, 0], [1, 0.6]])
    wrong = np.array([True, False, True, False, False, False])
    labels = np.array([4, 4, 9, 4, 9, 9])  # in the middle of the fours: (0.5, 0), of the nines: (1, 0)
    plots.map_with_images(points, labels, wrong, RNG.random((6, 28, 28)), ax=ax)
    boxes = [artist for artist in ax.artists if isinstance(artist, AnnotationBbox)]
    assert [box.xy for box in boxes] == [(0, 0), (1, 1), (1, 0.6)]  # the rest are where the digits are written
    assert [box.patch.get_edgecolor()[:3] == to_rgb("black") for box in boxes] == [True, False, False]
    assert ax.lines[0].get_xydata().tolist() == [[0.99, 0]]  # an error without its image has a cross
    assert {text.get_text(): text.get_position() for text in ax.texts} == {"4": (0.5, 0), "9": (1, 0)}


def test_the_map_with_images_has_the_names_of_classes(ax):
    plots.map_with_images(POINTS, LABELS[:40] % 3, LABELS[:40] == 3, RNG.random((40, 28, 28)), names=NAMES, ax=ax)
    assert texts(ax) == NAMES


def test_layer_costs_are_shares_of_the_layers_that_cost(ax):
    plots.layer_costs(LAYERS, ax=ax)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([30, 70, 90, 10])
    assert written(ax.get_yticklabels()) == ["conv", "dense"]
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
    assert legend(ax) == ["training", "validation"]


def test_an_ablation_has_its_first_variant_on_top_and_a_bar_at_each_mean(ax):
    plots.ablation(*FIGURES["ablation"][0], ax=ax)
    assert written(ax.get_yticklabels()) == ["one", "two"]
    assert ax.yaxis_inverted()
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2], [1.5], [4, 5, 9], [6]]


def test_accuracy_by_size_has_a_dot_for_each_run_and_joins_the_means_of_the_first_group(ax):
    plots.accuracy_by_size(SIZES, ax=ax)
    assert legend(ax) == list(SIZES)
    assert ax.get_xscale() == "log"
    runs, _, means, *_, others = ax.lines
    np.testing.assert_allclose(runs.get_xydata(), [[900, 97], [900, 99]])
    np.testing.assert_allclose(means.get_xydata(), [[900, 98], [20_000, 99.5]])
    np.testing.assert_allclose(others.get_xydata(), [[700, 98], [8000, 99]])
    assert (means.get_linestyle(), others.get_linestyle()) == ("-", "None")


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
    colours = np.asarray(ax.collections[0].get_array()).reshape(MATRIX.shape)
    assert (np.diag(colours) == 0).all()


def test_accuracy_by_digit_shows_intervals_in_percent(ax):
    row = {"accuracy": 0.8, "interval": (0.5, 0.9)}
    plots.accuracy_by_digit({"per_digit": [row, row], "accuracy": 0.75}, ax=ax)
    points, _, (bars,) = ax.containers[0]
    assert points.get_ydata().tolist() == pytest.approx([80, 80])
    np.testing.assert_allclose(bars.get_segments(), [[[0, 50], [0, 90]], [[1, 50], [1, 90]]])
    assert 75 in [line.get_ydata()[0] for line in ax.lines]


def test_reliability_has_a_point_for_each_group(ax):
    rows = reliability(PROBABILITIES, LABELS)
    plots.reliability({"network": rows}, ax=ax)
    points = ax.containers[0].lines[0].get_xydata()
    np.testing.assert_allclose(points, [[row["confidence"], row["accuracy"]] for row in rows])
    assert legend(ax) == ["confidence is earned", "network"]


def test_the_roc_curve_gives_the_area_under_each_curve(ax):
    plots.roc_curve(SCORES, ax=ax)
    assert legend(ax) == ["all apart: area 1.000", "one pair the wrong way round: area 0.750"]
    assert ax.lines[0].get_xdata().max() == 100
    assert ax.get_title() == "ROC curve"


def test_a_rejection_curve_rises_as_unsure_mistakes_are_rejected_and_keeps_ties_together(ax):
    plots.rejection_curve(ANSWERS, ax=ax)
    assert ax.lines[0].get_xdata() == pytest.approx([80, 60, 20, 0])
    assert ax.lines[0].get_ydata() == pytest.approx([100, 100, 100, 80])
    assert legend(ax) == ["some"]


def test_damage_has_a_row_for_each_kind_with_its_image(ax):
    plots.damage(*FIGURES["damage"][0], ax=ax)
    assert written(ax.get_yticklabels()) == ["fog", "shot noise"]
    assert ax.yaxis_inverted()
    assert [line.get_xdata() for line in ax.lines] == [pytest.approx([10, 90]), pytest.approx([95, 97])]
    assert legend(ax) == ["before", "after"]
    assert len(ax.child_axes) == 2


def test_attributions_stand_below_their_images_with_zero_in_the_middle_of_the_colours(ax):
    plots.attributions(*FIGURES["attributions"][0], ax=ax)
    shown = {tuple(image.get_extent()): image for image in ax.images}
    for column in range(3):
        left = 30 * column
        for row, values in enumerate((IMAGES / 255, *MAPS.values())):
            image = shown[left, left + 28, 30 * row + 28, 30 * row]
            np.testing.assert_allclose(image.get_array(), values[column])
            low, high = image.get_clim()
            assert row == 0 or low == -high
    assert shown[0, 28, 58, 30].get_clim()[1] == np.abs(MAPS["one way"][0]).max()
    assert texts(ax) == ["a", "b", "c", "", "one way", "another"]


def test_a_blank_image_has_no_edge_of_ink(ax, recwarn):
    plots.attributions(np.zeros((1, 28, 28)), {"none": np.zeros((1, 28, 28))}, ax=ax)
    assert not recwarn.list


def test_lines_differ_in_colour_and_in_dashes_and_deletion_curves_in_colour_and_marker(ax):
    plots.lines({name: CURVES[name] for name in "abcd"}, "epoch", "loss", ax=ax)
    assert len({(line.get_color()) for line in ax.lines}) == len({line.get_linestyle() for line in ax.lines}) == 4
    assert legend(ax) == list("abcd")
    deleted = plots.deletion([0, 0.5, 1], CURVES)
    assert len({line.get_color() for line in deleted.lines}) == len({line.get_marker() for line in deleted.lines}) == 6
    assert deleted.lines[0].get_xydata().tolist() == [[0, 1], [50, 0.4], [100, 0.1]]
    assert legend(deleted) == list("abcdef")


def test_more_lines_than_can_be_told_apart_are_refused(ax):
    with pytest.raises(ValueError, match="6 lines apart, not 7"):
        plots.lines({name: [1, 2] for name in "abcdefg"}, "epoch", "loss", ax=ax)


def test_ink_is_grey_and_what_speaks_for_or_against_the_answer_is_orange_or_purple():
    image, attribution = np.zeros((2, 28, 28))
    image[5, 5], attribution[1, 1], attribution[2, 2] = 1, 0.5, -0.5
    coloured = plots.over_ink(image, attribution)
    assert (coloured.shape, coloured.dtype) == ((28, 28, 3), np.uint8)
    assert coloured[0, 0].tolist() == [0, 0, 0]
    assert len(set(coloured[5, 5].tolist())) == 1
    assert coloured[5, 5, 0] > 100
    assert coloured[1, 1].tolist() == [255, 158, 0]
    assert coloured[2, 2].tolist() == [184, 115, 255]
    assert not plots.over_ink(np.zeros((28, 28)), np.zeros((28, 28))).any()


def test_an_image_may_have_an_empty_title():
    assert texts(plots.digits(IMAGES[:2], ["fog", ""], columns=10)) == ["fog", ""]


def test_dollars_in_names_and_titles_are_no_mathematics():
    figure = plots.probabilities(np.array([0.4, 0.6]), names=["$^$", "b"]).figure
    figure.canvas.draw()
    assert figure.axes[0].get_xticklabels()[0].get_text() == r"\$^\$"
    plots.digits(np.zeros((1, 28, 28)), ["$^$"]).figure.canvas.draw()


def test_each_digit_of_a_number_has_its_box_and_what_was_read():
    answers = [
        SimpleNamespace(name="4", confidence=0.97, box=(10, 5, 30, 40)),
        SimpleNamespace(name=None, confidence=0.3, box=(40, 5, 60, 45)),
    ]
    ax = plots.number(np.zeros((50, 80)), answers)
    boxes = [(patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()) for patch in ax.patches]
    assert boxes == [(10, 5, 20, 35), (40, 5, 20, 40)]
    assert [text.get_text() for text in ax.texts] == ["4, 97%", "none, 30%"]
