"""AnswerBrowser finds the images of a pair and pages through them."""

import numpy as np
import pytest

from mnist_utils.widgets.browse import AnswerBrowser

LABELS = np.repeat([4, 4, 7], [20, 3, 10])
READ = np.repeat([4, 9, 7], [20, 3, 10])
CONFIDENCE = np.linspace(0.5, 0.9, 33)
PROBABILITIES = (1 - CONFIDENCE[:, None]) / 9 * (1 - np.eye(10)[READ]) + CONFIDENCE[:, None] * np.eye(10)[READ]
IMAGES = np.random.default_rng(1).integers(0, 256, (33, 28, 28), np.uint8)


@pytest.fixture
def browser() -> AnswerBrowser:
    return AnswerBrowser(IMAGES, LABELS, PROBABILITIES)


def test_it_opens_at_the_most_frequent_mistake_the_surest_answer_first(browser):
    assert (browser.true.value, browser.read.value) == (4, 9)
    assert browser.found.tolist() == [22, 21, 20]
    assert browser.says.value == "4 read as 9: 1 to 3 of 3"
    assert browser.back.disabled
    assert browser.forward.disabled
    assert repr(browser) == "AnswerBrowser: 4 read as 9: 1 to 3 of 3"


def test_it_pages_through_many(browser):
    browser.read.value = 4
    assert browser.says.value == "4 read as 4: 1 to 16 of 20"
    assert browser.found.tolist() == list(range(20))  # the least sure of the right answers first
    first = browser.picture.value
    browser.forward.click()
    assert browser.says.value == "4 read as 4: 17 to 20 of 20"
    assert browser.picture.value != first
    assert browser.forward.disabled
    assert not browser.back.disabled
    browser.back.click()
    assert (browser.says.value, browser.picture.value) == ("4 read as 4: 1 to 16 of 20", first)


def test_another_pair_begins_at_its_first_page(browser):
    browser.read.value = 4
    browser.forward.click()
    browser.true.value = browser.read.value = 7
    assert (browser.page, browser.says.value) == (0, "7 read as 7: 1 to 10 of 10")


def test_a_pair_that_never_happened_shows_nothing(browser):
    browser.true.value = 3
    assert (browser.says.value, browser.picture.value) == ("3 read as 9: none", b"")
    assert browser.back.disabled
    assert browser.forward.disabled
    assert "image/png" not in browser._repr_mimebundle_()[0]


def test_a_reader_without_a_kernel_sees_a_picture(browser):
    bundle, metadata = browser._repr_mimebundle_()
    assert bundle["image/png"].startswith("iVBOR")  # a PNG in base 64
    assert browser.says.value in metadata["image/png"]["alt"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_without_a_mistake_it_opens_at_right_answers():
    assert AnswerBrowser(IMAGES, READ, PROBABILITIES).says.value == "0 read as 0: none"


def test_arrays_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match="of one length, 1 or more, not 33, 32 and 33"):
        AnswerBrowser(IMAGES, LABELS[:-1], PROBABILITIES)


def test_other_classes_are_called_by_their_names():
    browser = AnswerBrowser(IMAGES[:2], [0, 1], np.array([[0.9, 0.1], [0.7, 0.3]]), names=["bag", "<boot>"])
    assert browser.true.description == "true class"
    assert browser.says.value == "&lt;boot&gt; read as bag: 1 to 1 of 1"
    assert repr(browser) == "AnswerBrowser: <boot> read as bag: 1 to 1 of 1"


def test_too_few_names_are_refused():
    with pytest.raises(ValueError, match="names must be 10, one for each class, not 1"):
        AnswerBrowser(IMAGES, LABELS, PROBABILITIES, names=["zero"])
