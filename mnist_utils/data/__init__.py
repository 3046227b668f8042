"""Images, labels and pen strokes: the bundled MNIST or data of your own, a validation split, our drawings."""

from mnist_utils.data.datasets import Arrays, Dataset, check_dataset, load_dataset
from mnist_utils.data.mnist import MNIST_FILE, MNIST_SHA256, load_mnist, load_small_digits, split_validation
from mnist_utils.data.strokes import STROKES_FILE, load_strokes, save_strokes

__all__ = [
    "MNIST_FILE",
    "MNIST_SHA256",
    "STROKES_FILE",
    "Arrays",
    "Dataset",
    "check_dataset",
    "load_dataset",
    "load_mnist",
    "load_small_digits",
    "load_strokes",
    "save_strokes",
    "split_validation",
]
