"""Images, labels and pen strokes: the bundled MNIST, its validation split, and drawings of our own."""

import gzip
import hashlib
import io
import json
from pathlib import Path

import numpy as np

MNIST_FILE = Path(__file__).parent / "assets" / "mnist.npz"
STROKES_FILE = Path(__file__).parent / "assets" / "strokes.json.gz"
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


def load_mnist(path: str | Path = MNIST_FILE) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Load the bundled MNIST: 60,000 training and 10,000 test images, without a network.

    Parameters
    ----------
    path : str or Path
        Another copy of the same file.

    Returns
    -------
    x_train, y_train, x_test, y_test : numpy.ndarray
        Images uint8 (60000, 28, 28) and (10000, 28, 28), 0 (ground) to 255 (ink);
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


def load_strokes() -> tuple[list, np.ndarray]:
    """Load 200 digits drawn with a pen, 20 of each, made by assets/make_strokes.py.

    Returns
    -------
    drawings : list
        Each a list of strokes; a stroke is a list of [x, y] on a pad of 280x280 pixels, y down.
    labels : numpy.ndarray
        uint8 (200,), 0 to 9.
    """
    entries = json.loads(gzip.decompress(STROKES_FILE.read_bytes()))
    return [entry["strokes"] for entry in entries], np.array([entry["label"] for entry in entries], np.uint8)
