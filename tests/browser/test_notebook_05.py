"""Notebook 05 in a real Chromium, with a real mouse: once in JupyterLab, once as a web app on a dark, dense screen."""

from urllib.parse import urlsplit

import numpy as np
import pytest
from paper import photograph
from PIL import Image
from playwright.sync_api import expect

from browser.conftest import NOTEBOOK_05, Place
from browser.pad_in_page import Pad, draw, drawing

pytestmark = pytest.mark.slow

MESSAGE = 10 * 2**20  # bytes: a larger one never reaches the kernel

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


@in_both
@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_a_picture_too_large_for_a_message_is_made_smaller_and_read(pad, tmp_path, kind):
    page = np.asarray(photograph(drawing(3), 1, np.random.default_rng(0)).resize((3200, 2400)))
    pixels = page + np.random.default_rng(0).integers(-12, 13, page.shape)
    picture, file = Image.fromarray(pixels.clip(0, 255).astype(np.uint8)), tmp_path / f"three.{kind}"
    if kind == "png":
        picture.save(file)
    else:
        turned = Image.Exif()
        turned[0x0112] = 6  # "turn a quarter clockwise to see it upright"
        picture.rotate(90, expand=True).save(file, exif=turned, quality=100, subsampling=0)
    assert file.stat().st_size > MESSAGE
    pad.choose_file(file)
    expect(pad.status).to_contain_text("This is a 3 (three)")
    expect(pad.status).to_contain_text(f"Read from {file.name}.")


@in_both
def test_a_file_that_is_too_large_and_no_picture_to_the_browser_is_refused_in_a_sentence(pad, tmp_path):
    (tmp_path / "some.heic").write_bytes(bytes(MESSAGE))
    pad.choose_file(tmp_path / "some.heic")
    expect(pad.status).to_have_text(
        "Not read: some.heic must have at most 8 MB, not 10.5 MB, and this browser cannot make it smaller."
    )
    pad.wait_for_ink(draw(pad, 4))


@in_voila
def test_nothing_is_fetched_from_other_hosts(opened):
    own = urlsplit(opened.page.url).netloc
    hosts = {urlsplit(url).netloc for url in opened.asked - opened.forbidden if url.startswith(("http", "ws"))}
    assert len(opened.asked) > 5
    assert hosts == {own}
