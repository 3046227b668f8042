"""The explorers in JupyterLab in a real Chromium: whoever uses the keyboard alone reaches and moves each control."""

from collections.abc import Iterator

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect

from browser import jupyter_in_chromium as chromium
from browser.conftest import KERNEL

pytestmark = pytest.mark.slow

SOME = """import numpy as np

from mnist_utils import load_mnist
from mnist_utils.widgets import (
    AnswerBrowser,
    AugmentationExplorer,
    ConvolutionExplorer,
    GradientDescentExplorer,
    ThresholdExplorer,
)

images, labels = (each[:1000] for each in load_mnist()[:2])
sure = np.linspace(0.2, 1, 1000)
probabilities = np.repeat((1 - sure[:, None]) / 9, 10, axis=1)
probabilities[np.arange(1000), (labels + np.arange(1000) % 2) % 10] = sure
"""
SLIDER = ["ArrowLeft", ""]  # nothing for the number beside it, which Tab reaches, too
MENU = "Space ArrowDown Enter"  # an arrow alone would go to another cell
EXPLORERS = {  # by name: the cell, and the keys for each place that Tab reaches
    "convolution": ("ConvolutionExplorer(images[0], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])", 2 * SLIDER),
    "augmentation": ("AugmentationExplorer(images[0], rotation=10, shear=0.15)", 6 * SLIDER),
    "descent": ("GradientDescentExplorer(lambda w: w**2, lambda w: 2 * w, rates=(0.01, 1.0))", 2 * SLIDER),
    "threshold": ("ThresholdExplorer(probabilities, labels)", SLIDER[:1]),
    "answers": ("AnswerBrowser(images, labels, probabilities)", [MENU, MENU, "Space"]),
}
CONTROLS = "input:not([type=hidden]), select, button, [tabindex='0']"


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Iterator[Page]:
    """A page in JupyterLab whose notebook, each explorer in a cell of its own, has run."""
    chromium.find_chromium()
    home = tmp_path_factory.mktemp("explorers")
    folder = home / "notebooks"
    folder.mkdir()
    cells = [new_code_cell(code) for code in (SOME, *(code for code, _ in EXPLORERS.values()))]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), folder / "explorers.ipynb")
    with chromium.jupyter_server(folder, home) as url, chromium.browser_page() as page:
        chromium.open_notebook(page, url.format("explorers.ipynb"))
        page.cells = chromium.run_all(page)
        assert chromium.errors(page.cells) == []
        try:
            yield page
        finally:
            page.screenshot(path=home / "page.png")


def explorer(page: Page, name: str) -> Locator:
    """Find the explorer of that name, and scroll to it."""
    found = page.locator(".jp-OutputArea-output .widget-vbox").nth(list(EXPLORERS).index(name))
    found.locator("img.widget-image").scroll_into_view_if_needed()
    return found


def wait_for_change(page: Page, picture: Locator, source: str) -> None:
    """Wait until a picture is another one than before."""
    page.wait_for_function("([image, source]) => image.src !== source", arg=[picture.element_handle(), source])


def test_a_moved_slider_changes_the_picture_and_its_words(page):
    convolution = explorer(page, "convolution")
    picture, words = convolution.locator("img.widget-image"), convolution.get_by_role("status")
    source = picture.get_attribute("src")
    box = picture.bounding_box()
    assert (box["width"], box["height"]) == (672, 256)  # not stretched
    handle = convolution.locator(".widget-slider", has_text="row").locator(".noUi-handle")
    row = int(float(handle.get_attribute("aria-valuenow")))
    expect(words).to_contain_text(f"at row {row},")
    handle.press("ArrowLeft")
    expect(words).to_contain_text(f"at row {row - 1},")
    wait_for_change(page, picture, source)
    [output] = page.cells[1]["outputs"]  # what is stored
    assert output["data"]["image/png"].startswith("iVBOR")
    assert output["metadata"]["image/png"]["alt"].startswith("A 3 by 3 kernel lies on a digit at row")


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_keyboard_reaches_and_moves_each_control(page, name):
    found, keys = explorer(page, name), EXPLORERS[name][1]
    picture = found.locator("img.widget-image")
    found.locator(CONTROLS).first.focus()
    for number, pressed in enumerate(keys):
        if number:
            page.keyboard.press("Tab")
        assert page.evaluate("element => element.contains(document.activeElement)", found.element_handle())
        source = picture.get_attribute("src")
        for key in pressed.split():
            page.keyboard.press(key)
        if pressed:
            wait_for_change(page, picture, source)
