"""What all formats of a data set share: its arrays, checked, the names of its classes, and its test part."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from mnist_utils.checks import check_labels
from mnist_utils.images import SIZE

MOST_CLASSES = 256  # labels are uint8
MOST_IMAGES = 1_000_000  # of one part, 784 MB: EMNIST's largest has 697,932
TEST_EVERY = 7  # of a set without a test part, every seventh image is for the test: as large a part as MNIST's
NAMES_FILE = "classes.txt"
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # x_train, y_train, x_test, y_test
Names = Mapping[int, str] | list[str]  # of labels


class Dataset(tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]):
    """x_train, y_train, x_test and y_test, as `load_mnist` gives them, that know the names of their classes.

    Attributes
    ----------
    classes : list of str
        The names of the classes 0, 1, 2 and so on.
    """

    classes: list[str]

    def __new__(cls, arrays: Arrays, classes: list[str]) -> "Dataset":
        """Take arrays that `check_dataset` has seen."""
        dataset = super().__new__(cls, arrays)
        dataset.classes = classes
        return dataset

    def __getnewargs__(self) -> tuple:
        """Give what `__new__` takes, to copies and to pickle."""
        return tuple(self), self.classes


def check_dataset(arrays: Arrays, where: str = "", names: Names | None = None) -> Dataset:
    """Give x_train, y_train, x_test and y_test as a Dataset, or say what is wrong with them, and where.

    The classes are the labels that occur in y_train, from the least on. They are numbered from 0 on, and called by
    what `names` has for the label, or else by the label.
    """
    if not isinstance(arrays, tuple | list) or [isinstance(array, np.ndarray) for array in arrays] != 4 * [True]:
        kinds = (
            [type(array).__name__ for array in arrays] if isinstance(arrays, tuple | list) else type(arrays).__name__
        )
        raise ValueError(f"data must be four arrays, x_train, y_train, x_test and y_test, not {kinds!s:.80}.")
    x_train, y_train, x_test, y_test = arrays
    names = getattr(arrays, "classes", names)
    for name, x, y in (("train", x_train, y_train), ("test", x_test, y_test)):
        if x.dtype != np.uint8 or x.shape[1:] != (SIZE, SIZE):
            raise ValueError(f"data: x_{name}{where} must be uint8 (n, {SIZE}, {SIZE}), not {x.dtype} {x.shape}.")
        if not len(x):
            raise ValueError(f"data: x_{name}{where} must hold an image or more.")
        check_labels(y, MOST_CLASSES, len(x), f"data: y_{name}{where}")
    labels = np.unique(y_train)
    if len(labels) < 2:
        raise ValueError(f"data: y_train{where} must have labels of two classes or more, not {labels[0]} alone.")
    strange = np.setdiff1d(y_test, labels)
    if strange.size:
        raise ValueError(f"data: y_test{where} has the label {strange[0]}, of which x_train has no image.")
    y_train, y_test = (np.searchsorted(labels, y).astype(np.uint8) for y in (y_train, y_test))
    return Dataset((x_train, y_train, x_test, y_test), _named(labels.tolist(), names, where))


def _named(labels: list[int], names: Names | None, where: str) -> list[str]:
    """Call labels by their names, or by their numbers where there are none."""
    if names is None:
        return [str(label) for label in labels]
    known = names if isinstance(names, Mapping) else dict(enumerate(names))
    nameless = [label for label in labels if not known.get(label)]
    if nameless:
        raise ValueError(f"data: the classes{where} must have a name each, and label {nameless[0]} has none.")
    chosen = [known[label] for label in labels]
    twice = [name for name in chosen if chosen.count(name) > 1]
    if twice:
        raise ValueError(f"data: the classes{where} must have different names, and {twice[0]!r:.60} is there twice.")
    return chosen


def names_beside(folder: Path) -> list[str] | None:
    """Read the names of the labels 0, 1, 2 and so on, a line each, from classes.txt in a folder, if it is there."""
    file = folder / NAMES_FILE
    if not file.is_file():
        return None
    try:
        return [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, ValueError) as error:
        raise ValueError(f"data: {file} is no text with a name a line ({error}).") from None


def split_test(x: np.ndarray, y: np.ndarray, where: str = "", names: Names | None = None) -> Arrays:
    """Take every seventh image of each class for the test, the second of each seven.

    Images that are the same, pixel by pixel, count as one and go to the same part, whatever their labels. `where` and
    `names` are those of `check_dataset`.
    """
    first: dict[int, int] = {}  # by what an image holds, the first one that does
    leaders = np.array([first.setdefault(hash(image.tobytes()), number) for number, image in enumerate(x)])
    is_test = np.zeros(len(x), bool)
    for label in np.unique(y):
        different = np.flatnonzero((y == label) & (leaders == np.arange(len(x))))
        if len(different) < 2:
            called = _named([int(label)], names, where)[0]
            raise ValueError(f"data: class {called}{where} must have 2 different images or more, not {len(different)}.")
        is_test[different[1::TEST_EVERY]] = True
    is_test = is_test[leaders]
    return x[~is_test], y[~is_test], x[is_test], y[is_test]


def count_shared(x_train: np.ndarray, x_test: np.ndarray) -> int:
    """Count the test images that are among the training images, too, pixel by pixel."""
    known = {hash(image.tobytes()) for image in x_train}
    return sum(hash(image.tobytes()) in known for image in x_test)
