"""What was read is said in words and drawn as bars: for digits, and for other classes by their names."""

import numpy as np
import pytest
from unit.widgets.pad_by_hand import Reader, answer, buttons, draw, words

from mnist_utils import plots
from mnist_utils.widgets.answers import bars, sentence
from mnist_utils.widgets.pad import DigitPad

DIGITS = list("0123456789")
TWELVE = [str(number) for number in range(12)]
CLOTHES = ["shirt", "bag", "ankle boot <left>"]


def refused(classes: list[str], number: int):
    unsure = answer(classes, number, 0.4)
    unsure.digit = unsure.name = None
    return unsure


def close(classes: list[str], first: int, second: int):
    unsure = answer(classes, first, 0.65)
    unsure.probabilities[:] = 0
    unsure.probabilities[first], unsure.probabilities[second] = 0.65, 0.35
    return unsure


@pytest.mark.parametrize(
    ("given", "classes", "said"),
    [
        (answer(DIGITS, 7), DIGITS, "This is a 7 (seven), 91% sure."),
        (answer(DIGITS, 8, 0.997), DIGITS, "This is an 8 (eight), over 99% sure."),
        (refused(DIGITS, 4), DIGITS, "This does not look like a digit; of the ten, it is most like a 4."),
        (answer(DIGITS, None), DIGITS, "There is too little ink for a digit."),
        (answer(CLOTHES, None), CLOTHES, "There is too little ink for a picture."),
        (close(DIGITS, 1, 7), DIGITS, "This is a 1 (one), or perhaps a 7, 65% sure."),
        (close(DIGITS, 9, 4), DIGITS, "This is a 9 (nine), or perhaps a 4, 65% sure."),
        (close(CLOTHES, 0, 1), CLOTHES, "Read as shirt, or perhaps bag, 65% sure."),
        (answer(TWELVE, 11), TWELVE, "Read as 11, 91% sure."),
        (answer(CLOTHES, 1), CLOTHES, "Read as bag, 91% sure."),
        (
            refused(CLOTHES, 0),
            CLOTHES,
            "This does not look like any of the 3 classes; of these, it is most like shirt.",
        ),
    ],
)
def test_the_sentence_names_what_was_read(given, classes, said):
    assert sentence(given, classes) == said


def test_the_bars_are_as_long_as_likely_and_one_over_half_stands_out():
    rows = bars(np.array([0.7, 0.3, 0]), CLOTHES).split("<tr")[1:]
    assert [f"width: {part}" in row for row, part in zip(rows, ("70.0%", "30.0%", "0.5%"), strict=True)] == [True] * 3
    assert [plots.RED in row for row in rows] == [True, False, False]
    assert plots.RED not in bars(np.array([0.4, 0.3, 0.3]), CLOTHES)


@pytest.mark.parametrize("count", [2, 10, 11, 100])
def test_of_more_than_ten_classes_the_ten_likeliest_have_bars(count):
    names, values = [f"sort {number}" for number in range(count)], np.arange(1, count + 1) / (count * (count + 1) / 2)
    table = bars(values, names)
    shown = [row.split(": ")[0] for row in table.split('<tr title="')[1:]]
    assert shown == (names if count <= 10 else names[:-11:-1])
    said = "Probability of each class" if count <= 10 else f"The 10 likeliest of {count} classes"
    assert f'aria-label="{said}"' in table
    assert table.count("</caption>") == (count > 10)


def test_names_are_shown_as_they_are_and_not_as_markup():
    row = bars(np.array([0.1, 0.2, 0.7]), CLOTHES).split("<tr")[-1]
    assert row.startswith(' title="ankle boot &lt;left&gt;: 70.0%"')
    assert ">ankle boot &lt;left&gt;</td>" in row


@pytest.mark.parametrize(
    ("classes", "said"),
    [(TWELVE, "Read as 11, 91% sure."), ([*TWELVE[:-1], "<b>$</b>"], "Read as &lt;b&gt;$&lt;/b&gt;, 91% sure.")],
    ids=["twelve", "named"],
)
def test_a_pad_reads_other_classes_than_digits(classes, said):
    pad = DigitPad(Reader(classes, little=11))
    assert words(pad) == "Draw something."
    draw(pad, (20, 40), (60, 80))
    assert words(pad) == said
    assert "Draw one of 12 classes, large, with mouse, finger or pen: 0, 1, 2" in pad._help.value
    assert pad.alt.startswith("A pad to draw on, with bars for the 10 likeliest of 12 answers. ")
    assert pad._bars.value == bars(pad.answer.probabilities, classes)
    assert pad.picture().startswith(b"\x89PNG")
    assert set(buttons(pad)) == {"Undo", "Redo", "Clear"}  # the samples are digits


def test_the_picture_of_a_pad_names_the_classes(monkeypatch):
    named = []
    monkeypatch.setattr(plots, "probabilities", lambda values, names, ax: named.append(names))
    DigitPad(Reader(CLOTHES, 0, 1)).picture()
    assert named == [CLOTHES]
