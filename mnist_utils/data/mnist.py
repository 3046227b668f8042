"""The bundled MNIST, scikit-learn's small digits, and a validation split."""

import hashlib
import io
from pathlib import Path

import numpy as np

from mnist_utils.data.arrays import Arrays
from mnist_utils.images import BOX, centre_of_mass, longer_side, to_size_and_place

MNIST_FILE = Path(__file__).parents[1] / "assets" / "mnist.npz"
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


def load_mnist(path: str | Path = MNIST_FILE) -> Arrays:
    """Load the bundled MNIST: 60,000 training and 10,000 test images, without a network.

    Parameters
    ----------
    path : str or Path
        Another copy of the same file.

    Returns
    -------
    x_train, y_train, x_test, y_test : numpy.ndarray
        Images uint8 (60000, 28, 28) and (10000, 28, 28), 0 (background) to 255 (ink);
        labels uint8 (60000,) and (10000,), 0 to 9.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If the file is truncated or altered (its SHA-256 is not the expected one).

    References
    ----------
    LeCun, Cortes, Burges: The MNIST database of handwritten digits. Made by assets/make_mnist.py.
    """
    path = Path(path)
    remedy = "get it back with: git checkout -- mnist_utils/assets/mnist.npz"
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"path: {path} is missing; {remedy}.") from None
    if hashlib.sha256(raw).hexdigest() != MNIST_SHA256:
        raise ValueError(
            f"path: {path} is truncated or altered ({len(raw):,} bytes, "
            f"SHA-256 is not {MNIST_SHA256[:12]}...); {remedy}."
        )
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        return tuple(arrays[name] for name in ("x_train", "y_train", "x_test", "y_test"))


def load_small_digits() -> tuple[np.ndarray, np.ndarray]:
    """Load scikit-learn's digits, by other writers and of 8x8 pixels, enlarged to the size and place of MNIST's.

    Returns
    -------
    images : numpy.ndarray
        float32 (1797, 28, 28), 0 to 1: the longer side of the ink 20 pixels, its centre of mass at pixel (14, 14).
    labels : numpy.ndarray
        uint8 (1797,), 0 to 9.

    References
    ----------
    Alpaydin and Kaynak 1998, "Optical recognition of handwritten digits", UCI machine learning repository.
    """
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = np.zeros((len(digits.images), 28, 28), np.float32)
    for small, large in zip(digits.images / 16, images, strict=True):
        padded = np.pad(small, 2)  # values between the ink and nothing are on the ink's rim
        rim = 1  # interpolated, n pixels of ink reach over n + 1
        step = (longer_side(padded > 0) + rim) / BOX
        # Cubic: between two rows of ink, straight interpolation makes a soft rim that no pen leaves.
        large[:] = to_size_and_place(padded, centre_of_mass(padded), step, order=3)
        large[large < 0.05] = 0  # the ripples that cubic interpolation leaves around the ink
    return images.clip(0, 1), digits.target.astype(np.uint8)


def split_validation(
    x: np.ndarray, y: np.ndarray, size: int = 6000, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Hold some training images out, to make choices on without touching the test set.

    Parameters
    ----------
    x, y : numpy.ndarray
        Images (n, ...) and labels (n,).
    size : int
        How many to hold out, 1 to n - 1.
    seed : int
        Decides which; every recipe of this package uses 0, so all hold out the same images.

    Returns
    -------
    x_train, y_train, x_validation, y_validation : numpy.ndarray
        ``n - size`` and ``size`` rows, shuffled; no row is in both.

    Raises
    ------
    ValueError
        If x and y differ in length, or size leaves one side empty.
    """
    if len(x) != len(y):
        raise ValueError(f"x and y must have the same length, not {len(x)} and {len(y)}.")
    if not 0 < size < len(x):
        raise ValueError(f"size must be from 1 to {len(x) - 1} for {len(x)} images, not {size}.")
    order = np.random.default_rng(seed).permutation(len(x))
    train, validation = order[size:], order[:size]
    return x[train], y[train], x[validation], y[validation]
