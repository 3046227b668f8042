"""One page for the browser tests: a notebook with a pad, as one of three programs shows it, in a real Chromium."""

import dataclasses
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from paper import photograph
from playwright.sync_api import Page

from browser import jupyter_in_chromium as chromium
from browser.pad_in_page import Pad, drawing

NOTEBOOK_05 = "05_draw_and_predict.ipynb"
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CODE = "from mnist_utils import DigitPad\n\nDigitPad()"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
APPS = {"lab": "JupyterLab", "notebook": "Jupyter Notebook"}


@dataclasses.dataclass(frozen=True)
class Place:
    """What shows a notebook: "lab", "notebook" (Jupyter Notebook 7) or "voila"; its theme, and pixels a CSS pixel."""

    app: str
    theme: str
    scale: int
    notebook: str = "pad.ipynb"

    def __str__(self) -> str:
        return f"{self.app}-{self.theme}-{self.scale}"


@dataclasses.dataclass
class Opened:
    """A page whose notebook has run, and in Voila begins to."""

    page: Page
    cells: list[dict] = dataclasses.field(default_factory=list)  # the code cells, as run_all gives them
    asked: set[str] = dataclasses.field(default_factory=set)  # all addresses that it has asked for
    forbidden: set[str] = dataclasses.field(default_factory=set)  # those of them that voila.json forbids it


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory) -> Iterator[str]:
    """The address of a server with the course's notebooks, without outputs, and one that is nothing but a pad."""
    chromium.find_chromium()
    home = tmp_path_factory.mktemp("jupyter")
    folder = home / "notebooks"
    shutil.copytree(NOTEBOOKS, folder, ignore=shutil.ignore_patterns(".*"))
    notebook = nbformat.read(folder / NOTEBOOK_05, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":  # so that what is found later was made here
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, folder / NOTEBOOK_05)
    notebook = new_notebook(cells=[new_code_cell(CODE)], metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, folder / "pad.ipynb")
    with chromium.jupyter_server(folder, home) as url:
        yield url


@pytest.fixture(scope="module")
def voila(tmp_path_factory) -> Iterator[str]:
    """The address of notebook 05 as a web app."""
    if "CI" not in os.environ:  # there it must be installed
        pytest.importorskip("voila", reason="the web app needs the extra: pip install -e '.[app]'")
    chromium.find_chromium()
    with chromium.voila_server(NOTEBOOKS / NOTEBOOK_05, tmp_path_factory.mktemp("voila")) as url:
        yield url


@pytest.fixture(scope="module")
def opened(request, tmp_path_factory) -> Iterator[Opened]:
    """The page of a place, its notebook run; the camera sees a seven on paper."""
    place: Place = request.param
    chromium.find_chromium()
    home = tmp_path_factory.mktemp("page")
    camera = chromium.fake_camera(photograph(drawing(7), 1, np.random.default_rng(0)), home / "seven.y4m")
    with chromium.browser_page(place.scale, camera) as page:
        try:
            if place.app == "voila":
                yield _in_voila(place, page, request.getfixturevalue("voila"))
            else:
                yield _in_jupyter(place, page, request.getfixturevalue("jupyter").format(place.notebook))
        finally:
            page.screenshot(path=home / "page.png")


def _in_jupyter(place: Place, page: Page, url: str) -> Opened:
    chromium.open_notebook(page, chromium.in_notebook_7(url) if place.app == "notebook" else url)
    assert page.evaluate("() => jupyterapp.name") == APPS[place.app]
    chromium.set_theme(page, place.theme)
    cells = chromium.run_all(page)
    assert chromium.errors(cells) == []
    return Opened(page, cells)


def _in_voila(place: Place, page: Page, url: str) -> Opened:
    opened = Opened(page)
    page.on("request", lambda request: opened.asked.add(request.url))
    page.on("requestfailed", lambda request: opened.forbidden.add(request.url) if request.failure == "csp" else None)
    page.goto(f"{url}?theme={place.theme.lower()}")
    light = str(place.theme == "Light").lower()
    page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'")
    return opened


@pytest.fixture
def pad(opened) -> Pad:
    """The pad on the page, empty."""
    pad = Pad(opened.page)
    pad.wipe()
    return pad
