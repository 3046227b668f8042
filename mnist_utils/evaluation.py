"""How good is it: numbers from probabilities and true labels."""

import math

import numpy as np
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
        was read right: its recall), interval, precision (of the images read as this digit, the part
        that is one) for each class. A rate with nothing to divide by is NaN.

    Raises
    ------
    ValueError
        If the shapes do not go together, or a label has no column.
    """
    probabilities, labels = _check(probabilities, labels)
    predicted = probabilities.argmax(axis=1)
    classes = range(probabilities.shape[1])
    precision, recall, _, counts = metrics.precision_recall_fscore_support(
        labels, predicted, labels=classes, zero_division=np.nan
    )
    right = int((predicted == labels).sum())
    per_digit = []
    for digit in classes:
        hits, count = int(((predicted == digit) & (labels == digit)).sum()), int(counts[digit])
        per_digit.append(
            {
                "digit": digit,
                "count": count,
                "accuracy": float(recall[digit]),
                "interval": wilson_interval(hits, count) if count else (math.nan, math.nan),
                "precision": float(precision[digit]),
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
    """Lay the result of `evaluate` out as text: a line for each digit, then one for all."""
    lines = ["digit   count   accuracy   95% interval      precision"]
    for row in result["per_digit"]:
        low, high = row["interval"]
        lines.append(
            f"{row['digit']:5}{row['count']:8}{row['accuracy']:11.2%}   {low:.2%} to {high:.2%}{row['precision']:12.2%}"
        )
    low, high = result["interval"]
    lines.append(f"  all{result['count']:8}{result['accuracy']:11.2%}   {low:.2%} to {high:.2%}")
    lines.append(f"{result['errors']} errors, loss {result['loss']:.4f}")
    return "\n".join(lines)


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
