"""Checks of the exercises of notebook 02, build the CNN."""

from typing import Any

import numpy as np

from mnist_utils.exercises.checking import exercise, number, require, result_of


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
