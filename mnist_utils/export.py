"""A network as one HTML page that reads what is drawn in any browser, without a server, a network or Python.

The page is put together from the files in assets/page. It does what `DigitClassifier` does with drawings; pictures it
reads in a simpler way.
"""

import base64
import dataclasses
import hashlib
import html
import json
import re
from itertools import chain
from pathlib import Path

import numpy as np

from mnist_utils import networks
from mnist_utils.classes import are_digits
from mnist_utils.classifier import DigitClassifier
from mnist_utils.data import load_strokes
from mnist_utils.files import check_target, writing
from mnist_utils.images import to_input
from mnist_utils.operations import Operation, compute, members, operations
from mnist_utils.preprocess import strokes_to_image

PAGE = Path(__file__).parent / "assets" / "page"
SCRIPTS = ("network.js", "ink.js", "mask.js", "photo.js", "words.js", "read.js", "pad.js")
NUMBERS = ("<f2", "<f4")  # what weights are written as: the first that is exact enough
OFF = 0.002  # that a probability of the course's drawings may be off by this; all of the page's promise 0.005


def write_html(classifier: DigitClassifier, path: str | Path) -> Path:
    """Write a page that reads drawings as a classifier does, and pictures, in any browser: all of it in one file.

    Parameters
    ----------
    classifier : DigitClassifier
        With one network or with several that vote.
    path : str or Path
        The file, such as my_digits.html.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        If the network has a layer that the page can't compute, which is named, or layers that are not in one row.
    OSError
        If the file can't be written.
    """
    check_target(path)  # before what takes long
    found = [operations(member) for member in members(classifier.model)]
    numbers = next((kind for kind in NUMBERS if _is_exact(found, kind, classifier)), None)
    if numbers is None:
        raise ValueError(f"model must have its layers in one row; those of {classifier.name} compute something else.")
    settings = {
        "classes": list(classifier.classes),
        "preprocess": classifier.preprocess,
        "ink": dataclasses.asdict(classifier.placement),
        "ofDigits": classifier.metrics.get("preprocess", "digits") == "digits",
        "threshold": float(classifier.rejection_threshold),
        "halves": numbers == "<f2",
        "members": [[_described(operation) for operation in member] for member in found],
    }
    page = _page(settings, b"".join(weights.astype(numbers).tobytes() for weights in _weights(found)), classifier)
    with writing(path) as [unfinished]:
        unfinished.write_bytes(page.encode())
    return Path(path)


def _weights(found: list[list[Operation]]) -> list[np.ndarray]:
    """Give all weights in the order in which the page reads them: each operation's kernel, then its bias."""
    return [operation[name] for operation in chain(*found) for name in ("kernel", "bias") if name in operation]


def _described(operation: Operation) -> dict:
    return {name: value for name, value in operation.items() if not isinstance(value, np.ndarray)}


def _is_exact(found: list[list[Operation]], numbers: str, classifier: DigitClassifier) -> bool:
    """Whether networks with their weights written as such numbers give a classifier's probabilities."""
    images = to_input(np.stack([strokes_to_image(strokes) for strokes in load_strokes()[0]]))
    with np.errstate(over="ignore", invalid="ignore"):  # what is too large for 16 bits gives NaN, which is not exact
        rounded = [[_rounded(operation, numbers) for operation in member] for member in found]
        probabilities = np.mean([compute(member, images) for member in rounded], axis=0)
    return bool(np.abs(probabilities - networks.run(classifier.model, images)).max() <= OFF)


def _rounded(operation: Operation, numbers: str) -> Operation:
    arrays = {name: value for name, value in operation.items() if isinstance(value, np.ndarray)}
    return operation | {name: value.astype(numbers).astype(np.float32) for name, value in arrays.items()}


def _page(settings: dict, weights: bytes, classifier: DigitClassifier) -> str:
    """Put the page together; nothing that it was not made of may run in it, and it may fetch nothing."""
    style, script = _read("page.css"), "\n".join(_read(name) for name in SCRIPTS)
    allowed = f"script-src '{_digest(script)}'; style-src '{_digest(style)}'"
    parts = {
        "policy": f"default-src 'none'; {allowed}; img-src data:; base-uri 'none'; form-action 'none'",
        "thing": "a digit" if are_digits(classifier.classes) else "something",
        "about": html.escape(_about(classifier)),
        "style": style,
        "script": script,
        "settings": json.dumps(settings).replace("<", "\\u003c"),  # or a name could end the script
        "weights": base64.b64encode(weights).decode(),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _read("page.html"))


def _read(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _about(classifier: DigitClassifier) -> str:
    """Say what reads, how well, and what it has learned from."""
    said = [f"A network of {classifier.model.count_params():,} numbers reads it"]
    if "test_accuracy" in classifier.metrics:
        said.append(f"; of its test images it read {classifier.metrics['test_accuracy']:.2%} right")
    sources = dict.fromkeys(map(_source, classifier.metrics.get("learned_from", [])))
    return "".join(said) + "." + (f" It has learned from {', '.join(sources)}." if sources else "")


def _source(learned_from: dict) -> str:
    licence = learned_from.get("licence")  # pictures of one's own have none
    return learned_from["name"] + (f" ({licence})" if licence else "")
