"""Checks for the exercises: accept a right answer in any form, or hint at what is wrong with it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mnist_utils.images import centre_of_mass, check_images

CHECKS: dict[str, Callable] = {}


class Hint(Exception):  # noqa: N818 - no error: a part of the lesson
    """What a check says when an answer is not right yet."""


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
        print("Not yet.", hint)
    except Exception as error:  # an answer may fail in any way; its author should read how
        print(f"Not yet. Your answer stopped with {type(error).__name__}: {error}")


def exercise(name: str) -> Callable:
    """Register a check: a function that returns what to say of a right answer, and raises Hint for a wrong one."""

    def register(function: Callable) -> Callable:
        CHECKS[name] = function
        return function

    return register


def require(condition: bool | np.bool_, hint: str) -> None:
    """Raise Hint unless the condition holds."""
    if not condition:
        raise Hint(hint)


def number(answer: object) -> float:
    """Take a number in any form: 24, np.float32(24), "24", [24]; raise Hint where it is none."""
    try:
        return float(np.asarray(answer).item())
    except (TypeError, ValueError):
        raise Hint(f"The answer is a number, not {answer!r}.") from None


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


@exercise("01-least-ink")
def _(answer: object) -> str:
    digit = number(answer)
    require(digit in range(10), "The answer is a digit, 0 to 9.")
    require(digit != 7, "A seven has a long bar on top. Which digit is a single stroke?")
    require(digit == 1, "Think of how far the pen travels to write it.")
    return "A one is a single stroke, and has less than half the ink of a zero."


@exercise("01-mean-image")
def _(mean_image: object) -> str:
    rng = np.random.default_rng(1)
    images, labels = rng.integers(0, 256, (30, 28, 28), np.uint8), np.arange(30) % 3
    result = result_of(mean_image, images, labels, 2)
    hint = f"The mean of images is an image, (28, 28), not {result.shape}. Which axis counts?"
    require(result.shape == (28, 28), hint)
    require(not np.allclose(result, images.mean(axis=0)), "That is the mean of all images. Choose those of the digit.")
    mean = images[labels == 2].mean(axis=0)
    require(np.allclose(result, mean, atol=1), "The shape is right, the values are not the mean.")  # whole is fine, too
    return "One line of NumPy is enough."


@exercise("01-zero-or-one")
def _(is_zero: object) -> str:
    from mnist_utils.data import load_mnist

    images, labels, _, _ = load_mnist()
    chosen = labels < 2
    result = result_of(is_zero, images[chosen])
    require(result.size == chosen.sum(), f"Return one True or False for each image, not shape {result.shape}.")
    accuracy = (result.ravel().astype(bool) == (labels[chosen] == 0)).mean()
    require(accuracy > 0.5, f"Your rule is right for {accuracy:.1%}. Is it the wrong way round?")
    require(accuracy >= 0.95, f"Your rule is right for {accuracy:.1%}. A zero has a hole: what is in its middle?")
    return f"Your rule is right for {accuracy:.1%} of the zeros and ones, without any learning."


@exercise("02-output-size")
def _(answer: object) -> str:
    size = number(answer)
    require(size != 28, "That is the size with padding. Here the kernel must lie wholly on the image.")
    require(size != 23, "Close: count the places of a 5-wide kernel on a row of 5 pixels, then of 6.")
    require(size == 24, "At how many places of a row of 28 pixels does a row of 5 fit?")
    return "28 - 5 + 1 = 24: one place more than the difference."


@exercise("02-max-pool")
def _(max_pool: object) -> str:
    # Whole numbers, as in the notebook, where an output of whole numbers is right; all of the last block are negative.
    image = np.random.default_rng(2).integers(-99, 100, (6, 8))
    image[4:, 6:] = [[-7, -5], [-3, -9]]
    result = result_of(max_pool, image)
    blocks = image.reshape(3, 2, 4, 2)
    most = blocks.max(axis=(1, 3))
    require(result.shape == (3, 4), f"An image (6, 8) should become (3, 4), not {result.shape}.")
    means = blocks.mean(axis=(1, 3))
    require(not np.allclose(result, means, atol=1), "That is the mean of each block. Take the greatest value.")
    first = image[::2, ::2]
    require(not np.allclose(result, first), "That is the first pixel of each block. Take the greatest of the four.")
    at_least_0 = np.maximum(most, 0)
    require(not np.allclose(result, at_least_0), "Where all four are below 0, the greatest is, too. Yours is 0 there.")
    require(np.allclose(result, most), "The shape is right. Do the blocks start at even rows and columns?")
    return "Each 2x2 block is now its greatest value."


@exercise("02-own-network")
def _(model: Any) -> str:
    require(hasattr(model, "count_params"), "The answer is a Keras model.")
    require(getattr(model, "built", True), "Start it with keras.Input((28, 28, 1)): its size is not known yet.")
    require(model.input_shape == (None, 28, 28, 1), f"It must take images (28, 28, 1), not {model.input_shape[1:]}.")
    require(model.output_shape == (None, 10), f"It must give 10 numbers an image, not {model.output_shape[1:]}.")
    output = np.asarray(model(np.random.default_rng(0).random((3, 28, 28, 1), np.float32), training=False))
    sums_to_one = (output >= 0).all() and np.allclose(output.sum(axis=1), 1, atol=1e-4)
    require(sums_to_one, "The ten numbers must be probabilities: end with softmax.")
    size = model.count_params()
    require(size < 50_000, f"It has {size:,} parameters; fewer than 50,000 are asked for. Where are most of them?")
    return f"{size:,} parameters."


@exercise("03-first-loss")
def _(answer: object) -> str:
    loss = number(answer)
    require(abs(loss - 1.0) > 0.02, "That would be the log to base 10. Keras takes the natural one.")
    require(loss >= 0, "A loss is not negative: mind the minus sign.")
    require(2.2 <= loss <= 2.4, "A network that knows nothing gives each digit 1/10. What is -ln(1/10)?")
    return "-ln(1/10) is 2.30: what a loss should be near before training."


@exercise("03-cross-entropy")
def _(cross_entropy: object) -> str:
    probabilities, labels = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]]), np.array([0, 2, 0])
    right = -np.log([0.7, 0.8, 0.3])
    loss = one_number(result_of(cross_entropy, probabilities, labels), "The loss")

    def is_near(value: float) -> bool:
        return abs(loss - value) < 0.006  # two decimals are enough

    require(not is_near(right.sum()), "That is the sum. Take the mean, or a larger batch has a larger loss.")
    require(not is_near(-right.mean()), "The size is right, the sign is not.")
    require(not is_near(right.mean() / np.log(10)), "That is the log to base 10. Take the natural one.")
    require(is_near(right.mean()), "Pick each row's probability of its own label, then take -log and the mean.")
    return "The mean of -log(probability of the right digit)."


@exercise("03-own-recipe")
def _(recipe: Any, quick: Any) -> str:
    require(hasattr(recipe, "network"), "The answer is a Recipe: start with dataclasses.replace(quick, ...).")
    fields = vars(quick)
    changed = [name for name in fields if getattr(recipe, name) != fields[name]]
    require(bool(changed), "That is quick itself. Change one thing.")
    hint = f"You changed {' and '.join(changed)}. With one change, you know what made the difference."
    require(len(changed) == 1, hint)
    return f"Only {changed[0]} differs, so the result will tell you what it does."


@exercise("04-is-it-better")
def _(answer: object) -> str:
    if isinstance(answer, bool | np.bool_):
        answer = "yes" if answer else "no"
    said = word(answer, "yes", "no")
    require(said == "no", "Put both rates and 10,000 images into wilson_interval. Do the two overlap?")
    return "Ten images in 10,000 are within what chance does: the two intervals overlap."


@exercise("04-precision")
def _(precision: object) -> str:
    matrix = np.random.default_rng(4).integers(1, 50, (10, 10))
    rate = one_number(result_of(precision, matrix, 3), "Precision")
    recall, right = matrix[3, 3] / matrix[3].sum(), matrix[3, 3] / matrix[:, 3].sum()
    row = "That is the recall: you divided by the row. What was read as 3 is a column."
    require(not np.isclose(rate, recall, rtol=1e-3), row)
    require(not np.isclose(rate, 100 * right, rtol=1e-3), "That is in percent. Give it as a part of 1.")
    require(np.isclose(rate, right, rtol=1e-3), "Divide the 3s read right by all that was read as 3.")
    return "What was read as a digit stands in its column."


@exercise("04-threshold")
def _(accepted: Any, right: Any) -> str:
    accepted, right = np.asarray(accepted), np.asarray(right)
    require(accepted.shape == right.shape, f"Give one True or False for each of the {len(right):,} images.")
    require(np.isin(accepted, (0, 1)).all(), "Give True or False for each: compare its confidence with a threshold.")
    accepted = accepted.astype(bool)
    require(accepted.any(), "Nothing is accepted.")
    kept, accuracy = accepted.mean(), right[accepted].mean()
    said = f"You accept {kept:.1%} of the images and read {accuracy:.2%} of those right."
    require(accuracy >= 0.999, f"{said} Ask for 99.9%: be stricter.")
    require(kept >= 0.95, f"{said} Accept at least 95%: be less strict.")
    return said


@exercise("05-inverted")
def _(answer: object) -> str:
    said = word(answer, "as before", "a little worse", "less than half")
    require(said != "as before", "To you it is the same digit. To the network, nearly every number has changed.")
    require(said == "less than half", "It has never seen a white background: hardly one of its filters fits. Go lower.")
    return "The next cell measures it."


@exercise("05-centre-of-mass")
def _(centre: object) -> str:
    image = np.zeros((28, 28))
    image[4:9, 10:12], image[20, 3] = 0.5, 1.0
    right, unweighted = centre_of_mass(image), centre_of_mass(image > 0)
    result = result_of(centre, image)
    require(result.size == 2, f"Return two numbers, row and column, not shape {result.shape}.")

    def is_near(place: np.ndarray) -> bool:
        return bool(np.abs(result.ravel() - place).max() < 0.01)

    require(not is_near(right[::-1]), "Both numbers are right, in the other order: row first.")
    require(not is_near(unweighted), "You count each inked pixel alike. Weigh it by how much ink it has.")
    require(is_near(right), "Weigh each row number by the ink in that row, and divide by all the ink.")
    return "Bright pixels pull the centre towards them."


@exercise("05-sure-answer")
def _(pad: Any) -> str:
    require(hasattr(pad, "strokes"), "The answer is the pad itself.")
    require(bool(pad.strokes), "The pad is empty. Draw a digit, then run this cell again.")
    require(pad.answer.digit is not None, "The network takes your drawing for no digit. Draw a clearer one.")
    require(pad.answer.confidence >= 0.99, f"It is {pad.answer.confidence:.0%} sure. Ask for 99%: draw a clearer one.")
    return "It is at least 99% sure."


@exercise("06-background")
def _(answer: object) -> str:
    said = word(answer, "zero", "not zero")
    require(said == "not zero", "Would a new stroke beside the digit leave the score as it is? Think of a 4 and a 9.")
    return "Ink where there is none yet would change the score, too."


@exercise("06-integrated")
def _(integrated: object) -> str:
    weights = np.random.default_rng(6).normal(size=(28, 28))
    image = np.random.default_rng(7).uniform(0.1, 1, (28, 28))

    def gradient(x: np.ndarray) -> np.ndarray:  # of the sum of weights * x**3
        return 3 * weights * x**2

    result, right = result_of(integrated, gradient, image, 100), weights * image**3
    require(result.shape == (28, 28), f"Each pixel has its attribution: (28, 28), not {result.shape}.")
    require(not np.allclose(result, 3 * right), "That is the gradient at the image only. Take it on the whole way.")
    require(not np.allclose(result, right / image, rtol=0.05), "That is the mean gradient. Now multiply by the ink.")
    require(not np.allclose(result, 100 * right, rtol=0.05), "You added the gradients up. Take their mean.")
    hint = "Take the mean of the gradients on the way, and multiply by the ink."
    require(np.allclose(result, right, rtol=0.05), hint)
    return "Its attributions add up to the difference of the scores."


@exercise("06-small-change")
def _(path: Any, classifier: Any) -> str:
    from mnist_utils.networks import probabilities

    path = np.asarray(path)
    require(path.size > 0 and path.shape[1:] == (28, 28), f"The answer has the shape (k, 28, 28), not {path.shape}.")
    if path.dtype != np.uint8:
        path = path.astype(float)
        require(path.min() >= 0 and path.max() <= 1, "Pixels must stay in 0 to 1. Divide by 255 first.")
    path = check_images(path)
    # The network alone: what preprocessing would do to so small a change is another question.
    first, last = probabilities(classifier.model, path[[0, -1]]).argmax(axis=1)
    require(first != last, f"The first and the last image are both read as a {first}.")
    length = np.linalg.norm(path[-1] - path[0])
    require(length < 2.5, f"The change has a length of {length:.1f}. Find one below 2.5: other digits may be nearer.")
    return f"A {first} is read as a {last} after a change of length {length:.1f}."
