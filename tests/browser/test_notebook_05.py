"""Notebook 05 in a real Chromium, with a real mouse: once in JupyterLab, once as a web app on a dark, dense screen."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from browser.conftest import NOTEBOOK_05, Place
from browser.pad_in_page import Pad, draw

pytestmark = pytest.mark.slow

LAB = Place("lab", "Light", 1, NOTEBOOK_05)
VOILA = Place("voila", "Dark", 2, NOTEBOOK_05)
in_both = pytest.mark.parametrize("opened", [LAB, VOILA], indirect=True, ids=str)
in_lab = pytest.mark.parametrize("opened", [LAB], indirect=True, ids=str)
in_voila = pytest.mark.parametrize("opened", [VOILA], indirect=True, ids=str)


@in_both
def test_the_seven_that_the_notebook_puts_on_the_pad_goes_away_when_a_person_draws(opened):
    pad = Pad(opened.page)  # as the notebook leaves it, not wiped
    expect(pad.status).to_contain_text("This is a 7 (seven)")
    assert (pad.pixels() < 100).any()
    pad.wait_for_ink(draw(pad, 4))
    assert pad.size() == (280, 280)


@in_both
def test_a_drawn_digit_is_read_and_seen_and_cleared(pad):
    pad.wait_for_ink(draw(pad, 2))
    pad.wipe()
    pad.wait_for_ink([])


@in_lab
def test_every_cell_has_run(opened):
    assert [cell["count"] for cell in opened.cells] == list(range(1, len(opened.cells) + 1))


@in_lab
def test_a_reload_shows_the_ink_again_and_the_pad_works(pad):
    strokes = draw(pad, 3)
    again = pad.reload()
    expect(again.status).to_contain_text("This is a 3 ")
    again.wait_for_ink(strokes)
    again.wipe()
    again.wait_for_ink([])
    again.wait_for_ink(draw(again, 2))


@in_voila
def test_a_picture_of_the_camera_is_read(pad):
    pad.camera.click()
    expect(pad.camera).to_have_text("Take the picture")
    pad.camera.click()
    expect(pad.status).to_contain_text("This is a 7 (seven)")
    expect(pad.status).to_contain_text("Read from the camera's picture.")


@in_voila
def test_nothing_is_fetched_from_other_hosts(opened):
    own = urlsplit(opened.page.url).netloc
    hosts = {urlsplit(url).netloc for url in opened.asked - opened.forbidden if url.startswith(("http", "ws"))}
    assert len(opened.asked) > 5
    assert hosts == {own}
