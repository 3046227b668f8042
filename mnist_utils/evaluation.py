"""How good is it: numbers from probabilities and true labels."""

import math

import numpy as np
from scipy import optimize, special, stats
from sklearn import metrics


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Give the interval that the true rate lies in, from a count.

    Parameters
    ----------
    successes, trials : int
        Counts, 0 <= successes <= trials, trials at least 1.
    confidence : float
        0.90, 0.95 or 0.99.

    Returns
    -------
    low, high : float
        Rates, 0 to 1.

    Raises
    ------
    ValueError
        If the counts or the confidence are others.

    References
    ----------
    Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"successes must lie in 0 to trials, and trials be at least 1, not {successes} and {trials}.")
    z_scores = {0.90: 1.644854, 0.95: 1.959964, 0.99: 2.575829}
    if confidence not in z_scores:
        raise ValueError(f"confidence must be 0.90, 0.95 or 0.99, not {confidence}.")
    z, rate = z_scores[confidence], successes / trials
    middle = (rate + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * math.sqrt(rate * (1 - rate) / trials + z**2 / (4 * trials**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def evaluate(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """Compare probabilities with the true labels, over all images and digit by digit.

    Parameters
    ----------
    probabilities : numpy.ndarray
        (n, classes), rows adding up to 1.
    labels : numpy.ndarray
        (n,), 0 to classes - 1.

    Returns
    -------
    dict
        count, errors, accuracy, interval (low, high; 95%), loss (mean cross-entropy in nats), and
        per_digit: a list with digit, count, accuracy (of the images of this digit, the part that
        was read right: its recall), precision (of the images read as this digit, the part that is
        one) and f1 (their harmonic mean) for each class, with interval, precision_interval and
        f1_interval. A rate with nothing to divide by is NaN.

    Raises
    ------
    ValueError
        If the shapes do not go together, or a label has no column.
    """
    probabilities, labels = _check(probabilities, labels)
    predicted = probabilities.argmax(axis=1)
    classes = range(probabilities.shape[1])
    precision, recall, f1, counts = metrics.precision_recall_fscore_support(
        labels, predicted, labels=classes, zero_division=np.nan
    )
    right = int((predicted == labels).sum())
    per_digit = []
    for digit in classes:
        hits, count = int(((predicted == digit) & (labels == digit)).sum()), int(counts[digit])
        read, either = int((predicted == digit).sum()), int(((predicted == digit) | (labels == digit)).sum())
        # F1 = 2 J / (1 + J), where J is the part of the images of this digit or read as it that are both: a rate.
        low, high = _interval(hits, either)
        per_digit.append(
            {
                "digit": digit,
                "count": count,
                "accuracy": float(recall[digit]),
                "interval": _interval(hits, count),
                "precision": float(precision[digit]),
                "precision_interval": _interval(hits, read),
                "f1": float(f1[digit]),
                "f1_interval": (2 * low / (1 + low), 2 * high / (1 + high)),
            }
        )
    return {
        "count": len(labels),
        "errors": len(labels) - right,
        "accuracy": right / len(labels),
        "interval": wilson_interval(right, len(labels)),
        "loss": float(metrics.log_loss(labels, probabilities, labels=list(classes))),
        "per_digit": per_digit,
    }


def confusion_matrix(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Count how often each digit (row) was read as each digit (column): int (classes, classes)."""
    probabilities, labels = _check(probabilities, labels)
    return metrics.confusion_matrix(labels, probabilities.argmax(axis=1), labels=range(probabilities.shape[1]))


def most_confused(matrix: np.ndarray, count: int = 5) -> list[tuple[int, int, int]]:
    """List the most frequent mistakes of a confusion matrix, as (true digit, read as, how often)."""
    mistakes = np.array(matrix)
    np.fill_diagonal(mistakes, 0)
    order = np.argsort(-mistakes, axis=None, kind="stable")[:count]
    pairs = [divmod(int(cell), len(mistakes)) for cell in order]
    return [(true, read, int(mistakes[true, read])) for true, read in pairs if mistakes[true, read]]


def format_table(result: dict) -> str:
    """Lay the result of `evaluate` out as text: a line for each digit, then one for all, with intervals."""
    lines = ["digit   count   accuracy                 precision                F1"]
    for row in result["per_digit"]:
        rates = [("accuracy", "interval"), ("precision", "precision_interval"), ("f1", "f1_interval")]
        cells = [_rate(row[rate], row[interval]) for rate, interval in rates]
        lines.append(f"{row['digit']:5}{row['count']:8}" + "".join(f"   {cell:22}" for cell in cells).rstrip())
    lines.append(f"  all{result['count']:8}   {_rate(result['accuracy'], result['interval'])}")
    lines.append(f"{result['errors']} errors, loss {result['loss']:.4f}; in brackets: 95% intervals")
    return "\n".join(lines)


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> list[dict]:
    """Compare how sure a network is with how often it is right, for groups of images of like confidence.

    Parameters
    ----------
    probabilities, labels : numpy.ndarray
        As `evaluate`. The confidence of an image is its largest probability.
    bins : int
        How many groups of equal width there are between 0 and 1.

    Returns
    -------
    list of dict
        For each group that has images, from unsure to sure: low, high (its confidences, low excluded), count,
        confidence (mean), accuracy, interval (of the accuracy, 95%).

    References
    ----------
    Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks", section 2.
    """
    probabilities, labels = _check(probabilities, labels)
    if bins < 1:
        raise ValueError(f"bins must be 1 or more, not {bins}.")
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    group = np.clip(np.ceil(confidence * bins).astype(int), 1, bins) - 1
    groups = []
    for number in np.unique(group):
        chosen = group == number
        hits, count = int(right[chosen].sum()), int(chosen.sum())
        row = dict(low=float(number / bins), high=float((number + 1) / bins), count=count)
        row |= dict(confidence=float(confidence[chosen].mean()), accuracy=hits / count)
        groups.append(row | dict(interval=wilson_interval(hits, count)))
    return groups


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Give the mean distance of confidence and accuracy over the groups of `reliability`, weighted by their counts.

    It is 0 where of the images read with confidence p just the part p is right; 0.02 means 2 points apart.
    Guo et al. 2017, equation 3 (expected calibration error).
    """
    groups = reliability(probabilities, labels, bins)
    return sum(row["count"] * abs(row["confidence"] - row["accuracy"]) for row in groups) / len(labels)


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Find the temperature at which the loss on these images, which should be validation images, is least.

    Above 1, the network was too sure; below 1, not sure enough. Guo et al. 2017, section 4.2.
    """
    probabilities, labels = _check(probabilities, labels)
    rows = np.arange(len(labels))

    def loss(sharpness: float) -> float:
        return -float(np.mean(np.log(at_temperature(probabilities, 1 / sharpness)[rows, labels])))

    return 1 / float(optimize.minimize_scalar(loss, bounds=(0.1, 10), method="bounded").x)


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Divide the logits behind probabilities (n, classes) by a temperature: which class is likeliest stays as it is.

    Guo et al. 2017, equation 9.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be more than 0, not {temperature}.")
    # The log of a probability is its logit, but for a constant of the image, which softmax forgets.
    return special.softmax(np.log(np.maximum(probabilities, 1e-12)) / temperature, axis=-1)


def mcnemar(one: np.ndarray, other: np.ndarray, labels: np.ndarray) -> dict:
    """Test whether two networks that read the same images are equally good.

    Only the images that one alone reads right tell them apart. Were both equally good, each would win half of these.

    Parameters
    ----------
    one, other : numpy.ndarray
        Probabilities (n, classes) of the two networks.
    labels : numpy.ndarray
        (n,), 0 to classes - 1.

    Returns
    -------
    dict
        only_one, only_other (how many images just this one reads right) and p_value: how likely so
        unequal a split or a more unequal one is between equally good networks (two-sided, exact).

    References
    ----------
    McNemar 1947, "Note on the sampling error of the difference between correlated proportions"; the exact form.
    """
    right = [_check(values, labels)[0].argmax(axis=1) == labels for values in (one, other)]
    only_one, only_other = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    different = only_one + only_other
    p_value = float(stats.binomtest(only_one, different).pvalue) if different else 1.0
    return {"only_one": only_one, "only_other": only_other, "p_value": p_value}


def _interval(hits: int, count: int) -> tuple[float, float]:
    return wilson_interval(hits, count) if count else (math.nan, math.nan)


def _rate(rate: float, interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{100 * rate:.2f}% ({100 * low:.2f}-{100 * high:.2f})"


def _check(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    probabilities, labels = np.asarray(probabilities), np.asarray(labels)
    if probabilities.ndim != 2 or labels.shape != probabilities.shape[:1] or not len(labels):
        raise ValueError(
            f"probabilities must be (n, classes) and labels (n,), not {probabilities.shape} and {labels.shape}."
        )
    if labels.min() < 0 or labels.max() >= probabilities.shape[1]:
        raise ValueError(f"labels must be 0 to {probabilities.shape[1] - 1}, not {labels.min()} to {labels.max()}.")
    # In double precision and adding up to 1 exactly, as scikit-learn wants them.
    probabilities = probabilities.astype(float)
    return probabilities / probabilities.sum(axis=1, keepdims=True), labels
