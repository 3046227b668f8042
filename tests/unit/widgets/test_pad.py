"""The pad draws, reads and shows what it is told by mouse, finger and program."""

import base64
import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from unit.widgets.pad_by_hand import Reader, buttons, draw, seen, send, words

from mnist_utils.data import load_strokes
from mnist_utils.preprocess.ink import strokes_to_image
from mnist_utils.widgets.pad import DigitPad


class Broken(Reader):
    """A classifier that fails as soon as there is ink."""

    def read(self, image):
        if image.any():
            raise RuntimeError("no <memory> left")
        return super().read(image)


def test_a_new_pad_is_empty(pad):
    assert pad.strokes == []
    assert not pad.image.any()
    assert pad.answer.digit is None
    assert words(pad) == "Draw a digit."


def test_a_mouse_stroke_is_kept_in_css_pixels(pad):
    draw(pad, (20, 40), (60, 80), (100, 300))
    assert pad.strokes == [[(10, 20), (30, 40), (50, 150)]]


def test_moves_without_the_button_draw_nothing(pad):
    send(pad, "mouse_move", (20, 40))
    draw(pad, (20, 40), (60, 80))
    send(pad, "mouse_move", (90, 90))
    assert pad.strokes == [[(10, 20), (30, 40)]]


def test_a_move_to_the_same_place_adds_no_point(pad):
    draw(pad, (20, 40), (20, 40), (60, 80), (60, 80))
    assert pad.strokes == [[(10, 20), (30, 40)]]


def test_a_tap_is_a_dot(pad, messages):
    draw(pad, (200, 100))
    assert pad.strokes == [[(100, 50)]]
    assert pad.image.sum() == pytest.approx(strokes_to_image([[(0, 0)]]).sum())
    assert [name for name, _ in messages if name.startswith(("fill", "stroke"))] == ["fillCircle"]


def test_leaving_the_canvas_ends_the_stroke_without_a_point_outside(pad):
    send(pad, "mouse_down", (20, 40))
    send(pad, "mouse_move", (60, 80))
    send(pad, "mouse_out", (-50, 700))
    send(pad, "mouse_move", (300, 300))  # back in, with the button let go outside
    assert pad.strokes == [[(10, 20), (30, 40)]]


def test_a_right_click_does_not_leave_the_pen_down(pad):
    send(pad, "mouse_down", (20, 40))
    send(pad, "mouse_out", (20, 40))
    send(pad, "mouse_move", (60, 80))
    draw(pad, (100, 100), (200, 200))
    assert pad.strokes == [[(10, 20)], [(50, 50), (100, 100)]]


def test_a_finger_draws(pad):
    send(pad, "touch_start", (20, 40))
    send(pad, "touch_move", (60, 80))
    send(pad, "touch_end")
    send(pad, "touch_move", (90, 90))
    assert pad.strokes == [[(10, 20), (30, 40)]]
    assert pad.answer.digit == 1


@pytest.mark.parametrize("event", ["touch_end", "touch_cancel"])
def test_a_cancelled_touch_ends_the_stroke(pad, event):
    send(pad, "touch_start", (20, 40))
    send(pad, event)
    send(pad, "touch_start", (100, 100))
    assert pad.strokes == [[(10, 20)], [(50, 50)]]


def test_a_second_finger_is_ignored(pad):
    send(pad, "touch_start", (20, 40))
    send(pad, "touch_start", (20, 40), (400, 400))
    send(pad, "touch_move", (60, 80), (410, 410))
    send(pad, "touch_end", (60, 80))  # the first one stays
    send(pad, "touch_move", (100, 80))
    send(pad, "touch_end")
    assert pad.strokes == [[(10, 20), (30, 40), (50, 40)]]


