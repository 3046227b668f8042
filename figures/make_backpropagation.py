"""Draw backpropagation.svg: two layers of one unit each, their numbers forward, and the slopes on the way back.

Run it with PYTHONPATH=. from the folder above.
"""

import itertools

from style import BLUE, GREY, INK, ORANGE, RED, arrow, box, new_picture, save, write

TIMES, MINUS = "\N{MULTIPLICATION SIGN}", "\N{MINUS SIGN}"
BOXES = [  # left edge, width, name and value, colour
    (0.15, 0.85, "input\n0.8", GREY),
    (1.95, 0.85, "hidden\n0.4", BLUE),
    (3.75, 0.85, "answer\n0.6", BLUE),
    (5.95, 0.9, "loss\n0.16", ORANGE),
]
STEPS = [f"{TIMES} 0.5,\nReLU", f"{TIMES} 1.5", f"(answer {MINUS} 1)²"]  # what happens between two boxes
SLOPES = [(2.375, f"{MINUS}1.2"), (4.175, f"{MINUS}0.8")]  # where, and the slope that has arrived there
BACKWARD = [(6.4, 4.64, f"2 (0.6 {MINUS} 1)"), (3.71, 2.84, f"{TIMES} 1.5")]  # from, to, and what is multiplied by
WEIGHTS = [  # where, and the slope of a weight
    (1.15, f"first weight:\n{MINUS}1.2 {TIMES} 0.8 = {MINUS}0.96"),
    (3.6, f"second weight:\n{MINUS}0.8 {TIMES} 0.4 = {MINUS}0.32"),
]
LINE, BACK = 2.2, 1.1  # heights of the way forward and of the way back, inches


def main() -> None:
    """Draw the way forward above, the way back below, and under it the slope of each weight."""
    axes = new_picture(7, 3.1)
    write(axes, 0.15, 2.9, "forward: numbers", ha="left", colour=BLUE)
    for left, width, text, colour in BOXES:
        box(axes, left, LINE - 0.32, width, 0.64, text, colour)
    for ((left, width, *_), (right, *_)), text in zip(itertools.pairwise(BOXES), STEPS, strict=True):
        arrow(axes, (left + width + 0.04, LINE), (right - 0.04, LINE), INK)
        write(axes, (left + width + right) / 2, LINE + 0.1, text, size=11, va="bottom")
    write(axes, 6.85, 1.55, "backward: slopes of the loss", ha="right", colour=RED)
    for x, value in SLOPES:
        box(axes, x - 0.425, BACK - 0.2, 0.85, 0.4, value, RED)
    for start, end, text in BACKWARD:
        arrow(axes, (start, BACK), (end, BACK), RED)
        write(axes, (start + end) / 2, BACK - 0.18, text, size=11, colour=RED)
    for x, text in WEIGHTS:
        write(axes, x, 0.3, text, size=12)
    arrow(axes, (1.92, BACK), (1.2, 0.55), RED)
    arrow(axes, (4.0, BACK - 0.23), (3.8, 0.55), RED)
    save(axes, "backpropagation")


if __name__ == "__main__":
    main()
