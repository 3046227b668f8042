"""Draws what happens to a digit from the pen to the network, step by step, for one of the course's drawings."""

import numpy as np
from style import GREY, INK, ORANGE, RED, arrow, box, new_picture, save, write

from mnist_utils.data import load_strokes
from mnist_utils.images import centre_of_mass
from mnist_utils.preprocess.ink import PEN, draw, strokes_to_image

DRAWN_WITH = 20  # the pad's pen, in pixels of the pad
DRAWING = 145  # a seven: its box and its centre of mass have different middles
SIDE, GAP = 1.2, 0.52  # inches: of a panel, and between two
LEFT, ROWS = 0.35, (2.35, 0.3)  # the lower edges of both rows of panels


def corner(number: int) -> tuple[float, float]:
    """Left and lower edge of a panel."""
    return LEFT + number % 4 * (SIDE + GAP), ROWS[number // 4]


def panel(number: int, title: str, image: np.ndarray | None = None) -> tuple[float, float]:
    """Draw a panel with its title and, if there is one, a 28x28 image in it; gives its corner."""
    left, low = corner(number)
    edge = [left, left + SIDE, left + SIDE, left, left], [low, low, low + SIDE, low + SIDE, low]
    if image is not None:
        extent = (left, left + SIDE, low, low + SIDE)
        axes.imshow(image, cmap="gray", extent=extent, interpolation="nearest", zorder=1)
    axes.plot(*edge, color=GREY, linewidth=1.2)
    write(axes, left + SIDE / 2, low + SIDE + 0.27, title, size=12)
    return left, low


def place(points: np.ndarray, number: int, size: float) -> np.ndarray:
    """Bring points of a sheet of some size, y down, into a panel."""
    return np.array(corner(number)) + np.array([0, SIDE]) + points * np.array([1, -1]) * SIDE / size


def rectangle(number: int, low: np.ndarray, high: np.ndarray, size: float) -> None:
    """Draw an orange box around what lies between two corners, in coordinates of a sheet of some size."""
    (left, top), (right, bottom) = place(np.array([low, high]), number, size)
    axes.plot([left, right, right, left, left], [top, top, bottom, bottom, top], color=ORANGE, linewidth=2, zorder=3)


strokes = [np.array(stroke) for stroke in load_strokes()[0][DRAWING]]
points = np.concatenate(strokes)
low, high = points.min(axis=0), points.max(axis=0)
side = (high - low).max()
axes = new_picture(7.0, 4.2)

panel(0, "the pen's points")
for stroke in strokes:
    axes.plot(*place(stroke[::4], 0, 280).T, "o", color=INK, markersize=2.5)
panel(1, "ink, and its box")
for stroke in strokes:
    axes.plot(*place(stroke, 1, 280).T, color=INK, linewidth=6.2, solid_capstyle="round", solid_joinstyle="round")
rectangle(1, low - DRAWN_WITH / 2, high + DRAWN_WITH / 2, 280)
drawn = 20 * DRAWN_WITH / (side + DRAWN_WITH)  # the pad's pen, in the small image
for number, title, pen in ((2, "20 pixels large", drawn), (3, "one stroke width", PEN)):
    lines = [(stroke - (low + high) / 2) * (20 - pen) / side + 13.5 for stroke in strokes]
    panel(number, title, draw(lines, pen))
    rectangle(number, np.array([4, 4]), np.array([24, 24]), 28)
image = strokes_to_image([stroke.tolist() for stroke in strokes])
panel(4, "centre of mass\nin the middle", image)
row, column = centre_of_mass(image) + 0.5
axes.plot(*place(np.array([column, row]), 4, 28), "+", color=RED, markersize=14, markeredgewidth=2.5, zorder=3)
left, bottom = corner(5)
box(axes, left, bottom, SIDE, SIDE, "network", GREY)
left, bottom = panel(6, "ten probabilities")
for digit in range(10):
    x, height = left + (digit + 0.5) * SIDE / 10, 0.8 if digit == 7 else 0.015
    axes.bar(x, height, SIDE / 14, bottom=bottom + 0.22, color=RED if digit == 7 else GREY)
    write(axes, x, bottom + 0.1, str(digit), size=9)
left, bottom = corner(7)
write(axes, left + SIDE / 2, bottom + SIDE / 2, "“7”", size=40)
for number in range(7):
    (left, bottom), (right, _) = corner(number), corner(number + 1)
    if number != 3:
        arrow(axes, (left + SIDE + 0.08, bottom + SIDE / 2), (right - 0.08, bottom + SIDE / 2))
axes.set(xlim=(0, 7.0), ylim=(0, 4.2))
save(axes, "pen_to_network")
