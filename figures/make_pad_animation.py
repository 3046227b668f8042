"""Make pad.gif, the animation of the README: a digit drawn on the pad by mouse, and read while it grows.

    PYTHONPATH=tests python figures/make_pad_animation.py

Needs the test extra and Chromium, as the browser tests do, whose helpers it uses.
"""

import io
import shutil
import tempfile
from pathlib import Path

import numpy as np
from browser import jupyter_in_chromium as chromium
from browser.pad_in_page import SIDE, Pad
from PIL import Image, ImageColor

from mnist_utils.data import load_strokes
from mnist_utils.plots import RED
from mnist_utils.widgets.pad import PAUSE

ROOT = Path(__file__).parents[1]
DRAWINGS = 67, 162  # a three that begins as a 7 and a 2, an eight that begins as a 1, a 7 and a 5
HEIGHT = 220  # CSS pixels of a digit, of the pad's 280
STEP = 3  # points of a drawing from one frame to the next
FRAME, LAST = 90, 1800  # milliseconds: of a frame, and of a finished digit
SCALE = 1.5  # pixels for each CSS pixel: sharp on dense screens, too
COLOURS = [ImageColor.getrgb(RED), *((grey, grey, grey) for grey in range(0, 256, 15))]  # one bar, the rest
RIM, WIDTH = 8, 740  # CSS pixels: what is shown around the pad, and of its width


def large(strokes: list) -> list:
    """Bring a drawing to the middle of the pad, as high as HEIGHT."""
    points = np.concatenate([np.array(stroke) for stroke in strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    scale = HEIGHT / (high - low)[1]
    return [((np.array(stroke) - (low + high) / 2) * scale + SIDE / 2).tolist() for stroke in strokes]


def shot(pad: Pad) -> Image.Image:
    """Take a picture of the answer and the drawing, once all that was drawn is read."""
    chromium.settle(pad.page)
    pad.page.evaluate("() => new Promise(requestAnimationFrame)")
    words, row = (each.bounding_box() for each in (pad.status, pad.output.locator(".widget-hbox:has(canvas)").last))
    clip = {"x": row["x"] - RIM, "y": words["y"], "width": WIDTH, "height": row["y"] + row["height"] - words["y"] + RIM}
    return Image.open(io.BytesIO(pad.page.screenshot(clip=clip))).convert("RGB")


def frames(pad: Pad, strokes: list) -> list[tuple[Image.Image, int]]:
    """Draw on an empty pad; gives pictures of it, each with its milliseconds."""
    pad.wipe()
    taken, box = [(shot(pad), 4 * FRAME)], pad.place()
    for stroke in strokes:
        pad.move(*stroke[0], box)
        pad.page.mouse.down()
        for start in range(1, len(stroke), STEP):
            for point in stroke[start : start + STEP - 1]:
                pad.move(*point, box)
            pad.page.wait_for_timeout(1000 * PAUSE)  # so that the last point is read
            pad.move(*stroke[min(start + STEP, len(stroke)) - 1], box)
            taken.append((shot(pad), FRAME))
        pad.page.mouse.up()
    return [*taken, (shot(pad), LAST)]


def write(taken: list[tuple[Image.Image, int]]) -> None:
    """Write an animation that repeats, in the few colours that the pad has."""
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in COLOURS for part in colour])
    pictures, times = zip(*taken, strict=True)
    first, *others = (picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures)
    first.save(
        ROOT / "figures" / "pad.gif", save_all=True, append_images=others, duration=list(times), loop=0, optimize=True
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home, "notebooks")
        folder.mkdir()
        shutil.copy(ROOT / "docs" / "pad.ipynb", folder)  # JupyterLab saves what it shows by itself
        with chromium.jupyter_server(folder, Path(home)) as url, chromium.browser_page(SCALE) as page:
            chromium.open_notebook(page, url.format("pad.ipynb"))
            chromium.run_all(page)
            pad, drawings = Pad(page), load_strokes()[0]
            write([frame for number in DRAWINGS for frame in frames(pad, large(drawings[number]))])
