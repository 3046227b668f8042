"""Checks for the exercises: accept a right answer, or hint at what is wrong with it."""

import numpy as np

CHECKS = {}


class Hint(Exception):
    """What a check says when an answer is not right yet."""


def check(name: str, answer, given=None) -> None:
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
    except Exception as error:  # noqa: BLE001 - an answer may fail in any way; its author should read how
        print(f"Not yet. Your answer stopped with {type(error).__name__}: {error}")


def exercise(name: str):
    """Register a check: a function that returns what to say of a right answer, and raises Hint for a wrong one."""

    def register(function):
        CHECKS[name] = function
        return function

    return register


def require(condition: bool, hint: str) -> None:
    """Raise Hint unless the condition holds."""
    if not condition:
        raise Hint(hint)


def result_of(function, *arguments) -> np.ndarray | None:
    """Call a learner's function on copies, so that it can't change what it is checked against."""
    require(callable(function), "Give the function itself, without brackets.")
    result = function(*(np.array(argument) for argument in arguments))
    return None if result is None else np.asarray(result)


@exercise("01-least-ink")
def _(answer):
    require(answer in range(10), "The answer is a digit, 0 to 9.")
    require(answer != 7, "A seven has a long bar on top. Which digit is a single stroke?")
    require(answer == 1, "Think of how far the pen travels to write it.")
    return "A one is a single stroke, and has less than half the ink of a zero."


@exercise("01-mean-image")
def _(mean_image):
    rng = np.random.default_rng(1)
    images, labels = rng.integers(0, 256, (30, 28, 28), np.uint8), np.arange(30) % 3
    result = result_of(mean_image, images, labels, 2)
    require(result is not None, "Your function returns nothing yet.")
    require(
        result.shape == (28, 28), f"The mean of images is an image, (28, 28), not {result.shape}. Which axis counts?"
    )
    require(not np.allclose(result, images.mean(axis=0)), "That is the mean of all images. Choose those of the digit.")
    require(np.allclose(result, images[labels == 2].mean(axis=0)), "The shape is right, the values are not the mean.")
    return "One line of NumPy is enough."


@exercise("01-zero-or-one")
def _(is_zero):
    from mnist_utils.data import load_mnist

    images, labels, _, _ = load_mnist()
    chosen = labels < 2
    result = result_of(is_zero, images[chosen])
    require(result is not None, "Your rule returns nothing yet.")
    require(result.shape == (chosen.sum(),), f"Return one True or False for each image, not shape {result.shape}.")
    accuracy = (result.astype(bool) == (labels[chosen] == 0)).mean()
    require(accuracy > 0.5, f"Your rule is right for {accuracy:.1%}. Is it the wrong way round?")
    require(accuracy >= 0.95, f"Your rule is right for {accuracy:.1%}. A zero has a hole: what is in its middle?")
    return f"Your rule is right for {accuracy:.1%} of the zeros and ones, without any learning."


@exercise("02-output-size")
def _(answer):
    require(answer != 28, "That is the size with padding. Here the kernel must lie wholly on the image.")
    require(answer != 23, "Close: count the places of a 5-wide kernel on a row of 5 pixels, then of 6.")
    require(answer == 24, "At how many places of a row of 28 pixels does a row of 5 fit?")
    return "28 - 5 + 1 = 24: one place more than the difference."


@exercise("02-max-pool")
def _(max_pool):
    image = np.random.default_rng(2).normal(size=(6, 8))
    result = result_of(max_pool, image)
    blocks = image.reshape(3, 2, 4, 2)
    require(result is not None, "Your function returns nothing yet.")
    require(result.shape == (3, 4), f"An image (6, 8) should become (3, 4), not {result.shape}.")
    require(
        not np.allclose(result, blocks.mean(axis=(1, 3))), "That is the mean of each block. Take the greatest value."
    )
    require(
        not np.allclose(result, image[::2, ::2]),
        "That is the first pixel of each block. Take the greatest of the four.",
    )
    require(
        np.allclose(result, blocks.max(axis=(1, 3))),
        "The shape is right. Do the blocks start at even rows and columns?",
    )
    return "Each 2x2 block is now its greatest value."


