"""Checks of the exercises of notebook 03, train the CNN."""

from typing import Any

import numpy as np

from mnist_utils.exercises.checking import exercise, number, one_number, require, result_of


@exercise("03-first-loss")
def _(answer: object) -> str:
    loss = number(answer)
    require(abs(loss - 1.0) > 0.02, "That would be the log to base 10. Keras takes the natural one.")
    require(loss >= 0, "A loss is not negative: mind the minus sign.")
    require(2.2 <= loss <= 2.4, "A network that knows nothing gives each digit 1/10. What is -ln(1/10)?")
    return "-ln(1/10) is 2.30: what a loss should be near before training."


@exercise("03-cross-entropy")
def _(cross_entropy: object) -> str:
    probabilities, labels = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]]), np.array([0, 2, 0])
    right = -np.log([0.7, 0.8, 0.3])
    loss = one_number(result_of(cross_entropy, probabilities, labels), "The loss")

    def is_near(value: float) -> bool:
        return abs(loss - value) < 0.006  # two decimals are enough

    require(not is_near(right.sum()), "That is the sum. Take the mean, or a larger batch has a larger loss.")
    require(not is_near(-right.mean()), "The size is right, the sign is not.")
    require(not is_near(right.mean() / np.log(10)), "That is the log to base 10. Take the natural one.")
    require(is_near(right.mean()), "Pick each row's probability of its own label, then take -log and the mean.")
    return "The mean of -log(probability of the right digit)."


@exercise("03-own-recipe")
def _(recipe: Any, quick: Any) -> str:
    require(hasattr(recipe, "network"), "The answer is a Recipe: start with dataclasses.replace(quick, ...).")
    fields = vars(quick)
    changed = [name for name in fields if getattr(recipe, name) != fields[name]]
    require(bool(changed), "That is quick itself. Change one thing.")
    hint = f"You changed {' and '.join(changed)}. With one change, you know what made the difference."
    require(len(changed) == 1, hint)
    return f"Only {changed[0]} differs, so the result will tell you what it does."
