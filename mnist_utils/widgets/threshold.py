"""The explorer of a rejection threshold: how many answers are accepted, and how many of those are right."""

from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from mnist_utils.plots import GREY, VALIDATION
from mnist_utils.widgets.explorer import WIDE, Explorer, expect

STEPS = [*np.arange(0, 90, 5) / 100, *np.arange(90, 100) / 100, 0.995, 0.999, 0.9999]  # finer where networks are sure
FEW = 0.02  # a smaller share of answers has an accuracy that jumps: it does not set the picture's height


class ThresholdExplorer(Explorer):
    """Choose the least confidence at which an answer is accepted, and see how many are, and how many of them are wrong.

    Parameters
    ----------
    probabilities : numpy.ndarray
        (n, classes), rows adding up to 1.
    labels : numpy.ndarray
        (n,) true classes.
    others : numpy.ndarray, optional
        (m, classes) probabilities for images of what is no digit.
    """

    size = (8.4, 3.6)

    def __init__(self, probabilities: np.ndarray, labels: np.ndarray, others: np.ndarray | None = None):
        probabilities, labels = _checked(probabilities, "probabilities"), np.asarray(labels)
        n = len(probabilities)
        expect(labels.shape == (n,), f"labels must have the shape ({n},), one for each row, not {labels.shape}.")
        self._confidence = probabilities.max(axis=1)
        self._right = probabilities.argmax(axis=1) == labels
        self._others = None if others is None else _checked(others, "others").max(axis=1)
        order = np.argsort(-self._confidence, kind="stable")
        count = np.arange(1, n + 1)
        last = np.append(np.diff(self._confidence[order]) != 0, True)  # equal confidences are accepted together
        self._curve = (count / n)[last], (self._right[order].cumsum() / count)[last]
        shares, accuracies = self._curve
        least = accuracies[shares >= min(FEW, shares[-1])].min()
        self._limits = (least - 0.1 * (1 - least) - 0.001, 1 + 0.1 * (1 - least) + 0.001)
        options = [(f"{100 * value:g}%", float(value)) for value in STEPS]
        text = "least confidence"
        super().__init__(confidence=widgets.SelectionSlider(options=options, value=0.9, description=text, style=WIDE))

    def draw(self, figure: Figure, **values: Any) -> None:
        """Draw accuracy against the share accepted, and the point of this threshold."""
        least = values["confidence"]
        accepted = self._confidence >= least
        share, wrong = accepted.mean(), int((accepted & ~self._right).sum())
        words = f"{accepted.sum():,} of {len(accepted):,} answered, {wrong:,} of them wrong"
        if self._others is not None:
            words += f"\n{(self._others >= least).sum():,} of {len(self._others):,} pictures of no digit answered, too"
        axes = figure.add_axes((0.11, 0.15, 0.86, 0.71))
        axes.plot(*self._curve, color=VALIDATION)
        if share:
            accuracy = self._right[accepted].mean()
            axes.plot([share, share, 0], [0, accuracy, accuracy], color=GREY, linestyle=":")
            axes.plot(share, accuracy, "o", color="black", markersize=8)
        axes.set(xlim=(0, 1.02), ylim=self._limits)
        axes.set(xlabel="share of answers accepted", ylabel="accuracy of the accepted")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1))
        axes.set_title(words, fontsize=11)
        drawn = "Accuracy against the share of answers accepted, with a dot on the curve."
        self.alt = f"{drawn} Accepted from a confidence of {100 * least:g}%: {words}.".replace("\n", "; ")


def _checked(probabilities: np.ndarray, name: str) -> np.ndarray:
    values = np.asarray(probabilities, dtype=float)
    expect(values.ndim == 2 and len(values) > 0, f"{name} must have the shape (n, classes), not {values.shape}.")
    sums = values.sum(axis=1)
    odd = np.abs(sums - 1).argmax()  # nan, too
    expect(abs(sums[odd] - 1) < 0.01, f"{name} must have rows adding up to 1, but row {odd} gives {sums[odd]:.3g}.")
    return values
