"""The pad on a web page in Chromium, used and looked at as a person does."""

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor
from playwright.sync_api import Locator, expect

from browser import jupyter_in_chromium as chromium
from mnist_utils.data import load_strokes
from mnist_utils.plots import ORANGE

SIDE = 280  # of the canvas, CSS pixels
EMPTY = "Draw a digit."
READ = re.compile(r"This is an? (\d) ")
INK = 100  # a pixel darker than that, of 255, is ink; one lighter than BACKGROUND is background
BACKGROUND = 230
RIM = 2  # pixels at the edge of the canvas that may show something else
expect.set_options(timeout=60_000)  # milliseconds; a busy machine may be slow


class Pad:
    """The pad on the page, used and looked at as a person does."""

    def __init__(self, page):
        self.page = page
        output = page.locator(".jp-OutputArea-output:has(canvas)").filter(has=page.get_by_role("status"))
        expect(output).to_have_count(1)
        self.canvas, self.status = output.locator("canvas"), output.get_by_role("status")
        self.output = output
        self.undo, self.redo, self.erase, self.clear = (
            output.get_by_role("button", name=name) for name in ("Undo", "Redo", "Erase", "Clear")
        )
        self.network = output.get_by_role("combobox", name="Network")
        self.camera = output.get_by_role("button", name=re.compile("Camera|Take the picture"))

    def place(self) -> dict:
        """Where the canvas is on the page, all of it in sight: a page may have scrolled since it was last used."""
        self.canvas.scroll_into_view_if_needed()
        return self.canvas.bounding_box()

    def move(self, x: float, y: float, box: dict | None = None) -> None:
        """Move the mouse to a place on the canvas, in its pixels, and give the page time for one frame."""
        box = box or self.place()
        self.page.mouse.move(box["x"] + x, box["y"] + y)
        self.page.evaluate("() => new Promise(requestAnimationFrame)")

    def stroke(self, points: list, every: int = 3) -> None:
        """Draw a stroke with the mouse, over some of its points and the last."""
        box = self.place()  # a hand does not follow a page that scrolls
        self.move(*points[0], box)
        self.page.mouse.down()
        for x, y in points[1:-1:every] + points[-1:]:
            self.move(x, y, box)
        self.page.mouse.up()

    def size(self) -> tuple[float, float]:
        """Width and height of the canvas on the page, in CSS pixels."""
        box = self.canvas.bounding_box()
        return box["width"], box["height"]

    def reload(self) -> "Pad":
        """Save the notebook and load its page again, with the same kernel; gives the pad on the new page."""
        chromium.choose(self.page, "File", "Save Notebook")
        self.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
        chromium.open_notebook(self.page, re.sub(r"#.*", "", self.page.url))
        return Pad(self.page)

    def choose_file(self, file: Path) -> None:
        """Give the pad a picture in a file."""
        with self.page.expect_file_chooser() as chooser:
            self.output.get_by_role("button", name="Read a photo").click()
        chooser.value.set_files(file)

    def wipe(self) -> None:
        self.clear.click()
        expect(self.status).to_have_text(EMPTY)

    def pixels(self) -> np.ndarray:
        """What is seen on the canvas: (280, 280) CSS pixels, 0 black to 255 white."""
        self.page.mouse.move(0, 0)
        box = self.place()
        clip = {"x": round(box["x"]), "y": round(box["y"]), "width": SIDE, "height": SIDE}
        picture = Image.open(io.BytesIO(self.page.screenshot(clip=clip))).convert("L")
        pixels = np.array(picture.resize((SIDE, SIDE), Image.Resampling.BOX))
        # The rim shows the frame where the page was scrolled to the middle of a pixel, and the ring of the focus.
        return np.pad(pixels[RIM:-RIM, RIM:-RIM], RIM, mode="edge")

    def shows_marked_ink(self) -> bool:
        """Whether the canvas shows a picture with orange on it, where ink was found."""
        box = self.place()
        clip = {"x": round(box["x"]), "y": round(box["y"]), "width": SIDE, "height": SIDE}
        picture = np.asarray(Image.open(io.BytesIO(self.page.screenshot(clip=clip))).convert("RGB"), int)
        orange = np.abs(picture - ImageColor.getrgb(ORANGE)).max(axis=2) < 40
        return 0.002 < orange.mean() < 0.3

    def wait_for_ink(self, strokes: list) -> None:
        """Wait until there is ink where the strokes are, and background everywhere else."""
        for _ in range(100):  # the canvas is painted a little after the answer is there
            if not (fault := misplaced(self.pixels(), strokes)):
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(fault)


