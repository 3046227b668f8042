"""The pad alone in JupyterLab and in Notebook 7, in both themes and on screens of both densities: mouse, fingers,
keyboard, camera, and our own drawings replayed.
"""

import re

import numpy as np
import pytest
from paper import photograph
from playwright.sync_api import expect

from browser.conftest import Place
from browser.pad_in_page import EMPTY, INK, SIDE, Fingers, contrast, draw, drawing, replay
from mnist_utils.data import load_strokes

pytestmark = pytest.mark.slow

# JupyterLab in the light theme, and Voila: see test_notebook_05.py.
PLACES = [Place("lab", "Dark", 1), Place("notebook", "Light", 1), Place("notebook", "Dark", 2)]
PROBLEMS = {
    "NotAllowedError": "The camera may not be used: allow it for this page in the browser's settings.",
    "NotFoundError": "There is no camera.",
    "NotReadableError": "The camera does not answer: another program may be using it.",
    "AbortError": "The camera cannot be used: it went wrong",
}

on_all_pages = pytest.mark.parametrize("opened", PLACES, indirect=True, ids=str)
on_one_page = pytest.mark.parametrize("opened", PLACES[:1], indirect=True, ids=str)


def line(x: int, y: int, to_x: int, to_y: int) -> list:
    return [(x + (to_x - x) * i / 20, y + (to_y - y) * i / 20) for i in range(21)]


@on_all_pages
def test_a_drawn_digit_is_read_and_seen_and_cleared(pad):
    assert pad.size() == (SIDE, SIDE)
    pad.wait_for_ink(draw(pad, 4))
    pad.wipe()
    pad.wait_for_ink([])


@on_one_page
def test_undo_takes_one_stroke_back(pad):
    strokes = draw(pad, 4)
    assert len(strokes) == 2
    pad.undo.click()
    pad.wait_for_ink(strokes[:1])
    pad.undo.click()
    pad.wait_for_ink([])
    expect(pad.status).to_have_text(EMPTY)


@on_one_page
def test_redo_and_the_eraser_work_with_the_keyboard_and_the_mouse(pad):
    down, second = line(60, 60, 60, 220), line(220, 60, 220, 220)
    pad.stroke(down)
    pad.stroke(second)
    pad.undo.press("Enter")
    pad.wait_for_ink([down])
    pad.redo.press("Enter")
    pad.wait_for_ink([down, second])
    pad.erase.click()
    pad.stroke(line(20, 140, 90, 140))
    pad.wait_for_ink([second])
    pad.erase.click()
    pad.undo.click()
    pad.wait_for_ink([down, second])


@on_one_page
def test_another_network_reads_what_is_drawn(pad):
    pad.wait_for_ink(draw(pad, 4))
    before = pad.output.get_by_role("row").nth(4).inner_text()
    pad.network.select_option("classic")
    expect(pad.output.get_by_role("row").nth(4)).not_to_have_text(before)
    expect(pad.status).to_contain_text("This is a 4 ")
    pad.network.select_option("best")
    expect(pad.output.get_by_role("row").nth(4)).to_have_text(re.compile(re.escape(before.split()[-1])))


@on_one_page
def test_an_uploaded_picture_is_shown_with_its_ink_marked_and_makes_way_for_a_drawing(pad, tmp_path):
    photograph(drawing(3), 1, np.random.default_rng(0)).save(tmp_path / "three.jpg")
    pad.choose_file(tmp_path / "three.jpg")
    expect(pad.status).to_contain_text("This is a 3 (three)")
    pad.page.wait_for_timeout(1000)
    assert pad.shows_marked_ink()
    pad.wait_for_ink(draw(pad, 4))


@on_one_page
def test_a_tap_makes_a_dot(pad):
    pad.stroke([(140, 140)])
    pad.wait_for_ink([[(140, 140)]])


