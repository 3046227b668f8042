"""Each explorer shows the numbers that its sliders stand for, in its picture and in words."""

import io
import math
import re
import warnings

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mnist_utils.widgets import (
    AugmentationExplorer,
    ConvolutionExplorer,
    GradientDescentExplorer,
    ThresholdExplorer,
)
from mnist_utils.widgets.explorer import Explorer

EDGE = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
IMAGE = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
CONFIDENCE = np.array([0.99, 0.96, 0.94, 0.8, 0.6])
LABELS = np.array([0, 0, 1, 0, 2])  # all are read as zeros
PROBABILITIES = np.stack([CONFIDENCE, *[(1 - CONFIDENCE) / 2] * 2], axis=1)


def drawn(explorer: Explorer) -> Figure:
    """The figure of an explorer, as a fresh one; a warning fails."""
    figure = Figure(figsize=explorer.size)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explorer.draw(figure, **{name: control.value for name, control in explorer.controls.items()})
        FigureCanvasAgg(figure).draw()
    return figure


def parabola(**given) -> GradientDescentExplorer:
    return GradientDescentExplorer(lambda w: (w - 1) ** 2, lambda w: 2 * (w - 1), **{"start": -1.0, **given})


EXPLORERS = {
    "convolution": lambda: ConvolutionExplorer(IMAGE, EDGE),
    "descent": parabola,
    "augmentation": lambda: AugmentationExplorer(IMAGE),
    "threshold": lambda: ThresholdExplorer(PROBABILITIES, LABELS, PROBABILITIES),
}


@pytest.fixture(params=EXPLORERS.values(), ids=EXPLORERS)
def explorer(request) -> Explorer:
    return request.param()


def test_each_slider_changes_the_picture_and_its_words_while_it_moves(explorer):
    for control in explorer.controls.values():
        picture, words, before = explorer.image.value, explorer.alt, control.value
        assert control.continuous_update
        control.value = control.min if hasattr(control, "min") else 0.0
        assert (explorer.image.value != picture, explorer.alt != words) == (True, True)
        control.value = before
        assert (explorer.image.value, explorer.alt) == (picture, words)


def test_a_reader_without_a_kernel_gets_a_picture_and_its_words(explorer):
    data, metadata = explorer._repr_mimebundle_()
    assert data["image/png"].startswith("iVBOR")  # a PNG in base 64
    assert "application/vnd.jupyter.widget-view+json" in data
    assert metadata == {"image/png": {"alt": explorer.alt}}
    assert f">{explorer.alt}</span>" in explorer.words.value
    assert "\n" not in explorer.alt
    assert explorer.alt.endswith(".")


def test_the_picture_is_white_about_and_fits_a_page(explorer):
    picture = Image.open(io.BytesIO(explorer.image.value)).convert("RGB")
    assert picture.width <= 700
    assert picture.getpixel((0, 0)) == (255, 255, 255)


def test_no_text_leaves_the_picture_or_lies_on_another(explorer):
    figure = drawn(explorer)
    texts = [text for axes in figure.axes for text in (*axes.texts, axes.title, axes.xaxis.label, axes.yaxis.label)]
    for axis in [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]:
        low, high = sorted(axis.get_view_interval())
        texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    boxes = [text.get_window_extent() for text in texts if text.get_visible() and text.get_text()]
    assert boxes
    for i, box in enumerate(boxes):
        assert (box.min >= 0).all()
        assert (box.max <= figure.bbox.max).all()
        assert not any(box.overlaps(other) for other in boxes[:i])


def test_the_feature_map_is_the_sum_of_products_and_fills_row_by_row():
    explorer = ConvolutionExplorer(IMAGE, EDGE)
    explorer.controls["row"].value, explorer.controls["column"].value = 4, 7
    products = IMAGE[4:7, 7:10] / 255 * EDGE
    assert explorer.feature_map.shape == (26, 26)
    assert explorer.feature_map[4, 7] == pytest.approx(products.sum(), abs=1e-5)
    assert f"row 4, column 7. Its products with the pixels add up to {products.sum():.2f}," in explorer.alt
    _, middle, right = drawn(explorer).axes
    np.testing.assert_allclose(middle.images[0].get_array(), products, atol=1e-6)
    assert [text.get_text().split("= ")[1] for text in middle.texts] == [
        f"{product:.2f}".replace("-0.00", "0.00") for product in products.ravel()
    ]
    assert middle.get_xlabel() == f"sum: {products.sum():.2f}  →"
    filled = ~np.ma.getmaskarray(np.ma.masked_invalid(right.images[0].get_array()))
    assert filled.ravel().nonzero()[0].tolist() == list(range(4 * 26 + 8))


def test_the_frame_lies_over_the_pixels_of_the_products_and_the_newest_value():
    explorer = ConvolutionExplorer(IMAGE, EDGE)
    explorer.controls["row"].value, explorer.controls["column"].value = 4, 7
    left, _, right = drawn(explorer).axes
    assert left.patches[0].get_bbox().bounds == (6.5, 3.5, 3, 3)
    assert right.patches[0].get_bbox().bounds == (6.5, 3.5, 1, 1)