def test_a_finger_whose_end_was_never_heard_of_does_not_hold_the_pen(pad):
    send(pad, "touch_start", (100, 100))
    send(pad, "touch_start", (300, 300))
    send(pad, "touch_move", (320, 300))
    assert pad.strokes == [[(50, 50)], [(150, 150), (160, 150)]]


def test_a_finger_that_rests_since_a_mouse_stroke_does_not_hold_the_pen(pad):
    send(pad, "mouse_down", (100, 100))
    send(pad, "touch_start", (300, 300))
    send(pad, "mouse_up", (100, 100))
    send(pad, "touch_move", (320, 300))
    send(pad, "touch_start", (320, 300), (200, 200))
    assert pad.strokes == [[(50, 50)], [(100, 100)]]


def test_a_touch_during_a_mouse_stroke_is_ignored(pad):
    send(pad, "mouse_down", (100, 100))
    send(pad, "touch_start", (300, 300))
    send(pad, "touch_move", (320, 300))
    send(pad, "touch_end")
    send(pad, "mouse_move", (140, 100))
    assert pad.strokes == [[(50, 50), (70, 50)]]


def test_mouse_events_during_a_touch_are_ignored(pad):
    send(pad, "touch_start", (20, 40))
    send(pad, "mouse_down", (20, 40))
    send(pad, "mouse_move", (300, 300))
    send(pad, "mouse_up", (300, 300))
    send(pad, "touch_move", (60, 80))
    assert pad.strokes == [[(10, 20), (30, 40)]]


def test_points_are_clipped_to_the_pad(pad):
    draw(pad, (-10, 30), (900, 30), (30, 900))
    assert pad.strokes == [[(0, 15), (280, 15), (15, 280)]]


@pytest.mark.parametrize("how", ["method", "button"])
def test_undo_takes_the_last_stroke_back(pad, how):
    undo = pad.undo if how == "method" else buttons(pad)["Undo"].click
    draw(pad, (20, 40), (60, 80))
    before = pad.image.copy()
    draw(pad, (200, 200), (300, 100))
    undo()
    assert pad.strokes == [[(10, 20), (30, 40)]]
    np.testing.assert_array_equal(pad.image, before)
    undo()
    undo()  # nothing left
    assert pad.strokes == []
    assert words(pad) == "Draw a digit."


@pytest.mark.parametrize("how", ["method", "button"])
def test_clear_wipes_the_pad_even_in_the_middle_of_a_stroke(pad, how):
    draw(pad, (20, 40), (60, 80))
    send(pad, "mouse_down", (200, 200))
    pad.clear() if how == "method" else buttons(pad)["Clear"].click()
    send(pad, "mouse_move", (300, 300))
    assert pad.strokes == []
    assert not pad.image.any()
    assert pad.answer.digit is None
    assert words(pad) == "Draw a digit."


def test_setting_strokes_paints_and_reads_them(pad, messages):
    pad.strokes = [np.array([[10, 20], [30, 40]]), [], [(50, 50)]]
    assert pad.strokes == [[(10, 20), (30, 40)], [(50, 50)]]
    painted = [name for name, _ in messages]
    assert painted.count("fillCircle") == 1
    assert painted.count("strokeLines") == 1
    np.testing.assert_array_equal(pad.image, strokes_to_image(pad.strokes))


def test_setting_bad_strokes_says_why_and_changes_nothing(pad):
    draw(pad, (20, 40), (60, 80))
    with pytest.raises(ValueError, match=r"strokes\[0\] holds a coordinate that is not a finite number"):
        pad.strokes = [[(1, float("nan"))]]
    assert pad.strokes == [[(10, 20), (30, 40)]]


def test_the_strokes_handed_out_are_a_copy(pad):
    draw(pad, (20, 40), (60, 80))
    pad.strokes[0].append("graffiti")
    pad.strokes.clear()
    assert pad.strokes == [[(10, 20), (30, 40)]]


