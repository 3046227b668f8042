"""Draw volumes.svg for notebook 02: the learner's network, each layer's output as a block of height, width and depth.

PYTHONPATH=. python figures/make_volumes.py
"""

from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from style import GREY, LIGHT, ORANGE, new_picture, save, write

SCALE = 0.058  # inches a pixel
SIZE = 15.5  # of letters, points: the picture is wider than others, and shown as wide
MIDDLE = 1.95  # height of the row of blocks, inches
# What makes it, rows and columns, channels, and where its middle is, inches.
BLOCKS = (
    ("image", 28, 1, 0.9, GREY),
    ("conv", 26, 16, 2.7, ORANGE),
    ("pool", 13, 16, 4.05, GREY),
    ("conv", 11, 32, 5.05, ORANGE),
    ("pool", 5, 32, 5.95, GREY),
    ("conv", 3, 64, 6.8, ORANGE),
)
# What makes it, how many numbers, where its middle is, and how high it is drawn, inches.
COLUMNS = (("flatten", 576, 7.65, 2.0, GREY), ("dense", 64, 8.6, 1.2, ORANGE), ("dense", 10, 9.4, 0.45, ORANGE))


def block(axes: Axes, middle: float, size: int, channels: int, colour: str) -> None:
    """Draw a block with its front towards the reader."""
    width, depth = size * SCALE, 0.02 + 0.0105 * channels
    left, low = middle - (width + depth) / 2, MIDDLE - (width + depth) / 2
    style = {"facecolor": LIGHT[colour], "edgecolor": colour, "linewidth": 1.2, "joinstyle": "round"}
    right, high = left + width, low + width
    for corners in (
        [(left, high), (right, high), (right + depth, high + depth), (left + depth, high + depth)],
        [(right, low), (right, high), (right + depth, high + depth), (right + depth, low + depth)],
    ):
        axes.add_patch(Polygon(corners, **style))
    axes.add_patch(Rectangle((left, low), width, width, **style))


def column(axes: Axes, middle: float, height: float, colour: str) -> None:
    """Draw the row of numbers of a dense layer, upright."""
    style = {"facecolor": LIGHT[colour], "edgecolor": colour, "linewidth": 1.2}
    axes.add_patch(Rectangle((middle - 0.07, MIDDLE - height / 2), 0.14, height, **style))


def label(axes: Axes, middle: float, name: str, *size: str) -> None:
    """Write the name of a layer and its size below its block."""
    write(axes, middle, 0.78, name, SIZE)
    for line, text in enumerate(size):
        write(axes, middle, 0.48 - 0.26 * line, text, SIZE, GREY)


def draw(picture: str, width: float, blocks: tuple, columns: tuple) -> None:
    """Draw blocks, then columns, from left to right; what made each below it, and its size."""
    axes = new_picture(width, 3.2)
    for name, size, channels, middle, colour in blocks:
        block(axes, middle, size, channels, colour)
        label(axes, middle, name, f"{size} x {size}", f"x {channels}")
    for name, count, middle, height, colour in columns:
        column(axes, middle, height, colour)
        label(axes, middle, name, str(count))
    save(axes, picture)


if __name__ == "__main__":
    draw("volumes", 9.8, BLOCKS, COLUMNS)
