"""Draw unit.svg for notebook 02: one unit with three inputs, their weights, a bias and an activation.

PYTHONPATH=. python figures/make_unit.py
"""

from matplotlib.patches import Circle
from style import GREY, INK, LIGHT, ORANGE, arrow, box, new_picture, save, write

INPUTS, WEIGHTS, BIAS = ("0.5", "1", "0.25"), ("2", "\N{MINUS SIGN}1", "4"), "0.5"
ROWS = (2.55, 1.65, 0.75)  # heights of the inputs, inches


def main() -> None:
    """Draw the picture from left to right, as the numbers go."""
    axes = new_picture(7, 3.3)
    for row, value, weight in zip(ROWS, INPUTS, WEIGHTS, strict=True):
        box(axes, 0.3, row - 0.25, 0.8, 0.5, value)
        end = (3.0, 1.65 + (row - 1.65) * 0.35)
        arrow(axes, (1.1, row), end)
        middle = (1.1 + end[0]) / 2, (row + end[1]) / 2
        frame = {"facecolor": "white", "edgecolor": "none", "pad": 2}
        write(axes, *middle, f"\N{MULTIPLICATION SIGN} {weight}", weight="bold", bbox=frame)
    box(axes, 3.0, 1.1, 0.95, 1.1, "add\nup", ORANGE)
    arrow(axes, (3.47, 0.5), (3.47, 1.1))
    write(axes, 3.47, 0.3, f"+ {BIAS}", weight="bold")
    arrow(axes, (3.95, 1.65), (4.45, 1.65))
    box(axes, 4.45, 1.1, 1.2, 1.1, "", ORANGE)
    axes.plot([4.6, 5.5], [1.4, 1.4], color=GREY, linewidth=1)
    axes.plot([5.05, 5.05], [1.2, 2.1], color=GREY, linewidth=1)
    axes.plot([4.6, 5.05, 5.5], [1.4, 1.4, 2.05], color=INK, linewidth=3)
    arrow(axes, (5.65, 1.65), (6.1, 1.65))
    axes.add_patch(Circle((6.45, 1.65), 0.32, facecolor=LIGHT[ORANGE], edgecolor=ORANGE, linewidth=1.5))
    write(axes, 6.45, 1.65, "?", 18)
    for x, y, name in ((0.7, 3.05, "inputs"), (2.05, 3.05, "weights"), (4.1, 0.3, "bias"), (6.45, 2.3, "output")):
        write(axes, x, y, name, colour=GREY)
    write(axes, 5.05, 0.65, "activation:\nReLU", colour=GREY)
    save(axes, "unit")


if __name__ == "__main__":
    main()
