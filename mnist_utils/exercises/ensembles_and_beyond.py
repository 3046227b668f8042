"""Checks of the exercises of notebook 08, ensembles and beyond."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mnist_utils.exercises.checking import exercise, number, require, result_of, share

FEWEST = 23  # errors on validation images that the mean of the chosen networks may have
MOST_PARAMETERS = 1_000_000


@exercise("08-majority")
def _(answer: Any) -> str:
    rate = share(answer)
    alone = "That is one reader alone. The majority is wrong only where at least two of them are."
    require(not np.isclose(rate, 0.1), alone, f"{alone} Can that be as frequent?")
    three = "That is how often all three are wrong. Two are enough for a wrong majority."
    require(not np.isclose(rate, 0.001), three, f"{three} In how many ways can exactly two be wrong?")
    one_pair = "That is one pair wrong and the third right. There are three such pairs."
    require(not np.isclose(rate, 0.009), one_pair, f"{one_pair} And all three can be wrong, too.")
    require(not np.isclose(rate, 0.027), "Exactly two are wrong that often. Add the case of all three.")
    twice = "Count each case once: exactly two wrong, or all three."
    require(not np.isclose(rate, 0.03), twice, f"{twice} Of exactly two, the third is right: 0.1 * 0.1 * 0.9.")
    rule = "Exactly two are wrong in three ways, and then the third is right; or all three are wrong."
    require(abs(rate - 0.028) < 5e-5, rule, f"{rule} 3 * 0.1 * 0.1 * 0.9 + 0.1 ** 3.")
    return "2.8 in 100 instead of 10, if their mistakes have nothing to do with each other."


@exercise("08-members")
def _(members: Any, given: tuple[dict, dict, np.ndarray]) -> str:
    answers, sizes, labels = given  # probabilities (n, 10) and parameters of each network, by its name
    names = [members] if isinstance(members, str) else list(members) if isinstance(members, Sequence | set) else None
    require(names is not None, 'The answer is a list of names, such as ["best", "quick"].')
    unknown = [name for name in names or [] if name not in answers]
    require(not unknown, f"There is no network called {unknown[:1]!r}. Choose from {', '.join(answers)}.")
    chosen = sorted(set(names or []))
    require(bool(chosen), "Choose at least one network.")
    wrong = int((np.mean([answers[name] for name in chosen], axis=0).argmax(axis=1) != labels).sum())
    size = sum(sizes[name] for name in chosen)
    said = f"These have {size:,} parameters and misread {wrong}."
    heavy = f"{said} That is over a million: leave one out."
    require(size <= MOST_PARAMETERS, heavy, f"{heavy} Two of the large ones are too many.")
    many = f"{said} Find a mean that misreads at most {FEWEST}."
    require(wrong <= FEWEST, many, f"{many} Try a large one together with a small one that was trained in another way.")
    return said


@exercise("08-soften")
def _(soften: object) -> str:
    probabilities = np.array([[0.9, 0.08, 0.02], [0.5, 0.25, 0.25]])
    right = np.sqrt(probabilities) / np.sqrt(probabilities).sum(axis=1, keepdims=True)
    result = result_of(soften, probabilities, 2)
    require(result.shape == right.shape, f"Give an array of the same shape, {right.shape}, not {result.shape}.")
    rows = "The rows don't add up to 1."
    near = f"{rows} Divide by p.sum(axis=1, keepdims=True)."
    require(not np.allclose(result, np.sqrt(probabilities)), rows, near)
    whole = np.sqrt(probabilities) / np.sqrt(probabilities).sum()
    require(not np.allclose(result, whole), rows, f"{rows} You divide by the sum over all images: divide row by row.")
    sharper = probabilities**2 / (probabilities**2).sum(axis=1, keepdims=True)
    wrong_way = "That makes the answers sharper, not softer."
    require(not np.allclose(result, sharper), wrong_way, f"{wrong_way} The power is 1 / temperature.")
    unchanged = "The answers come back as they were."
    require(
        not np.allclose(result, probabilities), unchanged, f"{unchanged} Raise them to the power of 1 / temperature."
    )
    rule = "Raise each probability to the power of 1 / temperature, then divide each row by its sum."
    require(np.allclose(result, right, atol=1e-3), rule, f"{rule} p = probabilities ** (1 / temperature).")
    third = result_of(soften, probabilities, 3)
    cubic = np.cbrt(probabilities) / np.cbrt(probabilities).sum(axis=1, keepdims=True)
    require(np.allclose(third, cubic, atol=1e-3), "Right for the temperature 2, but not for 3: use the one given.")
    return "The order of the answers stays, and the small ones can be seen."


@exercise("08-steps")
def _(answer: Any) -> str:
    steps = number(answer)
    require(steps != 7, "That is one epoch. There are 5.", "Seven steps in an epoch. How many in 5?")
    part = "The recipe leaves out the part of a batch that is left over at the end of an epoch."
    require(not 35 < steps <= 40, part, f"{part} Seven whole batches fit into 1,385 images.")
    require(steps != 5 * 1385, "That is how many images it sees. A step takes 192 of them.")
    rule = "Whole batches in 1,385 images, times the epochs."
    require(steps == 35, rule, f"{rule} 1385 // 192 * 5.")
    return "35 steps, where MNIST's 54,000 images give 1,405."
