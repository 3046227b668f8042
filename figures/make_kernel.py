"""Draw kernel.svg for notebook 02: a kernel on an image, and the one number that comes of it.

PYTHONPATH=. python figures/make_kernel.py
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from style import GREY, INK, LIGHT, ORANGE, arrow, new_picture, save, write

SIDE = 0.36  # of a square, inches
IMAGE = np.array([[0, 0, 2, 2, 0, 0]] * 2 + [[0, 1, 2, 1, 0, 0]] + [[0, 2, 2, 0, 0, 0]] * 3)  # a leaning stroke
KERNEL = np.array([[-1, 0, 1]] * 3)
MINUS = "\N{MINUS SIGN}"
AT = (1, 0)  # where the window is: row, column


def grid(axes: Axes, left: float, top: float, values: np.ndarray, marked: tuple[slice, slice] | None = None) -> None:
    """Draw a table of numbers, some of its squares in orange."""
    shown = np.zeros(values.shape, bool)
    if marked is not None:
        shown[marked] = True
    for (row, column), value in np.ndenumerate(values):
        corner = left + column * SIDE, top - (row + 1) * SIDE
        colour = LIGHT[ORANGE] if shown[row, column] else "white"
        axes.add_patch(Rectangle(corner, SIDE, SIDE, facecolor=colour, edgecolor=GREY, linewidth=0.8))
        text = str(value).replace("-", MINUS)
        write(axes, corner[0] + SIDE / 2, corner[1] + SIDE / 2, text, 12)


def frame(axes: Axes, left: float, top: float, rows: int, columns: int, colour: str = ORANGE) -> None:
    """Draw a thick line around some squares."""
    size = columns * SIDE, -rows * SIDE
    axes.add_patch(Rectangle((left, top), *size, fill=False, edgecolor=colour, linewidth=3))


def main() -> None:
    """Image, kernel and output in a row, the sum below them."""
    places = np.lib.stride_tricks.sliding_window_view(IMAGE, (3, 3))
    output = (places * KERNEL).sum(axis=(2, 3))
    row, column = AT
    axes = new_picture(7, 3.55)
    top = 3.05
    grid(axes, 0.2, top, IMAGE, np.s_[row : row + 3, column : column + 3])
    frame(axes, 0.2 + column * SIDE, top - row * SIDE, 3, 3)
    grid(axes, 3.15, top - 1.5 * SIDE, KERNEL)
    frame(axes, 3.15, top - 1.5 * SIDE, 3, 3, INK)
    grid(axes, 5.3, top - SIDE, output, np.s_[row : row + 1, column : column + 1])
    frame(axes, 5.3 + column * SIDE, top - (row + 1) * SIDE, 1, 1)
    write(axes, 2.75, top - 3 * SIDE, "\N{MULTIPLICATION SIGN}", 20)
    arrow(axes, (4.4, top - 3 * SIDE), (5.1, top - 3 * SIDE))
    for x, text in (
        (0.2 + 3 * SIDE, "image, 6 x 6"),
        (3.15 + 1.5 * SIDE, "kernel, 3 x 3"),
        (5.3 + 2 * SIDE, "output, 4 x 4"),
    ):
        write(axes, x, 3.3, text, colour=GREY)
    products = [f"{IMAGE[row + r, column + c]}·{KERNEL[r, c]}" for r in range(3) for c in range(3)]
    products = [text.replace("-1", f"({MINUS}1)") for text in products]
    write(axes, 3.5, 0.38, " + ".join(products) + f" = {output[row, column]}", 12)
    save(axes, "kernel")


if __name__ == "__main__":
    main()
