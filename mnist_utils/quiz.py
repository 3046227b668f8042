"""The quiz at the end of a notebook: questions whose choices unfold to their reasons, with or without a kernel."""

import html
import json
import re
from pathlib import Path
from typing import Any

QUIZZES = Path(__file__).parent / "assets" / "quizzes"
# Lines are half transparent and text has the page's own colour, so that both show in a light and in a dark theme.
LINE = "1px solid rgba(128, 128, 128, 0.5)"
LETTERS = "abcd"
COLOURS = {True: "#009E73", False: "#D55E00"}


class Quiz:
    """Questions to click through; a page without JavaScript and without a kernel shows them, too."""

    def __init__(self, questions: list[dict]):
        self.questions = questions

    def _repr_html_(self) -> str:
        items = "".join(_question(number, question) for number, question in enumerate(self.questions, 1))
        hint = "Choose an answer to each question. A click shows whether it is right, and why."
        return f'<div style="max-width: 46em; font-size: 14px; line-height: 1.5"><p>{hint}</p>{items}</div>'

    def __repr__(self) -> str:
        lines = []
        for number, question in enumerate(self.questions, 1):
            lines.append(f"{number}. {question['question']}")
            lines += [
                f"   {letter}) {choice['text']}" for letter, choice in zip(LETTERS, question["choices"], strict=False)
            ]
        return "\n".join(lines)


def quiz(name: str) -> Quiz:
    """Give the quiz of a notebook; a notebook shows it.

    Parameters
    ----------
    name : str
        The notebook's number, such as "02".

    Returns
    -------
    Quiz
        With `questions`, a list of {"question", "choices"}.

    Raises
    ------
    ValueError
        If there is no quiz of that name, or its file is not of the form of a quiz.
    """
    names = sorted(file.stem for file in QUIZZES.glob("*.json"))
    if name not in names:
        raise ValueError(f"name must be one of {', '.join(names) or '(there is no quiz)'}, not {name!r}.")
    file = QUIZZES / f"{name}.json"
    try:
        questions = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{file.name} must be JSON, but line {error.lineno} is wrong: {error.msg}.") from error
    _check(questions, file.name)
    return Quiz(questions)


def _check(questions: Any, name: str) -> None:
    """Raise ValueError with a sentence unless these are questions as `Quiz` takes them."""
    _expect(isinstance(questions, list), f"{name} must hold a list of questions, not {type(questions).__name__}.")
    _expect(len(questions) > 0, f"{name} must hold a list of questions, but it is empty.")
    for number, question in enumerate(questions, 1):
        where = f"uestion {number} of {name}"
        fits = isinstance(question, dict) and set(question) == {"question", "choices"}
        _expect(fits, f'Q{where} must be an object of "question" and "choices".')
        _expect(_is_text(question["question"]), f"Q{where} must ask something, not {question['question']!r}.")
        choices = question["choices"]
        count = f"of {len(choices)}" if isinstance(choices, list) else type(choices).__name__
        _expect(count in ("of 3", "of 4"), f"Q{where} must have a list of 3 or 4 choices, not {count}.")
        for letter, choice in zip(LETTERS, choices, strict=False):
            _check_choice(choice, f"Choice {letter} of q{where}")
        right = sum(choice["right"] for choice in choices)
        _expect(right == 1, f"Q{where} must have exactly one right choice, not {right}.")


def _check_choice(choice: Any, where: str) -> None:
    fits = isinstance(choice, dict) and set(choice) == {"text", "right", "reason"}
    _expect(fits, f'{where} must be an object of "text", "right" and "reason".')
    for key in ("text", "reason"):
        _expect(_is_text(choice[key]), f"{where} must have a {key}, not {choice[key]!r}.")
    right = choice["right"]
    _expect(isinstance(right, bool), f"{where} must say true or false as right, not {right!r}.")


def _expect(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _question(number: int, question: dict) -> str:
    choices = "".join(_choice(letter, choice) for letter, choice in zip(LETTERS, question["choices"], strict=False))
    return f'<div style="margin: 1.2em 0"><p><b>{number}. {_to_html(question["question"])}</b></p>{choices}</div>'


def _choice(letter: str, choice: dict) -> str:
    box = f"border: {LINE}; border-radius: 4px; margin: 4px 0; padding: 4px 10px"
    edge = f"border-left: 4px solid {COLOURS[choice['right']]}; margin: 6px 0 4px 0; padding: 2px 10px"
    said = "Right." if choice["right"] else "Not quite."
    return (
        f'<details style="{box}"><summary style="cursor: pointer">{letter}) {_to_html(choice["text"])}</summary>'
        f'<div style="{edge}"><b>{said}</b> {_to_html(choice["reason"])}</div></details>'
    )


def _to_html(text: str) -> str:
    """Escape a text; what stands between backticks becomes code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text))
