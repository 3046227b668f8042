"""Checks of the exercises of notebook 01, explore the data."""

import numpy as np

from mnist_utils.exercises.checking import exercise, number, require, result_of


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
