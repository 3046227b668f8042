"""The checks of notebook 04 accept right answers in any form, and each plausible mistake gets a hint of its own."""

import numpy as np


def _answers():
    """Of 1,000 images, 12 are misread: ten with a confidence of 0.5 to 0.6, two with one of 0.9 and 0.97."""
    confidence = np.r_[np.linspace(0.5, 0.6, 10), 0.9, 0.97, np.linspace(0.85, 0.94, 40), np.linspace(0.98, 0.995, 948)]
    probabilities = np.zeros((1000, 10))
    probabilities[:, 3], probabilities[:, 5] = confidence, 1 - confidence
    return probabilities, np.where(np.arange(1000) < 12, 5, 3)


def _precision(fold):
    return lambda matrix, digit: fold(matrix[digit, digit] / matrix[:, digit].sum())


# For each exercise: right answers, the solution first, then wrong ones with a part of the hint that they get.
CASES = {
    "04-is-it-better": (
        ["no", "No.", False, np.bool_(False)],
        [("yes", r"Do the two overlap\?"), (True, r"Do the two overlap\?"), (0.05, "Answer one of 'yes', 'no'")],
    ),
    "04-always-five": (
        [
            (892 / 892, 892 / 10000),
            [1, 0.0892],
            np.float32([1, 0.0892]),
            "1, 0.0892",
            ("1", "0.0892"),
            {"recall": 1, "precision": 0.089},
        ],
        [
            ((0.0892, 1), "wrong way round"),
            ((100, 8.92), "not in percent"),
            ((0.0892, 0.0892), "how many are read as 5"),
            ((1, 1), "how many are one"),
            ((1, 0.1), "how many are one"),
            (1, "two numbers"),
            (("all", "few"), "is a number"),
        ],
    ),
    "04-precision": (
        [_precision(float), _precision(lambda rate: [np.float32(rate)]), _precision(str)],
        [
            (lambda matrix, digit: matrix[digit, digit] / matrix[digit].sum(), "That is the recall"),
            (lambda matrix, digit: matrix[digit, digit] / matrix.sum(), "Divide the 3s read right"),
            (_precision(lambda rate: 100 * rate), "a part of 1"),
            (lambda matrix, digit: matrix.diagonal() / matrix.sum(axis=0), "Precision is one number"),
            (_precision(lambda rate: "high"), "is a number"),
        ],
    ),
    "04-threshold": (
        [0.98, "0.98", np.float32(0.98), [0.98]],
        [
            (0.5, "be stricter"),
            (0.95, "be stricter"),
            (0.985, "be less strict"),
            (0.9999, "Nothing is accepted"),
            (98, "98% is 0.98"),
            (np.ones(1000, bool), "one number"),
            ("high", "is a number"),
        ],
    ),
}
GIVEN = {"04-threshold": _answers()}


# What the second wrong answer is told, and the first one not.
NEARER = [
    ("04-is-it-better", "yes", "ends at 99.53%"),
    ("04-always-five", (0.5, 0.5), "every image as 5"),
    ("04-always-five", (1, 0.5), "all 10,000 as 5"),
    ("04-precision", lambda matrix, digit: matrix[digit, digit] / matrix[digit].sum(), "3 is a column"),
    ("04-precision", lambda matrix, digit: 0.0, "column 3"),
    ("04-threshold", 0.5, "explorer's title"),
]


def test_a_threshold_is_told_what_it_does(said):
    assert "you accept 99.0% and read 99.80% of those right. Ask for 99.9%" in said(
        "04-threshold", 0.7, GIVEN["04-threshold"]
    )
