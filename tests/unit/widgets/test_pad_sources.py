"""What comes onto the pad without drawing, by a sample, a photo, the camera or a program, and how drawing goes on."""

import numpy as np
import pytest
from PIL import EpsImagePlugin, Image, ImageColor
from unit.widgets.pad_by_hand import Reader, buttons, camera_takes, draw, page_says, photo, png, send, upload, words

from mnist_utils.data import load_strokes
from mnist_utils.plots import ORANGE
from mnist_utils.preprocess.ink import strokes_to_image
from mnist_utils.preprocess.photos import photo_to_image
from mnist_utils.widgets.pad import DigitPad

SEVEN = [[(80, 60), (200, 60)], [(200, 60), (120, 220)]]
POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\n(/tmp/x) (w) file closefile\n%%EOF\n"
PUT_THERE = {
    "a program": lambda pad: setattr(pad, "strokes", SEVEN),
    "a sample": lambda pad: buttons(pad)["7"].click(),
    "a photo": lambda pad: upload(pad, "seven.png", png(photo())),
    "the camera": lambda pad: camera_takes(pad, png(photo())),
}
PICTURES = {
    "upload": lambda pad, content: upload(pad, "x.png", content),
    "camera": lambda pad, content: camera_takes(pad, content),
}
by_any = pytest.mark.parametrize("put", PUT_THERE.values(), ids=PUT_THERE)


@by_any
@pytest.mark.parametrize(("down", "up"), [("mouse_down", "mouse_up"), ("touch_start", "touch_end")])
def test_it_goes_away_when_a_person_begins_to_draw(pad, put, down, up):
    put(pad)
    send(pad, down, (20, 40))
    assert pad.strokes == [[(10, 20)]]
    np.testing.assert_array_equal(pad.image, strokes_to_image([[(10, 20)]]))  # at once, not after the stroke
    assert repr(pad).startswith("DigitPad: 1 stroke, ")
    send(pad, up, *[(20, 40)] * (up == "mouse_up"))
    draw(pad, (100, 100), (200, 200))
    assert pad.strokes == [[(10, 20)], [(50, 50), (100, 100)]]  # the person's own strokes stay


@by_any
def test_its_ink_goes_away_on_the_canvas(pad, put, messages):
    put(pad)
    messages.clear()
    send(pad, "mouse_down", (20, 40))
    painted = [name for name, _ in messages if name.startswith(("fill", "stroke"))]
    assert painted == ["fillRect", "fillCircle"]


@by_any
def test_undo_after_the_first_stroke_does_not_bring_it_back(pad, put):
    put(pad)
    draw(pad, (20, 40), (60, 80))
    pad.undo()
    assert (pad.strokes, words(pad)) == ([], "Draw a digit.")
    draw(pad, (20, 40), (60, 80))
    assert pad.strokes == [[(10, 20), (30, 40)]]


@by_any
def test_clear_wipes_it(pad, put):
    put(pad)
    pad.clear()
    assert (pad.strokes, words(pad)) == ([], "Draw a digit.")
    draw(pad, (20, 40), (60, 80))
    draw(pad, (100, 100))
    assert len(pad.strokes) == 2


def test_undo_takes_a_stroke_of_a_sample_back_and_the_rest_is_still_a_sample(pad):
    pad.strokes = SEVEN
    pad.undo()
    assert pad.strokes == SEVEN[:1]
    draw(pad, (20, 40), (60, 80))
    assert pad.strokes == [[(10, 20), (30, 40)]]


def test_undo_takes_a_photo_back(pad):
    upload(pad, "seven.png", png(photo()))
    pad.undo()
    assert (words(pad), repr(pad)) == ("Draw a digit.", "DigitPad: 0 strokes, Draw a digit.")


def test_strokes_of_a_person_stay_after_undo_when_drawing_goes_on(pad):
    for x in (20, 60, 100):
        draw(pad, (x, 40), (x, 80))
    pad.undo()
    draw(pad, (200, 40), (200, 80))
    assert [stroke[0][0] for stroke in pad.strokes] == [10, 30, 100]


@pytest.mark.parametrize(
    ("take", "source"),
    [(PUT_THERE["a photo"], "seven.png"), (PUT_THERE["the camera"], "the camera's picture")],
    ids=["upload", "camera"],
)
def test_a_picture_is_read_once_in_place_of_the_drawing_and_named(pad, take, source):
    draw(pad, (100, 100), (100, 300))
    pad.classifier.given.clear()
    take(pad)
    assert len(pad.classifier.given) == 1
    assert pad.strokes == []
    np.testing.assert_array_equal(pad.image, photo_to_image(photo()))
    assert pad.classifier.given[0] is pad.image
    assert repr(pad) == f"DigitPad: {source}, This is a 1 (one), 91% sure."
    assert words(pad) == f"This is a 1 (one), 91% sure. Read from {source}.".replace("'", "&#x27;")


