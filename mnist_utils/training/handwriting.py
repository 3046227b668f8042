"""Write as by hand, smooth lines, never twice the same: what is no digit.

A variant is text: strokes separated by "/", each a row of points "x,y" that a smooth line goes through, on a grid
10 wide and 14 high, y down. A point given twice is a corner.
"""

import functools
import string
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.interpolate import CubicSpline

from mnist_utils.preprocess.ink import strokes_to_image
from mnist_utils.preprocess.photos import ink_to_image

# Letters that are not written like a digit, then signs and shapes.
OUTLIERS = [
    "5,0 2.5,7 0,14 / 5,0 7.5,7 10,14 / 2,9 5,9 8,9",  # A
    "0,14 2.5,7 5,0 5,0 7.5,7 10,14 10,14 6,9.5 2,9.5",
    "9,2 6,0 2,2 0.5,7 2,12 6,14 9,12",  # C
    "9,0 5,0 1,0 1,0 1,7 1,14 1,14 5,14 9,14 / 1,7 4,7 7,7",  # E
    "8,1 4,0 2,3 5,6.5 5,6.5 1,9 2,13 6,14 9,12",
    "1,0 1,7 1,14 / 1,0 5,0 9,0 / 1,6.5 4,6.5 7,6.5",  # F
    "1,0 1,7 1,14 / 9,0 9,7 9,14 / 1,7 5,7 9,7",  # H
    "7,0 7,6 6.5,12 4,14 1,12 0.5,10",  # J
    "1,0 1,7 1,14 / 8,0 4.5,4 1,8 / 3,6 6,10 9,14",  # K
    "1,0 1,7 1,14 1,14 5,14 9,14",  # L
    "0,14 1,7 2,0 2,0 3.5,5 5,10 5,10 6.5,5 8,0 8,0 9,7 10,14",  # M
    "1,14 1,7 1,0 1,0 5,7 9,14 9,14 9,7 9,0",  # N
    "1,0 1,7 1,14 / 1,0 6,0.5 9,3.5 6,7 1,7.5",  # P
    "1,14 1,7 1,0 1,0 6,0 9,3 6,6.5 1,7 1,7 5,10 9,14",  # R
    "1,0 1,6 2,12 5,14 8,12 9,6 9,0",  # U
    "0,0 2.5,7 5,14 5,14 7.5,7 10,0",  # V
    "0,0 1.5,7 3,14 3,14 4,9 5,4 5,4 6,9 7,14 7,14 8.5,7 10,0",  # W
    "0,0 5,7 10,14 / 10,0 5,7 0,14",  # X
    "8,9 5,7 1,9 1,12 4,14 8,11 8,11 8.3,5 8.5,0 8.5,0 8.5,7 9,14",  # d
    "1,7 5,6.5 9,5 8,1 4,0 1,4 1,10 4,14 9,12",  # e
    "9,2 7,0 4.5,2 4,8 4,14 / 1,6 4,6 7,6",  # f
    "1,0 1,7 1,14 1,14 1.5,9 4,6.5 7,7.5 7.5,11 8,14",  # h
    "6,3 6,8 5,13 2,13.5 0.5,12 / 6,0 6.2,0.3",  # j
    "1,0 1,7 1,14 / 7,5 4,8 1,10 / 3,9 5,11 8,14",  # k
    "0,14 0.3,8 0.5,2 0.5,2 0.5,6 2.5,2 4.5,5 4.5,14 4.5,14 4.5,6 7,2 9,5 9.5,14",  # m
    "1,14 1,8 1,2 1,2 1,6 4,2 7.5,3.5 8,8 8,14",  # n
    "1,2 1,9 1,14 / 1,3 5,2 8,5 6,9 1,9",  # p
    "1,2 1,8 1,14 1,14 1,8 3,4 6,2.5 8,3",  # r
    "0,2 1,9 2.5,14 4.5,10 5,4 5.5,10 7.5,14 9,9 10,2",  # w
    "5,0 2.5,7 0,14 0,14 5,14 10,14 10,14 7.5,7 5,0",  # triangle
    "0,0 5,0 10,0 10,0 10,5 10,10 10,10 5,10 0,10 0,10 0,5 0,0",  # square
    "5,0 5,5 5,10 / 0,5 5,5 10,5",  # plus
    "0,7 5,7 10,7 / 6,3 8,5 10,7 10,7 8,9 6,11",  # arrow
    "5,7 6,6 7,8 5,10 2,8 3,3 8,2 10,7 8,13 2,13",  # spiral
    "5,4 3,0 0,3 2,8 5,13 5,13 8,8 10,3 7,0 5,4",  # heart
    "1,3 3,0 7,0 9,3 7,6 5,8 5,10 / 5,13.5 5.2,14",  # question mark
    "3,0 2.5,7 2,14 / 8,0 7.5,7 7,14 / 0,5 5,5 10,5 / 0,10 5,10 10,10",  # hash
    "5,0 3.5,7 2,14 2,14 6,9 10,5 10,5 5,5 0,5 0,5 4,10 8,14 8,14 6.5,7 5,0",  # star
    "0,8 1.5,11 3,14 3,14 6,7 10,0",  # tick
    "0,7 2.5,2 5,7 7.5,12 10,7",  # wave
    "0,0 10,3 10,3 0,7 0,7 10,10 10,10 0,14",  # zigzag
    "0,4 5,4 10,4 / 0,10 5,10 10,10",  # equals sign
]

