"""Numbers that come in, checked before anything is computed with them: labels, probabilities and pen strokes.

`images.check_images` does the same for images. What is wrong is said in one sentence, as a ValueError.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

OFF = 1e-3  # from 1 that a row of probabilities may add up to: float16 is off by less
LARGEST = 1e100  # of a stroke's coordinates: the square of a larger one may overflow


def check_labels(labels: ArrayLike, classes: int, count: int, name: str = "labels") -> np.ndarray:
    """Give `count` labels, whole numbers from 0 to classes - 1, as int64 (n,); messages call them `name`."""
    labels = _array(labels, name)
    if labels.shape != (count,) or (count and labels.dtype.kind not in "iu"):
        raise ValueError(f"{name} must be {count} whole numbers, not {labels.dtype} {labels.shape}.")
    if count and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(f"{name} must be 0 to {classes - 1}, not {labels.min()} to {labels.max()}.")
    return labels.astype(np.int64)


def check_probabilities(probabilities: ArrayLike, name: str = "probabilities") -> np.ndarray:
    """Give probabilities (n, classes), or (classes,) of one image, as float64 whose rows add up to 1 exactly.

    There must be two classes or more, and rows that add up to 1 but for what rounding does.
    """
    probabilities = _array(probabilities, name)
    if probabilities.ndim not in (1, 2) or probabilities.shape[-1] < 2 or probabilities.dtype.kind not in "fiub":
        shape = f"{probabilities.dtype} {probabilities.shape}"
        raise ValueError(f"{name} must be numbers (n, classes) of two classes or more, not {shape}.")
    probabilities = probabilities.astype(float)
    sums = probabilities.sum(axis=-1, keepdims=True)
    if sums.size and not (probabilities.min() >= 0 and np.abs(sums - 1).max() <= OFF):  # NaN fails this, too
        extent = (
            f"{probabilities.min():.3g} to {probabilities.max():.3g} with sums {sums.min():.3g} to {sums.max():.3g}"
        )
        raise ValueError(f"{name} must be 0 or more, and each row add up to 1 as softmax's does, not {extent}.")
    return probabilities / sums


def check_strokes(strokes: list, name: str = "strokes") -> list[np.ndarray]:
    """Give strokes, lists of (x, y), as float arrays (k, 2) without the empty ones; coordinates must be finite."""
    if isinstance(strokes, str | bytes | dict) or not isinstance(strokes, Iterable):
        raise ValueError(f"{name} must be a list of strokes, not {strokes!r:.60}.")
    checked = []
    for number, stroke in enumerate(strokes):
        try:
            points = np.asarray(stroke)
            numbers = points.dtype.kind in "fiub"
        except (TypeError, ValueError):
            numbers = False
        if not numbers:
            raise ValueError(f"{name}[{number}] must be a list of (x, y) points, not {stroke!r:.60}.")
        if points.size == 0:
            continue
        if points.ndim != 2 or points.shape[1] != 2:
            raise ValueError(f"{name}[{number}] must have the shape (k, 2), not {points.shape}.")
        if not np.isfinite(points).all():
            raise ValueError(f"{name}[{number}] holds a coordinate that is not a finite number.")
        if np.abs(points.astype(float)).max() > LARGEST:
            raise ValueError(f"{name}[{number}] holds a coordinate beyond {LARGEST:g}.")
        checked.append(points.astype(float))
    return checked


def _array(values: ArrayLike, name: str) -> np.ndarray:
    try:
        return np.asarray(values)
    except (TypeError, ValueError):  # lists of unequal length, for one
        raise ValueError(f"{name} must be an array of numbers, not {values!r:.60}.") from None
