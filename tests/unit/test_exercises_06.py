"""The checks of notebook 06: right answers in any form, and plausible mistakes with their hints."""

from types import SimpleNamespace

import numpy as np


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
    "06-background": (
        ["not zero", " Not zero "],
        [("zero", "beside the digit"), (0, "Answer one of"), ("positive", "Answer one of")],
    ),
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
NEARER = [
    ("06-background", "zero", "Close the top of a 4"),
    ("06-integrated", lambda gradient, image, steps: image, "brightness * image"),
]
