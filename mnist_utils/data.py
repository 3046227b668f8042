"""Images, labels and pen strokes: the bundled MNIST or images of your own, a validation split, our drawings."""

import gzip
import hashlib
import io
import json
import zlib
from pathlib import Path

import numpy as np

from mnist_utils.checks import check_labels, check_strokes
from mnist_utils.files import is_hidden, lightness, open_picture, without_alpha, writing
from mnist_utils.images import BOX, SIZE, centre_of_mass, longer_side, to_size_and_place

MNIST_FILE = Path(__file__).parent / "assets" / "mnist.npz"
STROKES_FILE = Path(__file__).parent / "assets" / "strokes.json.gz"
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
MOST_CLASSES = 256  # labels are uint8
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # x_train, y_train, x_test, y_test


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


def load_dataset(path: str | Path) -> Arrays:
    """Load images of your own: a folder for each class, or an .npz file in Keras's layout.

    The subfolders of a folder are the classes, in the order of their names, with pictures of 28x28 pixels in them:
    every seventh of each class is for the test, as in MNIST. How many hidden and other files it leaves out, it prints.
    A file holds the arrays x_train, y_train, x_test and y_test. Gives these: images uint8 (n, 28, 28) and labels uint8
    (n,), 0 to classes - 1. A picture that can't be read or has another size, an empty class, or an array of another
    shape or type is a ValueError that names the file.
    """
    path = Path(path)
    if path.is_dir():
        return _load_folders(path)
    if not path.exists():
        raise FileNotFoundError(f"data: there is neither a folder nor a file at {path}.")
    names = ("x_train", "y_train", "x_test", "y_test")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            x_train, y_train, x_test, y_test = (arrays[name] for name in names)
    except Exception as error:
        raise ValueError(f"data: {path} is no .npz file with the arrays {', '.join(names)} ({error}).") from None
    return check_dataset((x_train, y_train, x_test, y_test), f" in {path}")


def check_dataset(arrays: Arrays, where: str = "") -> Arrays:
    """Give x_train, y_train, x_test and y_test with labels as uint8, or say what is wrong with them, and where."""
    if not isinstance(arrays, tuple | list) or [type(array) for array in arrays] != 4 * [np.ndarray]:
        kinds = (
            [type(array).__name__ for array in arrays] if isinstance(arrays, tuple | list) else type(arrays).__name__
        )
        raise ValueError(f"data must be four arrays, x_train, y_train, x_test and y_test, not {kinds!s:.80}.")
    x_train, y_train, x_test, y_test = arrays
    for name, x, y in (("train", x_train, y_train), ("test", x_test, y_test)):
        if x.dtype != np.uint8 or x.shape[1:] != (28, 28):
            raise ValueError(f"data: x_{name}{where} must be uint8 (n, 28, 28), not {x.dtype} {x.shape}.")
        if not len(x):
            raise ValueError(f"data: x_{name}{where} must hold an image or more.")
        check_labels(y, MOST_CLASSES, len(x), f"data: y_{name}{where}")
    missing = sorted(set(range(int(y_train.max()) + 1)) - set(y_train.tolist()))
    if missing or y_test.max() > y_train.max():
        why = f"class {missing[0]} is empty" if missing else "not so in y_test"
        raise ValueError(f"data: labels{where} must be 0 to classes - 1, with images of each in y_train: {why}.")
    return x_train, y_train.astype(np.uint8), x_test, y_test.astype(np.uint8)


def class_names(path: str | Path) -> list[str] | None:
    """Name the classes of a data set, as `load_dataset` takes it, by its subfolders; None for a file."""
    path = Path(path)
    return [folder.name for folder in _class_folders(path)] if path.is_dir() else None


def _class_folders(path: Path) -> list[Path]:
    folders = sorted(folder for folder in path.iterdir() if folder.is_dir() and not is_hidden(folder))
    if not 2 <= len(folders) <= MOST_CLASSES:
        raise ValueError(f"data: {path} must hold 2 to {MOST_CLASSES} folders, one for each class, not {len(folders)}.")
    return folders


def _load_folders(path: Path) -> Arrays:
    images, labels, is_test = [], [], []
    folders = _class_folders(path)
    skipped = len(list(path.iterdir())) - len(folders)
    for label, folder in enumerate(folders):
        files = sorted(file for file in folder.iterdir() if file.is_file() and not is_hidden(file))
        skipped += len(list(folder.iterdir())) - len(files)
        if len(files) < 2:
            raise ValueError(f"data: {folder} must hold 2 pictures or more, not {len(files)}.")
        images += [_read_picture(file) for file in files]
        labels += [label] * len(files)
        is_test += [i % 7 == 1 for i in range(len(files))]
    if skipped:
        print(f"data: {skipped} in {path} left out: hidden, or not where a class or a picture is looked for.")
    x, y, test = np.stack(images), np.array(labels, np.uint8), np.array(is_test)
    return x[~test], y[~test], x[test], y[test]


def _read_picture(file: Path) -> np.ndarray:
    colours, scale = open_picture(file, f"data: {file}", longest=10 * SIZE)  # what is much larger is refused anyway
    if colours.shape[:2] != (SIZE, SIZE):
        height, width = (round(scale * side) for side in colours.shape[:2])
        raise ValueError(f"data: {file} must be {SIZE} pixels high and wide, not {height} x {width}.")
    return np.round(255 * lightness(without_alpha(colours))).astype(np.uint8)


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


def load_strokes(path: str | Path = STROKES_FILE) -> tuple[list, np.ndarray]:
    """Load drawn digits as pen strokes: 200 that come with the course, or those that a pad has saved.

    Parameters
    ----------
    path : str or Path
        A file as `save_strokes` writes it. Without it, 20 drawings of each digit, made by assets/make_strokes.py.

    Returns
    -------
    drawings : list
        Each a list of strokes; a stroke is a list of [x, y], y down, in pixels of the pad (the course's: 280x280).
    labels : numpy.ndarray
        uint8 (n,), 0 to 9.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"path: there is no file of drawings at {path}.")
    try:
        raw = path.read_bytes()
        entries = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
        drawings = [entry["strokes"] for entry in entries]
        labels = check_labels([entry["label"] for entry in entries], 10, len(drawings))
        for number, strokes in enumerate(drawings):
            check_strokes(strokes, f"strokes of drawing {number}")
        return drawings, labels.astype(np.uint8)
    except (ValueError, KeyError, TypeError, OSError, EOFError, RecursionError, zlib.error) as error:
        raise ValueError(f"path: {path} holds no drawings as save_strokes writes them ({error}).") from None


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


def save_strokes(path: str | Path, strokes: list, label: int) -> None:
    """Add one drawing, with the digit it shows, to a file that `load_strokes` reads; the file is made if missing.

    It is written whole or left as it was. Strokes that are none or hold no point, a label that is no digit, or a file
    that holds something else is a ValueError.
    """
    path = Path(path)
    if label not in range(10):
        raise ValueError(f"label must be a whole number from 0 to 9, not {label!r}.")
    checked = check_strokes(strokes)
    if not checked:
        raise ValueError("strokes must hold at least one stroke.")
    entries: list[dict] = []
    if path.exists():
        drawings, labels = load_strokes(path)
        entries = [{"label": int(old), "strokes": drawing} for old, drawing in zip(labels, drawings, strict=True)]
    entries.append({"label": int(label), "strokes": [stroke.tolist() for stroke in checked]})
    with writing(path) as [unfinished]:
        unfinished.write_text(json.dumps(entries), encoding="utf-8")
