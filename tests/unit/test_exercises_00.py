"""Notebook 00's checks: right answers in several forms, plausible wrong ones with their hints, and nearer hints."""

from types import SimpleNamespace

import numpy as np
import pytest

from mnist_utils.quiz import quiz

READ = [0, 1, 1, 1, 3, 4, 4, 6, 9, 10, 10]  # of ten digits, after so many tenths of the line


def count_read(share: float) -> int:
    return READ[round(10 * share)]


def pad(digit: int | None, confidence: float, ink: float = 1.0) -> SimpleNamespace:
    answer = SimpleNamespace(digit=digit, confidence=confidence)
    return SimpleNamespace(strokes=[[(1, 1)]], image=np.full((28, 28), ink), answer=answer)


@pytest.mark.parametrize("answer", [2, 1, 4, "2", [2], 2.0, np.int64(2)])
def test_half_drawn_accepts_a_good_guess_in_any_form(said, answer):
    assert said("00-half-drawn", answer).startswith("Right. That is a good guess.")


@pytest.mark.parametrize(
    ("answer", "hint", "nearer"),
    [
        (10, "You know what the pen was going to write", "Cover the digits"),
        ("5", "You know what the pen was going to write", "Cover the digits"),
        (0, "What is half a 1?", "What is half a 1?"),
        (11, "a whole number, 0 to 10", "a whole number, 0 to 10"),
        (-1, "a whole number, 0 to 10", "a whole number, 0 to 10"),
        (4.5, "a whole number, 0 to 10", "a whole number, 0 to 10"),
        ("half", "is a number, not 'half'", "is a number, not 'half'"),
    ],
)
def test_half_drawn_names_the_mistake_and_then_comes_nearer(said, answer, hint, nearer):
    assert hint in said("00-half-drawn", answer)
    assert nearer in said("00-half-drawn", answer)


@pytest.mark.parametrize("answer", [0.8, "0.8", [0.8], np.float32(0.8), 1 - 0.2])
def test_pen_lifted_accepts_the_smallest_share_in_any_form(said, answer):
    assert said("00-pen-lifted", answer, count_read).startswith("Right. 9 of 10 are read there")


@pytest.mark.parametrize(
    ("answer", "hint", "nearer"),
    [
        (1.0, "10 of 10 are read there. Can the pen be lifted earlier?", "Make share smaller by 0.1"),
        (0.9, "10 of 10 are read there. Can the pen be lifted earlier?", "Make share smaller by 0.1"),
        (0.7, "Only 6 of 10 are read there", "Only 6 of 10 are read there"),
        (0.1, "Only 1 of 10 is read there", "Only 1 of 10 is read there"),
        (80, "half of the line is 0.5, not 80", "half of the line is 0.5, not 80"),
        (0, "more than 0 and at most 1", "more than 0 and at most 1"),
        (0.85, "Go in steps of 0.1", "Go in steps of 0.1"),
        (0.02, "Go in steps of 0.1", "Go in steps of 0.1"),
        ("80%", "is a number, not '80%'", "is a number, not '80%'"),
    ],
)
def test_pen_lifted_names_the_mistake_and_then_comes_nearer(said, answer, hint, nearer):
    assert hint in said("00-pen-lifted", answer, count_read)
    assert nearer in said("00-pen-lifted", answer, count_read)


def test_pen_lifted_asks_what_was_counted_and_knows_no_answer_of_its_own(said):
    for least in range(1, 11):
        for tenths in range(1, 11):
            right = said("00-pen-lifted", tenths / 10, lambda share, at=least: 9 * (round(10 * share) >= at))
            assert right.startswith("Right. ") == (tenths == least)


@pytest.mark.parametrize(
    ("given", "words"),
    [(pad(None, 0.3), "no digit at all"), (pad(None, 0.95), "no digit at all"), (pad(4, 0.89), "hesitates")],
)
def test_not_sure_accepts_a_network_that_hesitates_or_refuses(said, given, words):
    output = said("00-not-sure", given)
    assert output.startswith("Right. ")
    assert words in output


@pytest.mark.parametrize(
    ("given", "hint", "nearer"),
    [
        (pad(5, 0.999), "between two digits", "Leave out a part"),
        (pad(5, 0.9), "between two digits", "Leave out a part"),
        (pad(None, 0.1, ink=0.0), "The pad is empty", "The pad is empty"),
        (4, "the pad itself", "the pad itself"),
        (pad(4, 0.5).answer, "the pad itself", "the pad itself"),
    ],
)
def test_not_sure_names_the_mistake_and_then_comes_nearer(said, given, hint, nearer):
    assert hint in said("00-not-sure", given)
    assert nearer in said("00-not-sure", given)


@pytest.mark.parametrize("name", ["00-half-drawn", "00-pen-lifted", "00-not-sure"])
def test_no_answer_is_no_mistake(said, name):
    assert said(name, None).startswith("No answer yet.")


def test_the_quiz_gives_a_reason_of_its_own_for_each_choice():
    reasons = [choice["reason"] for question in quiz("00").questions for choice in question["choices"]]
    assert len(reasons) == len(set(reasons)) >= 15
    places = [[choice["right"] for choice in question["choices"]].index(True) for question in quiz("00").questions]
    assert len(set(places)) > 1
