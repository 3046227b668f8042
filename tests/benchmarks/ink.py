"""Measure how well digits that people wrote with a pen are read.

    python tests/benchmarks/ink.py STROKES.json.gz [--model PATH] [--errors PICTURE.png]

STROKES.json.gz is a gzipped JSON list of {"label": 7, "source": "site", "strokes": [[[x, y], ...], ...]}, y down.
Prints the accuracy with its 95% interval, by digit and by source, the confusion matrix, the accuracy of the same
strokes with the whole drawing squeezed into 28x28 pixels, and the time per drawing; draws the errors if asked to.
"""

import argparse
import gzip
import json
import time
from pathlib import Path

import numpy as np

from mnist_utils import ink, plots
from mnist_utils.classifier import load_classifier
from mnist_utils.evaluation import confusion_matrix, evaluate, format_table


def squeezed(strokes: list) -> np.ndarray:
    """The naive way: the square around the drawing, with its usual margin of a tenth, squeezed into the image."""
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
    low, side = points.min(axis=0), np.ptp(points, axis=0).max() or 1.0
    scale = 0.8 * ink.SIZE / side
    return ink.draw([(np.asarray(stroke) - low) * scale + 0.1 * ink.SIZE - 0.5 for stroke in strokes], ink.PEN)


def draw_errors(images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, file: Path) -> None:
    """Write a contact sheet of all errors, by label, with the label, what was read, and how sure."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    wrong = wrong[np.argsort(labels[wrong], kind="stable")]
    titles = [f"{labels[i]}, read {probabilities[i].argmax()} ({probabilities[i].max():.0%})" for i in wrong]
    plots.digits(images[wrong], titles, columns=8).figure.savefig(file, dpi=80)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("strokes", type=Path)
    parser.add_argument("--model", help=".keras file or folder (default: the shipped model)")
    parser.add_argument("--errors", type=Path, help="write a picture of the errors here")
    options = parser.parse_args()

    drawings = json.loads(gzip.decompress(options.strokes.read_bytes()))
    labels = np.array([drawing["label"] for drawing in drawings])
    sources = np.array([drawing["source"] for drawing in drawings])
    classifier = load_classifier(options.model)

    start = time.perf_counter()
    images = np.stack([ink.strokes_to_image(drawing["strokes"]) for drawing in drawings])
    print(f"{(time.perf_counter() - start) / len(drawings) * 1000:.2f} ms a drawing, from strokes to image")
    probabilities = classifier.predict(images)
    print(format_table(evaluate(probabilities, labels)))
    for source in np.unique(sources):
        right = (probabilities.argmax(axis=1) == labels)[sources == source]
        print(f"source {source}: {right.mean():.2%} of {len(right)}")
    print(f"rows: label, columns: read as\n{confusion_matrix(probabilities, labels)}")
    naive = classifier.predict(np.stack([squeezed(drawing["strokes"]) for drawing in drawings]))
    print(f"squeezed without normalisation: {(naive.argmax(axis=1) == labels).mean():.2%}")
    if options.errors:
        draw_errors(images, labels, probabilities, options.errors)


if __name__ == "__main__":
    main()
