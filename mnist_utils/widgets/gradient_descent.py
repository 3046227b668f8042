"""The explorer of gradient descent: the path of one weight on the curve of its loss."""

from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from mnist_utils.plots import BLUE, GREY, RED
from mnist_utils.widgets.descent import Function, path, path_in_words, value_at
from mnist_utils.widgets.explorer import WIDE, Explorer, expect


class GradientDescentExplorer(Explorer):
    """Choose a learning rate and a number of steps, and see where they take a weight on the curve of its loss.

    Parameters
    ----------
    loss, slope : function
        Take one weight, a float, and give its loss, and how steep the loss is there.
    start : float
        The weight before the first step.
    span : tuple of float, optional
        The least and the greatest weight in the picture; without it, one and a half times start, on both sides of 0.
    steps : int
        Steps that are shown at first; the slider goes to three times as many.
    rates, rate : tuple of float, float
        The smallest and the largest learning rate on the slider, and the one at first.
    """

    size = (8.4, 3.8)

    def __init__(
        self,
        loss: Function,
        slope: Function,
        start: float = -3.0,
        span: tuple[float, float] | None = None,
        steps: int = 10,
        rates: tuple[float, float] = (0.01, 10.0),
        rate: float = 0.1,
    ):
        for name, given in (("loss", loss), ("slope", slope)):
            expect(callable(given), f"{name} must be a function of one weight, not {given!r}.")
        low, high = span or (-1.5 * abs(start or 2.0), 1.5 * abs(start or 2.0))
        expect(
            low <= start <= high and low < high, f"span must be two rising numbers around start, {start}, not {span}."
        )
        expect(
            0 < rates[0] <= rate <= rates[1] > rates[0], f"rates must rise from above 0 past {rate}, not be {rates}."
        )
        expect(steps >= 1, f"steps must be 1 or more, not {steps}.")
        first, last = np.log10(rates)
        self._loss, self._slope, self._start = loss, slope, float(start)
        self._weights = np.linspace(low, high, 201)
        self._losses = np.array([value_at(loss, weight) for weight in self._weights])
        super().__init__(
            rate=widgets.FloatLogSlider(rate, min=first, max=last, step=0.05, description="learning rate", style=WIDE),
            steps=widgets.IntSlider(steps, 0, 3 * steps, description="steps"),
        )

    def draw(self, figure: Figure, **values: Any) -> None:
        """Draw the curve, the path on it and the tangent at its end."""
        weights, losses = path(self._loss, self._slope, self._start, values["rate"], values["steps"])
        axes = figure.add_axes((0.09, 0.14, 0.89, 0.72))
        axes.plot(self._weights, self._losses, color=GREY)
        low, high, bottom, top = limits = axes.axis()
        seen = (low <= weights) & (weights <= high) & (bottom <= losses) & (losses <= top)
        far = 20 * np.array([high - low, top - bottom])  # a path that runs away is drawn nearer: numbers have an end
        xs, ys = np.clip(weights, low - far[0], high + far[0]), np.clip(losses, bottom - far[1], top + far[1])
        axes.plot(xs, ys, "o-", color=BLUE)
        lines = [path_in_words(weights, losses, seen)]
        if seen[-1]:
            slope = value_at(self._slope, weights[-1])
            axes.axline((weights[-1], losses[-1]), slope=slope, color=RED, linestyle="--")
            axes.plot(weights[-1], losses[-1], "o", color="black", zorder=3)
            lines.append(f"The dashed line is the slope there: {slope:.3g}.")
        axes.set(xlim=limits[:2], ylim=limits[2:], xlabel="weight", ylabel="loss", title="\n".join(lines))
        self.alt = " ".join(["The loss as a curve over one weight, with the path of gradient descent on it.", *lines])
