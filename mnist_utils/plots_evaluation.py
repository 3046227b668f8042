"""Figures of notebook 04 on trust: whether confidence is earned, what is refused, what damage costs."""

import numpy as np
from matplotlib.axes import Axes
from sklearn.metrics import roc_auc_score, roc_curve

from mnist_utils.plots import BLUE, GREEN, GREY, ORANGE, new_axes


def reliability(groups: dict, ax: Axes | None = None) -> Axes:
    """Draw accuracy over confidence, with 95% intervals; on the diagonal, confidence is earned.

    Parameters
    ----------
    groups : dict
        Name of each network, and what `mnist_utils.evaluation.reliability` gives for it.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(5, 5)
    ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="confidence is earned")
    for (name, rows), colour, marker in zip(groups.items(), (BLUE, ORANGE, GREEN), "os^", strict=False):
        accuracy = np.array([row["accuracy"] for row in rows])
        low, high = np.array([row["interval"] for row in rows]).T
        confidence = [row["confidence"] for row in rows]
        bars = np.array([accuracy - low, high - accuracy])
        ax.errorbar(confidence, accuracy, bars, fmt=marker, color=colour, capsize=3, label=name)
    ax.set(xlabel="mean confidence of the group", ylabel="accuracy of the group", xlim=(0, 1.02), ylim=(0, 1.02))
    ax.legend(loc="upper left")
    return ax


def acceptance(scores: dict, ax: Axes | None = None) -> Axes:
    """Draw how many digits are accepted against how many other drawings slip through, for every threshold.

    Parameters
    ----------
    scores : dict
        Name of each score, and a pair: its values for digits (n,) and for other drawings (m,).
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
        The legend gives the area under each curve: 1 tells all apart, 0.5 none.
    """
    ax = ax or new_axes(5, 5)
    for (name, pair), colour, dashes in zip(scores.items(), (BLUE, ORANGE, GREEN), ("-", "--", ":"), strict=False):
        is_digit = np.repeat([1, 0], [len(values) for values in pair])
        values = np.concatenate(pair)
        slipped, accepted, _ = roc_curve(is_digit, values)
        label = f"{name}: area {roc_auc_score(is_digit, values):.3f}"
        ax.plot(100 * slipped, 100 * accepted, color=colour, linestyle=dashes, linewidth=2, label=label)
    ax.set(xlabel="other drawings accepted (%)", ylabel="digits accepted (%)", xlim=(-2, 102), ylim=(-2, 102))
    ax.legend(loc="lower right")
    return ax


def damage(examples: np.ndarray, accuracies: dict, ax: Axes | None = None) -> Axes:
    """Draw accuracy for each kind of damage as dots in a row, with an image of it at the left.

    Parameters
    ----------
    examples : numpy.ndarray
        (kinds, 28, 28): one image of each kind.
    accuracies : dict
        Name of each network, and a dict of kind and accuracy, 0 to 1; the kinds in the order of the examples.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    kinds = list(next(iter(accuracies.values())))
    ax = ax or new_axes(7, 0.8 + 0.42 * len(kinds))
    for row, image in enumerate(examples):
        place = ax.inset_axes((-14, row - 0.46, 9, 0.92), transform=ax.transData)
        place.imshow(image, cmap="gray", vmin=0, vmax=1)
        place.axis("off")
    for (name, rates), colour, marker in zip(accuracies.items(), (GREY, BLUE, ORANGE), "xos", strict=False):
        ax.plot([100 * rates[kind] for kind in kinds], range(len(kinds)), marker, color=colour, label=name)
    names = [kind.replace("_", " ") for kind in kinds]
    ax.set(xlabel="accuracy (%)", ylabel="", xlim=(-15, 102), ylim=(len(kinds) - 0.4, -0.6))
    ax.set(xticks=range(0, 101, 20), yticks=range(len(kinds)), yticklabels=names)
    ax.grid(axis="x", alpha=0.4)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(accuracies))
    return ax
