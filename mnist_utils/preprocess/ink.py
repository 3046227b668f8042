"""Pen strokes to a 28x28 image as MNIST's makers would have made it, or as those of another data set did."""

import dataclasses

import numpy as np

from mnist_utils.checks import check_strokes
from mnist_utils.images import BOX, CENTRE, SIZE, centre_of_mass, check_images, longer_side

PEN = 2.4  # pen width in pixels, about that of MNIST's digits
RIM = 0.1  # what is brighter is ink
LOOKED_AT = 1000  # images, at most, of which the place of the ink is found
SMALLEST = 1e-100  # of a drawing that can be enlarged, in its own units; a smaller one is a dot


@dataclasses.dataclass(frozen=True)
class Placement:
    """How large the ink is in 28x28 pixels, and where: without arguments, as in MNIST.

    Attributes
    ----------
    side : float
        Its longer side, more than 0 to 28 pixels.
    centre : tuple of float
        Row and column, 0 to 27, of its middle.
    by : str
        What its middle is: "mass", its centre of mass, or "box", the middle of the box around it.
    """

    side: float = BOX
    centre: tuple[float, float] = (CENTRE, CENTRE)
    by: str = "mass"

    def __post_init__(self) -> None:
        """Check the values, which may come from a file."""
        inside = 0 < self.side <= SIZE and all(0 <= place < SIZE for place in self.centre)
        if not inside or self.by not in ("mass", "box"):
            raise ValueError(f"ink must have a side of up to {SIZE} pixels, a centre in them, and be by mass or box.")


def find_placement(images: np.ndarray) -> Placement:
    """Say how large the ink of images, as `check_images` takes them, mostly is, and where.

    Its middle is that which differs less from image to image: the one that the makers of the images went by.
    """
    chosen = [image for image in check_images(images[:: max(1, -(-len(images) // LOOKED_AT))]) if image.max() > RIM]
    if not chosen:
        return Placement()
    middles: dict[str, list] = {"mass": [centre_of_mass(image) for image in chosen]}
    middles["box"] = [[(places.min() + places.max()) / 2 for places in (image > RIM).nonzero()] for image in chosen]
    by = min(middles, key=lambda kind: np.var(middles[kind], axis=0).sum())
    row, column = np.median(middles[by], axis=0).round(1).tolist()
    return Placement(float(np.median([longer_side(image > RIM) for image in chosen])), (row, column), by)


def placement_of(metrics: dict) -> Placement:
    """Give the placement that metrics.json tells as "ink", or MNIST's where it tells none."""
    told = metrics.get("ink")
    if told is None:
        return Placement()
    try:
        row, column = map(float, told["centre"])
        return Placement(float(told["side"]), (row, column), told["by"])
    except (TypeError, KeyError, ValueError, OverflowError):
        wanted = "ink must have side, centre and by, as train writes them"
        raise ValueError(f"metrics: {wanted}, not {told!r:.60}.") from None


def strokes_to_image(strokes: list, pen: float = PEN, place: Placement | None = None) -> np.ndarray:
    """Turn pen strokes into an image as MNIST's makers would have made it.

    Parameters
    ----------
    strokes : list of array_like
        One (k, 2) list of points a stroke, x right, y down, in any units. A stroke of one point is a dot.
    pen : float
        Width of the line in pixels where the ink's longer side is 20 of them, more than 0 and less than 20.
    place : Placement, optional
        How large the ink will be, and where; without it, as in MNIST.

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
    strokes, place = check_strokes(strokes), place or Placement()
    if not strokes:
        return np.zeros((SIZE, SIZE), np.float32)
    pen *= place.side / BOX
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = (high - low).max()
    scale = (place.side - pen) / extent if extent > SMALLEST else 1.0  # a dot keeps the pen's size
    middle, centre = low / 2 + high / 2, np.array(place.centre[::-1])
    lines = [thin((stroke - middle) * scale + centre) for stroke in strokes]
    if place.by == "mass":
        shift = centre - centre_of_mass(draw(lines, pen))[::-1]
        lines = [line + shift for line in lines]
    return draw(lines, pen)


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
