"""Checks of the exercises of notebook 04, evaluate per digit."""

from typing import Any

import numpy as np

from mnist_utils.exercises.checking import exercise, one_number, require, result_of, word


@exercise("04-is-it-better")
def _(answer: object) -> str:
    if isinstance(answer, bool | np.bool_):
        answer = "yes" if answer else "no"
    said = word(answer, "yes", "no")
    require(said == "no", "Put both rates and 10,000 images into wilson_interval. Do the two overlap?")
    return "Ten images in 10,000 are within what chance does: the two intervals overlap."


@exercise("04-precision")
def _(precision: object) -> str:
    matrix = np.random.default_rng(4).integers(1, 50, (10, 10))
    rate = one_number(result_of(precision, matrix, 3), "Precision")
    recall, right = matrix[3, 3] / matrix[3].sum(), matrix[3, 3] / matrix[:, 3].sum()
    row = "That is the recall: you divided by the row. What was read as 3 is a column."
    require(not np.isclose(rate, recall, rtol=1e-3), row)
    require(not np.isclose(rate, 100 * right, rtol=1e-3), "That is in percent. Give it as a part of 1.")
    require(np.isclose(rate, right, rtol=1e-3), "Divide the 3s read right by all that was read as 3.")
    return "What was read as a digit stands in its column."


@exercise("04-threshold")
def _(accepted: Any, right: Any) -> str:
    accepted, right = np.asarray(accepted), np.asarray(right)
    require(accepted.shape == right.shape, f"Give one True or False for each of the {len(right):,} images.")
    require(np.isin(accepted, (0, 1)).all(), "Give True or False for each: compare its confidence with a threshold.")
    accepted = accepted.astype(bool)
    require(accepted.any(), "Nothing is accepted.")
    kept, accuracy = accepted.mean(), right[accepted].mean()
    said = f"You accept {kept:.1%} of the images and read {accuracy:.2%} of those right."
    require(accuracy >= 0.999, f"{said} Ask for 99.9%: be stricter.")
    require(kept >= 0.95, f"{said} Accept at least 95%: be less strict.")
    return said