@on_one_page
def test_the_pen_is_lifted_outside(pad):
    down, second = line(140, 60, 140, 220), line(60, 60, 60, 220)
    pad.move(*down[0])
    pad.page.mouse.down()
    for point in down:
        pad.move(*point)
    pad.move(SIDE + 60, 220)
    pad.page.mouse.up()
    for x, y in [(220, 60), (60, 60), (60, 220)]:  # the button is up: no ink on this way
        pad.move(x, y)
    pad.wait_for_ink([down])
    pad.stroke(second)
    pad.wait_for_ink([down, second])
    pad.undo.click()  # it was a stroke of its own
    pad.wait_for_ink([down])


@on_one_page
def test_a_sample_is_chosen_with_the_keyboard_and_goes_away_when_a_person_draws(pad):
    pad.output.get_by_role("button", name="4", exact=True).focus()
    for key in ("Tab", "Enter"):
        pad.page.keyboard.press(key)
    expect(pad.status).to_contain_text("This is a 5 (five)")
    assert (pad.pixels() < INK).sum() > 500
    down = line(20, 20, 20, 260)
    pad.stroke(down)
    pad.wait_for_ink([down])


@on_one_page
def test_a_finger_draws(pad):
    strokes = drawing(4)
    with Fingers(pad) as fingers:
        for stroke in strokes:
            fingers.down({0: stroke[0]})
            for point in stroke[1:-1:3] + stroke[-1:]:
                fingers.move({0: point})
            fingers.up({0: stroke[-1]})
    expect(pad.status).to_contain_text("This is a 4 ")
    pad.wait_for_ink(strokes)
    pad.undo.click()  # no stroke more by the mouse events that a browser makes of touches
    pad.wait_for_ink(strokes[:1])


@on_one_page
def test_a_pad_half_out_of_sight_is_scrolled_back_and_drawn_on(pad):
    scrolled = "() => document.querySelector('.jp-Notebook .jp-WindowedPanel-outer').scrollBy(0, {})"
    top = pad.place()["y"]
    pad.page.evaluate(scrolled.format(250))
    pad.page.wait_for_timeout(500)
    assert pad.canvas.bounding_box()["y"] < top - 200
    pad.wait_for_ink(draw(pad, 2))


@on_all_pages
def test_all_words_on_the_pad_can_be_read(pad):
    words = [
        pad.status,
        pad.output.get_by_text("Samples"),
        pad.output.get_by_role("button", name="5", exact=True),
        pad.output.get_by_role("button", name="Read a photo"),
        pad.camera,
        pad.undo,
        pad.output.get_by_text("Pen", exact=True),
        pad.output.get_by_role("cell").first,
        pad.output.get_by_role("cell").last,
        pad.output.get_by_text("What the network sees"),
    ]
    pad.page.mouse.move(0, 0)
    assert {str(element): contrast(element) for element in words if contrast(element) < 4.5} == {}


@on_all_pages
def test_the_camera_is_used_with_the_keyboard_and_its_picture_is_read(pad):
    pad.wait_for_ink(draw(pad, 2))
    pad.output.get_by_role("button", name="Read a photo").focus()
    for key in ("Tab", "Enter"):
        pad.page.keyboard.press(key)
    expect(pad.camera).to_have_text("Take the picture")
    expect(pad.output.locator("video")).to_be_visible()
    pad.page.keyboard.press("Space")
    expect(pad.status).to_contain_text("This is a 7 ")
    expect(pad.camera).to_have_text("Camera")
    expect(pad.output.locator("video")).to_be_hidden()
    pad.page.wait_for_timeout(1000)
    assert pad.shows_marked_ink()


@on_one_page
def test_the_camera_is_closed_without_a_picture(pad):
    pad.wait_for_ink(draw(pad, 2))
    pad.camera.click()
    expect(pad.camera).to_have_text("Take the picture")
    tracks = pad.output.locator("video").evaluate_handle("video => video.srcObject.getTracks()")
    for key in ("Tab", "Enter"):
        pad.page.keyboard.press(key)
    expect(pad.camera).to_have_text("Camera")
    expect(pad.camera).to_be_focused()
    assert tracks.evaluate("tracks => tracks.map(track => track.readyState)") == ["ended"]
    expect(pad.status).to_contain_text("This is a 2 ")