@exercise("02-own-network")
def _(model):
    require(hasattr(model, "count_params"), "The answer is a Keras model.")
    require(model.input_shape == (None, 28, 28, 1), f"It must take images (28, 28, 1), not {model.input_shape[1:]}.")
    require(model.output_shape == (None, 10), f"It must give 10 numbers an image, not {model.output_shape[1:]}.")
    output = np.asarray(model(np.random.default_rng(0).random((3, 28, 28, 1), np.float32), training=False))
    sums_to_one = (output >= 0).all() and np.allclose(output.sum(axis=1), 1, atol=1e-4)
    require(sums_to_one, "The ten numbers must be probabilities: end with softmax.")
    size = model.count_params()
    require(size < 50_000, f"It has {size:,} parameters; fewer than 50,000 are asked for. Where are most of them?")
    return f"{size:,} parameters."


@exercise("03-first-loss")
def _(answer):
    require(abs(answer - 1.0) > 0.02, "That would be the log to base 10. Keras takes the natural one.")
    require(answer >= 0, "A loss is not negative: mind the minus sign.")
    require(2.2 <= answer <= 2.4, "A network that knows nothing gives each digit 1/10. What is -ln(1/10)?")
    return "-ln(1/10) is 2.30: what a loss should be near before training."


@exercise("03-cross-entropy")
def _(cross_entropy):
    probabilities, labels = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]]), np.array([0, 2, 0])
    right = -np.log([0.7, 0.8, 0.3])
    result = result_of(cross_entropy, probabilities, labels)
    require(result is not None, "Your function returns nothing yet.")
    require(result.shape == (), f"The loss is one number, not an array of shape {result.shape}.")
    require(not np.isclose(result, right.sum()), "That is the sum. Take the mean, or a larger batch has a larger loss.")
    require(not np.isclose(result, -right.mean()), "The size is right, the sign is not.")
    require(not np.isclose(result, right.mean() / np.log(10)), "That is the log to base 10. Take the natural one.")
    require(
        np.isclose(result, right.mean()), "Pick each row's probability of its own label, then take -log and the mean."
    )
    return "The mean of -log(probability of the right digit)."


@exercise("03-own-recipe")
def _(recipe, quick):
    require(hasattr(recipe, "network"), "The answer is a Recipe: start with dataclasses.replace(quick, ...).")
    fields = vars(quick)
    changed = [name for name in fields if getattr(recipe, name) != fields[name]]
    require(bool(changed), "That is quick itself. Change one thing.")
    require(
        len(changed) == 1, f"You changed {' and '.join(changed)}. With one change, you know what made the difference."
    )
    return f"Only {changed[0]} differs, so the result will tell you what it does."


@exercise("04-is-it-better")
def _(answer):
    require(str(answer).lower() in ("yes", "no"), "Answer 'yes' or 'no'.")
    require(str(answer).lower() == "no", "Put both rates and 10,000 images into wilson_interval. Do the two overlap?")
    return "Ten images in 10,000 are within what chance does: the two intervals overlap."


@exercise("04-precision")
def _(precision):
    matrix = np.random.default_rng(4).integers(1, 50, (10, 10))
    result = result_of(precision, matrix, 3)
    require(result is not None, "Your function returns nothing yet.")
    require(result.shape == (), f"Precision is one number, not an array of shape {result.shape}.")
    recall = matrix[3, 3] / matrix[3].sum()
    require(
        not np.isclose(result, recall), "That is the recall: you divided by the row. What was read as 3 is a column."
    )
    require(
        np.isclose(result, matrix[3, 3] / matrix[:, 3].sum()), "Divide the 3s read right by all that was read as 3."
    )
    return "What was read as a digit stands in its column."


@exercise("04-threshold")
def _(accepted, right):
    accepted, right = np.asarray(accepted), np.asarray(right)
    require(accepted.shape == right.shape, f"Give one True or False for each of the {len(right):,} images.")
    accepted = accepted.astype(bool)
    require(accepted.any(), "Nothing is accepted.")
    kept, accuracy = accepted.mean(), right[accepted].mean()
    said = f"You accept {kept:.1%} of the images and read {accuracy:.2%} of those right."
    require(accuracy >= 0.999, f"{said} Ask for 99.9%: be stricter.")
    require(kept >= 0.95, f"{said} Accept at least 95%: be less strict.")
    return said


