"""The pad alone in JupyterLab and in Notebook 7, in both themes and on screens of both densities: mouse, fingers,
camera, and our own drawings replayed.
"""

import jupyter_in_chromium as browser
import nbformat
import numpy as np
import paper
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from pad_in_page import SIDE, Fingers, Pad, contrast, draw, drawing, replay
from playwright.sync_api import expect

from mnist_utils.data import load_strokes
from mnist_utils.preprocess.ink import strokes_to_image

NAME = "pad.ipynb"
CODE = "from mnist_utils import DigitPad\n\nDigitPad()"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
# Where, the theme, and how many pixels the screen has for each CSS pixel. JupyterLab, light, 1: see test_browser.py.
PAGES = [("lab", "Dark", 1), ("lab", "Dark", 2), ("notebook", "Light", 1), ("notebook", "Dark", 2)]
PAGES_WITHOUT_CAMERA = [("lab", "Light", 1, "refused"), ("lab", "Light", 1, "missing")]
CAMERAS = {"refused": [browser.FAKE_CAMERA], "missing": [browser.NO_QUESTION]}
PROBLEMS = {
    "refused": "The camera may not be used: allow it for this page in the browser's settings.",
    "missing": "There is no camera.",
}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The address of a notebook with one pad; its kernel is the same for all pages."""
    browser.find_chromium()
    home = tmp_path_factory.mktemp("pages")
    (home / "notebooks").mkdir()
    notebook = new_notebook(cells=[new_code_cell(CODE)], metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, home / "notebooks" / NAME)
    with browser.jupyter_server(home / "notebooks", home) as url:
        yield url.format(NAME)


def name(page: tuple) -> str:
    return "-".join(map(str, page))


@pytest.fixture(scope="module", params=PAGES, ids=name)
def opened(request, url, tmp_path_factory):
    """A pad on one of the pages, and what page it is. A camera sees a seven, where it is not said otherwise."""
    where, theme, scale, *camera = request.param
    home = tmp_path_factory.mktemp("page")
    if camera:
        options = CAMERAS[camera[0]]
    else:
        options = browser.fake_camera(paper.photograph(drawing(7), 1, np.random.default_rng(0)), home / "seven.y4m")
    with browser.browser_page(scale, options) as page:
        try:
            browser.open_notebook(page, browser.in_notebook_7(url) if where == "notebook" else url)
            assert browser.errors(browser.run_all(page)) == []
            browser.set_theme(page, theme)
            yield Pad(page), request.param
        finally:
            page.screenshot(path=home / "page.png")


@pytest.fixture
def pad(opened):
    """The pad, empty."""
    opened[0].wipe()
    return opened[0]


on_one_page = pytest.mark.parametrize("opened", PAGES[:1], indirect=True, ids=name)


@pytest.mark.parametrize("digit", [2, 4])
def test_a_drawn_digit_is_read_and_seen_and_cleared(pad, digit):
    pad.wait_for_ink(draw(pad, digit))
    pad.wipe()
    pad.wait_for_ink([])


@on_one_page
def test_a_pad_half_out_of_sight_is_scrolled_back_and_drawn_on(pad):
    scrolled = "() => document.querySelector('.jp-Notebook .jp-WindowedPanel-outer').scrollBy(0, {})"
    top = pad.place()["y"]
    pad.page.evaluate(scrolled.format(250))
    pad.page.wait_for_timeout(500)
    assert pad.canvas.bounding_box()["y"] < top - 200
    pad.wait_for_ink(draw(pad, 2))


def test_the_page_is_the_one_asked_for_and_the_pad_has_its_size(pad, opened):
    where, theme, scale = opened[1]
    assert pad.page.evaluate("() => jupyterapp.name") == {"lab": "JupyterLab", "notebook": "Jupyter Notebook"}[where]
    assert pad.page.evaluate("() => document.body.dataset.jpThemeLight") == str(theme == "Light").lower()
    assert pad.page.evaluate("() => devicePixelRatio") == scale
    box = pad.canvas.bounding_box()
    assert (box["width"], box["height"]) == (SIDE, SIDE)


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
    pad.wait_for_ink([])


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
    expect(pad.status).to_have_text("The camera can not be used: it was unplugged or switched off.")
    expect(pad.camera).to_have_text("Camera")


def line(x: int, y: int, to_x: int, to_y: int) -> list:
    return [(x + (to_x - x) * i / 20, y + (to_y - y) * i / 20) for i in range(21)]


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
def test_our_own_drawings_are_read_on_the_page_as_without_one(pad, shipped):
    drawings = load_strokes()[0][::17]
    assert len(drawings) >= 12
    expected = [shipped.read(strokes_to_image(strokes)).digit for strokes in drawings]
    assert [replay(pad, strokes) for strokes in drawings] == expected


@pytest.mark.parametrize("opened", PAGES_WITHOUT_CAMERA, indirect=True, ids=name)
def test_a_camera_that_can_not_be_used_is_said_in_words_and_the_pad_goes_on(pad, opened):
    pad.camera.click()
    expect(pad.status).to_have_text(PROBLEMS[opened[1][-1]])
    expect(pad.camera).to_have_text("Camera")
    pad.wipe()
    pad.wait_for_ink(draw(pad, 3))


@pytest.mark.parametrize("opened", PAGES_WITHOUT_CAMERA[1:], indirect=True, ids=name)
def test_a_page_that_the_browser_gives_no_camera_is_told_what_it_needs(pad):
    pad.page.evaluate("() => Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")  # as without https
    pad.camera.click()
    expect(pad.status).to_contain_text("browsers allow it only on pages from this computer or with https.")