@on_one_page
def test_a_camera_that_is_unplugged_is_closed_and_said_so(pad):
    pad.camera.click()
    expect(pad.camera).to_have_text("Take the picture")
    pad.output.locator("video").evaluate("video => video.srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(pad.status).to_have_text("The camera cannot be used: it was unplugged or switched off.")
    expect(pad.camera).to_have_text("Camera")


@on_one_page
def test_two_fingers_draw_one_line_each_in_turn_and_none_between_them(pad):
    first, second = line(60, 60, 60, 220), line(220, 220, 220, 60)
    with Fingers(pad) as fingers:
        fingers.down({1: first[0]})
        for point in first[:10]:
            fingers.move({1: point})
        fingers.down({1: first[9], 2: second[0]})
        for point in first[10:]:  # the second one rests
            fingers.move({1: point, 2: second[0]})
        fingers.up({1: first[-1]})
        for point in second:  # what has begun beside another finger draws nothing
            fingers.move({2: point})
        pad.wait_for_ink([first])
        third = line(140, 60, 140, 220)
        fingers.down({2: second[-1], 1: third[0]})  # while the second one still rests
        for point in third:
            fingers.move({2: second[-1], 1: point})
        fingers.up({1: third[-1]})
        fingers.up({2: second[-1]})
    pad.wait_for_ink([first, third])
    pad.undo.click()
    pad.wait_for_ink([first])
    pad.wipe()
    pad.wait_for_ink(draw(pad, 3))


@on_one_page
def test_both_fingers_put_down_and_taken_away_at_once_leave_nothing_stuck(pad):
    first, second = line(60, 60, 60, 220), line(220, 60, 220, 220)
    with Fingers(pad) as fingers:
        fingers.down({1: first[0], 2: second[0]})
        for one, two in zip(first, second, strict=True):
            fingers.move({1: one, 2: two})
        fingers.up({})
        pad.wait_for_ink([first])
        fingers.down({1: second[0]})
        for point in second:
            fingers.move({1: point})
        fingers.up({1: second[-1]})
    pad.move(140, 140)  # the mouse passes by
    pad.wait_for_ink([first, second])


@on_one_page
def test_a_thumb_on_the_margin_does_not_draw(pad):
    stroke, margin = line(60, 60, 60, 220), (SIDE + 200, SIDE - 20)
    with Fingers(pad) as fingers:
        fingers.down({1: margin})
        fingers.down({1: margin, 2: stroke[0]})
        for point in stroke:
            fingers.move({1: margin, 2: point})
        fingers.up({2: stroke[-1]})
        fingers.up({1: margin})
    pad.wait_for_ink([stroke])


@on_one_page
def test_our_own_drawings_are_read(pad):
    drawings, labels = load_strokes()
    digits = [0, 1, 5, 6, 7, 8, 9]  # the others are drawn above
    chosen = [np.flatnonzero(labels == digit)[7] for digit in digits]
    assert [replay(pad, drawings[i]) for i in chosen] == digits


@on_one_page
@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_camera_that_cannot_be_used_is_said_in_words_and_the_pad_goes_on(pad, problem):
    pad.page.evaluate(
        """name => {
        const ask = navigator.mediaDevices.getUserMedia;
        navigator.mediaDevices.getUserMedia = async () => {
            navigator.mediaDevices.getUserMedia = ask;
            throw new DOMException("it went wrong", name);
        };
    }""",
        problem,
    )
    pad.camera.click()
    expect(pad.status).to_have_text(PROBLEMS[problem])
    expect(pad.camera).to_have_text("Camera")
    pad.stroke([(140, 140)])
    expect(pad.status).not_to_have_text(PROBLEMS[problem])


@on_one_page
def test_a_page_that_the_browser_gives_no_camera_is_told_what_it_needs(pad):
    pad.page.evaluate("() => Object.defineProperty(navigator, 'mediaDevices', {value: undefined, configurable: true})")
    pad.camera.click()  # as without https
    expect(pad.status).to_contain_text("browsers allow it only on pages from this computer or with https.")
    pad.page.evaluate("() => delete navigator.mediaDevices")