LIKE_DIGITS = "OolIiSsZzqgbBDTyt"  # to any eye, some of these are digits
FONTS = ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSansMono", "STIXGeneral", "cmr10"]


def write(
    variant: str, rng: np.random.Generator, sizes: tuple[float, float] = (10, 10), bend: float = 0.3
) -> list[np.ndarray]:
    """Write a variant once: bent a little, slanted, stretched, turned, and with a hand's tremor.

    `sizes` are the least and the greatest length of the grid's unit; `bend` is the standard deviation of how far each
    point is from where the variant has it, in such units. Gives (k, 2) points a stroke, x right, y down.
    """
    strokes = [np.array([point.split(",") for point in line.split()], float) for line in variant.split("/")]
    strokes = [smooth(points + rng.normal(0, bend, points.shape) * _first_of_pair(points)) for points in strokes]
    slant, width, turn = rng.uniform(-0.1, 0.3), rng.uniform(0.8, 1.15), rng.normal(0, 0.06)
    size = rng.uniform(*sizes)
    warp = np.array([[width, -slant], [0, 1]]) @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return [stroke @ warp.T * size + rng.normal(0, 0.012 * size, stroke.shape) for stroke in strokes]


def smooth(points: np.ndarray) -> np.ndarray:
    """Put a smooth line through points (k, 2), with corners where a point is given twice."""
    corners = np.flatnonzero((np.diff(points, axis=0) == 0).all(axis=1)) + 1
    pieces = []
    for piece in np.split(points, corners):
        along = np.concatenate([[0], np.cumsum(np.sqrt(np.hypot(*np.diff(piece, axis=0).T)))])  # centripetal
        count = max(3, round(np.hypot(*np.diff(piece, axis=0).T).sum() / 0.35))  # points 0.35 units apart
        pieces.append(CubicSpline(along, piece)(np.linspace(0, along[-1], count)))
    return np.concatenate(pieces)


@functools.cache
def outliers(count: int, seed: int = 0) -> np.ndarray:
    """Draw images that show no digit, uint8 (count, 28, 28): three in four a letter, sign or shape, the rest scribbles.

    The same seed draws the same ones; the ink has size and place of MNIST's digits.
    """
    rng, images = np.random.default_rng(seed), np.zeros((count, 28, 28), np.uint8)
    for i in range(count):
        if i % 4:
            strokes = write(OUTLIERS[rng.integers(len(OUTLIERS))], rng)
        else:
            strokes = [smooth(rng.uniform(0, 10, (rng.integers(5, 12), 2))) for _ in range(rng.integers(1, 3))]
        images[i] = _image(strokes)
    images.flags.writeable = False  # it is kept for the next call
    return images


def printed_letters() -> tuple[np.ndarray, list[str]]:
    """Print letters in the fonts that come with Matplotlib, but for those that look like a digit to some eyes.

    Gives float32 images (n, 28, 28), 0 to 1, of size and place of MNIST's digits, and which letter each shows.
    """
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    letters = sorted(set(string.ascii_letters) - set(LIKE_DIGITS))
    images = []
    for name in FONTS:
        font = ImageFont.truetype(str(fonts / f"{name}.ttf"), 96)
        for letter in letters:
            page = Image.new("L", (192, 192), "white")
            ImageDraw.Draw(page).text((96, 96), letter, fill="black", font=font, anchor="mm")
            images.append(ink_to_image(np.asarray(page) < 128))
    return np.stack(images), letters * len(FONTS)


def _image(strokes: list[np.ndarray]) -> np.ndarray:
    """Draw strokes, leaving out points to be three times as fast: uint8 (28, 28)."""
    sparse = [np.append(stroke[::3], stroke[-1:], axis=0) for stroke in strokes]
    return np.round(255 * strokes_to_image(sparse)).astype(np.uint8)


def _first_of_pair(points: np.ndarray) -> np.ndarray:
    """1 for points that may move on their own, 0 for both of a corner, which must stay together."""
    same = (np.diff(points, axis=0) == 0).all(axis=1)
    return 1.0 - (np.append(same, False) | np.append(False, same))[:, None]
