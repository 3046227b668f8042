"""Checks of the exercises of notebook 07, when to trust it."""

from typing import Any

import numpy as np

from mnist_utils.exercises.checking import exercise, number, one_number, require, result_of, share


@exercise("07-read-as-people-do")
def _(answer: Any) -> str:
    rate = share(answer)
    counted = "It reads the ten disputed images as people do. How does the label count that?"
    require(not np.isclose(rate, 1), counted, f"{counted} As wrong, all ten.")
    require(not np.isclose(rate, 0.001), "That is the share it gets wrong. How much is right?")
    rule = "Ten of the 10,000 images count as wrong, the others as right."
    require(abs(rate - 0.999) < 2e-5, rule, f"{rule} So 9,990 of 10,000 are right.")
    return "99.9%, though it never errs. Nobody who reads like a person can get more."


@exercise("07-area")
def _(area: object) -> str:
    digits, outliers = np.array([0.4, 0.8, 0.8, 0.9]), np.array([0.4, 0.8, 0.1, 0.2])
    pairs = digits[:, None] - outliers
    above, tied = (pairs > 0).mean(), (pairs == 0).mean()
    value = number(one_number(result_of(area, digits, outliers), "The area"))

    def is_near(other: float) -> bool:
        return abs(value - other) < 0.006  # two decimals are enough

    count = "That is the number of pairs."
    for sum_of_pairs in (above, above + tied / 2, above + tied):
        require(not is_near(pairs.size * sum_of_pairs), count, f"{count} Divide it by how many pairs there are.")
    require(not is_near(1 - above - tied / 2), "The wrong way round: the digit should have the higher score.")
    ties = "That is right but for pairs with equal scores: each counts half."
    require(not is_near(above), ties, f"{ties} Add half the mean of digits == outliers over all pairs.")
    require(not is_near(above + tied), ties, f"{ties} Here they count whole: compare with >, not >=.")
    lengths = "Compare every digit with every outlier, not the first with the first."
    rule = f"{lengths} digits[:, None] > outliers makes a table of all pairs."
    require(is_near(above + tied / 2), lengths, rule)
    return "The area under the ROC curve, without drawing the curve."


@exercise("07-threshold")
def _(threshold: Any, given: tuple[np.ndarray, np.ndarray]) -> str:
    digits, outliers = given  # the evidence for each, none of them test images
    require(np.size(threshold) == 1, "The threshold is one number, which the evidence of each image is compared with.")
    least = number(threshold)
    accepted, refused = (digits >= least).mean(), (outliers < least).mean()
    said = f"You accept {accepted:.1%} of the validation digits and refuse {refused:.0%} of the outliers."
    scale = "Evidence is no probability: it goes from 0 to about 8 here."
    require(refused > 0 or least > 1, f"{said} {scale}")
    strict = f"{said} Refuse at least 95%: be stricter."
    require(refused >= 0.95, strict, f"{strict} np.quantile(outlier_evidence, 0.95) is where that begins.")
    require(accepted >= 0.98, f"{said} Accept at least 98%: be less strict.")
    return said


@exercise("07-cost")
def _(cost: object) -> str:
    confidence = np.array([0.99, 0.97, 0.95, 0.9, 0.6, 0.99, 0.7, 0.5])
    right = np.array([True, False, False, True, True, True, False, False])  # accepted from 0.95 on: 4, 2 of them wrong
    value = number(one_number(result_of(cost, confidence, right, 0.95), "The cost"))
    require(value != 25, "An answer whose confidence equals the threshold is accepted: compare with >=, not >.")
    all_wrong = "You charge for all wrong answers. Those that are rejected cost 1, like other rejected ones."
    require(value != 84, all_wrong, f"{all_wrong} Count accepted & ~right.")
    require(value != 40, "You forget the rejected answers: 1 for each of them.")
    require(value != 6, "A wrong answer that is accepted costs 20, not 1.")
    require(value != 44 / 8, "That is the mean. Give the total.")
    rule = "Add 20 for each that is accepted and wrong to 1 for each that is not accepted."
    require(value == 44, rule, f"{rule} With arrays of bool, that is (accepted & ~right).sum() and (~accepted).sum().")
    other = number(one_number(result_of(cost, confidence, right, 0.65), "The cost"))
    require(other == 62, "That is right for one threshold, but not for another: use the one that is given.")
    return "Two kinds of mistakes, each with its price: most decisions about thresholds look like this."
