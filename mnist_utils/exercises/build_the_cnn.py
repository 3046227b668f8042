"""Checks of the exercises of notebook 02, build the CNN."""

from typing import Any

import numpy as np

from mnist_utils.exercises.checking import Hint, exercise, number, require, result_of

MOST_PARAMETERS = 30_000  # of the learner's smaller network: half of the one built in the notebook
LEAST_FIELD = 14  # pixels that its last maps see: half the image


@exercise("02-output-size")
def _(answer: object) -> str:
    size = number(answer)
    require(size != 28, "That is the size with padding. Here the kernel must lie wholly on the image.")
    require(size != 23, "Close: count the places of a 5-wide kernel on a row of 5 pixels, then of 6.")
    require(size != 26, "That is for a kernel of 3x3. How much less room is there for one of 5x5?")
    require(
        size == 24,
        "At how many places of a row of 28 pixels does a row of 5 fit?",
        "The kernel begins in column 0 first. In which column does it begin at last, so that it ends in column 27?",
    )
    return "28 - 5 + 1 = 24: one place more than the difference."


@exercise("02-max-pool")
def _(max_pool: object) -> str:
    # Whole numbers, as in the notebook, where an output of whole numbers is right; all of the last block are negative.
    image = np.random.default_rng(2).integers(-99, 100, (6, 8))
    image[4:, 6:] = [[-7, -5], [-3, -9]]
    result = result_of(max_pool, image)
    blocks = image.reshape(3, 2, 4, 2)
    most = blocks.max(axis=(1, 3))
    require(
        result.shape == (3, 4),
        f"An image (6, 8) should become (3, 4), not {result.shape}.",
        f"Each block of 2x2 gives one number: make an array of image.shape // 2, not {result.shape}, and fill it.",
    )
    means, least, first = blocks.mean(axis=(1, 3)), blocks.min(axis=(1, 3)), image[::2, ::2]
    require(not np.allclose(result, means, atol=1), "That is the mean of each block. Take the greatest value.")
    require(not np.allclose(result, least), "That is the least value of each block. Take the greatest.")
    require(not np.allclose(result, first), "That is the first pixel of each block. Take the greatest of the four.")
    at_least_0 = np.maximum(most, 0)
    require(not np.allclose(result, at_least_0), "Where all four are below 0, the greatest is, too. Yours is 0 there.")
    require(not np.allclose(result, most % 256), "Your output can't hold what is below 0: give it the image's dtype.")
    require(
        np.allclose(result, most),
        "The shape is right. Do the blocks start at even rows and columns?",
        "The block of output[row, column] begins at image[2 * row, 2 * column].",
    )
    return "Each 2x2 block is now its greatest value."


@exercise("02-parameters")
def _(answer: object) -> str:
    count = number(answer)
    mistakes: dict[float, str] = {
        3 * 3 * 32 * 64: "Very near. Those are the weights. Which number does each kernel have besides?",
        3 * 3 * 64 + 64: "That would be kernels that read one map. How many maps does this layer read?",
        3 * 3 * 64: "That would be kernels that read one map, without a bias. How many maps does this layer read?",
        3 * 3 * 32 * 64 + 32: "Nearly. There is one bias for each kernel, not for each map that it reads.",
        3 * 3 * 16 * 32 + 32: "That is the second convolution. The third one reads its 32 maps, with 64 kernels.",
        (3 * 3 * 32 * 64 + 64) * 9: "Each kernel is used at all 3x3 places, but it is stored once.",
    }
    require(count not in mistakes, mistakes.get(count, ""))
    require(
        count == 18_496,
        "A kernel has a table of 3x3 weights for each map that it reads, and a bias. How many kernels are there?",
        "One kernel: 3 * 3 * 32 weights and 1 bias. And there are 64 of them.",
    )
    return "(3 * 3 * 32 + 1) * 64 = 18,496."


@exercise("02-own-network")
def _(model: Any) -> str:
    _takes_images_and_gives_probabilities(model)
    convolutions = [layer for layer in model.layers if hasattr(layer, "kernel_size")]
    require(len(convolutions) >= 2, f"At least two convolutions are asked for; it has {len(convolutions)}.")
    for layer in _without_activation(model):
        raise Hint(
            f"There is no activation after {layer.name}. What do layers do that only multiply and add?",
            f'Give {layer.name} activation="relu".',
        )
    field, size = _receptive_field(model), model.count_params()
    require(
        field >= LEAST_FIELD,
        f"Its last maps see {field} x {field} pixels; at least {LEAST_FIELD} are asked for. What lets it see more?",
        f"They see {field} x {field} pixels. Pool, or take a stride of 2, before the last convolution.",
    )
    require(
        size < MOST_PARAMETERS,
        f"It has {size:,} parameters; fewer than {MOST_PARAMETERS:,} are asked for. Where are most of them?",
        f"{size:,} are too many. Look at model.summary(): mostly it is the first dense layer. What does it read?",
    )
    return f"{size:,} parameters, and the last maps see {field} x {field} pixels."


def _takes_images_and_gives_probabilities(model: Any) -> None:
    """Raise Hint unless this is a Keras model that gives ten probabilities for an image."""
    require(hasattr(model, "count_params"), "The answer is a Keras model.")
    require(getattr(model, "built", True), "Start it with keras.Input((28, 28, 1)): its size is not known yet.")
    require(model.input_shape == (None, 28, 28, 1), f"It must take images (28, 28, 1), not {model.input_shape[1:]}.")
    require(
        model.output_shape == (None, 10),
        f"It must give 10 numbers an image, not {model.output_shape[1:]}.",
        "End with Flatten and a dense layer of 10 units.",
    )
    output = np.asarray(model(np.random.default_rng(0).random((3, 28, 28, 1), np.float32), training=False))
    sums_to_one = (output >= 0).all() and np.allclose(output.sum(axis=1), 1, atol=1e-4)
    require(sums_to_one, "The ten numbers must be probabilities: end with softmax.")


def _without_activation(model: Any) -> list:
    """Give the convolutions and dense layers whose sums meet no activation before they are multiplied again."""
    bare: list = []
    last = None
    for layer in model.layers:
        activation = getattr(layer, "activation", None)
        if type(layer).__name__ in ("ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Activation"):
            bare = [one for one in bare if one is not last]
        elif activation is not None and layer.count_params():
            last = layer
            bare += [layer] * (activation.__name__ == "linear")
    return bare


def _receptive_field(model: Any) -> int:
    """Give the side of the square of pixels that a value of the last map depends on."""
    field = step = 1
    for layer in model.layers:
        size = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
        if size:
            field += (size[0] - 1) * getattr(layer, "dilation_rate", (1, 1))[0] * step
            step *= layer.strides[0]
    return field
