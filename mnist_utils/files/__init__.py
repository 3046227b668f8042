"""Files: pictures opened safely, and results written whole or not at all."""

import os
from pathlib import Path

from mnist_utils.files.output import alone_in, check_target, make_folder, remove_leftovers, writing
from mnist_utils.files.pictures import Picture, is_hidden, lightness, open_picture, open_square, without_alpha

__all__ = [
    "Picture",
    "alone_in",
    "check_target",
    "is_hidden",
    "lightness",
    "make_folder",
    "open_picture",
    "open_square",
    "remove_leftovers",
    "runs",
    "without_alpha",
    "writing",
]


def runs() -> Path:
    """Give the folder that a learner's trainings write to: runs, or what the environment variable MNIST_RUNS names."""
    return Path(os.environ.get("MNIST_RUNS", "runs"))
