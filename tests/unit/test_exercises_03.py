"""The checks of notebook 03 accept right answers in any form, and each plausible mistake gets a hint of its own."""

import copy
import json
from types import SimpleNamespace

import numpy as np

BASE = {
    "recipe": {"network": "mine", "epochs": 2, "rotation": 10.0},
    "seed": 0,
    "learned_from": [{"name": "pictures of your own", "count": 10800}],
    "test_accuracy": 0.975,
}


def _metrics(accuracy=0.97, seed=0, count=10800, **recipe):
    metrics = copy.deepcopy(BASE) | {"test_accuracy": accuracy, "seed": seed}
    metrics["recipe"] |= recipe
    metrics["learned_from"][0]["count"] = count
    return metrics


def _descend(step=lambda weight, rate, slope: weight - rate * slope(weight), more=0):
    def descend(slope, start, rate, steps):
        weight = start
        for _ in range(steps + more):
            weight = step(weight, rate, slope)
        return weight

    return descend


def _path(slope, start, rate, steps):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * slope(path[-1]))
    return path


def _slope_once(slope, start, rate, steps):
    here = slope(start)
    return start - steps * rate * here


def _one_step(slope, start, rate, steps):
    return start - rate * slope(start)


def _fixed(slope, start, rate, steps):
    weight = -1.0
    for _ in range(5):
        weight -= 0.1 * slope(weight)
    return weight


def _loss(fold, log=np.log):
    return lambda probabilities, labels: fold(-log(probabilities[np.arange(len(labels)), labels]))


# For each exercise: right answers, the solution first, then wrong ones with a part of the hint that they get.
CASES = {
    "03-one-step": (
        [1.7, "1.7", [1.7], np.float32(1.7), 2 - 0.5 * 0.6],
        [(2.3, "must become smaller"), (1.4, "not the step"), (0.3, "Where does it lead"), (-0.3, "Where does it lead"),
         (1.0, "learning rate times the slope"), ("two", "is a number")],
    ),
    "03-descend": (
        [
            _descend(),
            lambda *given: np.array([_descend()(*given)]),
            lambda *given: str(_descend()(*given)),
            lambda *given: _path(*given)[-1],
            lambda *given: np.float32(_descend()(*given)),
        ],
        [
            (_descend(lambda weight, rate, slope: weight + rate * slope(weight)), "uphill"),
            (_descend(lambda weight, rate, slope: weight - slope(weight)), "too long"),
            (_slope_once, "changes with the weight"),
            (_one_step, "number of steps"),
            (_descend(more=1), "number of steps"),
            (_path, "last weight only"),
            (lambda *given: 3.0, "never asks for the slope"),
            (_fixed, "not from 5"),
            (_descend(lambda weight, rate, slope: weight - rate * slope(weight) / 2), "take the rate times the slope"),
        ],
    ),
    "03-first-loss": (
        [np.log(10), 2.3, "2.3", np.float32(2.3026), [2.3]],
        [("1", "log to base 10"), (-2.3, "minus sign"), (0.1, "the same probability"), ("two", "is a number")],
    ),
    "03-cross-entropy": (
        [
            _loss(np.mean),
            _loss(lambda losses: [losses.mean()]),
            _loss(lambda losses: round(losses.mean(), 2)),
            _loss(lambda losses: str(losses.mean())),
        ],
        [
            (_loss(np.sum), "That is the sum"),
            (_loss(lambda losses: -losses.mean()), "the sign is not"),
            (_loss(np.mean, np.log10), "log to base 10"),
            (lambda p, labels: -np.log(p[np.arange(len(labels)), labels].mean()), "order matters"),
            (_loss(np.array), "The loss is one number"),
            (_loss(lambda losses: "low"), "is a number"),
            (lambda probabilities, labels: -np.log(probabilities).mean(), "probability of its own label"),
        ],
    ),
    "03-own-recipe": (
        [
            _metrics(rotation=0.0),
            ("a model", _metrics(rotation=0.0)),
            ["a model", _metrics(epochs=4)],
            _metrics(rotation=0.0, accuracy=0.99),
        ],
        [
            (_metrics(), "very same recipe"),
            (_metrics(rotation=0.0, epochs=4), "You changed epochs and rotation"),
            (_metrics(rotation=0.0, seed=1), "You changed rotation and seed"),
            (_metrics(rotation=0.0, count=5400), "You changed rotation and the images"),
            (_metrics(seed=1), "how much is chance"),
            (_metrics(epochs=1, accuracy=0.11), "hardly learned"),
            (SimpleNamespace(network="mine", label_smoothing=0.0), "That is the recipe"),
            (SimpleNamespace(layers=[]), "That is the network"),
            ("runs/nowhere", "There is no run in 'runs/nowhere'"),
            (0.98, "the second of the two things"),
            ({"accuracy": [0.9]}, "the second of the two things"),
        ],
    ),
}  # fmt: skip
GIVEN = {"03-own-recipe": BASE}


# What the second wrong answer is told, and the first one not.
NEARER = [
    ("03-one-step", 2.3, "Take the step off 2"),
    ("03-one-step", 1.4, "by the learning rate first"),
    ("03-descend", CASES["03-descend"][1][0][0], "Subtract the step"),
    ("03-descend", _slope_once, "inside the loop"),
    ("03-first-loss", 0.1, "gives each digit 1/10"),
    ("03-cross-entropy", lambda probabilities, labels: 0.0, "Pick those, then take -log"),
    ("03-own-recipe", _metrics(), "dataclasses.replace"),
]


def test_a_run_can_be_given_as_its_folder_or_file(said, tmp_path):
    (tmp_path / "metrics.json").write_text(json.dumps(_metrics(rotation=0.0)), encoding="utf-8")
    for answer in (tmp_path, str(tmp_path), tmp_path / "metrics.json"):
        assert said("03-own-recipe", answer, GIVEN["03-own-recipe"]).startswith(
            "Right. Only rotation differs: about 97.00%"
        )