def test_the_answer_belongs_to_the_ink(pad):
    draw(pad, (20, 40), (60, 80))
    np.testing.assert_array_equal(pad.image, strokes_to_image(pad.strokes))
    assert pad.classifier.given[-1] is pad.image
    assert pad.answer.digit == 1
    assert words(pad) == "This is a 1 (one), 91% sure."
    for x in range(100, 500, 80):
        draw(pad, (x, 100), (x, 400), (x + 40, 100))
    np.testing.assert_array_equal(pad.image, strokes_to_image(pad.strokes))
    assert pad.answer.digit == 8
    assert words(pad) == "This is an 8 (eight), 91% sure."


def test_the_same_drawing_has_the_same_repr(pad):
    assert repr(pad) == "DigitPad: 0 strokes, Draw a digit."
    draw(pad, (20, 40), (60, 80))
    other = DigitPad(Reader())
    other.strokes = pad.strokes
    assert repr(other) == repr(pad) == "DigitPad: 1 stroke, This is a 1 (one), 91% sure."


def test_an_exception_is_shown_in_words_and_not_as_markup():
    pad = DigitPad(Broken())
    draw(pad, (20, 40), (60, 80))
    assert words(pad) == "Something went wrong: RuntimeError: no &lt;memory&gt; left"
    assert pad.strokes == [[(10, 20), (30, 40)]]
    assert not pad.image.any()  # the answer is still that of the empty pad, and so is the image
    pad.clear()
    assert words(pad) == "Draw a digit."


def test_an_exception_does_not_freeze_the_canvas(messages):
    pad = DigitPad(Broken())
    draw(pad, (20, 40), (60, 80))
    messages.clear()
    draw(pad, (100, 100), (200, 200))
    assert "strokeLines" in [name for name, _ in messages]


def test_two_pads_are_independent(pad, messages):
    other = DigitPad(Reader())
    messages.clear()
    send(pad, "mouse_down", (20, 40))
    send(other, "mouse_down", (200, 200))
    send(pad, "mouse_move", (60, 80))
    send(other, "mouse_move", (240, 240))
    send(other, "mouse_up", (240, 240))
    send(pad, "mouse_move", (100, 80))
    assert pad.strokes == [[(10, 20), (30, 40), (50, 40)]]
    assert other.strokes == [[(100, 100), (120, 120)]]
    painted_on = [arguments[0] for name, arguments in messages if name == "switchCanvas"]
    one, two = (f"IPY_MODEL_{each.canvas.model_id}" for each in (pad, other))
    assert painted_on == [one, two, one, two, one]


def test_a_reloaded_page_is_told_of_its_canvas_and_painted_again(pad, messages):
    draw(pad, (20, 40), (60, 80))
    draw(pad, (200, 200))
    messages.clear()
    send(pad, "client_ready")
    names = [name for name, _ in messages]
    assert messages[0] == ("switchCanvas", [f"IPY_MODEL_{pad.canvas.model_id}"])
    assert [name for name in names if name.startswith(("fill", "stroke"))] == ["fillRect", "strokeLines", "fillCircle"]
    background = next(arguments for name, arguments in messages if name == "fillRect")
    assert background == [0, 0, 560, 560]
    assert names.count("set") >= 5  # colours, width, caps and joins are forgotten by a new page


@pytest.mark.parametrize(("down", "move"), [("mouse_down", "mouse_move"), ("touch_start", "touch_move")])
def test_a_page_reloaded_in_the_middle_of_a_stroke_has_the_pen_up(pad, down, move):
    send(pad, down, (20, 40))
    send(pad, "client_ready")
    send(pad, move, (60, 80))
    assert pad.strokes == [[(10, 20)]]
    send(pad, "touch_start", (100, 100), (100, 100))  # both at once, and the old page's finger is forgotten
    assert pad.strokes == [[(10, 20)], [(50, 50)]]


