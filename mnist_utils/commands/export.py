"""python -m mnist_utils export."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_utils.commands.models import add_model, load, needs_own_data

if TYPE_CHECKING:
    import numpy as np

    from mnist_utils.classifier import DigitClassifier  # imports TensorFlow

HELP = "write a model for browsers, phones and other programs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--html", metavar="FILE", help="one page that reads drawings in any browser")
    parser.add_argument("--litert", metavar="FILE", help="a .tflite file, for phones and small computers")
    parser.add_argument("--onnx", metavar="FILE", help="an .onnx file, for other languages and runtimes")
    smaller = "8 makes LiteRT and ONNX files about a quarter as large (default: 32)"
    parser.add_argument("--bits", type=int, default=32, help=smaller)
    parser.add_argument("--data", help="data set that --bits 8 is fitted to, as for train (default: MNIST)")
    add_model(parser)


def run(options: argparse.Namespace) -> int:
    """Write a model as one HTML page that reads what is drawn, also offline, or as a LiteRT or ONNX file."""
    from mnist_utils.files import check_target

    asked = [(kind, getattr(options, kind)) for kind in ("html", "litert", "onnx") if getattr(options, kind)]
    if not asked:
        raise ValueError("export needs at least one of --html, --litert and --onnx, with the file to write.")
    if options.bits != 32 and options.html:
        raise ValueError("--bits is for --litert and --onnx: a page stores its numbers in 16 or 32 bits.")
    if options.data is not None and options.bits != 8:
        raise ValueError("--data is for --bits 8, whose numbers are fitted to it.")
    for _, path in asked:
        check_target(path)  # before TensorFlow is imported
    classifier = load(options.model)
    if options.bits == 8 and options.data is None and needs_own_data(classifier):
        raise ValueError("--bits 8 needs --data here, since the model has learned from pictures of your own.")
    for kind, path in asked:
        size = _writer(kind, options)(classifier, path).stat().st_size
        print(f"wrote {path}, {size / 1e6:.2f} MB; {_use(kind, classifier)}", flush=True)
    return 0


def _writer(kind: str, options: argparse.Namespace) -> "Callable[[DigitClassifier, str], Path]":
    """Give the function that writes a classifier in one of the formats."""
    if kind == "html":
        from mnist_utils.export import write_html

        return write_html
    from mnist_utils import formats

    write = formats.write_litert if kind == "litert" else formats.write_onnx
    return lambda classifier, path: write(classifier.model, path, options.bits, _images(classifier, options.data))


def _images(classifier: "DigitClassifier", data: str | None) -> "np.ndarray | None":
    """Give some of a data set's training images as the network takes them: float32 (n, 28, 28), or None for MNIST's."""
    if data is None:
        return None
    from mnist_utils.data import load_dataset
    from mnist_utils.formats import CALIBRATION
    from mnist_utils.images import check_images
    from mnist_utils.preprocess import PREPROCESS

    images = load_dataset(data)[0]
    return PREPROCESS[classifier.preprocess](check_images(images[:: max(1, len(images) // CALIBRATION)]))


def _use(kind: str, classifier: "DigitClassifier") -> str:
    """Say what to do with the file."""
    if kind == "html":
        return "open it in any browser, or send it to somebody"
    before = {"none": "", "turned": ", white on black", "digits": ", white on black, placed as MNIST's"}
    takes = f"it takes float32 images (n, 28, 28, 1), 0 to 1{before[classifier.preprocess]}"
    return f"{takes}, and gives probabilities of {', '.join(classifier.classes)}"
