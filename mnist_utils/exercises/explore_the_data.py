"""Checks of the exercises of notebook 01, explore the data."""

import numpy as np

from mnist_utils.exercises.checking import Hint, exercise, number, require, result_of


@exercise("01-least-ink")
def _(answer: object) -> str:
    digit = number(answer)
    require(digit in range(10), "The answer is a digit, 0 to 9.")
    nearer = "Write the ten digits on paper. Which one is a single stroke, without a bend?"
    require(digit != 7, "A seven has a long bar on top. Which digit has less?", nearer)
    require(digit == 1, "Think of how far the pen travels to write it.", nearer)
    return "A one is a single stroke, and has less than half the ink of a zero."


@exercise("01-mean-image")
def _(mean_image: object) -> str:
    rng = np.random.default_rng(1)
    images, labels = rng.integers(0, 256, (30, 28, 28), np.uint8), np.arange(30) % 3
    result = result_of(mean_image, images, labels, 2)
    if result.shape != (28, 28):
        far = f"The mean of images is an image, (28, 28), not {result.shape}. Which axis counts?"
        raise Hint(far, f"{far} Axis 0 runs over the images, 1 over the rows, 2 over the columns.")
    chosen = images[labels == 2]
    mean = chosen.mean(axis=0)
    require(
        not np.allclose(result, images.mean(axis=0), atol=1),
        "That is the mean of all images. Choose those of the digit.",
        "That is still the mean of all images. `labels == digit` is True for those you want: index images with it.",
    )
    require(not np.allclose(result, chosen.sum(axis=0)), "That is the sum. How many images went into it?")
    require(not np.allclose(result, mean / 255), "That is the mean divided by 255. Leave the pixels at 0 to 255.")
    require(
        np.allclose(result, mean, atol=1),  # whole numbers are fine, too
        "The shape is right, the values are not the mean.",
        "The values are not the mean of the digit's images, pixel by pixel. If you add up uint8, mind 255.",
    )
    return "One line of NumPy is enough."


@exercise("01-zero-or-one")
def _(is_zero: object) -> str:
    from mnist_utils.data import load_mnist

    images, labels, _, _ = load_mnist()
    images, zero = images[labels < 2], labels[labels < 2] == 0
    result = result_of(is_zero, images)
    require(result.size == len(zero), f"Return one True or False for each image, not shape {result.shape}.")
    said = result.ravel().astype(bool)
    accuracy, found, mistaken = (said == zero).mean(), said[zero].mean(), said[~zero].mean()
    rate = f"Your rule is right for {accuracy:.1%} of the images"
    require(accuracy > 0.3, f"{rate}. Is it the wrong way round? True stands for a zero.")
    require(
        accuracy >= 0.95,
        f"{rate}: it finds {found:.1%} of the zeros, and takes {mistaken:.1%} of the ones for zeros, too. "
        "Show some that it gets wrong, with plots.digits.",
        f"{rate}. Look at the mean images of 0 and 1 again. Where does nearly every 1 have ink, and hardly any 0?",
        f"{rate}. A zero has a hole. What is the mean of a few pixels in the middle, for zeros and for ones?",
    )
    return f"Your rule is right for {accuracy:.1%} of the zeros and ones, without any learning."
