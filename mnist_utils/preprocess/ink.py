"""Pen strokes to a 28x28 image as MNIST's makers would have made it."""

import numpy as np

from mnist_utils.checks import check_strokes
from mnist_utils.images import BOX, CENTRE, SIZE, centre_of_mass

PEN = 2.4  # pen width in pixels, about that of MNIST's digits
SMALLEST = 1e-100  # of a drawing that can be enlarged, in its own units; a smaller one is a dot


def strokes_to_image(strokes: list, pen: float = PEN) -> np.ndarray:
    """Turn pen strokes into an image as MNIST's makers would have made it.

    Parameters
    ----------
    strokes : list of array_like
        One (k, 2) list of points a stroke, x right, y down, in any units. A stroke of one point is a dot.
    pen : float
        Width of the line in pixels of the image, more than 0 and less than 20.

    Returns
    -------
    numpy.ndarray
        float32 (28, 28), 0 (background) to 1 (ink). All zeros where there is no stroke.

    Raises
    ------
    ValueError
        If a stroke is no list of points, or a coordinate is not a finite number or beyond 1e100.
    """
    if not 0 < pen < BOX:
        raise ValueError(f"pen must be more than 0 and less than {BOX:g} pixels, not {pen}.")
    strokes = check_strokes(strokes)
    if not strokes:
        return np.zeros((SIZE, SIZE), np.float32)
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = (high - low).max()
    scale = (BOX - pen) / extent if extent > SMALLEST else 1.0  # a dot keeps the pen's size
    middle = low / 2 + high / 2
    lines = [thin((stroke - middle) * scale + CENTRE) for stroke in strokes]
    shift = CENTRE - centre_of_mass(draw(lines, pen))[::-1]
    return draw([line + shift for line in lines], pen)


def thin(line: np.ndarray) -> np.ndarray:
    """Leave out points (k, 2) less than 0.3 pixels of path after the one before; the ends stay."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    keep = np.diff(np.floor(length / 0.3), prepend=-1) > 0
    keep[-1] = True
    return line[keep]


def draw(lines: list[np.ndarray], pen: float) -> np.ndarray:
    """Draw lines of round points, anti-aliased: a pixel is as bright as the pen covers it.

    Lines are (k, 2) points (x, y) in pixels, (0, 0) the centre of the upper left one; the pen's width is in pixels.
    Gives float32 (28, 28), 0 to 1.
    """
    # float32 is faster than float64, and exact to a hundred-thousandth of a pixel.
    starts = np.concatenate([line[:-1] if len(line) > 1 else line for line in lines]).astype(np.float32)
    ends = np.concatenate([line[1:] if len(line) > 1 else line for line in lines]).astype(np.float32)
    along = ends - starts
    squared = np.maximum((along**2).sum(axis=1), 1e-12)
    # Only pixels that the pen can reach are looked at.
    points = np.concatenate([starts, ends])
    left, top = np.clip(np.floor(points.min(axis=0) - pen / 2 - 0.5), 0, SIZE).astype(int)
    right, bottom = np.clip(np.ceil(points.max(axis=0) + pen / 2 + 0.5) + 1, 0, SIZE).astype(int)
    image = np.zeros((SIZE, SIZE), np.float32)
    y, x = np.mgrid[top:bottom, left:right].reshape(2, -1, 1).astype(np.float32)
    from_x, from_y = x - starts[:, 0], y - starts[:, 1]
    # The nearest point of each segment, as a fraction of its length.
    t = np.clip((from_x * along[:, 0] + from_y * along[:, 1]) / squared, 0, 1)
    distance = np.sqrt(((from_x - t * along[:, 0]) ** 2 + (from_y - t * along[:, 1]) ** 2).min(axis=1))
    image[top:bottom, left:right] = np.clip(pen / 2 + 0.5 - distance, 0, 1).reshape(bottom - top, right - left)
    return image
