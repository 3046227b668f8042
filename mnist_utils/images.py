"""A 28x28 image: its shape, type and range, and the size and place that MNIST's makers gave the ink.

They kept the aspect, fitted the ink into 20x20 pixels, and put its centre of mass at the centre of 28x28 (LeCun,
Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition", section III.A). In the
bundled images that centre is pixel (14, 14).
"""

import numpy as np
from scipy import ndimage

SIZE = 28  # pixels, both ways
BOX = 20.0  # the ink's longer side, pixels
CENTRE = 14.0  # where the ink's centre of mass goes, in pixel coordinates
# Ink that hangs together, in pixels as bright as the image's brightest; with less, it is a speck and no digit. The
# least of MNIST's 60,000 training images has 19.8, of 12,747 digits of real pens (UNIPEN, pendigits) 43, of the
# course's 200 drawings 47; a tap of the pen has 4.9.
LEAST_INK = 12.0
FAINTEST = 0.1  # of the brightest: less joins no parts


def check_images(images: np.ndarray, name: str = "images") -> np.ndarray:
    """Bring images to floats, or say what is wrong with them, which messages call `name`.

    Takes (n, 28, 28) or one (28, 28), uint8 0-255 or float 0-1, white ink on black; gives a copy, float32 (n, 28, 28),
    0 to 1. Another shape, type or range is a ValueError.
    """
    try:
        images = np.asarray(images)
    except (TypeError, ValueError):  # lists of unequal length, for one
        raise ValueError(f"{name} must have the shape (n, 28, 28) or (28, 28), not {images!r:.60}.") from None
    if images.shape[-2:] != (SIZE, SIZE) or images.ndim not in (2, 3):
        raise ValueError(f"{name} must have the shape (n, 28, 28) or (28, 28), not {images.shape}.")
    if images.dtype == np.uint8:
        images = images.astype(np.float32) / 255
    elif not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"{name} must be uint8 (0 to 255) or float (0 to 1), not {images.dtype}.")
    elif images.size and not (images.min() >= 0 and images.max() <= 1):  # NaN fails this, too
        raise ValueError(f"{name} of type float must lie in 0 to 1, not {images.min():.3g} to {images.max():.3g}.")
    return images.reshape(-1, SIZE, SIZE).astype(np.float32)


def to_input(images: np.ndarray) -> np.ndarray:
    """Bring images, as `check_images` takes them, to what a network takes: float32 (n, 28, 28, 1), 0 to 1."""
    return check_images(images)[..., None]


def is_speck(images: np.ndarray) -> np.ndarray:
    """Say of each image (n, 28, 28), float 0 to 1, whether it has too little ink for a digit, or none: bool (n,).

    What counts is the largest part that hangs together, so that dust is a speck, too, however much there is.
    """
    return np.array([_ink_in_one_piece(image) < LEAST_INK for image in images], bool)


def is_blank(images: np.ndarray) -> np.ndarray:
    """Say of each image (n, 28, 28) whether nothing is on it, as all its pixels are the same: bool (n,)."""
    return np.ptp(images, axis=(1, 2)) == 0


def _ink_in_one_piece(image: np.ndarray) -> float:
    """Give the ink of the largest part of an image, in pixels as bright as its brightest."""
    image = image / max(image.max(), np.finfo(np.float32).tiny)
    parts, count = ndimage.label(image > FAINTEST, np.ones((3, 3)))
    return float(np.bincount(parts.ravel(), image.ravel())[1:].max()) if count else 0.0


def centre_of_mass(image: np.ndarray) -> np.ndarray:
    """Give the centre of the ink, (row, column) in pixels; the centre of the image where there is no ink."""
    if not image.any():
        return (np.array(image.shape) - 1) / 2
    return np.array(ndimage.center_of_mass(image))


def longer_side(ink: np.ndarray) -> int:
    """Give the height or width of the ink, bool (height, width), whichever is greater: pixels, 0 without ink."""
    return max((int(np.ptp(places)) + 1 if places.size else 0) for places in ink.nonzero())


def to_size_and_place(
    image: np.ndarray, centre: np.ndarray, step: float, order: int = 1, samples: int = 1
) -> np.ndarray:
    """Sample an image at 28x28 places `step` of its pixels apart, so that `centre` (row, column) comes to (14, 14).

    Each new pixel is the mean of `samples` x `samples` places within its area, interpolated by splines of that order.
    """
    corner = np.asarray(centre) + (0.5 / samples - 0.5 - CENTRE) * step
    shape = (samples * SIZE, samples * SIZE)
    fine = ndimage.affine_transform(image, [step / samples] * 2, corner, output_shape=shape, order=order)
    return fine.reshape(SIZE, samples, SIZE, samples).mean(axis=(1, 3)) if samples > 1 else fine
