"""The pad of notebook 05 in a real JupyterLab in a real Chromium, with a real mouse."""

import re
import shutil
from pathlib import Path

import jupyter_in_chromium as browser
import nbformat
import pytest
from pad_in_page import EMPTY, SIDE, Fingers, Pad, draw, drawing
from playwright.sync_api import expect

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
NAME = "05_draw_and_predict.ipynb"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Notebook 05, run in JupyterLab: the page, and its code cells after the run."""
    browser.find_chromium()
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS, home / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    copy = home / "notebooks" / NAME
    notebook = nbformat.read(copy, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":  # so that what is found later was made here
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, copy)
    with browser.jupyter_server(home / "notebooks", home) as url, browser.browser_page() as page:
        try:
            browser.open_notebook(page, url.format(NAME))
            yield page, browser.run_all(page)
        finally:
            page.screenshot(path=home / "page.png")


@pytest.fixture
def pad(lab):
    """The pad, empty."""
    pad = Pad(lab[0])
    pad.wipe()
    return pad


def test_every_cell_runs_without_error(lab):
    _, cells = lab
    assert browser.errors(cells) == []
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))


def test_canvas_is_not_stretched(pad):
    box = pad.canvas.bounding_box()
    assert (box["width"], box["height"]) == (SIDE, SIDE)


@pytest.mark.parametrize("digit", [0, 1, 2, 3, 4, 7])
def test_drawn_digit_is_read_and_seen_and_cleared(pad, digit):
    strokes = draw(pad, digit)
    pad.wait_for_ink(strokes)
    pad.wipe()
    pad.wait_for_ink([])


def test_undo_takes_one_stroke_back(pad):
    strokes = draw(pad, 4)
    assert len(strokes) == 2
    pad.undo.click()
    pad.wait_for_ink(strokes[:1])
    pad.undo.click()
    pad.wait_for_ink([])
    expect(pad.status).to_have_text(EMPTY)


def test_tap_makes_a_dot(pad):
    pad.stroke([(140, 140)])
    pad.wait_for_ink([[(140, 140)]])


def test_pen_is_lifted_outside(pad):
    line, second = ([(x, y) for y in range(60, 221, 8)] for x in (140, 60))
    pad.move(*line[0])
    pad.page.mouse.down()
    for point in line:
        pad.move(*point)
    pad.move(SIDE + 60, 220)
    pad.page.mouse.up()
    for x, y in [(220, 60), (60, 60), (60, 220)]:  # the button is up: no ink on this way
        pad.move(x, y)
    pad.wait_for_ink([line])
    pad.stroke(second)
    pad.wait_for_ink([line, second])
    pad.undo.click()  # it was a stroke of its own
    pad.wait_for_ink([line])


def test_finger_draws(pad):
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


def test_reload_shows_the_ink_again_and_the_pad_works(pad):
    strokes = draw(pad, 3)
    browser.choose(pad.page, "File", "Save Notebook")
    pad.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    browser.open_notebook(pad.page, re.sub(r"#.*", "", pad.page.url))
    again = Pad(pad.page)
    expect(again.status).to_contain_text("This is a 3 ")
    again.wait_for_ink(strokes)
    again.wipe()
    again.wait_for_ink([])
    again.wait_for_ink(draw(again, 2))


class TestWithoutChromium:
    @pytest.fixture(autouse=True)
    def nothing_installed(self, monkeypatch):
        monkeypatch.setattr(shutil, "which", lambda name: None)

    def test_is_skipped_and_says_how_to_get_it(self, monkeypatch):
        monkeypatch.delenv("CI", raising=False)
        with pytest.raises(pytest.skip.Exception, match="apt install chromium"):
            browser.find_chromium()

    def test_fails_in_ci(self, monkeypatch):
        monkeypatch.setenv("CI", "true")
        with pytest.raises(pytest.fail.Exception, match="apt install chromium"):
            browser.find_chromium()
