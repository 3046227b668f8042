"""A picture of one digit to a 28x28 image: several readings of it, and the choice among them.

Nobody knows beforehand whether a picture is dark on light, has a shadow, a frame or lines on the paper. So it is
read in several ways, each of them simple, and all are compared by one measure: how much of the picture's contrast
the ink of a reading explains. A network, where there is one, says which of them look like a digit.
Constants were chosen on half of the sources of real pictures (HALF_A in tests/benchmarks/real_photos.py).
"""

import dataclasses
from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage.morphology import skeletonize

from mnist_utils.files import Picture, lightness, open_picture, photo_name, without_alpha
from mnist_utils.images import BOX, SIZE, centre_of_mass, is_speck, to_size_and_place
from mnist_utils.preprocess.binarise import binarised, distinct, edge_strength, explained
from mnist_utils.preprocess.ink import PEN, strokes_to_image
from mnist_utils.preprocess.parts import choices

OPENED, LONGEST, LEAST = 500, 192, 96  # pixels of the longer side that pictures are opened with, and read at
SMALL = 0.12  # ink smaller than this, in longer sides of the picture, is read again
# Ink that is less long than this, in its own widths, is a dot: discs have up to 1.8, a line twice as long as wide 2.1
# or more, the least of 30,000 of MNIST's training images 2.3.
DOT = 2.0
THICK = 4.0  # pixels of the small image; wider strokes are made narrower
MOST = 10  # readings: the network is asked of each
ENOUGH = 0.8  # of what another reading explains, an answer's explains at least, or it is less sure
LEAST_EVIDENCE = 0.1  # of a reading; with less, there is no ink
RIM = 0.5  # of what a speck explains: a reading that explains less is its blurred rim, which has at most a third


@dataclasses.dataclass(frozen=True)
class Reading:
    """One way to read a picture: its name, such as "faint dark, uneven, no border", and what it takes for ink.

    `ink` is bool (height, width) of a part of the picture, whose left, top, right and bottom in it are `part`; `image`
    is float32 (28, 28), and `evidence`, 0 to 1, how much of the picture's contrast the ink explains.
    """

    name: str
    ink: np.ndarray
    image: np.ndarray
    evidence: float
    part: tuple[int, int, int, int]

    def ink_on(self, height: int, width: int) -> np.ndarray:
        """Show where the ink is on the picture of that size: bool (height, width)."""
        left, top, right, bottom = self.part
        whole = np.zeros((height, width), bool)
        size = right - left, bottom - top
        whole[top:bottom, left:right] = Image.fromarray(self.ink).resize(size, Image.Resampling.NEAREST)
        return whole


def photo_to_image(photo: Picture) -> np.ndarray:
    """Turn a picture of one digit into an image as MNIST's makers would have made it.

    Of all readings it takes the one that explains most of the picture's contrast. `DigitClassifier.read_photo` asks the
    network, too, and reads a little more.

    Parameters
    ----------
    photo : str, Path, bytes, PIL.Image.Image or numpy.ndarray
        As `files.open_picture` takes it: dark on light or light on dark, in even or uneven light.

    Returns
    -------
    numpy.ndarray
        float32 (28, 28), 0 (background) to 1 (ink). All zeros where no ink stands out from the background.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no picture that can be read, or one under 8 pixels high or wide.
    """
    found = readings(open_photo(photo)[0])
    return found[0].image if found and found[0].evidence >= LEAST_EVIDENCE else np.zeros((SIZE, SIZE), np.float32)


def open_photo(photo: Picture, longest: int = OPENED, name: str = "") -> tuple[np.ndarray, float]:
    """Open a picture in grey, its longer side `LEAST` to `longest` pixels; gives it, and how many of its own one is."""
    colours, scale = open_picture(photo, photo_name(photo, name), longest, least=8)
    grow = max(1.0, LEAST / max(colours.shape[:2]))
    return resized(_to_grey(colours), grow), scale / grow


