"""Checks for the exercises: accept a right answer in any form, or hint at what is wrong with it."""

from mnist_utils.exercises import (  # noqa: F401 - each registers its checks
    build_the_cnn,
    draw_and_predict,
    ensembles_and_beyond,
    evaluate_per_digit,
    explain_predictions,
    explore_the_data,
    start_here,
    train_the_cnn,
    when_to_trust_it,
)
from mnist_utils.exercises.checking import CHECKS, check

__all__ = ["CHECKS", "check"]
