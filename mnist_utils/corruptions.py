"""Images damaged on purpose, in fifteen ways, to measure how robust a network is.

The ways and their severities are those of Mu and Gilmer 2019, "MNIST-C: A robustness benchmark for computer
vision". Each way is a function of images float (n, 28, 28), 0 to 1, and a random generator.
"""

import itertools
from collections.abc import Callable

import numpy as np
from scipy import ndimage

from mnist_utils.images import SIZE, check_images

MIDDLE = (SIZE - 1) / 2
ANGLE = 0.4  # of rotate and shear, radians


def corrupt(images: np.ndarray, name: str, seed: int = 0) -> np.ndarray:
    """Damage images in one of the fifteen ways, a key of `CORRUPTIONS`; the same seed does the same damage.

    Takes (n, 28, 28) or one (28, 28), uint8 0-255 or float 0-1, white ink on black. Gives float32, 0 to 1, of the same
    shape, rounded to 255 steps as a picture file would be. Another name, shape, type or range is a ValueError.
    """
    if name not in CORRUPTIONS:
        raise ValueError(f"name must be one of {', '.join(CORRUPTIONS)}, not {name!r}.")
    check_images(images)
    images = np.asarray(images)
    values = images.reshape(-1, SIZE, SIZE).astype(float) / (255 if images.dtype == np.uint8 else 1)
    damaged = CORRUPTIONS[name](values, np.random.default_rng(seed))
    return (np.round(255 * np.clip(damaged, 0, 1)) / 255).astype(np.float32).reshape(images.shape)


