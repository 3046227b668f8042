"""What comes in is brought to 28x28: strokes, photos, numbers, and images taken under other conditions."""

from collections.abc import Callable

import numpy as np

from mnist_utils.preprocess.ink import strokes_to_image
from mnist_utils.preprocess.photos import photo_to_image
from mnist_utils.preprocess.restore import preprocess_digits

__all__ = ["PREPROCESS", "photo_to_image", "preprocess_digits", "strokes_to_image"]

# What a model may expect, by the name in its metrics.json: float images (n, 28, 28) to such images.
PREPROCESS: dict[str, Callable[[np.ndarray], np.ndarray]] = {"none": np.asarray, "digits": preprocess_digits}
