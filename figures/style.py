"""The one style of all drawn pictures: white, Okabe and Ito's colours, readable 700 pixels wide; SVG."""

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from mnist_utils.plots import BLUE, GREEN, GREY, ORANGE, RED

PICTURES = Path(__file__).parents[1] / "notebooks" / "figures"  # beside the notebooks, or JupyterLab does not find them
INK = "#222222"
LIGHT = {BLUE: "#CCE3F0", ORANGE: "#FAECCC", GREEN: "#CCECE3", RED: "#F7DFCC", GREY: "#E6E6E6"}
FONT = 13  # points; at 7 inches and 700 pixels


def new_picture(width: float = 7.0, height: float = 2.5) -> Axes:
    """Make an empty picture, sizes in inches, whose coordinates are inches, y up."""
    figure = plt.figure(figsize=(width, height), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.axis("off")
    return axes


def box(axes: Axes, x: float, y: float, width: float, height: float, text: str = "", colour: str = GREY) -> None:
    """Draw a box with rounded corners, left and lower edge given, and a text in it."""
    shape = "round,pad=0,rounding_size=0.08"
    axes.add_patch(
        FancyBboxPatch((x, y), width, height, boxstyle=shape, facecolor=LIGHT[colour], edgecolor=colour, linewidth=1.5)
    )
    write(axes, x + width / 2, y + height / 2, text)


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = INK) -> None:
    """Draw an arrow from a place to another one."""
    axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=14, color=colour, linewidth=1.5,
                                   shrinkA=0, shrinkB=0))  # fmt: skip


def write(axes: Axes, x: float, y: float, text: str, size: float = FONT, colour: str = INK, **given: object) -> None:
    """Write a text, its middle at a place unless ha or va say otherwise."""
    axes.text(x, y, text, **{"ha": "center", "va": "center", "fontsize": size, "color": colour} | given)


def save(axes: Axes, name: str) -> None:
    """Write the picture beside the notebooks, as name.svg; the same picture gives the same file."""
    PICTURES.mkdir(exist_ok=True)
    with plt.rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
        axes.figure.savefig(PICTURES / f"{name}.svg", metadata={"Date": None, "Creator": None})
    plt.close(axes.figure)