def test_the_canvas_keeps_its_size_and_has_two_pixels_for_each_css_pixel():
    pad = DigitPad(Reader(), size=200)
    assert (pad.canvas.width, pad.canvas.height) == (400, 400)
    assert (pad.canvas.layout.width, pad.canvas.layout.height) == ("200px", "200px")
    assert pad.canvas.layout.border_top is None  # a border would shift the coordinates


@pytest.mark.parametrize("size", [99, 1001])
def test_an_impossible_size_is_refused(size):
    with pytest.raises(ValueError, match=f"size must be from 100 to 1000 pixels, not {size}"):
        DigitPad(Reader(), size=size)


def test_the_pad_reads_with_the_shipped_classifier_by_itself(monkeypatch):
    shipped = Reader()
    monkeypatch.setitem(sys.modules, "mnist_utils.classifier", SimpleNamespace(load_classifier=lambda: shipped))
    assert DigitPad().classifier is shipped


def test_a_reader_without_a_kernel_gets_a_picture(pad):
    def picture():
        bundle, metadata = pad._repr_mimebundle_()
        assert pad._sentence() in metadata["image/png"]["alt"]
        assert "application/vnd.jupyter.widget-view+json" in bundle
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).convert("L"))

    blank = picture()
    pad.strokes = [[(140, 40), (140, 240)]]
    ink = (blank.astype(int) - picture() > 150)[:, : blank.shape[1] // 3]  # what is darker now, where the pad is
    rows, columns = np.nonzero(ink[30:])
    assert np.ptp(rows) > 3 * np.ptp(columns) > 0


def test_the_pen_is_as_wide_as_chosen_and_the_ink_is_painted_anew(pad, messages):
    draw(pad, (100, 100), (100, 300))
    messages.clear()
    pad._pen.value = 30
    assert 60 in [arguments[-1] for name, arguments in messages if name == "set"]  # two pixels for each CSS pixel
    assert any(name == "strokeLines" for name, _ in messages)


def test_a_drawing_is_saved_with_its_label(pad, tmp_path):
    draw(pad, (20, 40), (60, 80))
    pad.save(tmp_path / "mine.json", 1)
    drawings, labels = load_strokes(tmp_path / "mine.json")
    assert drawings == [[[[10, 20], [30, 40]]]]
    assert labels.tolist() == [1]
    pad.strokes = drawings[0]
    assert pad.strokes == [[(10, 20), (30, 40)]]


def test_without_an_overlay_the_image_itself_is_shown(pad):
    draw(pad, (20, 40), (60, 80))
    np.testing.assert_array_equal(seen(pad), (pad.image * 255).astype(np.uint8))


def test_an_overlay_is_shown_in_place_of_the_image():
    given = []

    def overlay(image):
        given.append(image)
        return np.full((28, 28, 3), (255, 0, 9), np.uint8)

    pad = DigitPad(Reader(), overlay=overlay)
    assert not seen(pad).any()  # nothing to explain yet
    draw(pad, (20, 40), (60, 80))
    assert given[-1] is pad.image
    assert (seen(pad) == (255, 0, 9)).all()
    picture = np.asarray(Image.open(io.BytesIO(pad.picture())).convert("RGB")).reshape(-1, 3)
    assert (picture == (255, 0, 9)).all(axis=1).sum() > 1000
    pad.clear()
    assert not seen(pad).any()


def test_an_overlay_that_fails_is_reported_and_nothing_changes():
    def overlay(image):
        raise RuntimeError("no colours left")

    pad = DigitPad(Reader(), overlay=overlay)
    draw(pad, (20, 40), (60, 80))
    assert words(pad) == "Something went wrong: RuntimeError: no colours left"
    assert not pad.image.any()


def test_in_colab_widgets_of_other_packages_are_enabled(monkeypatch):
    calls = []
    output = SimpleNamespace(enable_custom_widget_manager=lambda: calls.append("enabled"))
    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace(output=output))
    DigitPad(Reader())
    assert calls == ["enabled"]
