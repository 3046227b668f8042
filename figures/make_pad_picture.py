"""Make pad.png, the picture of the README: the pad of notebook 05 in JupyterLab, with a digit drawn by mouse.

    python figures/make_pad_picture.py

Needs the test extra and Chromium, as the browser test does.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import jupyter_in_chromium as browser  # noqa: E402
from pad_in_page import Pad, draw  # noqa: E402

if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as home,
        browser.jupyter_server(ROOT / "notebooks", Path(home)) as url,
        browser.browser_page() as page,
    ):
        browser.open_notebook(page, url.format("05_draw_and_predict.ipynb"))
        browser.run_all(page)
        pad = Pad(page)
        pad.wipe()
        draw(pad, 2)
        page.mouse.move(0, 0)
        pad.canvas.page.locator(".jp-OutputArea-output:has(canvas)").screenshot(path=ROOT / "figures" / "pad.png")
