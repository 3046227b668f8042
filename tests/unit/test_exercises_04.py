"""The checks of notebook 04 accept right answers in any form, and each plausible mistake gets a hint of its own."""

import re
from collections import Counter

import numpy as np
import pytest

from mnist_utils.exercises import CHECKS, check, checking


def _answers():
    """Of 1,000 images, 12 are misread: ten with a confidence of 0.5 to 0.6, two with one of 0.9 and 0.97."""
    confidence = np.r_[np.linspace(0.5, 0.6, 10), 0.9, 0.97, np.linspace(0.85, 0.94, 40), np.linspace(0.98, 0.995, 948)]
    probabilities = np.zeros((1000, 10))
    probabilities[:, 3], probabilities[:, 5] = confidence, 1 - confidence
    return probabilities, np.where(np.arange(1000) < 12, 5, 3)


def _precision(fold):
    return lambda matrix, digit: fold(matrix[digit, digit] / matrix[:, digit].sum())


# For each exercise: right answers, the solution first, then wrong ones with a part of the hint that they get.
CASES = {
    "04-is-it-better": (
        ["no", "No.", False, np.bool_(False)],
        [("yes", r"Do the two overlap\?"), (True, r"Do the two overlap\?"), (0.05, "Answer one of 'yes', 'no'")],
    ),
    "04-always-five": (
        [
            (892 / 892, 892 / 10000),
            [1, 0.0892],
            np.float32([1, 0.0892]),
            "1, 0.0892",
            ("1", "0.0892"),
            {"recall": 1, "precision": 0.089},
        ],
        [
            ((0.0892, 1), "wrong way round"),
            ((100, 8.92), "not in percent"),
            ((0.0892, 0.0892), "how many are read as 5"),
            ((1, 1), "how many are one"),
            ((1, 0.1), "how many are one"),
            (1, "two numbers"),
            (("all", "few"), "is a number"),
        ],
    ),
    "04-precision": (
        [_precision(float), _precision(lambda rate: [np.float32(rate)]), _precision(str)],
        [
            (lambda matrix, digit: matrix[digit, digit] / matrix[digit].sum(), "That is the recall"),
            (lambda matrix, digit: matrix[digit, digit] / matrix.sum(), "Divide the 3s read right"),
            (_precision(lambda rate: 100 * rate), "a part of 1"),
            (lambda matrix, digit: matrix.diagonal() / matrix.sum(axis=0), "Precision is one number"),
            (_precision(lambda rate: "high"), "is a number"),
        ],
    ),
    "04-threshold": (
        [0.98, "0.98", np.float32(0.98), [0.98]],
        [
            (0.5, "be stricter"),
            (0.95, "be stricter"),
            (0.985, "be less strict"),
            (0.9999, "Nothing is accepted"),
            (98, "98% is 0.98"),
            (np.ones(1000, bool), "one number"),
            ("high", "is a number"),
        ],
    ),
}
GIVEN = {"04-threshold": _answers()}


@pytest.fixture(autouse=True)
def first_try(monkeypatch):
    """Each test begins with the first hint."""
    monkeypatch.setattr(checking, "_tries", Counter())


def said(capsys, name, answer) -> str:
    check(name, answer, GIVEN.get(name))
    return capsys.readouterr().out


def test_all_exercises_of_the_notebook_are_here():
    assert {name for name in CHECKS if name.startswith("04-")} == set(CASES)


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name in CASES for answer in CASES[name][0]])
def test_a_right_answer_is_accepted(capsys, name, answer):
    assert said(capsys, name, answer).startswith("Right. ")


@pytest.mark.parametrize(("name", "answer", "hint"), [(name, *wrong) for name in CASES for wrong in CASES[name][1]])
def test_a_wrong_answer_gets_its_own_hint(capsys, name, answer, hint):
    output = said(capsys, name, answer)
    assert output.startswith("Not yet. ")
    assert re.search(hint, output)


@pytest.mark.parametrize(
    ("name", "wrong", "nearer"),
    [
        ("04-is-it-better", "yes", "ends at 99.53%"),
        ("04-always-five", (0.5, 0.5), "every image as 5"),
        ("04-always-five", (1, 0.5), "all 10,000 as 5"),
        ("04-precision", lambda matrix, digit: matrix[digit, digit] / matrix[digit].sum(), "3 is a column"),
        ("04-precision", lambda matrix, digit: 0.0, "column 3"),
        ("04-threshold", 0.5, "explorer's title"),
    ],
)
def test_a_second_wrong_answer_gets_a_nearer_hint(capsys, name, wrong, nearer):
    assert nearer not in said(capsys, name, wrong)
    assert nearer in said(capsys, name, wrong)


def test_a_threshold_is_told_what_it_does(capsys):
    assert "you accept 99.0% and read 99.80% of those right. Ask for 99.9%" in said(capsys, "04-threshold", 0.7)


def test_a_function_that_is_none_returns_nothing_or_fails_gets_a_hint(capsys):
    def fails(*arguments):
        raise ZeroDivisionError("division by zero")

    assert "the function itself" in said(capsys, "04-precision", 1.2)
    assert "returns nothing yet" in said(capsys, "04-precision", lambda *arguments: None)
    stopped = "Not yet. Your answer stopped with ZeroDivisionError: division by zero\n"
    assert said(capsys, "04-precision", fails) == stopped


@pytest.mark.parametrize("name", CASES)
def test_no_answer_is_no_mistake(capsys, name):
    assert said(capsys, name, None).startswith("No answer yet.")
