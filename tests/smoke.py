"""Does an installed wheel work? With the Python that it is installed in, outside of a checkout: python tests/smoke.py.

It reads, draws, asks and writes with what came in the wheel; a fault ends it with an exception.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import mnist_utils
from mnist_utils.data import load_strokes
from mnist_utils.quiz import quiz


def command(*arguments: str) -> str:
    """Run python -m mnist_utils with some arguments; gives what it prints."""
    run = subprocess.run([sys.executable, "-m", "mnist_utils", *arguments], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def draws_and_reads(folder: Path) -> None:
    """The data, every shipped network, the pad and the quizzes."""
    images, labels, test_images, _ = mnist_utils.load_mnist()
    assert images.shape == (60_000, 28, 28)
    assert test_images.shape == (10_000, 28, 28)
    drawings, digits = load_strokes()
    seven = drawings[int(np.flatnonzero(digits == 7)[0])]
    for name in ("best", "quick", "classic", "mine", "ensemble"):
        classifier = mnist_utils.load_classifier(name=name)
        assert (classifier.predict(images[:100]).argmax(axis=1) == labels[:100]).mean() > 0.95, name
    pad = mnist_utils.DigitPad()
    pad.strokes = seven
    assert pad.answer.digit == 7
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(pad._repr_mimebundle_()[0])
    assert all(quiz(f"{number:02}").questions for number in range(9))
    Image.fromarray(255 - np.uint8(pad.image * 255)).resize((280, 280)).save(folder / "seven.png")


def commands(folder: Path) -> None:
    """The command line: a picture, the test set, and a page."""
    assert command("predict", str(folder / "seven.png")).split("\t")[1] == "7"
    metrics = json.loads((mnist_utils.classifier.ASSETS / "best" / "metrics.json").read_text(encoding="utf-8"))
    measured = json.loads(command("evaluate", "--json"))["accuracy"]
    assert abs(measured - metrics["test_accuracy"]) < 0.001
    command("export", "--html", str(folder / "page.html"))
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert "</html>" in page
    assert len(page) > 1_000_000


if __name__ == "__main__":
    place = Path(mnist_utils.__file__).parent
    assert not (place.parent / "pyproject.toml").exists(), f"{place} is a checkout, not what a wheel installed."
    with tempfile.TemporaryDirectory() as home:
        draws_and_reads(Path(home))
        commands(Path(home))
    print(f"The wheel in {place} works.")
