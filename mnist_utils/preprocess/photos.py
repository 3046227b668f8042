"""A photo or scan of one digit to a 28x28 image as MNIST's makers would have made it."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from scipy import ndimage

from mnist_utils.preprocess.ink import BOX, CENTRE, PEN, SIZE, centre_of_mass


def photo_to_image(photo: str | Path | Image.Image | np.ndarray) -> np.ndarray:
    """Turn a picture of one digit, dark on light or light on dark, into an image as MNIST's makers would have made it.

    Parameters
    ----------
    photo : str, Path, PIL.Image.Image or numpy.ndarray
        A picture file, a picture, or an array (height, width), (height, width, 3) or (height, width, 4),
        uint8 0-255, uint16 0-65535 or float 0-1. The light may be uneven; what is transparent counts as white.

    Returns
    -------
    numpy.ndarray
        float32 (28, 28), 0 (ground) to 1 (ink). All zeros where no ink stands out from the ground.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no picture, or a picture under 8 pixels high or wide.
    """
    return ink_to_image(find_ink(to_grey(photo)))


def ink_to_image(ink: np.ndarray) -> np.ndarray:
    """Bring ink, bool (height, width), to the size, place and thickness of MNIST's: float32 (28, 28), 0 to 1."""
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
    centre = centre_of_mass(soft)[::-1]
    # Each pixel of the small image is the mean of its area in the large one, sampled at 4 by 4 places.
    fine = (np.arange(SIZE * 4) + 0.5) / 4 - 0.5 - CENTRE
    places = np.meshgrid(*(fine / scale + c for c in centre), indexing="ij")
    sampled = ndimage.map_coordinates(soft, places, order=1, mode="constant")
    return sampled.reshape(SIZE, 4, SIZE, 4).mean(axis=(1, 3)).astype(np.float32)


def to_grey(photo: str | Path | Image.Image | np.ndarray, longest: int = 400) -> np.ndarray:
    """Give a picture as floats (height, width), 0 (black) to 1 (white), its longer side at most `longest` pixels."""
    name = f"photo: {photo}" if isinstance(photo, str | Path) else "photo"
    given = isinstance(photo, Image.Image)  # then it is the caller's, and must stay as it is
    if isinstance(photo, np.ndarray):
        photo = _array_to_picture(photo)
    elif isinstance(photo, str | Path):
        try:
            photo = Image.open(photo)
        except FileNotFoundError:
            raise FileNotFoundError(f"{name} is missing.") from None
        except (OSError, Image.DecompressionBombError) as error:
            raise ValueError(f"{name} is no picture that can be read ({error}).") from None
    elif not isinstance(photo, Image.Image):
        raise ValueError(f"photo must be a file name, a PIL image or an array, not {type(photo).__name__}.")
    if min(photo.size) < 8:
        raise ValueError(f"{name} must be at least 8 pixels high and wide, not {photo.height} x {photo.width}.")
    try:
        if not given:
            photo.draft("L", (longest, longest))  # large JPEGs are decoded small, at once
        photo = ImageOps.exif_transpose(photo)
        if photo.mode.startswith("I") or photo.mode == "F":
            values = np.asarray(photo, dtype=np.float32)
            photo = Image.fromarray(values / (65535 if photo.mode.startswith("I") else max(values.max(), 1e-9)) * 255)
        elif "A" in photo.getbands() or "transparency" in photo.info:
            photo = photo.convert("RGBA")
            photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo).convert("L")
        else:
            photo = photo.convert("L")
    except (OSError, SyntaxError) as error:  # pillow raises them for truncated and broken files
        raise ValueError(f"{name} is no picture that can be read ({error}).") from None
    photo.thumbnail((longest, longest), Image.Resampling.BOX)
    return np.asarray(photo, dtype=np.float32) / 255


def find_ink(grey: np.ndarray) -> np.ndarray:
    """Tell ink from ground in a grey picture.

    Parameters
    ----------
    grey : numpy.ndarray
        (height, width), 0 (black) to 1 (white).

    Returns
    -------
    numpy.ndarray
        bool (height, width), True for ink: what is much darker (or, on a dark ground, lighter) than
        its surroundings, without specks.
    """
    smooth = ndimage.gaussian_filter(grey, max(grey.shape) / 400)
    # Ink is what vanishes when gaps narrower than a fifth of the picture are closed: a shadow's edge does not.
    window = max(5, max(grey.shape) // 5)
    unevenness = smooth - ndimage.uniform_filter(smooth, window)
    if (unevenness**3).sum() > 0:  # there is little ink and much ground, so what is rare is ink
        smooth = 1 - smooth
    # Beyond the edge, light that falls off goes on falling, or the darkest edge would look like ink.
    beyond = np.pad(smooth, window, mode="reflect", reflect_type="odd")
    ground = ndimage.grey_closing(beyond, size=(window, window))[window:-window, window:-window]
    contrast = (ground - smooth) / np.maximum(ground, 0.2)  # a ratio: ink in the shadow is as dark as that in the light
    if contrast.max() < 0.08:  # less than 8% of the way from black to white: paper, not ink
        return np.zeros(grey.shape, bool)
    # Where there is little ink, Otsu's threshold only parts lines and shadows from the rest of the paper.
    darkest = np.percentile(contrast, 99.85)
    ink = contrast > max(otsu_threshold(np.clip(contrast, 0, None)), 0.5 * darkest)
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


def otsu_threshold(values: np.ndarray) -> float:
    """Give the value that splits a set in two parts of the greatest variance between them (Otsu 1979)."""
    counts, edges = np.histogram(values, 128)
    middles = (edges[:-1] + edges[1:]) / 2
    below, above = np.cumsum(counts), np.cumsum(counts[::-1])[::-1]
    mean_below = np.cumsum(counts * middles) / np.maximum(below, 1)
    mean_above = np.cumsum((counts * middles)[::-1])[::-1] / np.maximum(above, 1)
    between = below[:-1] * above[1:] * (mean_below[:-1] - mean_above[1:]) ** 2
    return float(edges[1 + between.argmax()])


def _array_to_picture(array: np.ndarray) -> Image.Image:
    if array.ndim not in (2, 3) or not array.size or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise ValueError(f"photo must have the shape (height, width), or that with 3 or 4 colours, not {array.shape}.")
    if array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    elif np.issubdtype(array.dtype, np.floating):
        if not (array.min() >= 0 and array.max() <= 1):
            raise ValueError(f"photo of type float must lie in 0 to 1, not {array.min():.3g} to {array.max():.3g}.")
        array = (array * 255).round().astype(np.uint8)
    elif array.dtype != np.uint8:
        raise ValueError(f"photo must be uint8, uint16 or float, not {array.dtype}.")
    return Image.fromarray(array)
