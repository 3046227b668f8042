"""Each check accepts right answers in any form, and has a hint of its own for plausible wrong ones."""

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mnist_utils.exercises import CHECKS, check, checking


def _reader():
    """Takes a dark image for a three and a brighter one for an eight."""
    from mnist_utils.networks import keras

    stack = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    model = keras.Sequential(stack)
    weights, bias = np.zeros((784, 10)), np.full(10, -1000.0)
    weights[:, 8], bias[[3, 8]] = 1000 / 784, (0, -210)
    model.set_weights([weights, bias])
    return SimpleNamespace(model=model)


def _integrated(fold):
    return lambda gradient, image, steps: (
        fold([gradient((step + 0.5) / steps * image) for step in range(steps)], axis=0) * image
    )


def _path(change):
    return np.stack([np.full((28, 28), value) for value in (0.2, 0.2 + change / 2, 0.2 + change)])


# For each exercise: right answers, then wrong ones with a part of the hint that they get.
CASES = {
    "06-background": (["not zero", " Not zero "], [("zero", "beside the digit"), (0, "Answer one of")]),
    "06-integrated": (
        [
            _integrated(np.mean),
            lambda gradient, image, steps: _integrated(np.mean)(gradient, image, 1000),
            lambda gradient, image, steps: _integrated(np.mean)(gradient, image, steps).tolist(),
        ],
        [
            (_integrated(np.sum), "You added the gradients up"),
            (lambda gradient, image, steps: gradient(image) * image, "at the image only"),
            (
                lambda gradient, image, steps: _integrated(np.mean)(gradient, image, steps) / image,
                "multiply by the ink",
            ),
            (lambda gradient, image, steps: _integrated(np.mean)(gradient, image, steps).sum(), "Each pixel has its"),
            (lambda gradient, image, steps: image, "Take the mean of the gradients on the way"),
        ],
    ),
    "06-small-change": (
        [_path(0.05), _path(0.05).astype(np.float32), list(_path(0.05)), np.uint8(255 * _path(0.05))],
        [
            (_path(0.0), "both read as a 3"),
            (_path(0.5), "length of 14.0. Find one below 2.5"),
            (255 * _path(0.05), "Divide by 255"),
            (_path(0.05)[0], r"shape \(k, 28, 28\), not \(28, 28\)"),
        ],
    ),
}
GIVEN = {"06-small-change": _reader}


@pytest.fixture(autouse=True)
def first_try(monkeypatch):
    """Each test begins with the first hint."""
    monkeypatch.setattr(checking, "_tries", Counter())


def said(capsys, name, answer) -> str:
    """What the check prints."""
    check(name, answer, GIVEN.get(name, lambda: None)())
    return capsys.readouterr().out


def test_every_check_is_tested_here_or_in_a_file_for_its_notebook():
    for name in set(CHECKS) - set(CASES):
        assert f'"{name}"' in (Path(__file__).parent / f"test_exercises_{name[:2]}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name in CASES for answer in CASES[name][0]])
def test_a_right_answer_is_accepted(capsys, name, answer):
    assert said(capsys, name, answer).startswith("Right. ")


@pytest.mark.parametrize(("name", "answer", "hint"), [(name, *wrong) for name in CASES for wrong in CASES[name][1]])
def test_a_wrong_answer_gets_its_own_hint(capsys, name, answer, hint):
    output = said(capsys, name, answer)
    assert output.startswith("Not yet. ")
    assert re.search(hint, output)


FUNCTIONS = [name for name in CASES if callable(CASES[name][0][0])]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_is_none_returns_nothing_or_fails_gets_a_hint(capsys, name):
    def fails(*arguments):
        raise ZeroDivisionError("division by zero")

    assert "the function itself" in said(capsys, name, np.zeros((28, 28)))
    assert "returns nothing yet" in said(capsys, name, lambda *arguments: None)
    assert said(capsys, name, fails) == "Not yet. Your answer stopped with ZeroDivisionError: division by zero\n"


def test_no_answer_is_no_mistake(capsys):
    for name in CHECKS:
        assert said(capsys, name, None).startswith("No answer yet.")


def test_an_answer_can_not_change_what_it_is_checked_against(capsys):
    def spoil(images, labels, digit):
        images[:] = 0
        return images.mean(axis=0)

    assert said(capsys, "01-mean-image", spoil).startswith("Not yet.")


def test_an_unknown_exercise_is_refused():
    with pytest.raises(ValueError, match=r"name must be one of .*01-least-ink, .*, not '99-magic'"):
        check("99-magic", 1)
