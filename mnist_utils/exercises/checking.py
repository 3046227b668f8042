"""What all checks of exercises share: the list of them, what is said, and how an answer is taken in any form."""

from collections import Counter
from collections.abc import Callable

import numpy as np

CHECKS: dict[str, Callable] = {}
_tries: Counter[str] = Counter()  # wrong answers so far, by exercise


class Hint(Exception):  # noqa: N818 - no error: a part of the lesson
    """What a check says when an answer is not right yet: hints, from far to near, of which each try gets the next."""


def check(name: str, answer: object, given: object = None) -> None:
    """Print whether an answer is right, or else a hint.

    Parameters
    ----------
    name : str
        Which exercise, as its cell says.
    answer : object
        The answer: a number, a word or a function; None where there is none yet.
    given : object, optional
        What the answer is about, for exercises that say so.

    Raises
    ------
    ValueError
        If there is no exercise of that name.
    """
    if name not in CHECKS:
        raise ValueError(f"name must be one of {', '.join(sorted(CHECKS))}, not {name!r}.")
    if answer is None:
        print("No answer yet. Put yours in and run this cell again.")
        return
    try:
        print("Right.", CHECKS[name](answer) if given is None else CHECKS[name](answer, given))
    except Hint as hint:
        print("Not yet.", hint.args[min(_tries[name], len(hint.args) - 1)])
        _tries[name] += 1
    except Exception as error:  # an answer may fail in any way; its author should read how
        print(f"Not yet. Your answer stopped with {type(error).__name__}: {error}")


def exercise(name: str) -> Callable:
    """Register a check: a function that returns what to say of a right answer, and raises Hint for a wrong one."""

    def register(function: Callable) -> Callable:
        CHECKS[name] = function
        return function

    return register


def require(condition: bool | np.bool_, *hints: str) -> None:
    """Raise Hint unless the condition holds; a second wrong answer gets the second hint, which is nearer."""
    if not condition:
        raise Hint(*hints)


def number(answer: object) -> float:
    """Take a number in any form: 24, np.float32(24), "24", [24]; raise Hint where it is none."""
    try:
        return float(np.asarray(answer).item())
    except (TypeError, ValueError):
        raise Hint(f"The answer is a number, not {answer!r}.") from None


def share(answer: object) -> float:
    """Take a share of a whole in any form: 0.028, 2.8, "2.8%"; what is above 1 is taken for percent."""
    bare = answer.strip().rstrip("% ") if isinstance(answer, str) else answer
    given = number(bare)
    return given / 100 if "%" in str(answer) or given > 1 else given


def word(answer: object, *words: str) -> str:
    """Take one of these words, in capitals or with spaces and full stops too; raise Hint where it is none."""
    said = str(answer).lower().strip(" .!")
    require(said in words, f"Answer one of {', '.join(map(repr, words))}.")
    return said


def result_of(function: object, *arguments: object) -> np.ndarray:
    """Call a learner's function on copies of arrays, so that it can't change what it is checked against."""
    if not callable(function):
        raise Hint("Give the function itself, without brackets.")
    result = function(*(given.copy() if isinstance(given, np.ndarray) else given for given in arguments))
    require(result is not None, "Your function returns nothing yet.")
    return np.asarray(result)


def one_number(result: np.ndarray, name: str) -> float:
    """Take a result that must be one number; raise Hint where it is none."""
    require(result.size == 1, f"{name} is one number, not an array of shape {result.shape}.")
    return result.item()
