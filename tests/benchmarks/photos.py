"""Measure how well digits on paper are read: the course's 200 drawings, photographed at three severities.

    cd tests && python -m benchmarks.photos [--model PATH] [--errors PICTURE.png]

Prints the accuracy for each severity and over all, and the time for a picture of 12 megapixels. What it prints of the
shipped model is kept in photos.txt beside this script.
"""

import argparse
import io
import time
from pathlib import Path

import numpy as np
from paper import photograph

from mnist_utils import load_classifier, plots
from mnist_utils.data import load_strokes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help=".keras file or folder (default: the shipped model)")
    parser.add_argument("--errors", type=Path, help="write what the network saw of the errors here")
    options = parser.parse_args()
    classifier, (drawings, labels) = load_classifier(options.model), load_strokes()
    rng, all_right, errors, titles = np.random.default_rng(0), [], [], []
    for severity in (1, 2, 3):
        answers = [classifier.read_photo(photograph(strokes, severity, rng)) for strokes in drawings]
        read = np.array([-1 if answer.digit is None else answer.digit for answer in answers])
        all_right.append(read == labels)
        errors += [answer.image for answer, right in zip(answers, read == labels, strict=True) if not right]
        titles += [f"{severity}: {a}, read {b}" for a, b in zip(labels, read, strict=True) if a != b]
        print(f"severity {severity}: {all_right[-1].mean():.1%} of {len(labels)}")
    print(f"all: {np.mean(all_right):.1%}")
    file, times = io.BytesIO(), []
    photograph(drawings[0], 2, rng).resize((4000, 3000)).save(file, format="jpeg")
    for _ in range(9):
        start = time.perf_counter()
        classifier.read_photo(file.getvalue())
        times.append(1000 * (time.perf_counter() - start))
    print(f"a JPEG of 12 megapixels, to the answer: {np.median(times):.0f} ms")
    if options.errors and errors:
        plots.digits(np.stack(errors), titles, columns=8).figure.savefig(options.errors, dpi=80)


if __name__ == "__main__":
    main()
