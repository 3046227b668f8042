"""How good is it: numbers from probabilities and true labels.

Common to all: `probabilities` are (n, classes), rows adding up to 1; `labels` are (n,), whole numbers from 0 to
classes - 1. Others, and such that do not go together, are a ValueError.
"""

import math
from collections.abc import Sequence
from numbers import Real

import numpy as np
from scipy import optimize, special, stats
from sklearn import metrics

from mnist_utils.checks import check_labels, check_probabilities
from mnist_utils.classes import kind_of

MOST_TRIALS = 10**15  # whole numbers beyond some 9e15 are no longer exact
BINS = 15  # groups of confidence, as Guo et al. 2017 take


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Give the interval (low, high), 0 to 1, that the true rate lies in, from a count of successes in 1 or more trials.

    `confidence` says how often such an interval holds the true rate, between 0 and 1; impossible counts or confidences
    are a ValueError. Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    whole = all(isinstance(count, Real) and count % 1 == 0 for count in (successes, trials))
    if not whole or not (0 <= successes <= trials and 1 <= trials <= MOST_TRIALS):
        counts = f"not {successes!r:.40} and {trials!r:.40}"
        raise ValueError(
            f"successes must be a whole number from 0 to trials, and trials from 1 to {MOST_TRIALS:,}, {counts}."
        )
    if not isinstance(confidence, Real) or not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}.")
    low, high = stats.binomtest(int(successes), int(trials)).proportion_ci(confidence, method="wilson")
    return float(low), float(high)


