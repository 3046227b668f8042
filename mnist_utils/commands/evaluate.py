"""python -m mnist_utils evaluate."""

import argparse
import json

from mnist_utils.commands.models import add_model

HELP = "measure a model"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_model(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(options: argparse.Namespace) -> int:
    """Print how well a model reads MNIST's test set, digit by digit."""
    from mnist_utils.classifier import load_classifier
    from mnist_utils.data import load_mnist
    from mnist_utils.evaluation import evaluate, format_table

    _, _, images, labels = load_mnist()
    classifier = load_classifier(options.model)
    result = evaluate(classifier.predict(images), labels)
    if options.json:  # JSON knows no NaN, so a rate with nothing to divide by is null
        result = json.loads(json.dumps(result), parse_constant=lambda _: None)
    print(json.dumps(result, indent=1) if options.json else format_table(result, classifier.classes))
    return 0