class Fingers:
    """Fingers on a pad's canvas, each with a number of its own. As a context: the page has a touch screen meanwhile."""

    def __init__(self, pad: Pad):
        self.pad = pad

    def __enter__(self) -> "Fingers":
        self.devtools = self.pad.page.context.new_cdp_session(self.pad.page)
        self.devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
        return self

    def __exit__(self, *problem) -> None:
        self.devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})

    def _touch(self, kind: str, fingers: dict[int, tuple[float, float]]) -> None:
        box = self.pad.place()
        points = [{"id": number, "x": box["x"] + x, "y": box["y"] + y} for number, (x, y) in fingers.items()]
        self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        self.pad.page.evaluate("() => new Promise(requestAnimationFrame)")

    def down(self, fingers: dict) -> None:
        """Put fingers down, given as {number: (x, y)}, with those that are down already."""
        self._touch("touchStart", fingers)

    def move(self, fingers: dict) -> None:
        self._touch("touchMove", fingers)

    def up(self, fingers: dict) -> None:
        """Take some of the fingers away, where they are."""
        self._touch("touchEnd", fingers)


def misplaced(pixels: np.ndarray, strokes: list) -> str | None:
    """Say how a picture differs from what strokes should look like, or None."""
    y, x = np.mgrid[:SIDE, :SIDE]
    background = pixels > BACKGROUND
    if not strokes:
        return None if background.all() else f"{(~background).sum()} pixels of an empty pad are not background"
    points = np.concatenate([np.array(stroke, float) for stroke in strokes])
    far = np.ones((SIDE, SIDE), bool)
    for point in points:
        far &= np.hypot(x - point[0], y - point[1]) > 20  # half the pen, and what a mouse cuts off a corner
    if not background[far].all():
        return f"{(~background[far]).sum()} pixels far from the strokes are not background"
    columns, rows = points.round().astype(int).clip(0, SIDE - 1).T
    inked = (pixels[rows, columns] < INK).mean()
    return None if inked > 0.95 else f"only {inked:.0%} of the strokes' points have ink"


def drawing(digit: int) -> list:
    """The first bundled drawing of a digit."""
    drawings, labels = load_strokes()
    return drawings[int(np.flatnonzero(labels == digit)[0])]


def draw(pad: Pad, digit: int) -> list:
    """Draw a digit with the mouse and wait until it is read; gives its strokes."""
    strokes = drawing(digit)
    for stroke in strokes:
        pad.stroke(stroke)
    expect(pad.status).to_contain_text(f" {digit} (")
    return strokes


def replay(pad: Pad, strokes: list) -> int | None:
    """Draw strokes on an empty pad with the mouse, over each of their points; gives the digit read, None for none."""
    pad.wipe()
    for stroke in strokes:
        pad.stroke(stroke, every=1)
    chromium.settle(pad.page)
    words = pad.status.inner_text()
    assert words.startswith(("This is a", "This does not look like a digit")), words
    return int(read[1]) if (read := READ.match(words)) else None


def contrast(element: Locator) -> float:
    """Contrast between the lightest and the darkest that is seen of an element: 1 none to 21 black on white (WCAG)."""
    picture = Image.open(io.BytesIO(element.screenshot())).convert("RGB")
    parts = np.asarray(picture) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    light = linear @ [0.2126, 0.7152, 0.0722]
    return float((light.max() + 0.05) / (light.min() + 0.05))
