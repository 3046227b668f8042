"""The pad's menu offers networks, loads what is chosen, and stays where it was when that fails."""

import numpy as np
import pytest
from unit.widgets.pad_by_hand import Reader, buttons, draw, photo, png, upload, words

import mnist_utils.classifier
from mnist_utils.widgets.pad import DigitPad


@pytest.fixture
def loaded(monkeypatch, tmp_path) -> list:
    """Folder with runs/mine and runs/broken; gives what was loaded, by a stand-in that reads ones as sevens."""
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    (tmp_path / "runs" / "empty").mkdir()
    (tmp_path / "runs" / "mine" / "model.keras").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MNIST_RUNS")
    asked = []

    def load(path=None, name="best"):
        asked.append(path or name)
        if name == "classic":
            raise ValueError("no <memory> left")
        return Reader(("a", "b")) if name == "quick" else Reader(little=7)

    monkeypatch.setattr(mnist_utils.classifier, "load_classifier", load)
    return asked


def test_it_offers_the_given_one_the_shipped_ones_and_the_runs(loaded):
    assert DigitPad(Reader())._sources.menu.options == (
        "this network",
        "best",
        "ensemble",
        "quick",
        "classic",
        "mine",
        "runs/mine",
    )
    given = Reader()
    given.name = "quick"
    assert DigitPad(given)._sources.menu.options == ("quick", "best", "ensemble", "classic", "mine", "runs/mine")
    assert loaded == []


def test_the_chosen_one_reads_what_is_drawn_and_is_loaded_once(loaded):
    pad = DigitPad(Reader())
    draw(pad, (20, 40), (60, 80))
    menu = pad._sources.menu
    for name in ("runs/mine", "this network", "runs/mine"):
        menu.value = name
        assert words(pad).startswith("This is a 1" if name == "this network" else "This is a 7")
    assert loaded == ["runs/mine"]
    assert len(pad.strokes) == 1


def test_the_chosen_one_reads_the_photo_on_the_pad(loaded):
    pad = DigitPad(Reader())
    upload(pad, "one.png", png(photo()))
    shown = pad._photo.shown
    pad._sources.menu.value = "ensemble"
    assert words(pad) == "This is a 7 (seven), 91% sure. Read from one.png."
    np.testing.assert_array_equal(pad._photo.shown, shown)


def test_what_cannot_be_loaded_is_said_and_the_one_before_goes_on(loaded):
    pad = DigitPad(Reader())
    menu = pad._sources.menu
    menu.value = "ensemble"
    menu.value = "classic"
    assert words(pad) == "classic can&#x27;t be used: no &lt;memory&gt; left"
    assert menu.value == "ensemble"
    draw(pad, (20, 40), (60, 80))
    assert words(pad).startswith("This is a 7")


def test_samples_are_offered_to_a_network_that_reads_digits(loaded):
    pad = DigitPad(Reader())
    pad._sources.menu.value = "quick"
    assert "7" not in buttons(pad)
    assert words(pad) == "Draw something."
    pad._sources.menu.value = "this network"
    assert "7" in buttons(pad)
