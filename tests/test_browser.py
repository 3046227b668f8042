"""The pad of notebook 05 in a real JupyterLab in a real Chromium, with a real mouse."""

import io
import re
import shutil
from pathlib import Path

import jupyter_in_chromium as browser
import nbformat
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from mnist_utils.data import load_strokes

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
NAME = "05_draw_and_predict.ipynb"
SIDE = 280  # of the canvas, CSS pixels
EMPTY = "Draw a digit."
INK = 100  # a pixel darker than that, of 255, is ink; one lighter than GROUND is ground
GROUND = 230
expect.set_options(timeout=60_000)  # milliseconds; a busy machine may be slow


class Pad:
    """The pad on the page, used and looked at as a person does."""

    def __init__(self, page):
        self.page = page
        output = page.locator(".jp-OutputArea-output:has(canvas)").filter(has=page.get_by_role("status"))
        expect(output).to_have_count(1)
        self.canvas, self.status = output.locator("canvas"), output.get_by_role("status")
        self.undo, self.clear = (output.get_by_role("button", name=name) for name in ("Undo", "Clear"))
        self.canvas.scroll_into_view_if_needed()

    def move(self, x: float, y: float) -> None:
        """Move the mouse to a place on the canvas, in its pixels, and give the page time for one frame."""
        box = self.canvas.bounding_box()
        self.page.mouse.move(box["x"] + x, box["y"] + y)
        self.page.evaluate("() => new Promise(requestAnimationFrame)")

    def stroke(self, points: list) -> None:
        self.move(*points[0])
        self.page.mouse.down()
        for x, y in points[1:-1:3] + points[-1:]:
            self.move(x, y)
        self.page.mouse.up()

    def wipe(self) -> None:
        self.clear.click()
        expect(self.status).to_have_text(EMPTY)

    def pixels(self) -> np.ndarray:
        """What is seen on the canvas: (280, 280), 0 black to 255 white."""
        self.page.mouse.move(0, 0)
        box = self.canvas.bounding_box()
        clip = {"x": round(box["x"]), "y": round(box["y"]), "width": SIDE, "height": SIDE}
        return np.array(Image.open(io.BytesIO(self.page.screenshot(clip=clip))).convert("L"))

    def wait_for_ink(self, strokes: list) -> None:
        """Wait until there is ink where the strokes are, and ground everywhere else."""
        for _ in range(100):  # the canvas is painted a little after the answer is there
            if not (fault := misplaced(self.pixels(), strokes)):
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(fault)


def misplaced(pixels: np.ndarray, strokes: list) -> str | None:
    """Say how a picture differs from what strokes should look like, or None."""
    y, x = np.mgrid[:SIDE, :SIDE]
    ground = pixels > GROUND
    if not strokes:
        return None if ground.all() else f"{(~ground).sum()} pixels of an empty pad are not ground"
    points = np.concatenate([np.array(stroke, float) for stroke in strokes])
    far = np.ones((SIDE, SIDE), bool)
    for point in points:
        far &= np.hypot(x - point[0], y - point[1]) > 20  # half the pen, and what a mouse cuts off a corner
    if not ground[far].all():
        return f"{(~ground[far]).sum()} pixels far from the strokes are not ground"
    columns, rows = points.round().astype(int).clip(0, SIDE - 1).T
    inked = (pixels[rows, columns] < INK).mean()
    return None if inked > 0.95 else f"only {inked:.0%} of the strokes' points have ink"


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


def drawing(digit: int) -> list:
    """The first bundled drawing of a digit."""
    drawings, labels = load_strokes()
    return drawings[int(np.flatnonzero(labels == digit)[0])]


def draw(pad: Pad, digit: int) -> list:
    """Draw a digit with the mouse and wait until it is read; gives its strokes."""
    strokes = drawing(digit)
    for stroke in strokes:
        pad.stroke(stroke)
    expect(pad.status).to_contain_text(f"This is a {digit} ")
    return strokes


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
    devtools = pad.page.context.new_cdp_session(pad.page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    box = pad.canvas.bounding_box()

    def touch(kind: str, *fingers: list) -> None:
        points = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in fingers]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        pad.page.evaluate("() => new Promise(requestAnimationFrame)")

    strokes = drawing(4)
    for stroke in strokes:
        touch("touchStart", stroke[0])
        for point in stroke[1:-1:3] + stroke[-1:]:
            touch("touchMove", point)
        touch("touchEnd")
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
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
