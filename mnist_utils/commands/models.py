"""The model that a command reads with."""

import argparse
import hashlib
import json
from typing import TYPE_CHECKING

from mnist_utils.commands.messages import complain

if TYPE_CHECKING:
    from mnist_utils.classifier import DigitClassifier  # imports TensorFlow


def add_model(parser: argparse.ArgumentParser) -> None:
    """Give a command the argument --model."""
    parser.add_argument("--model", help=".keras file or folder (default: the shipped model)")


def load(model: str | None) -> "DigitClassifier":
    """Load a model, and say so where nothing tells what it expects of its images."""
    from mnist_utils.classifier import load_classifier  # imports TensorFlow, which a missing file must not wait for

    classifier = load_classifier(model)
    if not classifier.metrics:
        complain(
            "there is no metrics.json beside the model, so 28x28 images are read as they are, and nothing but a blank "
            "one or a speck is refused."
        )
    return classifier


def needs_own_data(classifier: "DigitClassifier") -> bool:
    """Whether a model has learned from pictures of one's own, so that MNIST's tell nothing about it."""
    names = [each["name"] for each in classifier.metrics.get("learned_from", [])]
    return bool(names) and "MNIST" not in names and classifier.preprocess != "digits"


def checksum(classifier: "DigitClassifier") -> str:
    """Give what tells a model from others: a sum over its weights and its metrics, wherever its file is."""
    digest = hashlib.sha256(json.dumps(classifier.metrics, sort_keys=True).encode())
    for weight in classifier.model.get_weights():
        digest.update(weight.tobytes())
    return digest.hexdigest()