def evaluate(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """Compare probabilities with the true labels, over all images and class by class.

    Returns
    -------
    dict
        count, errors, accuracy, interval (low, high; 95%), loss (mean cross-entropy in nats), and
        per_digit: a list with digit, count, accuracy (of the images of this digit, the part that
        was read right: its recall), precision (of the images read as this digit, the part that is
        one) and f1 (their harmonic mean) for each class, with interval, precision_interval and
        f1_interval. A rate with nothing to divide by is NaN.
    """
    probabilities, labels = _check(probabilities, labels)
    predicted = probabilities.argmax(axis=1)
    right = int((predicted == labels).sum())
    classes = range(probabilities.shape[1])
    return {
        "count": len(labels),
        "errors": len(labels) - right,
        "accuracy": right / len(labels),
        "interval": wilson_interval(right, len(labels)),
        "loss": float(metrics.log_loss(labels, probabilities, labels=classes)),
        "per_digit": [_of_class(digit, predicted == digit, labels == digit) for digit in classes],
    }


def _of_class(digit: int, read: np.ndarray, true: np.ndarray) -> dict:
    """Say how one class was read, given which images were read as it and which are of it: bool (n,)."""
    hits, either = int((read & true).sum()), int((read | true).sum())
    # F1 = 2 J / (1 + J), where J is the part of the images of this digit or read as it that are both: a rate.
    f1, low, high = (2 * rate / (1 + rate) for rate in _rate(hits, either))
    accuracy, *interval = _rate(hits, int(true.sum()))
    precision, *precision_interval = _rate(hits, int(read.sum()))
    return {
        "digit": digit,
        "count": int(true.sum()),
        "accuracy": accuracy,
        "interval": tuple(interval),
        "precision": precision,
        "precision_interval": tuple(precision_interval),
        "f1": f1,
        "f1_interval": (low, high),
    }


def confusion_matrix(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Count how often each class (row) was read as each class (column): int (classes, classes)."""
    probabilities, labels = _check(probabilities, labels)
    return metrics.confusion_matrix(labels, probabilities.argmax(axis=1), labels=range(probabilities.shape[1]))


def most_confused(matrix: np.ndarray, count: int = 5) -> list[tuple[int, int, int]]:
    """List the most frequent mistakes of a confusion matrix, as (true class, read as, how often)."""
    mistakes = np.array(matrix)
    np.fill_diagonal(mistakes, 0)
    order = np.argsort(-mistakes, axis=None, kind="stable")[:count]
    pairs = [divmod(int(cell), len(mistakes)) for cell in order]
    return [(true, read, int(mistakes[true, read])) for true, read in pairs if mistakes[true, read]]


def format_table(result: dict, names: Sequence[str] | None = None) -> str:
    """Lay the result of `evaluate` out as text: a line for each class, then one for all, with intervals.

    `names` are those of the classes; without them, they are called by their numbers.
    """
    names = [str(row["digit"]) for row in result["per_digit"]] if names is None else names
    if len(names) != len(result["per_digit"]):
        raise ValueError(f"names must be {len(result['per_digit'])}, one for each class, not {len(names)}.")
    width = max(5, *map(len, names))
    lines = [f"{kind_of(names):>{width}}   count   accuracy                 precision                F1"]
    for name, row in zip(names, result["per_digit"], strict=True):
        rates = [("accuracy", "interval"), ("precision", "precision_interval"), ("f1", "f1_interval")]
        cells = [_percent(row[rate], row[interval]) for rate, interval in rates]
        lines.append(f"{name:>{width}}{row['count']:8}" + "".join(f"   {cell:22}" for cell in cells).rstrip())
    lines.append(f"{'all':>{width}}{result['count']:8}   {_percent(result['accuracy'], result['interval'])}")
    lines.append(f"{result['errors']} errors, loss {result['loss']:.4f}; in brackets: 95% intervals")
    return "\n".join(lines)


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> list[dict]:
    """Compare how sure a network is with how often it is right, for groups of images of like confidence.

    The confidence of an image is its largest probability; the groups are 15 of equal width between 0 and 1.
    Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks", section 2.

    Returns
    -------
    list of dict
        For each group that has images, from unsure to sure: low, high (its confidences, low excluded), count,
        confidence (mean), accuracy, interval (of the accuracy, 95%).
    """
    probabilities, labels = _check(probabilities, labels)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    group = np.ceil(confidence * BINS).astype(int) - 1
    groups = []
    for number in np.unique(group):
        chosen = group == number
        accuracy, *interval = _rate(int(right[chosen].sum()), int(chosen.sum()))
        row: dict = dict(low=float(number / BINS), high=float((number + 1) / BINS), count=int(chosen.sum()))
        row |= dict(confidence=float(confidence[chosen].mean()), accuracy=accuracy, interval=tuple(interval))
        groups.append(row)
    return groups


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Give the mean distance of confidence and accuracy over the groups of `reliability`, weighted by their counts.

    It is 0 where of the images read with confidence p just the part p is right; 0.02 means 2 points apart.
    Guo et al. 2017, equation 3 (expected calibration error).
    """
    groups = reliability(probabilities, labels)
    return sum(row["count"] * abs(row["confidence"] - row["accuracy"]) for row in groups) / len(labels)


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Find the temperature at which the loss on these images, which should be validation images, is least.

    Above 1, the network was too sure; below 1, not sure enough. Guo et al. 2017, section 4.2.
    """
    probabilities, labels = _check(probabilities, labels)
    logits, rows = _logits(probabilities), np.arange(len(labels))

    def loss(sharpness: float) -> float:
        return -float(special.log_softmax(sharpness * logits, axis=1)[rows, labels].mean())

    return 1 / float(optimize.minimize_scalar(loss, bounds=(0.1, 10), method="bounded").x)


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Divide the logits behind probabilities by a temperature: which class is likeliest stays as it is.

    Guo et al. 2017, equation 9.
    """
    if not isinstance(temperature, Real) or not 0 < temperature < math.inf:
        raise ValueError(f"temperature must be more than 0, not {temperature}.")
    return special.softmax(_logits(check_probabilities(probabilities)) / temperature, axis=-1)


def mcnemar(one: np.ndarray, other: np.ndarray, labels: np.ndarray) -> dict:
    """Test whether two networks that read the same images, with these probabilities, are equally good.

    Only the images that one alone reads right tell them apart. Were both equally good, each would win half of these.
    McNemar 1947, "Note on the sampling error of the difference between correlated proportions"; the exact form.

    Returns
    -------
    dict
        only_one, only_other (how many images just this one reads right) and p_value: how likely so
        unequal a split or a more unequal one is between equally good networks (two-sided, exact).
    """
    right = [_check(values, labels)[0].argmax(axis=1) == labels for values in (one, other)]
    only_one, only_other = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    different = only_one + only_other
    p_value = float(stats.binomtest(only_one, different).pvalue) if different else 1.0
    return {"only_one": only_one, "only_other": only_other, "p_value": p_value}


def _logits(probabilities: np.ndarray) -> np.ndarray:
    """Give the logits behind probabilities, but for a constant of each image, which softmax forgets: the logs.

    What was too small for float32 has become 0; the least number of float32 stands for it.
    """
    return np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))


def _rate(hits: int, count: int) -> tuple[float, float, float]:
    """Give a rate and its 95% interval, or NaN with nothing to divide by."""
    return (hits / count, *wilson_interval(hits, count)) if count else (math.nan, math.nan, math.nan)


def _percent(rate: float, interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{100 * rate:.2f}% ({100 * low:.2f}-{100 * high:.2f})"


def _check(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give both checked: float64 (n, classes) and int64 (n,), n at least 1."""
    probabilities = check_probabilities(probabilities)
    if probabilities.ndim != 2 or not len(probabilities):
        raise ValueError(f"probabilities must be (n, classes) of one image or more, not {probabilities.shape}.")
    return probabilities, check_labels(labels, probabilities.shape[1], len(probabilities))
