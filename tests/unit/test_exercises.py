"""Each check accepts right answers in any form, and has hints of its own for plausible wrong ones.

The answers stand in a file for each notebook, beside tests of what is special there: `CASES` has for each exercise the
right answers, then wrong ones with a part of the hint they get (a regular expression), `GIVEN` what an answer is about,
and `NEARER` wrong answers with a part of what is told at the second try only.
"""

import importlib
import re
from pathlib import Path

import numpy as np
import pytest

from mnist_utils.exercises import CHECKS, check

MODULES = [
    importlib.import_module(f"unit.test_exercises_{number}") for number in ("02", "03", "04", "05", "06", "07", "08")
]
CASES = {name: answers for module in MODULES for name, answers in module.CASES.items()}
GIVEN = {name: given for module in MODULES for name, given in getattr(module, "GIVEN", {}).items()}
NEARER = [case for module in MODULES for case in getattr(module, "NEARER", [])]
FUNCTIONS = [name for name in CASES if callable(CASES[name][0][0])]


def given_for(name: str) -> object:
    """What an answer is about; what needs TensorFlow is made only now."""
    given = GIVEN.get(name)
    return given() if callable(given) else given


def test_every_check_is_tested_here_or_in_the_file_of_its_notebook():
    for name in set(CHECKS) - set(CASES):
        assert f'"{name}"' in (Path(__file__).parent / f"test_exercises_{name[:2]}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name in CASES for answer in CASES[name][0]])
def test_a_right_answer_is_accepted(said, name, answer):
    assert said(name, answer, given_for(name)).startswith("Right. ")


@pytest.mark.parametrize(("name", "answer", "hint"), [(name, *wrong) for name in CASES for wrong in CASES[name][1]])
def test_a_wrong_answer_gets_its_own_hint(said, name, answer, hint):
    output = said(name, answer, given_for(name))
    assert output.startswith("Not yet. ")
    assert re.search(hint, output)


@pytest.mark.parametrize(("name", "answer", "nearer"), NEARER)
def test_a_second_wrong_answer_gets_a_nearer_hint(said, name, answer, nearer):
    assert nearer not in said(name, answer, given_for(name))
    assert nearer in said(name, answer, given_for(name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_is_none_returns_nothing_or_fails_gets_a_hint(said, name):
    def fails(*arguments):
        raise ZeroDivisionError("division by zero")

    assert "the function itself" in said(name, np.zeros((28, 28)))
    assert "returns nothing yet" in said(name, lambda *arguments: None)
    assert said(name, fails) == "Not yet. Your answer stopped with ZeroDivisionError: division by zero\n"


@pytest.mark.parametrize("name", CHECKS)
def test_no_answer_is_no_mistake(said, name):
    assert said(name, None).startswith("No answer yet.")


def test_an_answer_can_not_change_what_it_is_checked_against(said):
    def spoil(images, labels, digit):
        images[:] = 0
        return images.mean(axis=0)

    assert said("01-mean-image", spoil).startswith("Not yet.")


def test_an_unknown_exercise_is_refused():
    with pytest.raises(ValueError, match=r"name must be one of .*01-least-ink, .*, not '99-magic'"):
        check("99-magic", 1)