def _to_grey(with_alpha: np.ndarray) -> np.ndarray:
    """One value a pixel of what `open_picture` gives: lightness, unless colour tells much more apart."""
    colours = without_alpha(with_alpha)
    grey = lightness(colours)
    if with_alpha[..., 3].min() > 0.5:
        centred = colours.reshape(-1, 3) - colours.mean(axis=(0, 1))
        variances, directions = np.linalg.eigh(centred.T @ centred / len(centred))
        if variances[-1] > 4 * grey.var() and variances[-1] > 0.001:
            grey = colours @ directions[:, -1]
            grey = np.clip((grey - grey.min()) / max(np.ptp(grey), 1e-9), 0, 1)
    return grey


def resized(grey: np.ndarray, scale: float) -> np.ndarray:
    """Make a picture so many times as large."""
    if scale == 1:
        return grey
    size = [max(1, round(side * scale)) for side in grey.shape[::-1]]
    how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    return np.clip(np.asarray(Image.fromarray(grey).resize(size, how)), 0, 1)


def readings(grey: np.ndarray) -> list[Reading]:
    """Read a picture, float (height, width), 0 (black) to 1 (white), in several ways; the most evident first.

    There is none where the ink is only a speck.

    Pictures are read small, which is quick; where the ink is too small then, the part with the ink is read again.
    """
    scale, part = max(1.0, max(grey.shape) / LONGEST), (0, 0, grey.shape[1], grey.shape[0])
    found = _inks(resized(grey, 1 / scale))
    if scale > 1.2 and found:
        left, top, right, bottom = (round(scale * k) for k in box_of(found[0][2]))
        side = max(right - left, bottom - top)
        if side < SMALL * max(grey.shape):
            part = max(0, left - side), max(0, top - side), min(right + side, part[2]), min(bottom + side, part[3])
            near = grey[part[1] : part[3], part[0] : part[2]]
            scale = max(near.shape) / np.clip(max(near.shape), LEAST, LONGEST)
            found = _inks(resized(near, 1 / scale))
    made = []
    for evidence, name, ink in found:
        image = ink_to_image(ink)
        like = 1.0 if is_speck(image[None])[0] else like_strokes(ink, image, box_of(ink))
        made.append(Reading(name, ink, image, evidence * like, part))
    kept = without_specks(made, [reading.image[None] for reading in made])
    return sorted(kept, key=lambda reading: -reading.evidence)


def without_specks(found: list[Any], images: list[np.ndarray]) -> list[Any]:
    """Leave out readings with an .evidence whose images (n, 28, 28) are all specks, and those of a speck's rim."""
    specks = [bool(is_speck(each).all()) for each in images]
    most = max((reading.evidence for reading, speck in zip(found, specks, strict=True) if speck), default=0.0)
    return [
        reading for reading, speck in zip(found, specks, strict=True) if not speck and reading.evidence >= RIM * most
    ]


