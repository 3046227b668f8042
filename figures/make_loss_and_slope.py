"""Draw loss_and_slope.svg: a loss over one weight, the slope at a place, and the steps downhill from there.

Run it with PYTHONPATH=. from the folder above.
"""

import itertools

import numpy as np
from style import BLUE, GREY, INK, RED, arrow, new_picture, save, write

LEFT, GROUND = 0.8, 0.7  # where the axes cross, inches
LOWEST, BOTTOM, STEEPNESS = 4.0, 1.0, 0.25  # the valley's weight, its loss, and half the bend of the curve
START, RATE = 1.4, 0.8


def loss(weight: float | np.ndarray) -> float | np.ndarray:
    """Height of the curve at a weight, both in inches of the picture."""
    return BOTTOM + STEEPNESS * (weight - LOWEST) ** 2


def slope(weight: float) -> float:
    """How steep the curve is at a weight."""
    return 2 * STEEPNESS * (weight - LOWEST)


def main() -> None:
    """Draw the curve with its axes, then the slope at the start, then the steps."""
    axes = new_picture(7, 3.6)
    weights = np.linspace(1.0, 6.5, 100)
    axes.plot(weights, loss(weights), color=GREY, linewidth=3)
    arrow(axes, (LEFT, GROUND), (6.8, GROUND), GREY)
    arrow(axes, (LEFT, GROUND), (LEFT, 3.45), GREY)
    write(axes, 6.8, 0.42, "weight", ha="right")
    write(axes, 0.5, 2.1, "loss", rotation=90)
    places = [START]
    for _ in range(4):
        places.append(places[-1] - RATE * slope(places[-1]))
    around = np.array([START - 0.35, START + 0.75])
    axes.plot(around, loss(START) + slope(START) * (around - START), color=RED, linewidth=2.5)
    write(axes, 1.75, 3.12, "here the curve falls steeply:\nraise the weight, a long step", colour=RED, ha="left")
    for here, there in itertools.pairwise(places[:3]):
        arrow(axes, (here, loss(here)), (there, loss(here)), INK)
        axes.plot([there, there], [loss(here), loss(there)], ":", color=INK, linewidth=1.5)
    axes.plot(places, loss(np.array(places)), "o", color=BLUE, markersize=11, markeredgecolor=INK, zorder=3)
    write(axes, START - 0.08, loss(START) - 0.3, "start", ha="right", size=12)
    arrow(axes, (4.75, 1.75), (4.08, 1.1), INK)
    write(axes, 3.75, 1.93, "the valley: the slope is 0,\nnothing left to gain", ha="left", va="bottom")
    axes.plot([LOWEST] * 2, [GROUND, loss(LOWEST)], ":", color=GREY, linewidth=1.5)
    write(axes, LOWEST, 0.42, "best weight")
    save(axes, "loss_and_slope")


if __name__ == "__main__":
    main()
