"""Draw ensemble.svg for notebook 08: three networks read one digit, and the mean of their answers is the answer.

The digit and the numbers are real: what the three shipped `best` say of the validation image with the number 1882.
PYTHONPATH=. python figures/make_ensemble.py
"""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from style import BLUE, GREY, INK, ORANGE, arrow, box, new_picture, save, write

from mnist_utils import load_mnist, split_validation

NUMBER = 1882
ANSWERS = {"best": (0.87, 0.10), "best_seed_1": (0.07, 0.91), "best_seed_2": (0.35, 0.60)}  # of a 4, of a 9
ROWS = (3.4, 2.15, 0.9)  # heights of the networks' middles, inches
BAR = 0.85  # inches for 100%


def bars(axes: Axes, left: float, middle: float, answer: tuple[float, float]) -> None:
    """Draw two probabilities, of a 4 and of a 9, as bars; the greater one in orange."""
    for row, digit, part in zip((0.16, -0.16), "49", answer, strict=True):
        colour = ORANGE if part == max(answer) else GREY
        write(axes, left, middle + row, digit, weight="bold" if part == max(answer) else "normal")
        axes.add_patch(Rectangle((left + 0.15, middle + row - 0.1), part * BAR, 0.2, color=colour))
        write(axes, left + 0.22 + part * BAR, middle + row, f"{part:.0%}", 12, ha="left")


def main() -> None:
    """Draw the digit, the three networks, their answers, and the mean."""
    x, y, _, _ = load_mnist()
    image = split_validation(x, y)[2][NUMBER]
    axes = new_picture(7, 4.3)
    axes.imshow(image, cmap="gray", extent=(0.15, 1.25, 1.6, 2.7), zorder=1)
    axes.set(xlim=(0, 7), ylim=(0, 4.3))
    for (name, answer), row in zip(ANSWERS.items(), ROWS, strict=True):
        arrow(axes, (1.3, 2.15), (1.75, row))
        box(axes, 1.75, row - 0.3, 1.35, 0.6, name, BLUE)
        bars(axes, 3.3, row, answer)
        arrow(axes, (4.9, row), (5.3, 2.15 + 0.15 * (row - 2.15)))
    mean = tuple(sum(parts) / len(ANSWERS) for parts in zip(*ANSWERS.values(), strict=True))
    bars(axes, 5.55, 2.15, mean)
    for middle, text in ((0.7, "one image"), (2.42, "three networks"), (4.05, "three answers"), (6.15, "their mean")):
        write(axes, middle, 4.05, text, colour=INK)
    write(axes, 6.15, 1.6, "the answer: 9", weight="bold")
    save(axes, "ensemble")


if __name__ == "__main__":
    main()
