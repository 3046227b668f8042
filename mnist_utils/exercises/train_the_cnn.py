"""Checks of the exercises of notebook 03, train the CNN."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from mnist_utils.exercises.checking import Hint, exercise, number, one_number, require, result_of


@exercise("03-one-step")
def _(answer: object) -> str:
    weight = number(answer)
    uphill = "The loss rises with the weight here, so the weight must become smaller."
    require(not np.isclose(weight, 2.3), uphill, f"{uphill} Take the step off 2.")
    length = "The slope itself is not the step."
    require(not np.isclose(weight, 1.4), length, f"{length} Multiply it by the learning rate first.")
    step = "That is the step. Where does it lead from 2?"
    require(not np.isclose(abs(weight), 0.3), step, f"{step} A rising slope means a smaller weight.")
    rule = "A step is the learning rate times the slope, and it goes down."
    require(np.isclose(weight, 1.7), rule, f"{rule} The learning rate is 0.5 and the slope 0.6.")
    return "2 - 0.5 * 0.6 is 1.7: a little less weight, and a little less loss."


@exercise("03-descend")
def _(descend: object) -> str:
    asked = []

    def slope(weight: float) -> float:  # of (weight - 3) squared
        asked.append(float(np.asarray(weight).item()))
        return 2 * (weight - 3)

    def after(steps: int, rate: float = 0.1, start: float = -1.0) -> float:
        return 3 + (start - 3) * (1 - 2 * rate) ** steps

    result = result_of(descend, slope, -1.0, 0.1, 5)
    path = "Give back the last weight only, not the whole path."
    require(not (result.size > 1 and np.isclose(result.ravel()[-1].astype(float), after(5))), path)
    weight = number(one_number(result, "The weight"))
    require(bool(asked), "Your function never asks for the slope: call slope(weight).")

    def is_near(value: float) -> bool:
        return bool(np.isclose(weight, value, atol=0.005))  # two decimals are enough

    uphill = "That walked uphill, away from the valley."
    require(not is_near(after(5, -0.1)), uphill, f"{uphill} Subtract the step, don't add it.")
    require(not is_near(after(5, 1.0)), "The steps are too long: multiply the slope by the learning rate.")
    once = "The slope changes with the weight."
    require(not is_near(-1 - 5 * 0.1 * -8), once, f"{once} Ask for it anew inside the loop.")
    counted = "The direction is right, the number of steps is not."
    others = [after(steps) for steps in (0, 1, 4, 6)]
    require(not any(map(is_near, others)), counted, f"{counted} range(steps) repeats the step as often as asked.")
    rule = "Repeat: ask for the slope at the weight, and take the rate times the slope off the weight."
    require(is_near(after(5)), rule, f"{rule} From -1, the first step with rate 0.1 leads to -0.2.")
    other = number(one_number(result_of(descend, slope, 5.0, 0.25, 3), "The weight"))
    fixed = "That is right from -1 with rate 0.1, but not from 5 with rate 0.25: use start, rate and steps."
    require(bool(np.isclose(other, after(3, 0.25, 5.0), atol=0.005)), fixed)
    return "Four lines, and the same idea trains every network of this course."


@exercise("03-first-loss")
def _(answer: object) -> str:
    loss = number(answer)
    require(abs(loss - 1.0) > 0.02, "That would be the log to base 10. Keras takes the natural one.")
    require(loss >= 0, "A loss is not negative: mind the minus sign.")
    share = "A network that knows nothing gives each digit the same probability. Which one?"
    require(2.2 <= loss <= 2.4, share, "A network that knows nothing gives each digit 1/10. What is -ln(1/10)?")
    return "-ln(1/10) is 2.30: what a loss should be near before training."


@exercise("03-cross-entropy")
def _(cross_entropy: object) -> str:
    probabilities, labels = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]]), np.array([0, 2, 0])
    right = -np.log([0.7, 0.8, 0.3])
    loss = number(one_number(result_of(cross_entropy, probabilities, labels), "The loss"))

    def is_near(value: float) -> bool:
        return abs(loss - value) < 0.006  # two decimals are enough

    require(not is_near(right.sum()), "That is the sum. Take the mean, or a larger batch has a larger loss.")
    require(not is_near(-right.mean()), "The size is right, the sign is not.")
    require(not is_near(right.mean() / np.log(10)), "That is the log to base 10. Take the natural one.")
    mean_first = "The order matters: take the log of each probability first, then the mean."
    require(not is_near(-np.log(np.mean([0.7, 0.8, 0.3]))), mean_first)
    rule = "For each image, only the probability of its own label counts."
    require(is_near(right.mean()), rule, f"{rule} Pick those, then take -log and the mean.")
    return "The mean of -log(probability of the right digit)."


@exercise("03-own-recipe")
def _(answer: Any, base: dict) -> str:
    metrics = _metrics_of(answer)
    fields, mine = base["recipe"], metrics["recipe"]
    changed = [name for name in fields if mine.get(name) != fields[name]]
    changed += ["seed"] if metrics["seed"] != base["seed"] else []
    changed += ["the images"] if metrics["learned_from"] != base["learned_from"] else []
    same = "That run has the very same recipe. Change one thing."
    require(bool(changed), same, f"{same} For example: dataclasses.replace(short, rotation=0).")
    several = f"You changed {' and '.join(changed)}. With one change, you know what made the difference."
    require(len(changed) == 1, several)
    one = "Another seed shows how much is chance. Now keep the seed, and change the recipe."
    require(changed != ["seed"], one)
    accuracy, before = metrics["test_accuracy"], base["test_accuracy"]
    lost = f"Only {changed[0]} differs, but that run reads about {accuracy:.0%}: it has hardly learned."
    require(accuracy > 0.5, lost, f"{lost} Make a smaller change.")
    chance = 200 * np.sqrt(2 * before * (1 - before) / 6000)
    return (
        f"Only {changed[0]} differs: about {accuracy:.2%} with your change, about {before:.2%} without. "
        f"A difference below about {chance:.1f} points may be chance."
    )


def _metrics_of(answer: Any) -> dict:
    """Take what `train` gives of a run: the metrics, model and metrics, or the folder it was written to."""
    if isinstance(answer, str | Path):
        file = Path(answer) if str(answer).endswith(".json") else Path(answer) / "metrics.json"
        require(file.is_file(), f"There is no run in {str(answer)!r}. Give the metrics that train returns.")
        answer = json.loads(file.read_text(encoding="utf-8"))
    if isinstance(answer, tuple | list) and len(answer) == 2:
        answer = answer[1]
    require(not hasattr(answer, "label_smoothing"), "That is the recipe. Train with it, and give what train returns.")
    require(not hasattr(answer, "layers"), "That is the network. train returns its metrics beside it: give those.")
    if not isinstance(answer, dict) or not {"recipe", "seed", "learned_from", "test_accuracy"} <= set(answer):
        raise Hint("The answer is the metrics of a run: the second of the two things that train returns.")
    return answer
