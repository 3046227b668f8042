"""The pad as a web app: Voila serves notebook 05, and a digit drawn in Chromium is read."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import jupyter_in_chromium as browser
import numpy as np
import paper
import pytest
from pad_in_page import SIDE, Pad, draw, drawing
from playwright.sync_api import expect

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "05_draw_and_predict.ipynb"


@pytest.fixture(scope="module", params=[("light", 1), ("dark", 2)], ids=["light", "dark, dense screen"])
def app(request, tmp_path_factory):
    """The page, its address, and all addresses that it has asked for, but for those that voila.json forbids it."""
    if "CI" not in os.environ:  # there it must be installed
        pytest.importorskip("voila", reason="the web app needs the extra: pip install -e '.[app]'")
    browser.find_chromium()
    theme, scale = request.param
    asked, forbidden = [], []
    home = tmp_path_factory.mktemp("voila")
    camera = browser.fake_camera(paper.photograph(drawing(7), 1, np.random.default_rng(0)), home / "seven.y4m")
    with (
        browser.voila_server(NOTEBOOK, home) as url,
        browser.browser_page(scale, camera) as page,
    ):
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: forbidden.append(request.url) if request.failure == "csp" else None)
        page.goto(f"{url}?theme={theme}")
        yield page, url, asked, forbidden


@pytest.mark.parametrize("digit", [2, 4])
def test_a_digit_is_read_and_seen_and_cleared(app, digit):
    pad = Pad(app[0])
    pad.wipe()
    pad.wait_for_ink(draw(pad, digit))
    pad.wipe()
    pad.wait_for_ink([])


def test_the_page_has_the_theme_asked_for_and_the_pad_its_size(app, request):
    page = app[0]
    dark = page.evaluate("() => document.body.dataset.jpThemeLight") == "false"
    assert dark == ("dark" in request.node.callspec.id)
    box = Pad(page).canvas.bounding_box()
    assert (box["width"], box["height"]) == (SIDE, SIDE)


def test_a_picture_of_the_camera_is_read(app):
    pad = Pad(app[0])
    pad.wipe()
    pad.camera.click()
    expect(pad.camera).to_have_text("Take the picture")
    pad.camera.click()
    expect(pad.status).to_contain_text("This is a 7 ")


def test_nothing_is_fetched_from_other_hosts(app):
    _, url, asked, forbidden = app
    hosts = {urlsplit(address).netloc for address in set(asked) - set(forbidden) if address.startswith(("http", "ws"))}
    assert len(asked) > 5
    assert hosts == {urlsplit(url).netloc}
