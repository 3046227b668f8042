"""An explorer in JupyterLab in a real Chromium: a slider moved with the keyboard changes the picture and its words."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from browser import jupyter_in_chromium as chromium
from browser.conftest import KERNEL

pytestmark = pytest.mark.slow

CODE = """from mnist_utils import load_mnist
from mnist_utils.widgets import ConvolutionExplorer

ConvolutionExplorer(load_mnist()[0][0], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])"""


@pytest.fixture
def page(tmp_path):
    """A page in JupyterLab whose notebook, nothing but an explorer, has run."""
    chromium.find_chromium()
    folder = tmp_path / "notebooks"
    folder.mkdir()
    notebook = new_notebook(cells=[new_code_cell(CODE)], metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, folder / "explorer.ipynb")
    with chromium.jupyter_server(folder, tmp_path) as url, chromium.browser_page() as page:
        chromium.open_notebook(page, url.format("explorer.ipynb"))
        cells = chromium.run_all(page)
        assert chromium.errors(cells) == []
        page.cells = cells
        try:
            yield page
        finally:
            page.screenshot(path=tmp_path / "page.png")


def test_a_moved_slider_changes_the_picture_and_its_words(page):
    explorer = page.locator(".jp-OutputArea-output .widget-vbox")
    picture, words = explorer.locator("img.widget-image"), explorer.get_by_role("status")
    picture.wait_for()
    source = picture.get_attribute("src")
    box = picture.bounding_box()
    assert (box["width"], box["height"]) == (672, 256)  # not stretched
    handle = explorer.locator(".widget-slider", has_text="row").locator(".noUi-handle")
    row = int(float(handle.get_attribute("aria-valuenow")))
    expect(words).to_contain_text(f"at row {row},")
    handle.press("ArrowLeft")
    expect(words).to_contain_text(f"at row {row - 1},")
    page.wait_for_function("([image, source]) => image.src !== source", arg=[picture.element_handle(), source])
    [output] = page.cells[0]["outputs"]  # what is stored
    assert output["data"]["image/png"].startswith("iVBOR")
    assert output["metadata"]["image/png"]["alt"].startswith("A 3 by 3 kernel lies on a digit at row")
