"""Files: pictures opened safely, and results written whole or not at all."""

import os
from pathlib import Path

from mnist_utils.files.output import TargetError, alone_in, check_target, make_folder, remove_leftovers, writing
from mnist_utils.files.pictures import (
    Picture,
    is_hidden,
    lightness,
    open_picture,
    open_square,
    photo_name,
    without_alpha,
)
from mnist_utils.files.resuming import Unfinished, going_on

__all__ = [
    "Picture",
    "TargetError",
    "Unfinished",
    "alone_in",
    "check_target",
    "going_on",
    "is_hidden",
    "lightness",
    "make_folder",
    "open_picture",
    "open_square",
    "photo_name",
    "remove_leftovers",
    "runs",
    "without_alpha",
    "writing",
]


def runs() -> Path:
    """Give the folder that a learner's trainings write to: runs, or what the environment variable MNIST_RUNS names."""
    return Path(os.environ.get("MNIST_RUNS", "runs"))
