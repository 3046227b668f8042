"""Draws how MNIST's 70,000 images are split in three, and what each part may be used for."""

from style import INK, arrow, box, new_picture, save, write

from mnist_utils.plots import TEST, TRAINING, VALIDATION

PARTS = [  # images, colour, name, what it is for
    (54_000, TRAINING, "training set", "the network learns\nfrom it, as often\nas you like"),
    (6_000, VALIDATION, "validation set", "you choose with it:\nwhich network,\nwhen to stop"),
    (10_000, TEST, "test set", "you measure with it,\nonce, at the\nvery end"),
]
LEFT, LENGTH, GAP = 0.15, 6.6, 0.05  # inches; the bar is as long as there are images
CARD, BETWEEN = 2.1, 0.15

axes = new_picture(7.0, 3.55)
start = LEFT
for number, (count, colour, name, use) in enumerate(PARTS):
    length = (LENGTH - 2 * GAP) * count / 70_000
    box(axes, start, 2.6, length, 0.4, "", colour)
    left = LEFT + number * (CARD + BETWEEN)
    middle = left + CARD / 2
    box(axes, left, 0.15, CARD, 1.75, "", colour)
    write(axes, middle, 1.62, f"{count:,}", weight="bold")
    write(axes, middle, 1.33, name)
    write(axes, middle, 0.7, use, size=12)
    arrow(axes, (start + length / 2, 2.55), (middle, 1.95), colour)
    start += length + GAP
test_end, test_begin = start - GAP, start - GAP - length
brackets = [("x_train: 60,000 images", LEFT, test_begin - GAP), ("x_test: 10,000", test_begin, test_end)]
for name, begin, end in brackets:
    axes.plot([begin, begin, end, end], [3.06, 3.12, 3.12, 3.06], color=INK, linewidth=1.2)
    write(axes, min((begin + end) / 2, test_end - 0.55), 3.32, name)
save(axes, "split")
