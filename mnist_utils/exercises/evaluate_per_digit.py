"""Checks of the exercises of notebook 04, evaluate per digit."""

from typing import Any

import numpy as np

from mnist_utils.exercises.checking import Hint, exercise, number, one_number, require, result_of, word


@exercise("04-is-it-better")
def _(answer: object) -> str:
    if isinstance(answer, bool | np.bool_):
        answer = "yes" if answer else "no"
    said = word(answer, "yes", "no")
    overlap = "Put both rates and 10,000 images into wilson_interval. Do the two overlap?"
    require(said == "no", overlap, f"{overlap} The first one ends at 99.53%. Where does the second one begin?")
    return "Ten images in 10,000 are within what chance does: the two intervals overlap."


@exercise("04-always-five")
def _(answer: Any) -> str:
    if isinstance(answer, str):
        answer = answer.replace(",", " ").split()
    if isinstance(answer, dict):
        answer = list(answer.values())
    if np.size(answer) != 2:
        raise Hint("The answer is two numbers: recall, precision.")
    recall, precision = (number(each) for each in answer)
    percent = "Give both as a part of 1, not in percent."
    require(not np.isclose(recall, 100), percent)
    require(not (np.isclose(recall, 0.0892) and np.isclose(precision, 1)), "The wrong way round: recall comes first.")
    found = "Recall asks: of the 892 images that are a 5, how many are read as 5?"
    require(bool(np.isclose(recall, 1)), found, f"{found} This machine reads every image as 5.")
    right = "Precision asks: of the images that are read as 5, how many are one?"
    require(abs(precision - 0.0892) < 0.001, right, f"{right} It reads all 10,000 as 5.")
    return "It finds every 5, and 91% of its fives are wrong."


@exercise("04-precision")
def _(precision: object) -> str:
    matrix = np.random.default_rng(0).integers(1, 50, (10, 10))
    rate = number(one_number(result_of(precision, matrix, 3), "Precision"))
    recall, right = matrix[3, 3] / matrix[3].sum(), matrix[3, 3] / matrix[:, 3].sum()

    def is_near(value: float) -> bool:
        return bool(np.isclose(rate, value, rtol=6e-3))  # two decimals are enough

    row = "That is the recall: you divided by the row."
    require(not is_near(recall), row, f"{row} What was read as 3 is a column.")
    require(not is_near(100 * right), "That is in percent. Give it as a part of 1.")
    rule = "Divide the 3s read right by all that was read as 3."
    require(is_near(right), rule, f"{rule} Those stand in column 3: matrix[:, 3].")
    return "What was read as a digit stands in its column."


@exercise("04-threshold")
def _(threshold: Any, given: tuple[np.ndarray, np.ndarray]) -> str:
    probabilities, labels = given  # of the validation images
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    several = f"The threshold is one number, which the confidences of all {len(labels):,} images are compared with."
    require(np.size(threshold) == 1, several)
    least = number(threshold)
    require(0 <= least <= 1, "A confidence lies between 0 and 1, and so does the threshold: 98% is 0.98.")
    accepted = confidence >= least
    require(bool(accepted.any()), "Nothing is accepted: no confidence is so high.")
    share, accuracy = accepted.mean(), right[accepted].mean()
    said = f"On the validation images, you accept {share:.1%} and read {accuracy:.2%} of those right."
    strict = f"{said} Ask for 99.9%: be stricter."
    require(accuracy >= 0.999, strict, f"{strict} Watch the number of wrong ones in the explorer's title.")
    require(share >= 0.93, f"{said} Accept at least 93%: be less strict.")
    return said
