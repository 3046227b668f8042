"""The checks of notebook 02: right answers in any form, and for wrong ones a hint that names the mistake."""

import re

import numpy as np
import pytest


def pool(fold, dtype=None):
    return lambda image: fold(image.reshape(3, 2, 4, 2), (1, 3)).astype(dtype or image.dtype)


def pool_by_loops(start, kind=list):
    def max_pool(image):
        output = [[start] * (image.shape[1] // 2) for _ in range(image.shape[0] // 2)]
        for row, column in np.ndindex(image.shape):
            best = output[row // 2]
            best[column // 2] = max(best[column // 2], image[row, column])
        return kind(output)

    return max_pool


def solution(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    output = np.zeros((rows, columns), dtype=image.dtype)
    for row in range(rows):
        for column in range(columns):
            output[row, column] = image[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].max()
    return output


CASES = {
    "02-output-size": (
        [24, "24", " 24 ", np.float32(24), np.int64(24), [24], 24.0],
        [
            (28, "with padding"),
            ("23", "Close"),
            (26, "for a kernel of 3x3"),
            (14, "At how many places"),
            ("5x5", "is a number"),
            ([24, 24], "is a number"),
        ],
    ),
    "02-max-pool": (
        [
            solution,
            pool(np.max),
            pool(np.max, int),
            pool(np.max, np.float32),
            pool_by_loops(-np.inf),
            pool_by_loops(-100, np.array),
        ],
        [
            (pool(np.mean, float), "mean of each block"),
            (pool(np.mean), "mean of each block"),
            (pool(np.min), "least value of each block"),
            (pool_by_loops(0), "Yours is 0 there"),
            (pool(np.max, np.uint8), "can't hold what is below 0"),
            (lambda image: image[::2, ::2], "first pixel of each block"),
            (lambda image: image.max(), r"should become \(3, 4\), not \(\)"),
            (lambda image: solution(image).repeat(2, 0), r"not \(6, 4\)"),
            (lambda image: np.maximum(image[::2], image[1::2])[:, :4], "start at even rows and columns"),
        ],
    ),
    "02-parameters": (
        [18_496, "18496", "18496.0", np.int32(18_496), [18_496], (3 * 3 * 32 + 1) * 64],
        [
            (18_432, "each kernel have besides"),
            (640, "kernels that read one map. How many"),
            (576, "without a bias"),
            (18_464, "one bias for each kernel"),
            (4_640, "That is the second convolution"),
            (166_464, "it is stored once"),
            (60_874, "a table of 3x3 weights for each map"),
            ("many", "is a number"),
        ],
    ),
}


# What the second wrong answer is told, and the first one not.
NEARER = [
    ("02-output-size", 14, "ends in column 27"),
    ("02-max-pool", lambda image: image.max(), "image.shape // 2"),
    ("02-max-pool", lambda image: image[1::2, 1::2], "image[2 * row, 2 * column]"),
    ("02-parameters", 1, "there are 64 of them"),
]


def stack(*names):
    """Build a network of layers by short names, on images (28, 28, 1) unless "no input" comes first."""
    from mnist_utils.networks import keras

    layers = keras.layers
    made = {
        "conv": lambda: layers.Conv2D(16, 3, activation="relu"),
        "conv 5": lambda: layers.Conv2D(16, 5, activation="relu"),
        "stride": lambda: layers.Conv2D(16, 5, strides=2, activation="relu"),
        "bare conv": lambda: layers.Conv2D(16, 3, name="naked"),
        "separable": lambda: layers.SeparableConv2D(16, 3, activation="relu"),
        "pool": layers.MaxPooling2D,
        "relu": layers.ReLU,
        "activation": lambda: layers.Activation("relu"),
        "norm": layers.BatchNormalization,
        "flat": layers.Flatten,
        "mean": layers.GlobalAveragePooling2D,
        "dense": lambda: layers.Dense(64, activation="relu"),
        "logits": lambda: layers.Dense(10),
        "softmax layer": layers.Softmax,
        "end": lambda: layers.Dense(10, activation="softmax"),
    }
    start = [] if names[0] == "no input" else [keras.Input((28, 28, 1))]
    return keras.Sequential(start + [made[name]() for name in names if name != "no input"])


@pytest.mark.parametrize(
    "names",
    [
        "stride stride conv flat end",
        "conv pool conv pool conv flat end",
        "stride conv conv conv mean end",
        "bare conv norm relu pool conv pool conv flat logits softmax layer",
        "separable pool conv 5 pool conv mean dense end",
        "bare conv activation pool stride conv mean end",
    ],
)
def test_a_network_as_asked_for_is_accepted(said, names):
    words = re.findall(r"bare conv|conv 5|softmax layer|\w+", names)
    assert said("02-own-network", stack(*words)).startswith("Right. ")


@pytest.mark.parametrize(
    ("names", "hint", "nearer"),
    [
        (["flat", "end"], "At least two convolutions", "it has 0"),
        (["stride", "flat", "end"], "At least two convolutions", "it has 1"),
        (
            ["bare conv", "pool", "stride", "conv", "flat", "end"],
            "no activation after naked",
            'naked activation="relu"',
        ),
        (["conv", "conv", "mean", "end"], "maps see 5 x 5 pixels; at least 14", "stride of 2"),
        (["conv", "pool", "conv", "conv 5", "flat", "dense", "end"], "fewer than 30,000", "What does it read"),
        (["stride", "stride", "flat", "logits"], "end with softmax", "end with softmax"),
        (["stride", "stride", "flat", "dense"], "give 10 numbers an image, not", "dense layer of 10 units"),
        (["no input", "stride", "stride", "flat", "end"], "Start it with keras.Input", "keras.Input"),
    ],
)
def test_another_network_gets_its_own_hint_and_then_a_nearer_one(said, names, hint, nearer):
    model = stack(*names)
    for expected in (hint, nearer):
        output = said("02-own-network", model)
        assert output.startswith("Not yet. ")
        assert expected in output


def test_the_learners_own_network_of_the_notebook_is_too_large_and_a_number_is_no_network(said):
    from mnist_utils import networks

    assert "60,874 parameters" in said("02-own-network", networks.build("mine"))
    assert "is a Keras model" in said("02-own-network", 3)
