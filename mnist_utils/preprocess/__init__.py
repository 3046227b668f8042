"""What comes in is brought to 28x28: strokes, photos, numbers, and images taken under other conditions."""

from collections.abc import Callable

import numpy as np

from mnist_utils.preprocess.ink import strokes_to_image
from mnist_utils.preprocess.photos import photo_to_image
from mnist_utils.preprocess.restore import has_light_edge, preprocess_digits, turn_dark_on_light

__all__ = ["PREPROCESS", "has_light_edge", "photo_to_image", "preprocess_digits", "strokes_to_image"]

# What a model may expect, by the name in its metrics.json: float images (n, 28, 28) to such images.
PREPROCESS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "none": np.asarray,
    "turned": turn_dark_on_light,
    "digits": preprocess_digits,
}
