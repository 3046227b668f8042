"""Make pad.png, the picture of the README: the pad of notebook 05 in JupyterLab, with a digit drawn by mouse.

    PYTHONPATH=tests python figures/make_pad_picture.py

Needs the test extra and Chromium, as the browser tests do, whose helpers it uses.
"""

import shutil
import tempfile
from pathlib import Path

from browser import jupyter_in_chromium as chromium
from browser.pad_in_page import Pad, draw

ROOT = Path(__file__).parents[1]


def notebooks(home: Path) -> Path:
    """Copy the notebooks: JupyterLab saves what it shows by itself."""
    return shutil.copytree(ROOT / "notebooks", home / "notebooks")


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as home,
        chromium.jupyter_server(notebooks(Path(home)), Path(home)) as url,
        chromium.browser_page() as page,
    ):
        chromium.open_notebook(page, url.format("05_draw_and_predict.ipynb"))
        chromium.run_all(page)
        pad = Pad(page)
        pad.wipe()
        draw(pad, 2)
        page.mouse.move(0, 0)
        pad.output.screenshot(path=ROOT / "figures" / "pad.png")
