"""The checks of notebook 07 accept right answers in any form, and each plausible mistake gets a hint of its own."""

import numpy as np


def _area(fold=float, tie=0.5):
    return lambda digits, outliers: fold(
        (digits[:, None] > outliers).mean() + tie * (digits[:, None] == outliers).mean()
    )


def _loops(digits, outliers):
    won = 0
    for one in digits:
        for other in outliers:
            won += 1 if one > other else 0.5 if one == other else 0
    return won / (len(digits) * len(outliers))


def _cost(wrong=20, accept=np.greater_equal, fold=int, threshold=None):
    def cost(confidence, right, least):
        accepted = accept(confidence, least if threshold is None else threshold)
        return fold(wrong * (accepted & ~right).sum() + (~accepted).sum())

    return cost


def _cost_in_a_loop(confidence, right, threshold):
    total = 0.0
    for sure, correct in zip(confidence, right, strict=True):
        if sure < threshold:
            total += 1
        elif not correct:
            total += 20
    return total


# For each exercise: right answers, the solution first, then wrong ones with a part of the hint that they get.
CASES = {
    "07-read-as-people-do": (
        [(10000 - 10) / 10000, "99.9%", 99.9, "0.999", [0.999], np.float32(0.999)],
        [
            (1.0, r"How does the label count that\?"),
            ("100%", r"How does the label count that\?"),
            (0.001, "the share it gets wrong"),
            (0.998, "Ten of the 10,000"),
            (0.9968, "Ten of the 10,000"),
            ("perfect", "is a number"),
        ],
    ),
    "07-area": (
        [_area(), _loops, _area(lambda value: [np.float32(value)]), _area(str), _area(lambda value: round(value, 2))],
        [
            (_area(tie=0), "each counts half"),
            (_area(tie=1), "each counts half"),
            (_area(lambda value: 16 * value), "the number of pairs"),
            (_area(lambda value: 1 - value), "wrong way round"),
            (lambda digits, outliers: (digits > outliers).mean(), "not the first with the first"),
            (lambda digits, outliers: digits[:, None] > outliers, "The area is one number"),
        ],
    ),
    "07-threshold": (
        [5.2, "5.2", np.float32(5.2), [5.2]],
        [
            (3.0, "be stricter"),
            (0.9, "Evidence is no probability"),
            (6.5, "be less strict"),
            ([5.2, 5.3], "one number"),
            ("high", "is a number"),
        ],
    ),
    "07-cost": (
        [_cost(), _cost_in_a_loop, _cost(fold=str), _cost(fold=lambda total: [np.float32(total)])],
        [
            (_cost(accept=np.greater), "compare with >=, not >"),
            (lambda sure, right, least: 20 * (~right).sum() + (sure < least).sum(), "all wrong answers"),
            (lambda sure, right, least: 20 * ((sure >= least) & ~right).sum(), "forget the rejected"),
            (_cost(wrong=1), "costs 20, not 1"),
            (_cost(fold=lambda total: total / 8), "That is the mean"),
            (_cost(threshold=0.95), "use the one that is given"),
            (lambda sure, right, least: 0, "for each that is not accepted"),
            (lambda sure, right, least: sure >= least, "The cost is one number"),
        ],
    ),
}  # fmt: skip
# The evidence of digits and of outliers.
GIVEN = {"07-threshold": (np.linspace(5, 15, 1000), np.linspace(1, 5.3, 200))}


# What the second wrong answer is told, and the first one not.
NEARER = [
    ("07-read-as-people-do", 1.0, "As wrong, all ten"),
    ("07-read-as-people-do", 0.99, "9,990"),
    ("07-area", _area(tie=0), "half the mean"),
    ("07-area", lambda digits, outliers: 0.1, "a table of all pairs"),
    ("07-area", _area(lambda value: 16 * value), "how many pairs there are"),
    ("07-threshold", 3.0, "np.quantile"),
    ("07-cost", lambda sure, right, least: 0, "(~accepted).sum()"),
]


def test_a_threshold_is_told_what_it_does(said):
    output = said("07-threshold", 5.2, GIVEN["07-threshold"])
    assert output == "Right. You accept 98.0% of the validation digits and refuse 98% of the outliers.\n"
