"""Gradient descent of one weight, as numbers and in words, for functions that were written in a notebook."""

from collections.abc import Callable
from typing import Any

import numpy as np

Function = Callable[[float], Any]  # of one weight


def value_at(function: Function, weight: float) -> float:
    """Give what a function says of a weight as a number: not a number (nan) where it is too large for one."""
    with np.errstate(all="ignore"):
        try:
            return float(np.asarray(function(np.float64(weight))).item())
        except ArithmeticError:
            return float("nan")


def path(loss: Function, slope: Function, start: float, rate: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the weights that the steps visit, the start first, and their losses: both (steps + 1,)."""
    weights = [start]
    for _ in range(steps):
        weights.append(weights[-1] - rate * value_at(slope, weights[-1]))
    return np.array(weights), np.array([value_at(loss, weight) for weight in weights])


def path_in_words(weights: np.ndarray, losses: np.ndarray, seen: np.ndarray) -> str:
    """Say where a path ends, and which step leaves the picture first; `seen` (steps + 1,) says which are in it."""
    steps = len(weights) - 1
    after = f"After {steps} step{'' if steps == 1 else 's'}"
    left = "" if seen.all() else f" Step {seen.argmin()} leaves the picture."
    if not np.isfinite([weights[-1], losses[-1]]).all():
        return f"{after} the weight or its loss is too large for a computer's numbers.{left}"
    return f"{after} the weight is {weights[-1]:.3g} and the loss {losses[-1]:.3g}.{left}"
