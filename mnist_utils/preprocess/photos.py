"""A photo or scan of one digit to a 28x28 image as MNIST's makers would have made it."""

from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage.filters import threshold_otsu

from mnist_utils.files import Picture, open_picture
from mnist_utils.images import BOX, SIZE, centre_of_mass, to_size_and_place
from mnist_utils.preprocess.ink import PEN


def photo_to_image(photo: Picture) -> np.ndarray:
    """Turn a picture of one digit, dark on light or light on dark, into an image as MNIST's makers would have made it.

    Parameters
    ----------
    photo : str, Path, bytes, PIL.Image.Image or numpy.ndarray
        As `files.open_picture` takes it. The light may be uneven; what is transparent counts as white.

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
    return ink_to_image(binarise(open_photo(photo, 400)))


def open_photo(photo: Picture, longest: int) -> np.ndarray:
    """Open a picture in grey, 0 (black) to 1 (white), its longer side at most `longest` pixels; refuse a tiny one."""
    name = f"photo: {photo}" if isinstance(photo, str | Path) else "photo"
    return open_picture(photo, name, longest, least=8)


def ink_to_image(ink: np.ndarray) -> np.ndarray:
    """Bring ink, bool (height, width), to the size, place and stroke width of MNIST's: float32 (28, 28), 0 to 1."""
    if not ink.any():
        return np.zeros((SIZE, SIZE), np.float32)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    # Half a stroke's width is twice the mean distance of its points from the edge; a thin line gets MNIST's pen.
    scale = (BOX - PEN) / max(ink.shape)
    half_width = 2 * ndimage.distance_transform_edt(np.pad(ink, 1)).sum() / ink.sum()
    grow = max(0.0, PEN / 2 / scale - half_width)
    scale = BOX / (max(ink.shape) + 2 * grow)
    margin = int(np.ceil(grow + 2 / scale))
    ink = np.pad(ink, margin)
    distance = ndimage.distance_transform_edt(~ink) - ndimage.distance_transform_edt(ink)
    soft = np.clip(0.5 + (grow - distance) * scale, 0, 1)  # edges one pixel of the small image wide
    return to_size_and_place(soft, centre_of_mass(soft), 1 / scale, samples=4).astype(np.float32)


def binarise(grey: np.ndarray) -> np.ndarray:
    """Tell ink from background in a grey picture.

    Parameters
    ----------
    grey : numpy.ndarray
        (height, width), 0 (black) to 1 (white).

    Returns
    -------
    numpy.ndarray
        bool (height, width), True for ink: what is much darker (or, on a dark background, lighter) than
        its surroundings, without specks.
    """
    smooth = ndimage.gaussian_filter(grey, max(grey.shape) / 400)
    # Ink is what vanishes when gaps narrower than a fifth of the picture are closed: a shadow's edge does not.
    window = max(5, max(grey.shape) // 5)
    unevenness = smooth - ndimage.uniform_filter(smooth, window)
    if (unevenness**3).sum() > 0:  # there is little ink and much background, so what is rare is ink
        smooth = 1 - smooth
    # Beyond the edge, light that falls off goes on falling, or the darkest edge would look like ink.
    beyond = np.pad(smooth, window, mode="reflect", reflect_type="odd")
    background = ndimage.grey_closing(beyond, size=(window, window))[window:-window, window:-window]
    # A ratio: ink in the shadow is as dark as that in the light.
    contrast = (background - smooth) / np.maximum(background, 0.2)
    if contrast.max() < 0.08:  # less than 8% of the way from black to white: paper, not ink
        return np.zeros(grey.shape, bool)
    # Where there is little ink, Otsu's threshold only parts lines and shadows from the rest of the paper.
    darkest = np.percentile(contrast, 99.85)
    ink = contrast > max(threshold_otsu(np.clip(contrast, 0, None)), 0.5 * darkest)
    parts, count = ndimage.label(ink, structure=np.ones((3, 3)))
    weights = ndimage.sum_labels(contrast, parts, index=range(1, count + 1))
    # What runs over the edge of the picture is the table, a shadow or a line, unless there is nothing else.
    edges = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    inside = np.isin(range(1, count + 1), edges, invert=True)
    if (weights * inside).max() >= 0.04 * weights.max():
        weights = weights * inside
    large = weights >= 0.04 * weights.max()
    darkness = ndimage.mean(contrast, parts, index=range(1, count + 1))  # the same pen is about as dark everywhere
    return np.isin(parts, 1 + np.flatnonzero(large & (darkness > 0.7 * darkness[large].max())))