def shot_noise(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Count light in whole photons: three on average where the image is white."""
    return rng.poisson(images * 3) / 3


def impulse_noise(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make 17% of the pixels black or white."""
    hit = rng.random(images.shape) < 0.17
    return np.where(hit, rng.integers(0, 2, images.shape), images)


def glass_blur(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blur, swap neighbouring pixels at random, twice, and blur again, as seen through rough glass."""
    images = np.floor(255 * _blur(images, 0.7)) / 255
    every = np.arange(len(images))
    for _ in range(2):
        for row in range(SIZE - 1, 1, -1):
            for column in range(SIZE - 1, 1, -1):
                chosen = every[rng.random(len(images)) < 0.5]
                up, left = rng.integers(0, 2, (2, len(chosen)))
                here = images[chosen, row, column]
                images[chosen, row, column] = images[chosen, row - up, column - left]
                images[chosen, row - up, column - left] = here
    return _blur(images, 0.7)


def motion_blur(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Smear along a direction within 45 degrees of horizontal, more and more weakly, as when the camera moves."""
    weights = np.exp(-0.5 * (np.arange(21) / 3) ** 2)
    damaged = np.zeros_like(images)
    for image, angle, result in zip(images, np.radians(rng.uniform(-45, 45, len(images))), damaged, strict=True):
        padded = np.pad(image, 21, mode="edge")
        for step, weight in enumerate(weights / weights.sum()):
            right, down = 21 + round(step * np.cos(angle)), 21 + round(step * np.sin(angle))
            result += weight * padded[down : down + SIZE, right : right + SIZE]
    return damaged


def shear(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Slant to the left or to the right."""
    angles = ANGLE * rng.choice([-1, 1], len(images))
    return _warp(images, [[[np.cos(angle), 0], [-np.sin(angle), 1]] for angle in angles])


def scale(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make the digit smaller, to 0.7 of its size."""
    return _warp(images, [np.eye(2) / 0.7] * len(images))


def rotate(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn to the left or to the right."""
    angles = ANGLE * rng.choice([-1, 1], len(images))
    return _warp(images, [[[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]] for angle in angles])


def translate(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shift by three pixels up or down, and left or right."""
    damaged = np.zeros_like(images)
    for image, shift, result in zip(images, 3 * rng.choice([-1, 1], (len(images), 2)), damaged, strict=True):
        ndimage.shift(image, shift, order=0, output=result)
    return damaged


def brightness(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make every pixel brighter by a half; what is brighter than white is white."""
    return np.minimum(images + 0.5, 1)


def stripe(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Swap black and white in a stripe of seven columns on the left and one on the right."""
    side = (np.arange(SIZE) < 7) | (np.arange(SIZE) >= SIZE - 7)
    return np.where(side, 1 - images, images)


def fog(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lay cloudy light over the image, three times as bright as its ink."""
    damaged = np.zeros_like(images)
    for image, result in zip(images, damaged, strict=True):
        white = image.max()
        result[:] = (image + 3 * _clouds(rng)[:SIZE, :SIZE]) * white / (white + 3)
    return damaged


def spatter(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Throw mud on the image: dark grey blots that hide what is under them."""
    wet = _blur(rng.normal(0.65, 0.3, images.shape), 1.0) > 0.65
    mud = _blur(wet.astype(float), 1.5)
    mud[mud < 0.8] = 0
    return images * (1 - mud) + mud * 63 / 255


def dotted_line(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a dotted straight line from the left edge to the right edge."""
    dots = np.arange(SIZE) // 2 % 2 == 1
    ends = rng.integers(0, SIZE - 1, (len(images), 2))
    lines = [_line((0, left), (SIZE - 1, right)) * dots for left, right in ends]
    return np.minimum(images + np.reshape(lines, images.shape), 1)


def zigzag(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a line that goes two pixels up and down from the left edge to the right edge."""
    damaged = images.copy()
    for result in damaged:
        left = rng.integers(0, SIZE - 1)
        start, end = np.array([2, left]), np.array([25, left + rng.integers(-5, 5)])
        whole = np.hypot(*(end - start))
        along = np.arange(2, whole, 4)
        turns = np.stack([along, 2 * (-1.0) ** np.arange(len(along))], axis=1)
        corners = np.concatenate([[[0, 0]], turns, [[whole, 0]]])
        right, down = (end - start) / whole
        corners = start + corners @ [[right, down], [-down, right]]
        for one, other in itertools.pairwise(corners):
            np.minimum(result + _line(one, other), 1, out=result)
    return damaged


def canny_edges(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Leave only the outlines (Canny 1986, "A computational approach to edge detection")."""
    from skimage.feature import canny  # here, because the import takes as long as all others together

    return np.array([canny(image) for image in images], float).reshape(images.shape)


_DAMAGES = (shot_noise, impulse_noise, glass_blur, motion_blur, shear, scale, rotate, brightness, translate, stripe,
            fog, spatter, dotted_line, zigzag, canny_edges)  # fmt: skip
CORRUPTIONS: dict[str, Callable] = {function.__name__: function for function in _DAMAGES}


def _blur(images: np.ndarray, sigma: float) -> np.ndarray:
    return ndimage.gaussian_filter(images, (0, sigma, sigma), mode="nearest")


def _warp(images: np.ndarray, matrices: list) -> np.ndarray:
    """Read each pixel where its matrix, of (row, column) about the image's middle, points; outside is black."""
    damaged = np.zeros_like(images)
    for image, matrix, result in zip(images, matrices, damaged, strict=True):
        offset = MIDDLE - np.asarray(matrix) @ [MIDDLE, MIDDLE]
        ndimage.affine_transform(image, matrix, offset, order=1, output=result)
    return damaged


def _line(start: tuple, end: tuple) -> np.ndarray:
    """Draw a soft line between two points (x, y): float (28, 28), 0 to 1."""
    x, y = np.arange(SIZE), np.arange(SIZE)[:, None]
    if start[0] == end[0]:
        return np.zeros((SIZE, SIZE))
    height = start[1] + (end[1] - start[1]) / (end[0] - start[0]) * (x - start[0])
    distance = np.minimum(np.abs(y - height), 2.2999)
    line = np.clip(np.log(1 - distance / 2.3) + 1, 0, 1)
    return line * ((x >= np.floor(start[0])) & (x < np.ceil(end[0])))


def _clouds(rng: np.random.Generator) -> np.ndarray:
    """Make a cloudy picture, 0 to 1, by the diamond-square method, which goes on beyond an edge at the other."""
    clouds, step, rough = np.zeros((256, 256)), 256, 100.0

    def middles(sums: np.ndarray) -> np.ndarray:
        return sums / 4 + rough * rng.uniform(-rough, rough, sums.shape)

    while step >= 2:
        half = step // 2
        corners = clouds[::step, ::step]
        pairs = corners + np.roll(corners, -1, axis=0)
        clouds[half::step, half::step] = middles(pairs + np.roll(pairs, -1, axis=1))
        inner = clouds[half::step, half::step]
        clouds[::step, half::step] = middles(inner + np.roll(inner, 1, 0) + corners + np.roll(corners, -1, 1))
        clouds[half::step, ::step] = middles(inner + np.roll(inner, 1, 1) + corners + np.roll(corners, -1, 0))
        step, rough = half, rough / 1.4
    clouds -= clouds.min()
    return clouds / clouds.max()
