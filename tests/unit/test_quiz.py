"""A quiz shows each question, its choices and their reasons; a file of another form is refused in one sentence."""

import copy
import json
import re
from html.parser import HTMLParser

import pytest

from mnist_utils import quiz as room
from mnist_utils.quiz import quiz

CHOICES = [
    {"text": "A guess", "right": False, "reason": "It was measured."},
    {"text": "`x < y`", "right": True, "reason": "The loss <falls>."},
    {"text": "Nothing", "right": False, "reason": "Something did."},
]
QUESTIONS = [
    {"question": "What does `fit` do?", "choices": CHOICES},
    {"question": "How many?", "choices": [*CHOICES, {"text": "Ten", "right": False, "reason": "Count again."}]},
]


@pytest.fixture
def write(tmp_path, monkeypatch):
    """A function that writes a quiz 00, where quizzes are looked for."""
    monkeypatch.setattr(room, "QUIZZES", tmp_path)

    def write(questions: object) -> None:
        text = questions if isinstance(questions, str) else json.dumps(questions)
        (tmp_path / "00.json").write_text(text, encoding="utf-8")

    return write


class Tags(HTMLParser):
    """The tags of a page, all of which must be closed, and the text that stands in some of them."""

    def __init__(self, page: str):
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {"summary": [], "b": [], "details": [], "code": []}
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag in self.texts:
            self.texts[tag].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        for tag in set(self.open) & set(self.texts):
            self.texts[tag][-1] += data


def test_each_choice_unfolds_to_its_verdict_and_reason(write):
    write(QUESTIONS)
    texts = Tags(quiz("00")._repr_html_()).texts
    assert texts["summary"] == ["a) A guess", "b) x < y", "c) Nothing"] * 2 + ["d) Ten"]
    assert texts["details"][:2] == ["a) A guessNot quite. It was measured.", "b) x < yRight. The loss <falls>."]
    said = ["Not quite.", "Right.", "Not quite."]
    assert texts["b"] == ["1. What does fit do?", *said, "2. How many?", *said, "Not quite."]
    assert texts["code"] == ["fit", "x < y", "x < y"]


def test_nothing_is_given_away_before_a_click(write):
    write(QUESTIONS)
    page = quiz("00")._repr_html_()
    assert "<details open" not in page
    summaries = [part.split(">")[0] for part in page.split("<summary")[1:]]
    assert len(set(summaries)) == 1  # right and wrong ones look alike
    assert len({part.split(">")[0] for part in page.split("<details")[1:]}) == 1


def test_it_needs_nothing_that_pages_without_a_kernel_take_away(write):
    write(QUESTIONS)
    page = quiz("00")._repr_html_()
    for taken in ("<script", "<style", "class=", "id=", "onclick", "<input"):
        assert taken not in page
    assert "background" not in page  # the page's own, and its own colour of text, light or dark
    assert " color:" not in page


def test_as_text_it_shows_questions_and_choices_without_answers(write):
    write(QUESTIONS[:1])
    assert repr(quiz("00")) == "1. What does `fit` do?\n   a) A guess\n   b) `x < y`\n   c) Nothing"


def changed(place: tuple, value: object) -> list:
    """The questions with another value at a place."""
    questions = copy.deepcopy(QUESTIONS)
    inner = questions
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return questions


FIRST, SECOND = "uestion 1 of 00.json must", "uestion 2 of 00.json must"


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ("[\n{", "00.json must be JSON, but line 2 is wrong: Expecting property name enclosed in double quotes."),
        ({}, "00.json must hold a list of questions, not dict."),
        ([], "00.json must hold a list of questions, but it is empty."),
        (["What?"], f'Q{FIRST} be an object of "question" and "choices".'),
        (changed((0, "question"), " "), f"Q{FIRST} ask something, not ' '."),
        (changed((1, "choices"), CHOICES[:2]), f"Q{SECOND} have a list of 3 or 4 choices, not of 2."),
        (changed((1, "choices"), "abc"), f"Q{SECOND} have a list of 3 or 4 choices, not str."),
        (changed((0, "choices", 1), "a"), f'Choice b of q{FIRST} be an object of "text", "right" and "reason".'),
        (changed((0, "choices", 2, "reason"), ""), f"Choice c of q{FIRST} have a reason, not ''."),
        (changed((0, "choices", 2, "text"), 3), f"Choice c of q{FIRST} have a text, not 3."),
        (changed((0, "choices", 1, "right"), "yes"), f"Choice b of q{FIRST} say true or false as right, not 'yes'."),
        (changed((0, "choices", 0, "right"), True), f"Q{FIRST} have exactly one right choice, not 2."),
        (changed((0, "choices", 1, "right"), False), f"Q{FIRST} have exactly one right choice, not 0."),
    ],
)
def test_a_file_of_another_form_is_refused(write, questions, message):
    write(questions)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        quiz("00")


@pytest.mark.parametrize("name", ["99", "../00", 0])
def test_a_quiz_that_is_not_there_is_refused(write, name):
    write(QUESTIONS)
    with pytest.raises(ValueError, match=r"^name must be one of 00, not .*\.$"):
        quiz(name)


@pytest.mark.parametrize("file", sorted(room.QUIZZES.glob("*.json")), ids=lambda file: file.stem)
def test_the_quizzes_of_the_course_have_five_questions(file):
    shown = quiz(file.stem)
    assert len(shown.questions) == 5
    Tags(shown._repr_html_())