def box_of(ink: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def like_strokes(ink: np.ndarray, image: np.ndarray, box: tuple[int, int, int, int]) -> float:
    """0 where ink covers so much that it is no digit, else 1."""
    # No digit fills its image, nor its box unless it is narrow: MNIST's cover up to 0.29 and 0.68 (99.9%).
    sides = sorted((box[2] - box[0], box[3] - box[1]))
    too_much = max(image.mean() - 0.28, 0)
    if sides[0] > 0.4 * sides[1]:
        too_much += max(ink.sum() / (sides[0] * sides[1]) - 0.68, 0)
    return float(np.clip(1 - too_much / 0.1, 0, 1))


def _inks(grey: np.ndarray) -> list[tuple[float, str, np.ndarray]]:
    """What may be the ink of a picture: the evidence, a name and the ink, bool (height, width)."""
    edges = edge_strength(grey)
    found: dict[bytes, tuple] = {}
    for name, ink, dark, contrast in binarised(grey):
        chosen = choices(ink, dark, contrast)
        doubtful = np.logical_or.reduce([out for _, out in chosen.values()])
        for choice, (kept, out) in chosen.items():
            if kept.any():
                evidence = explained(edges, kept, out, doubtful) * distinct(grey, kept, out) ** 0.5
                if evidence > found.get(kept.tobytes(), (0,))[0]:
                    found[kept.tobytes()] = evidence, name + choice, kept
    return sorted(found.values(), key=lambda item: -item[0])[:MOST]


def choose(found: list[Reading], probabilities: np.ndarray, margins: np.ndarray) -> tuple[int | None, float]:
    """Choose the reading that is most like a digit and explains most; gives its number, or None, and the confidence.

    `probabilities` (n, classes) are what a network says of the readings' images, and `margins` (n,) how much more
    evidence there is for a class in each than the network's rejection threshold, in nats. The confidence is the share
    of its digit in all readings: where others say another digit, it falls. It falls, too, where another reading
    explains much more: what looks like a 1 may be the hole of a 6.
    """
    if not found:
        return None, 0.0
    evidence = np.array([reading.evidence for reading in found])
    weights = evidence * probabilities.max(axis=1) / (1 + np.exp(-margins))
    best = int(weights.argmax())
    votes = weights**2 / max((weights**2).sum(), 1e-12)  # measured: plain weights leave a sixth of right answers unsure
    confidence = float(votes @ probabilities[:, probabilities[best].argmax()])
    confidence *= min(1.0, evidence[best] / max(ENOUGH * evidence.max(), 1e-12))
    return best if margins[best] >= 0 and evidence[best] >= LEAST_EVIDENCE else None, confidence


def is_dot(ink: np.ndarray) -> bool:
    """Say whether ink, bool (height, width), is about as long as it is wide, all of it: the mark of a pen put down."""
    left, top, right, bottom = box_of(ink)
    distance = ndimage.distance_transform_edt(np.pad(ink[top:bottom, left:right], 1))
    width = 4 * (distance.sum() / ink.sum() - 0.5)  # of a line, the mean distance from its edge is a quarter of it
    return max(right - left, bottom - top) < DOT * width


def ink_to_image(ink: np.ndarray) -> np.ndarray:
    """Bring ink, bool (height, width), to the size, place and stroke width of MNIST's: float32 (28, 28), 0 to 1.

    As in `strokes_to_image`, a dot keeps the pen's size.
    """
    if not ink.any():
        return np.zeros((SIZE, SIZE), np.float32)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if max(ink.shape) > LEAST:
        size = [max(1, round(side * LEAST / max(ink.shape))) for side in ink.shape[::-1]]
        ink = np.asarray(Image.fromarray(ink.astype(np.float32)).resize(size, Image.Resampling.BOX)) >= 0.5
    if is_dot(ink):
        return strokes_to_image([[(0, 0)]])
    # Half a stroke's width is twice the mean distance of its points from the edge; a thin line gets MNIST's pen.
    scale = (BOX - PEN) / max(ink.shape)
    inside = ndimage.distance_transform_edt(np.pad(ink, 1))[1:-1, 1:-1]
    half_width = 2 * inside.sum() / max(ink.sum(), 1)
    grow = max(0.0, PEN / 2 / scale - half_width) + min(0.0, THICK / 2 / scale - half_width)
    scale = BOX / max(max(ink.shape) + 2 * grow, 1)
    margin = int(np.ceil(max(grow, 0) + 2 / scale))
    ink = np.pad(ink, margin)
    distance = np.pad(inside, margin) - ndimage.distance_transform_edt(~ink)
    soft = np.clip(0.5 + (grow + distance) * scale, 0, 1)  # edges one pixel of the small image wide
    if grow < 0:  # what is thinner than the rest stays in one piece
        line = ndimage.distance_transform_edt(~skeletonize(ink))
        soft = np.maximum(soft, ink * np.clip(0.5 + PEN / 2 - line * scale, 0, 1))
    return to_size_and_place(soft, centre_of_mass(soft), 1 / scale, samples=4).astype(np.float32)