def test_a_photo_without_a_name_is_a_photo(pad):
    upload(pad, "", png(photo()))
    assert repr(pad) == "DigitPad: a photo, This is a 1 (one), 91% sure."


def test_a_picture_that_comes_during_a_stroke_ends_it(pad):
    send(pad, "mouse_down", (20, 40))
    camera_takes(pad, png(photo()))
    send(pad, "mouse_move", (60, 80))
    assert pad.strokes == []


@pytest.mark.parametrize("give", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7 no picture", "Not read: {} is no picture that can be read (it must be PNG, JPEG,"),
        (b"", "Not read: {} is no picture that can be read (it must be PNG, JPEG,"),
        (POSTSCRIPT, "Not read: {} is no picture that can be read (it must be PNG, JPEG,"),
        (png(photo())[:200], "Not read: {} is no picture that can be read ("),
        (png(photo(ink=False)), "Not read: there is no ink on {}."),
    ],
    ids=["another file", "nothing", "PostScript", "half a picture", "blank paper"],
)
def test_what_cannot_be_read_is_explained_in_a_sentence_and_the_drawing_stays(pad, give, content, why, monkeypatch):
    draw(pad, (100, 100), (100, 300))
    strokes, image = pad.strokes, pad.image
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *given, **named: pytest.fail("PostScript was run"))
    name = "x.png" if give is PICTURES["upload"] else "the camera&#x27;s picture"
    for _ in range(2):  # the same file can be tried again
        give(pad, content)
        assert words(pad).startswith(why.format(name))
        assert (pad.strokes, pad.image) == (strokes, image)
    draw(pad, (200, 100), (200, 300))
    assert pad.strokes[:-1] == strokes


def test_a_name_is_shown_as_it_is_and_not_as_markup(pad):
    upload(pad, "<b>.png", b"")
    assert "&lt;b&gt;.png is no picture" in words(pad)
    upload(pad, "<b>$x^$.png", png(photo()))
    assert words(pad).endswith("Read from &lt;b&gt;$x^$.png.")
    assert pad.picture().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"problem": "There is no <camera>."}, "There is no &lt;camera&gt;."),
        ({}, "No picture came."),
    ],
)
def test_what_the_page_cannot_do_is_explained_and_the_drawing_stays(pad, content, why):
    draw(pad, (100, 100), (100, 300))
    strokes = pad.strokes
    page_says(pad, content)
    assert (words(pad), pad.strokes) == (why, strokes)


@pytest.mark.parametrize("digit", range(10))
def test_a_sample_digit_is_drawn_and_can_be_picked_again(pad, digit):
    drawings, labels = load_strokes()
    known = [[[tuple(point) for point in stroke] for stroke in drawings[i]] for i in np.flatnonzero(labels == digit)]
    for _ in range(2):
        buttons(pad)[str(digit)].click()
        assert pad.strokes in known


def test_a_sample_fits_a_pad_of_another_size():
    small = DigitPad(Reader(), size=140)
    buttons(small)["4"].click()
    assert np.concatenate(small.strokes).max() <= 140


def test_what_needs_no_drawing_comes_before_the_canvas(pad):
    row = pad._sources
    assert pad.children[0].children[1:] == (*row.samples, row.pictures, row.menu)


@pytest.mark.parametrize("take", [PUT_THERE["a photo"], PUT_THERE["the camera"]], ids=["upload", "camera"])
def test_a_picture_is_shown_on_the_pad_with_its_ink_marked(pad, take, messages):
    take(pad)
    shown = pad._photo.shown
    assert shown.shape == (200, 200, 3)
    orange = (shown == ImageColor.getrgb(ORANGE)).all(axis=2)
    ink = np.asarray(photo()) < 100
    assert (orange & ink).sum() > 0.9 * ink.sum()
    assert (orange & ~ink).sum() < 0.1 * ink.sum()
    assert (shown[~orange & ~ink] == 230).mean() > 0.99  # the paper stays as it was
    assert ("putImageData", [180, 180]) in messages  # in the middle of 560 pixels
    assert b"PNG" in pad.picture()


def test_a_wide_picture_fits_the_pad_and_is_painted_again_on_a_page_loaded_anew(pad, messages):
    page = Image.new("L", (800, 200), 230)
    page.paste(photo(), (300, 0))
    upload(pad, "wide.png", png(page))
    assert pad._photo.shown.shape == (140, 560, 3)
    messages.clear()
    data = {"method": "custom", "content": {"event": "client_ready"}}
    pad.canvas._handle_msg({"content": {"data": data}, "buffers": []})
    assert [arguments for name, arguments in messages if name == "putImageData"] == [[0, 210]]
