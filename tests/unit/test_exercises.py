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


def _recipe(**changes):
    return SimpleNamespace(**{"network": "quick", "epochs": 4, "rotation": 10.0} | changes)


def _pad(strokes, digit, confidence):
    return SimpleNamespace(strokes=strokes, answer=SimpleNamespace(digit=digit, confidence=confidence))


def _centre(image):
    rows, columns = np.indices(image.shape)
    return (rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()


def _hole(images):
    return images[:, 13:16, 13:16].mean(axis=(1, 2)) < 100


def _integrated(fold):
    return lambda gradient, image, steps: (
        fold([gradient((step + 0.5) / steps * image) for step in range(steps)], axis=0) * image
    )


def _path(change):
    return np.stack([np.full((28, 28), value) for value in (0.2, 0.2 + change / 2, 0.2 + change)])


def _loss(fold, log=np.log):
    return lambda probabilities, labels: fold(-log(probabilities[np.arange(len(labels)), labels]))


RIGHT_ONES = np.arange(2000) >= 20  # of 2,000 images, all but the first 20 are read right
QUICK = _recipe()
# For each exercise: right answers, then wrong ones with a part of the hint that they get.
CASES = {
    "01-least-ink": (
        [1, np.int64(1), "1", [1], 1.0],
        [(7, "long bar"), ("0", "how far the pen travels"), ("one", "is a number"), (10, "a digit, 0 to 9")],
    ),
    "01-mean-image": (
        [
            lambda images, labels, digit: images[labels == digit].mean(axis=0),
            lambda images, labels, digit: images[labels == digit].mean(axis=0).astype(np.uint8),
            lambda images, labels, digit: images[labels == digit].mean(axis=0).tolist(),
        ],
        [
            (lambda images, labels, digit: images.mean(axis=0), "mean of all images"),
            (lambda images, labels, digit: images[labels == digit].mean(), r"Which axis counts\?"),
            (lambda images, labels, digit: images[labels == digit].mean(axis=(1, 2)), r"Which axis counts\?"),
            (lambda images, labels, digit: images[labels == digit].sum(axis=0), "That is the sum"),
        ],
    ),
    "01-zero-or-one": (
        [_hole, lambda images: _hole(images).astype(int), lambda images: list(_hole(images))],
        [
            (lambda images: ~_hole(images), r"the wrong way round\?"),
            (lambda images: images.mean(axis=(1, 2)) > 20, "of the ones for zeros"),
            (lambda images: True, "one True or False for each image"),
        ],
    ),
    "03-first-loss": (
        [2.3, np.log(10), "2.3", np.float32(2.3026), [2.3]],
        [("1", "log to base 10"), (-2.3, "minus sign"), (0.1, r"What is -ln\(1/10\)"), ("two", "is a number")],
    ),
    "03-cross-entropy": (
        [_loss(np.mean), _loss(lambda losses: [losses.mean()]), _loss(lambda losses: round(losses.mean(), 2))],
        [
            (_loss(np.sum), "That is the sum"),
            (_loss(lambda losses: -losses.mean()), "the sign is not"),
            (_loss(np.mean, np.log10), "log to base 10"),
            (_loss(np.array), "The loss is one number"),
            (lambda probabilities, labels: -np.log(probabilities).mean(), "probability of its own label"),
        ],
    ),
    "03-own-recipe": (
        [_recipe(epochs=8)],
        [
            (_recipe(), "That is quick itself"),
            (_recipe(epochs=8, rotation=0), "You changed epochs and rotation"),
            ("classic", "dataclasses.replace"),
        ],
    ),
    "04-is-it-better": (
        ["no", "No.", False, np.bool_(False)],
        [("yes", r"Do the two overlap\?"), (True, r"Do the two overlap\?"), (0.05, "Answer one of 'yes', 'no'")],
    ),
    "04-precision": (
        [
            lambda matrix, digit: matrix[digit, digit] / matrix[:, digit].sum(),
            lambda matrix, digit: [np.float32(matrix[digit, digit] / matrix[:, digit].sum())],
        ],
        [
            (lambda matrix, digit: matrix[digit, digit] / matrix[digit].sum(), "That is the recall"),
            (lambda matrix, digit: matrix[digit, digit] / matrix.sum(), "Divide the 3s read right"),
            (lambda matrix, digit: 100 * matrix[digit, digit] / matrix[:, digit].sum(), "a part of 1"),
            (lambda matrix, digit: matrix.diagonal() / matrix.sum(axis=0), "Precision is one number"),
        ],
    ),
    "04-threshold": (
        [RIGHT_ONES, np.arange(2000) >= 19, list(RIGHT_ONES), RIGHT_ONES.astype(float)],
        [
            (np.ones(2000, bool), "be stricter"),
            (np.arange(2000) >= 200, "be less strict"),
            (np.zeros(2000, bool), "Nothing is accepted"),
            (0.9, "one True or False for each of the 2,000 images"),
            (np.linspace(0, 1, 2000), "compare its confidence with a threshold"),
        ],
    ),
    "05-inverted": (
        ["less than half", "Less than half."],
        [("as before", "nearly every number has changed"), ("a little worse", "Go lower"), (50, "Answer one of")],
    ),
    "05-centre-of-mass": (
        [_centre, lambda image: np.array(_centre(image), np.float32), lambda image: np.round([_centre(image)], 2)],
        [
            (lambda image: _centre(image)[::-1], "row first"),
            (lambda image: _centre(image > 0), "count each inked pixel alike"),
            (lambda image: (13.5, 13.5), "Weigh each row number"),
            (lambda image: _centre(image)[0], "Return two numbers"),
        ],
    ),
    "05-sure-answer": (
        [_pad(["a stroke"], 3, 0.995)],
        [
            (_pad([], None, 0.1), "The pad is empty"),
            (_pad(["a stroke"], None, 0.3), "for no digit"),
            (_pad(["a stroke"], 3, 0.9), "90% sure"),
            (3, "the pad itself"),
        ],
    ),
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
GIVEN = {"03-own-recipe": lambda: QUICK, "04-threshold": lambda: RIGHT_ONES, "06-small-change": _reader}


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
