"""A data set of your own, in any of the formats that such sets come in."""

import re
from pathlib import Path

import numpy as np

from mnist_utils.data import folders, idx, tables
from mnist_utils.data.arrays import Arrays, Dataset, check_dataset, count_shared

__all__ = ["Arrays", "Dataset", "check_dataset", "load_dataset"]


def load_dataset(path: str | Path) -> Dataset:
    """Load images of your own: pictures in folders, a table (CSV), IDX files, or an .npz file in Keras's layout.

    What is found at `path` decides:

    - A folder with a folder for each class, whose names are the classes', with pictures of any size in them. Or with
      the folders train and test, and in each of these a folder for each class. A picture becomes grey and 28x28: what
      is not square gets margins as light as its edge, the longer side is brought to 28 pixels, and each pixel of a
      smaller image is the mean of the area that it covers. How many were scaled, and from which sizes, is printed.
    - A table with the columns label and 784 pixels, 0 to 255, row by row, as Kaggle's digit-recognizer has it: a .csv
      file, or one packed as .gz or .zip, or a folder with one that is called train.csv or ..._train.csv. Where there is
      a test.csv with labels beside it, it is the test part.
    - IDX files, as MNIST, Fashion-MNIST and KMNIST come in, plain or as .gz: a folder with the four files
      train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, or one of
      these files, beside which the others are. Those of EMNIST (emnist-letters-train-images-idx3-ubyte.gz) have rows
      and columns exchanged: they are turned upright, and named as emnist-letters-mapping.txt says, if it is there.
    - An .npz file with the arrays x_train, y_train, x_test and y_test, and perhaps `classes`, their names.

    A set without a test part is split by a fixed rule: of each class, in the order of its files or rows, the second of
    every seven images is for the test. Images that are the same pixel by pixel count as one, and are never in both
    parts. How many test images of a set that comes with its test part are in both is printed.

    The classes of a table, of IDX files and of an .npz file are the labels that occur. A file classes.txt beside a
    table or IDX files names the labels 0, 1, 2 and so on, a line each; without names, classes are called by their
    labels.

    Parameters
    ----------
    path : str or Path
        The folder or file.

    Returns
    -------
    Dataset
        x_train, y_train, x_test and y_test: images uint8 (n, 28, 28) and labels uint8 (n,), 0 to classes - 1; with the
        names of the classes, 2 to 256, as .classes.

    Raises
    ------
    FileNotFoundError
        If there is nothing at `path`.
    ValueError
        If it is none of these, or a file in it is damaged or holds something else: it is named.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"data: there is neither a folder nor a file at {path}.")
    if idx.is_there(path):
        dataset, given = idx.load(path), True
    elif tables.is_there(path):
        dataset, given = tables.load(path)
    elif path.is_dir():
        dataset, given = folders.load(path)
    else:
        dataset, given = _load_npz(path), True
    shared = count_shared(dataset[0], dataset[2]) if given else 0
    if shared:
        tested, name = len(dataset[2]), path.resolve().name
        print(f"data: {shared:,} of {tested:,} test images in {name} are among the training images, too.")
    return dataset


def _load_npz(path: Path) -> Dataset:
    """Load an .npz file in Keras's layout."""
    names = ("x_train", "y_train", "x_test", "y_test")
    held: list[str] = []
    try:
        with np.load(path, allow_pickle=False) as arrays:
            held = arrays.files
            found = tuple(arrays[name] for name in names)
            classes = [str(name) for name in np.atleast_1d(arrays["classes"])] if "classes" in arrays else None
    except Exception as error:  # whatever NumPy meets in a file that is none of its own
        others = [name for name in held if Path(name).suffix]  # arrays have none
        if others:
            raise ValueError(f"data: {path} holds {others[0]}, not arrays: unpack it first.") from None
        reason = re.sub(r"\s+", " ", str(error))
        raise ValueError(f"data: {path} is no .npz file with the arrays {', '.join(names)} ({reason}).") from None
    return check_dataset(found, f" in {path}", classes)