@exercise("05-inverted")
def _(answer):
    words = ("as before", "a little worse", "less than half")
    require(answer in words, f"Answer one of {', '.join(map(repr, words))}.")
    require(answer != "as before", "To you it is the same digit. To the network, nearly every number has changed.")
    require(answer == "less than half", "It has never seen a white ground: hardly one of its filters fits. Go lower.")
    return "The next cell measures it."


@exercise("05-centre-of-mass")
def _(centre):
    image = np.zeros((28, 28))
    image[4:9, 10:12], image[20, 3] = 0.5, 1.0
    total = image.sum()
    row, column = (image.sum(axis=1) @ np.arange(28)) / total, (image.sum(axis=0) @ np.arange(28)) / total
    result = result_of(centre, image)
    require(result is not None, "Your function returns nothing yet.")
    require(result.shape == (2,), f"Return two numbers, row and column, not shape {result.shape}.")
    require(not np.allclose(result, (column, row)), "Both numbers are right, in the other order: row first.")
    unweighted = np.argwhere(image > 0).mean(axis=0)
    require(not np.allclose(result, unweighted), "You count each inked pixel alike. Weigh it by how much ink it has.")
    require(
        np.allclose(result, (row, column)), "Weigh each row number by the ink in that row, and divide by all the ink."
    )
    return "Bright pixels pull the centre towards them."


@exercise("05-sure-answer")
def _(pad):
    require(hasattr(pad, "strokes"), "The answer is the pad itself.")
    require(bool(pad.strokes), "The pad is empty. Draw a digit, then run this cell again.")
    require(pad.answer.digit is not None, "The network takes your drawing for no digit. Draw a clearer one.")
    require(pad.answer.confidence >= 0.99, f"It is {pad.answer.confidence:.0%} sure. Ask for 99%: draw a clearer one.")
    return "It is at least 99% sure."


@exercise("06-background")
def _(answer):
    words = ("zero", "not zero")
    require(answer in words, f"Answer one of {', '.join(map(repr, words))}.")
    require(answer == "not zero", "Would a new stroke beside the digit leave the score as it is? Think of a 4 and a 9.")
    return "Ink where there is none yet would change the score, too."


@exercise("06-integrated")
def _(integrated):
    weights = np.random.default_rng(6).normal(size=(28, 28))
    image = np.random.default_rng(7).uniform(0.1, 1, (28, 28))
    require(callable(integrated), "Give the function itself, without brackets.")
    result = integrated(lambda x: 3 * weights * x**2, image.copy(), 100)  # the gradient of the sum of weights * x**3
    require(result is not None, "Your function returns nothing yet.")
    result, right = np.asarray(result), weights * image**3
    require(result.shape == (28, 28), f"Each pixel has its attribution: (28, 28), not {result.shape}.")
    require(not np.allclose(result, 3 * right), "That is the gradient at the image only. Take it on the whole way.")
    require(not np.allclose(result, right / image, rtol=0.05), "That is the mean gradient. Now multiply by the ink.")
    require(not np.allclose(result, 100 * right, rtol=0.05), "You added the gradients up. Take their mean.")
    require(
        np.allclose(result, right, rtol=0.05), "Take the mean of the gradients on the way, and multiply by the ink."
    )
    return "Its attributions add up to the difference of the scores."


@exercise("06-small-change")
def _(path, classifier):
    path = np.asarray(path, dtype=float)
    require(path.ndim == 3 and path.shape[1:] == (28, 28), f"The answer has the shape (k, 28, 28), not {path.shape}.")
    require(path.min() >= 0 and path.max() <= 1, "Pixels must stay in 0 to 1. Divide by 255 first.")
    first, last = classifier.predict(path[[0, -1]], mend=False).argmax(axis=1)  # the network alone
    require(first != last, f"The first and the last image are both read as a {first}.")
    length = np.linalg.norm(path[-1] - path[0])
    require(length < 2.5, f"The change has a length of {length:.1f}. Find one below 2.5: other digits may be nearer.")
    return f"A {first} is read as a {last} after a change of length {length:.1f}."
