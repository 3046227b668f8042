"""python -m mnist_utils evaluate."""

import argparse
import contextlib
import json
import sys
from typing import TYPE_CHECKING

from mnist_utils.classes import are_digits
from mnist_utils.commands.models import add_model, needs_own_data

if TYPE_CHECKING:
    import numpy as np

    from mnist_utils.classifier import DigitClassifier
    from mnist_utils.data import Dataset

HELP = "measure a model"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_model(parser)
    parser.add_argument("--data", help="data set whose test part to use, as for train (default: MNIST)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(options: argparse.Namespace) -> int:
    """Print how well a model reads a test set, class by class: MNIST's, or that of another data set."""
    import numpy as np

    from mnist_utils.data import load_dataset

    dataset = None
    if options.data is not None:
        with contextlib.redirect_stdout(sys.stderr):  # what is said of the files must not stand in the JSON
            dataset = load_dataset(options.data)
    from mnist_utils.classifier import load_classifier  # imports TensorFlow, which a bad file must not wait for
    from mnist_utils.evaluation import evaluate, format_table

    classifier = load_classifier(options.model)
    images, labels = _test_part(dataset, classifier)
    answers = classifier.answers(images)
    result = evaluate(np.stack([answer.probabilities for answer in answers]), labels)
    refused = sum(answer.digit is None for answer in answers)
    if options.json:  # JSON knows no NaN, so a rate with nothing to divide by is null
        named = {"classes": list(classifier.classes), **result, "refused": refused}
        print(json.dumps(json.loads(json.dumps(named), parse_constant=lambda _: None), indent=1))
    else:
        print(format_table(result, classifier.classes))
        print(f"of {len(labels):,} images, {refused:,} would be refused, as they look like none of the classes")
    return 0


def _test_part(dataset: "Dataset | None", classifier: "DigitClassifier") -> "tuple[np.ndarray, np.ndarray]":
    """Give the test images, and their labels as the model numbers its classes: by their names."""
    import numpy as np

    from mnist_utils.data import load_mnist

    classes = classifier.classes
    known = f"{len(classes)} classes ({', '.join(classes):.60})"
    if dataset is None:
        if not are_digits(classes):
            raise ValueError(f"data: the model reads {known}, not MNIST's digits: give pictures of those (--data DIR).")
        if needs_own_data(classifier):
            raise ValueError("data: the model has learned from pictures of your own: give those (--data DIR).")
        _, _, images, labels = load_mnist()
        return images, labels
    strange = [name for name in dataset.classes if name not in classes]
    if strange:
        raise ValueError(f"data: the model reads {known}, and {strange[0]!r:.40} is none of them.")
    return dataset[2], np.array([list(classes).index(name) for name in dataset.classes])[dataset[3]]
