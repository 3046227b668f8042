"""Draw padding_and_stride.svg for notebook 02: what padding and stride do to the size of an output.

PYTHONPATH=. python figures/make_padding_and_stride.py
"""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from style import GREY, LIGHT, ORANGE, arrow, new_picture, save, write

SIDE = 0.25  # of a square, inches
INPUT, KERNEL = 5, 3
CASES = (("no padding, stride 1", 0, 1), ("padding, stride 1", 1, 1), ("no padding, stride 2", 0, 2))


def squares(axes: Axes, left: float, top: float, size: int, colour: str, **given: object) -> None:
    """Draw a square of so many squares."""
    style = {"facecolor": colour, "edgecolor": GREY, "linewidth": 0.8} | given
    for row in range(size):
        for column in range(size):
            axes.add_patch(Rectangle((left + column * SIDE, top - (row + 1) * SIDE), SIDE, SIDE, **style))


def window(axes: Axes, left: float, top: float, size: int, **given: object) -> None:
    """Draw a thick orange line around some squares."""
    style = {"fill": False, "edgecolor": ORANGE, "linewidth": 3} | given
    axes.add_patch(Rectangle((left, top), size * SIDE, -size * SIDE, **style))


def draw(axes: Axes, middle: float, title: str, padding: int, stride: int) -> None:
    """One case: the input with two places of the kernel, the output below it."""
    size = INPUT + 2 * padding
    output = (size - KERNEL) // stride + 1
    write(axes, middle, 4.05, title)
    left, top = middle - size * SIDE / 2, 2.95 + size * SIDE / 2
    if padding:
        squares(axes, left, top, size, "white", linestyle=":")
        for i in range(size):
            for j in range(size):
                if i in (0, size - 1) or j in (0, size - 1):
                    write(axes, left + (j + 0.5) * SIDE, top - (i + 0.5) * SIDE, "0", 9, GREY)
    squares(axes, left + padding * SIDE, top - padding * SIDE, INPUT, LIGHT[GREY])
    window(axes, left, top, KERNEL)
    window(axes, left + stride * SIDE, top, KERNEL, linestyle=(0, (1.5, 1)))
    arrow(axes, (middle, 2.0), (middle, 1.6))
    left, top = middle - output * SIDE / 2, 0.9 + output * SIDE / 2
    squares(axes, left, top, output, "white")
    window(axes, left, top, 1)
    window(axes, left + SIDE, top, 1, linestyle=(0, (1.5, 1)))
    write(axes, middle, 0.1, f"{output} x {output}")


def main() -> None:
    """Draw the three cases side by side."""
    axes = new_picture(7, 4.25)
    for number, case in enumerate(CASES):
        draw(axes, 1.2 + number * 2.3, *case)
    save(axes, "padding_and_stride")


if __name__ == "__main__":
    main()
