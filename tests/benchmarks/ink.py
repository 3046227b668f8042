"""Measure how well digits that people wrote with a pen are read.

    python tests/benchmarks/ink.py STROKES.json.gz [--model PATH] [--errors PICTURE.png] [--letters LETTERS.json.gz]

STROKES.json.gz is a gzipped JSON list of {"label": 7, "source": "site", "strokes": [[[x, y], ...], ...]}, y down.
Prints the accuracy of the model beside those of other shipped ones, with their 95% intervals. Then, for the model:
accuracy by digit and by source, the confusion matrix, the accuracy of the same strokes with the whole drawing squeezed
into 28x28 pixels, by the network alone and preprocessed, the time per drawing, and how many numbers of three digits
put together from the strokes are read; draws the errors if asked to. LETTERS.json.gz is a list of the same form with
letters as labels: prints how many are refused as no digit, without those that look like one. What it prints of the
shipped models is kept in ink.txt beside this script; the README quotes it.
"""

import argparse
import gzip
import json
import time
from pathlib import Path

import numpy as np

from mnist_utils import DigitClassifier, load_classifier, plots
from mnist_utils.evaluation import confusion_matrix, evaluate, format_table
from mnist_utils.images import SIZE
from mnist_utils.preprocess import ink
from mnist_utils.training.handwriting import LIKE_DIGITS


def squeezed(strokes: list) -> np.ndarray:
    """The naive way: the square around the drawing, with its usual margin of a tenth, squeezed into the image."""
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
    low, side = points.min(axis=0), np.ptp(points, axis=0).max() or 1.0
    scale = 0.8 * SIZE / side
    return ink.draw([(np.asarray(stroke) - low) * scale + 0.1 * SIZE - 0.5 for stroke in strokes], ink.PEN)


def side_by_side(classifiers: dict, images: np.ndarray, labels: np.ndarray) -> None:
    """Print how many of the images each classifier reads right."""
    print(f"{'':14}{'accuracy':>10}{'95% interval':>20}{'errors':>8}   of {len(labels):,}")
    for name, classifier in classifiers.items():
        result = evaluate(classifier.predict(images), labels)
        low, high = result["interval"]
        print(f"{name:14}{result['accuracy']:10.2%}{f'{low:.2%} to {high:.2%}':>20}{result['errors']:8}")


def draw_errors(images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, file: Path) -> None:
    """Write a contact sheet of all errors, by label, with the label, what was read, and how sure."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    wrong = wrong[np.argsort(labels[wrong], kind="stable")]
    titles = [f"{labels[i]}, read {probabilities[i].argmax()} ({probabilities[i].max():.0%})" for i in wrong]
    plots.digits(images[wrong], titles, columns=8).figure.savefig(file, dpi=80)


def numbers_read(classifier, drawings: list, labels: np.ndarray, count: int = 1000, seed: int = 0) -> float:
    """Share of numbers of three digits, of sizes and heights that vary as in handwriting, that are read right."""
    rng, right = np.random.default_rng(seed), 0
    for _ in range(count):
        chosen, edge, strokes = rng.integers(0, len(drawings), 3), 0.0, []
        for i in chosen:
            points = np.concatenate([np.asarray(stroke, float) for stroke in drawings[i]["strokes"]])
            scale = rng.uniform(0.85, 1.1) / (np.ptp(points, axis=0).max() or 1.0)
            move = [edge, rng.uniform(-0.1, 0.1)] - points.min(axis=0) * scale
            strokes += [np.asarray(stroke) * scale + move for stroke in drawings[i]["strokes"]]
            edge += np.ptp(points[:, 0]) * scale + rng.uniform(0.1, 0.4)
        right += classifier.read_number(strokes).number == "".join(str(labels[i]) for i in chosen)
    return right / count


def refused(classifier, drawings: list) -> np.ndarray:
    """Whether each drawing is taken for no digit."""
    images = np.stack([ink.strokes_to_image(drawing["strokes"]) for drawing in drawings])
    return np.array([answer.digit is None for answer in classifier.answers(images)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("strokes", type=Path)
    parser.add_argument("--model", help=".keras file or folder (default: the shipped model)")
    parser.add_argument("--errors", type=Path, help="write a picture of the errors here")
    parser.add_argument("--letters", type=Path, help="letters in the same form")
    options = parser.parse_args()

    drawings = json.loads(gzip.decompress(options.strokes.read_bytes()))
    labels = np.array([drawing["label"] for drawing in drawings])
    sources = np.array([drawing["source"] for drawing in drawings])
    classifier = load_classifier(options.model)

    start = time.perf_counter()
    images = np.stack([ink.strokes_to_image(drawing["strokes"]) for drawing in drawings])
    print(f"{(time.perf_counter() - start) / len(drawings) * 1000:.2f} ms a drawing, from strokes to image")
    others = {name: load_classifier(name=name) for name in ("ensemble", "quick", "mine")}
    side_by_side({"given" if options.model else "shipped": classifier, **others}, images, labels)
    probabilities = classifier.predict(images)
    print(format_table(evaluate(probabilities, labels)))
    for source in np.unique(sources):
        right = (probabilities.argmax(axis=1) == labels)[sources == source]
        print(f"source {source}: {right.mean():.2%} of {len(right)}")
    print(f"rows: label, columns: read as\n{confusion_matrix(probabilities, labels)}")
    whole = np.stack([squeezed(drawing["strokes"]) for drawing in drawings])
    for name, reader in (("the network alone", DigitClassifier(classifier.model)), ("preprocessed", classifier)):
        print(f"squeezed, {name}: {(reader.predict(whole).argmax(axis=1) == labels).mean():.2%}")
    print(f"numbers of three digits: {numbers_read(classifier, drawings, labels):.1%} read")
    print(f"digits refused as no digit: {refused(classifier, drawings).mean():.1%}")
    if options.letters:
        letters = json.loads(gzip.decompress(options.letters.read_bytes()))
        letters = [drawing for drawing in letters if drawing["label"] not in LIKE_DIGITS]
        print(f"letters refused, without {LIKE_DIGITS}: {refused(classifier, letters).mean():.1%} of {len(letters)}")
    if options.errors:
        draw_errors(images, labels, probabilities, options.errors)


if __name__ == "__main__":
    main()