@pytest.mark.parametrize("side", [1, 5, 7, 9, 27])
def test_kernels_of_every_odd_size_fit(side):
    explorer = ConvolutionExplorer(IMAGE / 255, np.ones((side, side)))
    assert explorer.feature_map.shape == (29 - side, 29 - side)
    last = explorer.controls["row"].max
    explorer.controls["row"].value = explorer.controls["column"].value = last
    assert explorer.feature_map[last, last] == pytest.approx((IMAGE[-side:, -side:] / 255).sum(), rel=1e-5)
    written = len(drawn(explorer).axes[1].texts)
    assert written == (side**2 if side <= 7 else 0)


def test_an_empty_image_and_a_kernel_of_zeros_are_drawn():
    assert "add up to 0.00" in ConvolutionExplorer(np.zeros((28, 28)), np.zeros((3, 3))).alt


@pytest.mark.parametrize(
    ("kernel", "message"),
    [
        (np.ones((2, 2)), "kernel must be square with an odd side of at most 27, not of shape (2, 2)."),
        (np.ones((3, 5)), "kernel must be square with an odd side of at most 27, not of shape (3, 5)."),
        (np.ones((29, 29)), "kernel must be square with an odd side of at most 27, not of shape (29, 29)."),
        (3, "kernel must be square with an odd side of at most 27, not of shape ()."),
        ([[math.nan]], "kernel must hold finite numbers, not nan or infinity."),
    ],
)
def test_other_kernels_are_refused(kernel, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        ConvolutionExplorer(IMAGE, kernel)


@pytest.mark.parametrize("make", [lambda image: ConvolutionExplorer(image, EDGE), AugmentationExplorer])
def test_other_images_are_refused(make):
    with pytest.raises(ValueError, match=r"^image must have the shape \(28, 28\), not \(1, 28, 28\)\.$"):
        make(IMAGE[None])
    with pytest.raises(ValueError, match=r"^image of type float must lie in 0 to 1, not 0 to 255\.$"):
        make(IMAGE.astype(float))


def test_the_path_goes_down_the_slope():
    explorer = parabola(steps=3, rate=0.25)
    points = drawn(explorer).axes[0].lines[1].get_xydata()
    np.testing.assert_allclose(points, [[-1, 4], [0, 1], [0.5, 0.25], [0.75, 0.0625]])
    assert (
        "After 3 steps the weight is 0.75 and the loss 0.0625. The dashed line is the slope there: -0.5."
        in explorer.alt
    )
    explorer.controls["rate"].value, explorer.controls["steps"].value = 0.5, 1
    assert "After 1 step the weight is 1 and the loss 0." in explorer.alt


def test_the_tangent_touches_the_curve_at_the_last_dot():
    tangent = drawn(parabola(steps=1, rate=0.25)).axes[0].lines[2]
    assert (tangent.get_xy1(), tangent.get_slope()) == ((0, 1), -2)


def test_a_path_that_leaves_the_picture_is_said_and_keeps_its_scale():
    calm, wild = parabola(rate=0.1, span=(-2, 4)), parabola(rate=1.2, steps=5, span=(-2, 4))
    assert "Step 2 leaves the picture." in wild.alt
    assert "dashed" not in wild.alt
    assert drawn(wild).axes[0].axis() == drawn(calm).axes[0].axis()


def test_a_path_that_comes_back_is_drawn_to_its_end():
    there_and_back = GradientDescentExplorer(abs, lambda w: 30.0 if w > 0 else -30.0, start=1.0, rate=0.1, steps=2)
    assert "the weight is 1 and the loss 1. Step 1 leaves the picture." in there_and_back.alt


def test_numbers_beyond_all_bounds_are_said_in_words():
    explorer = parabola(rate=10, steps=300)
    assert "After 300 steps the weight or its loss is too large for a computer's numbers. Step 1 leaves" in explorer.alt
    assert explorer.image.value
    failing = GradientDescentExplorer(lambda w: math.exp(w * w), lambda w: -1e9, start=1.0)  # OverflowError
    assert "too large" in failing.alt
    drawn(failing)


def test_functions_of_one_number_are_enough():
    explorer = GradientDescentExplorer(lambda w: np.array([math.cosh(w)]), lambda w: float(math.sinh(w)), start=1)
    assert "After 10 steps" in explorer.alt


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"start": 5.0, "span": (-1, 1)}, "span must be two rising numbers around start, 5.0, not (-1, 1)."),
        ({"start": 1.0, "span": (1, 1)}, "span must be two rising numbers around start, 1.0, not (1, 1)."),
        ({"steps": 0}, "steps must be 1 or more, not 0."),
        ({"rates": (0, 1)}, "rates must rise from above 0 past 0.1, not be (0, 1)."),
        ({"rates": (1, 10)}, "rates must rise from above 0 past 0.1, not be (1, 10)."),
        ({"rates": (0.1, 0.1)}, "rates must rise from above 0 past 0.1, not be (0.1, 0.1)."),
    ],
)
def test_other_spans_steps_and_rates_are_refused(given, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parabola(**given)


def test_what_is_no_function_is_refused():
    with pytest.raises(ValueError, match=r"^slope must be a function of one weight, not 3\.$"):
        GradientDescentExplorer(abs, 3)


STILL = {"rotation": 0.0, "zoom": 0.0, "shear": 0.0, "shift_right": 0.0, "shift_down": 0.0, "stroke_width": 0.0}


def test_no_change_changes_nothing():
    explorer = AugmentationExplorer(IMAGE, rotation=0)
    np.testing.assert_allclose(explorer.changed(**STILL), IMAGE / 255, atol=1e-5)
    assert explorer.alt == "A digit before and after augmentation: no change."


def test_amounts_are_those_of_training(mnist):
    image = mnist[0][0]
    explorer = AugmentationExplorer(image, shift_right=2, shift_down=-1)
    assert explorer.alt == "A digit before and after augmentation: shift right 2, shift down -1."
    before, after = (axes.images[0].get_array() for axes in drawn(explorer).axes)
    np.testing.assert_allclose(before, image / 255, atol=1e-6)
    np.testing.assert_allclose(after, np.roll(image / 255, (-1, 2), axis=(0, 1)), atol=1e-5)
    turned = explorer.changed(**STILL | {"rotation": 90.0})
    np.testing.assert_allclose(turned[1:, 1:], np.rot90(image[1:, 1:] / 255), atol=1e-4)  # anticlockwise
    ink = [explorer.changed(**STILL | {"stroke_width": part}).sum() for part in (-0.5, 0.0, 0.5)]
    assert ink == sorted(ink)
    assert ink[0] < 0.8 * ink[1] < 0.8 * 0.8 * ink[2]
    larger = explorer.changed(**STILL | {"zoom": 0.3})
    assert larger.sum() == pytest.approx(1.3**2 * image.sum() / 255, rel=0.05)


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        ({"turn": 3}, "amounts must be called rotation, zoom, shear, shift_right, shift_down, stroke_width, not turn."),
        ({"zoom": 3}, "zoom must lie in -0.5 to 0.5, not be 3."),
        ({"rotation": math.nan}, "rotation must lie in -45.0 to 45.0, not be nan."),
    ],
)
def test_other_amounts_are_refused(amounts, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        AugmentationExplorer(IMAGE, **amounts)


@pytest.mark.parametrize(
    ("least", "words"),
    [
        (0.0, "5 of 5 answered, 2 of them wrong"),
        (0.95, "2 of 5 answered, 0 of them wrong"),
        (0.9, "3 of 5 answered, 1 of them wrong"),
        (0.999, "0 of 5 answered, 0 of them wrong"),
        (0.8, "4 of 5 answered, 1 of them wrong"),  # as sure as that is sure enough
    ],
)
def test_a_threshold_counts_answers_and_mistakes(least, words):
    explorer = ThresholdExplorer(PROBABILITIES, LABELS)
    explorer.controls["confidence"].value = least
    assert explorer.alt.endswith(f" Accepted from a confidence of {100 * least:g}%: {words}.")
    assert drawn(explorer).axes[0].get_title() == words


def test_what_is_no_digit_is_counted_apart():
    explorer = ThresholdExplorer(PROBABILITIES, LABELS, others=PROBABILITIES[[0, 4]])
    assert explorer.alt.endswith("3 of 5 answered, 1 of them wrong; 1 of 2 pictures of no digit answered, too.")


def test_the_point_lies_on_the_curve():
    explorer = ThresholdExplorer(PROBABILITIES[[0, 1, 2, 2, 3, 4]], LABELS[[0, 1, 2, 2, 3, 4]])  # two equally sure
    explorer.controls["confidence"].value = 0.8
    curve, _, point = drawn(explorer).axes[0].lines
    np.testing.assert_allclose(curve.get_xydata(), [[1 / 6, 1], [2 / 6, 1], [4 / 6, 0.5], [5 / 6, 0.6], [1, 0.5]])
    np.testing.assert_allclose(point.get_xydata(), [[5 / 6, 0.6]])


def test_a_network_that_is_never_wrong_is_drawn():
    drawn(ThresholdExplorer(PROBABILITIES, np.zeros(5, int)))
    drawn(ThresholdExplorer(PROBABILITIES[:1], [1]))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ((PROBABILITIES, LABELS[:4]), "labels must have the shape (5,), one for each row, not (4,)."),
        ((PROBABILITIES[0], LABELS), "probabilities must have the shape (n, classes), not (3,)."),
        ((PROBABILITIES[:0], LABELS[:0]), "probabilities must have the shape (n, classes), not (0, 3)."),
        ((PROBABILITIES, LABELS, 2 * PROBABILITIES), "others must have rows adding up to 1, but row 0 gives 2."),
        ((PROBABILITIES * math.nan, LABELS), "probabilities must have rows adding up to 1, but row 0 gives nan."),
    ],
)
def test_other_arrays_are_refused(arrays, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        ThresholdExplorer(*arrays)
