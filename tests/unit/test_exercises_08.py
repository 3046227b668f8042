"""The checks of notebook 08 accept right answers in any form, and each plausible mistake gets a hint of its own."""

import numpy as np

LABELS = np.arange(100) % 10


def _answers(wrong: range) -> np.ndarray:
    """Sure and right answers, but for these images."""
    read = LABELS.copy()
    read[wrong] = (read[wrong] + 1) % 10
    return np.eye(10)[read] * 0.9 + 0.01


def _softened(power=lambda t: 1 / t, axis=1, fold=lambda p: p, divide=True):
    def soften(probabilities, temperature):
        p = probabilities ** power(temperature)
        return fold(p / p.sum(axis=axis, keepdims=axis == 1) if divide else p)

    return soften


def _softened_in_a_loop(probabilities, temperature):
    rows = [[p ** (1 / temperature) for p in row] for row in probabilities]
    return [[p / sum(row) for p in row] for row in rows]


# For each exercise: right answers, the solution first, then wrong ones with a part of the hint that they get.
CASES = {
    "08-majority": (
        [3 * 0.1 * 0.1 * 0.9 + 0.1**3, "2.8%", 2.8, [0.028], np.float32(0.028), "0.028"],
        [
            (0.1, "one reader alone"),
            ("10%", "one reader alone"),
            (0.001, "all three are wrong"),
            (0.009, "three such pairs"),
            (0.027, "Add the case of all three"),
            (0.03, "Count each case once"),
            (0.05, "in three ways"),
            ("seldom", "is a number"),
        ],
    ),
    "08-members": (
        [["good", "small"], ("small", "good"), {"good", "small"}, ["good"], "good"],
        [
            (["small"], "at most 23"),
            (["large", "good"], "over a million"),
            (["huge"], "no network called"),
            ([], "at least one"),
            (3, "list of names"),
        ],
    ),
    "08-soften": (
        [_softened(), _softened_in_a_loop, _softened(fold=np.float32), _softened(fold=lambda p: p.round(4))],
        [
            (_softened(divide=False), "add up to 1"),
            (_softened(axis=None), "add up to 1"),
            (_softened(power=lambda t: t), "sharper"),
            (lambda p, temperature: p, "as they were"),
            (_softened(power=lambda t: 1 / 2), "not for 3"),
            (lambda p, temperature: p / temperature, "to the power of"),
            (lambda p, temperature: p.max(axis=1), "same shape"),
        ],
    ),
    "08-steps": (
        [1385 // 192 * 5, "35", [35], np.float32(35)],
        [
            (7, "That is one epoch"),
            (36.07, "left over"),
            (40, "left over"),
            (6925, "how many images it sees"),
            (100, "Whole batches"),
            ("few", "is a number"),
        ],
    ),
}
# The answers of each network, its parameters, and the labels.
GIVEN = {
    "08-members": (
        {"large": _answers(range(20)), "good": _answers(range(10)), "small": _answers(range(30, 60))},
        {"large": 990_000, "good": 500_000, "small": 60_000},
        LABELS,
    )
}
# What the second wrong answer is told, and the first one not.
NEARER = [
    ("08-majority", 0.1, "Can that be as frequent"),
    ("08-majority", 0.001, "exactly two be wrong"),
    ("08-majority", 0.05, "3 * 0.1 * 0.1 * 0.9"),
    ("08-members", ["large", "good"], "Two of the large ones"),
    ("08-members", ["small"], "trained in another way"),
    ("08-soften", _softened(divide=False), "keepdims"),
    ("08-soften", _softened(power=lambda t: t), "1 / temperature"),
    ("08-soften", lambda p, temperature: p / temperature, "probabilities **"),
    ("08-steps", 7, "How many in 5"),
    ("08-steps", 100, "1385 // 192"),
]
