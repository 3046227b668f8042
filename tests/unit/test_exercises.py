"""Each check accepts right answers and has a hint of its own for plausible wrong ones."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from mnist_utils.exercises import CHECKS, check


def _network(*layers):
    from mnist_utils.networks import keras

    return lambda: keras.Sequential([keras.Input((28, 28, 1)), *(make(keras.layers) for make in layers)])


def _recipe(**changes):
    return SimpleNamespace(**{"network": "quick", "epochs": 4, "affine": True} | changes)


def _pad(strokes, digit, confidence):
    return SimpleNamespace(strokes=strokes, answer=SimpleNamespace(digit=digit, confidence=confidence))


def _swapped_pool(image):
    return np.maximum(image[::2], image[1::2])[:, :4]


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


class _Reader:
    """Takes a dark image for a three and a brighter one for an eight."""

    def predict(self, images, mend=True):
        assert not mend
        return np.eye(10)[np.where(images.mean(axis=(1, 2)) > 0.21, 8, 3)]


def _loss(fold, log=np.log):
    return lambda probabilities, labels: fold(-log(probabilities[np.arange(len(labels)), labels]))


RIGHT_ONES = np.arange(2000) >= 20  # of 2,000 images, all but the first 20 are read right
QUICK = _recipe()
MAKE_DENSE = (lambda layers: layers.Flatten(), lambda layers: layers.Dense(10, activation="softmax"))
# For each exercise: right answers, then wrong ones with a part of the hint that they get.
CASES = {
    "01-least-ink": ([1, np.int64(1)], [(7, "long bar"), (0, "how far the pen travels"), ("one", "a digit, 0 to 9")]),
    "01-mean-image": (
        [lambda images, labels, digit: images[labels == digit].mean(axis=0)],
        [
            (lambda images, labels, digit: images.mean(axis=0), "mean of all images"),
            (lambda images, labels, digit: images[labels == digit].mean(), r"Which axis counts\?"),
            (lambda images, labels, digit: images[labels == digit].mean(axis=(1, 2)), r"Which axis counts\?"),
            (lambda images, labels, digit: images[labels == digit].sum(axis=0), "the values are not the mean"),
            (lambda images, labels, digit: None, "returns nothing yet"),
            (np.zeros((28, 28)), "the function itself"),
        ],
    ),
    "01-zero-or-one": (
        [_hole],
        [
            (lambda images: ~_hole(images), r"the wrong way round\?"),
            (lambda images: images.mean(axis=(1, 2)) > 20, "A zero has a hole"),
            (lambda images: True, "one True or False for each image"),
            (lambda images: None, "returns nothing yet"),
        ],
    ),
    "02-output-size": ([24], [(28, "with padding"), (23, "Close"), (14, "At how many places")]),
    "02-max-pool": (
        [lambda image: image.reshape(image.shape[0] // 2, 2, image.shape[1] // 2, 2).max(axis=(1, 3))],
        [
            (lambda image: image.reshape(3, 2, 4, 2).mean(axis=(1, 3)), "mean of each block"),
            (lambda image: image[::2, ::2], "first pixel of each block"),
            (lambda image: image.max(), "should become"),
            (_swapped_pool, "start at even rows and columns"),
            (lambda image: None, "returns nothing yet"),
        ],
    ),
    "02-own-network": (
        [_network(*MAKE_DENSE)],
        [
            (_network(MAKE_DENSE[0], lambda layers: layers.Dense(10)), "end with softmax"),
            (_network(MAKE_DENSE[0], lambda layers: layers.Dense(100), MAKE_DENSE[1]), "fewer than 50,000"),
            (_network(MAKE_DENSE[0]), "give 10 numbers an image"),
            (lambda: 3, "is a Keras model"),
        ],
    ),
    "03-first-loss": (
        [2.3, np.log(10)],
        [(1.0, "log to base 10"), (-2.3, "minus sign"), (0.1, r"What is -ln\(1/10\)")],
    ),
    "03-cross-entropy": (
        [_loss(np.mean)],
        [
            (_loss(np.sum), "That is the sum"),
            (_loss(lambda losses: -losses.mean()), "the sign is not"),
            (_loss(np.mean, np.log10), "log to base 10"),
            (_loss(np.array), "The loss is one number"),
            (lambda probabilities, labels: -np.log(probabilities).mean(), "probability of its own label"),
            (lambda probabilities, labels: None, "returns nothing yet"),
        ],
    ),
    "03-own-recipe": (
        [_recipe(epochs=8)],
        [
            (_recipe(), "That is quick itself"),
            (_recipe(epochs=8, affine=False), "You changed epochs and affine"),
            ("classic", "dataclasses.replace"),
        ],
    ),
    "04-is-it-better": (["no", "No"], [("yes", r"Do the two overlap\?"), (0.05, "Answer 'yes' or 'no'")]),
    "04-precision": (
        [lambda matrix, digit: matrix[digit, digit] / matrix[:, digit].sum()],
        [
            (lambda matrix, digit: matrix[digit, digit] / matrix[digit].sum(), "That is the recall"),
            (lambda matrix, digit: matrix[digit, digit] / matrix.sum(), "Divide the 3s read right"),
            (lambda matrix, digit: matrix.diagonal() / matrix.sum(axis=0), "Precision is one number"),
            (lambda matrix, digit: None, "returns nothing yet"),
        ],
    ),
    "04-threshold": (
        [RIGHT_ONES, np.arange(2000) >= 19],
        [
            (np.ones(2000, bool), "be stricter"),
            (np.arange(2000) >= 200, "be less strict"),
            (np.zeros(2000, bool), "Nothing is accepted"),
            (0.9, "one True or False for each of the 2,000 images"),
        ],
    ),
    "05-inverted": (
        ["less than half"],
        [("as before", "nearly every number has changed"), ("a little worse", "Go lower"), (50, "Answer one of")],
    ),
    "05-centre-of-mass": (
        [_centre],
        [
            (lambda image: _centre(image)[::-1], "row first"),
            (lambda image: _centre(image > 0), "count each inked pixel alike"),
            (lambda image: (13.5, 13.5), "Weigh each row number"),
            (lambda image: _centre(image)[0], "Return two numbers"),
            (lambda image: None, "returns nothing yet"),
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
    "06-background": (["not zero"], [("zero", "beside the digit"), (0, "Answer one of")]),
    "06-integrated": (
        [_integrated(np.mean), lambda gradient, image, steps: _integrated(np.mean)(gradient, image, 1000)],
        [
            (_integrated(np.sum), "You added the gradients up"),
            (lambda gradient, image, steps: gradient(image) * image, "at the image only"),
            (
                lambda gradient, image, steps: _integrated(np.mean)(gradient, image, steps) / image,
                "multiply by the ink",
            ),
            (lambda gradient, image, steps: _integrated(np.mean)(gradient, image, steps).sum(), "Each pixel has its"),
            (lambda gradient, image, steps: image, "Take the mean of the gradients on the way"),
            (lambda gradient, image, steps: None, "returns nothing yet"),
            (np.zeros((28, 28)), "the function itself"),
        ],
    ),
    "06-small-change": (
        [_path(0.05)],
        [
            (_path(0.0), "both read as a 3"),
            (_path(0.5), "length of 14.0. Find one below 2.5"),
            (255 * _path(0.05), "Divide by 255"),
            (_path(0.05)[0], r"shape \(k, 28, 28\), not \(28, 28\)"),
        ],
    ),
}
GIVEN = {"03-own-recipe": QUICK, "04-threshold": RIGHT_ONES, "06-small-change": _Reader()}


def said(capsys, name, answer) -> str:
    """What the check prints; a network is made only now, because that needs TensorFlow."""
    check(name, answer() if name == "02-own-network" else answer, GIVEN.get(name))
    return capsys.readouterr().out


def test_every_check_is_tested():
    assert set(CASES) == set(CHECKS)


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name in CASES for answer in CASES[name][0]])
def test_a_right_answer_is_accepted(capsys, name, answer):
    assert said(capsys, name, answer).startswith("Right. ")


@pytest.mark.parametrize(("name", "answer", "hint"), [(name, *wrong) for name in CASES for wrong in CASES[name][1]])
def test_a_wrong_answer_gets_its_own_hint(capsys, name, answer, hint):
    output = said(capsys, name, answer)
    assert output.startswith("Not yet. ")
    assert re.search(hint, output)


@pytest.mark.parametrize("name", CASES)
def test_no_answer_is_no_mistake(capsys, name):
    check(name, None, GIVEN.get(name))
    assert capsys.readouterr().out == "No answer yet. Put yours in and run this cell again.\n"


def _fails(*arguments):
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize("name", [name for name in CASES if callable(CASES[name][0][0]) and name != "02-own-network"])
def test_an_answer_that_raises_is_reported(capsys, name):
    assert said(capsys, name, _fails) == "Not yet. Your answer stopped with ZeroDivisionError: division by zero\n"


def test_an_answer_can_not_change_what_it_is_checked_against(capsys):
    def spoil(images, labels, digit):
        images[:] = 0
        return images.mean(axis=0)

    assert said(capsys, "01-mean-image", spoil).startswith("Not yet.")


def test_an_unknown_exercise_is_refused():
    with pytest.raises(ValueError, match="name must be one of 01-least-ink, .*, not '99-magic'"):
        check("99-magic", 1)
