"""Draw best.svg for notebook 06: the shipped network, in the style of volumes.svg, layers of equal output as one block.

PYTHONPATH=. python figures/make_best.py
"""

from make_volumes import draw
from style import GREY, ORANGE

# What makes it, rows and columns, channels, and where its middle is, inches.
BLOCKS = (
    ("image", 28, 1, 0.95, GREY),
    ("3 x conv", 14, 32, 2.75, ORANGE),
    ("conv", 7, 64, 4.15, ORANGE),
    ("2 x conv", 7, 96, 5.7, ORANGE),
    ("conv", 4, 128, 7.5, ORANGE),
)
# What makes it, how many numbers, where its middle is, and how high it is drawn, inches.
COLUMNS = (("flatten", 2048, 8.85, 2.0, GREY), ("dense", 128, 9.85, 1.4, ORANGE), ("dense", 10, 10.65, 0.45, ORANGE))

if __name__ == "__main__":
    draw("best", 11.0, BLOCKS, COLUMNS)
