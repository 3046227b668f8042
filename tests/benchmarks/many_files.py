"""Measure how fast, and in how much memory, `predict` reads many files.

    python tests/benchmarks/many_files.py [--files N] [--model PATH]

Makes pages of 100 to 200 pixels with MNIST's test digits, half PNG and half JPEG. Prints, of the command in one
process: the time for opening and preprocessing pictures, for the network, and for all the rest; and which share of the
network's own throughput on the same images as one array is left once opening is taken out. Both are measured in turn,
500 files at a time, by the clock and in processor time, which other programs disturb less. Then, of the command in as
many processes as it starts by itself: pictures a second, and the memory of the process that asks the network, for a
tenth of the files and for all. What it prints is kept in many_files.txt beside this script.
"""

import argparse
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image

from mnist_utils import DigitClassifier, load_classifier, load_mnist, reading
from mnist_utils.__main__ import main as command
from mnist_utils.commands import predict

BLOCK = 500


def make_pages(folder: Path, count: int) -> None:
    """Write digits in dark ink of another strength and size on each page of grey, slightly noisy paper."""
    rng, images = np.random.default_rng(0), load_mnist()[2]
    for number in range(count):
        side, ink = rng.integers(100, 201), rng.integers(60, 90)
        digit = np.asarray(Image.fromarray(images[number % len(images)]).resize((ink, ink), Image.Resampling.BICUBIC))
        page = rng.uniform(215, 245) + rng.normal(0, 2, (side, side))
        top, left = rng.integers(0, side - ink + 1, 2)
        page[top : top + ink, left : left + ink] -= rng.uniform(140, 200) * digit / 255
        kind = "png" if number % 2 else "jpg"
        Image.fromarray(page.clip(0, 255).astype(np.uint8)).save(folder / f"{number:06}.{kind}")


class Times:
    """Seconds by the clock and of the processor, by what they were spent on."""

    def __init__(self):
        self.spent = {}

    def of(self, name: str, function: Callable, *given):
        """Call a function and add up how long it takes."""
        start = np.array([time.perf_counter(), time.process_time()])
        result = function(*given)
        self.spent[name] = self.spent.get(name, 0) + np.array([time.perf_counter(), time.process_time()]) - start
        return result


def shares(files: list[Path], classifier: DigitClassifier, out: Path) -> Times:
    """Read blocks of files, and the images that were in them as one array, in turn."""
    times, asked, own = Times(), [], classifier.predict
    opened = reading.opened_or_why

    def ask(images: np.ndarray) -> np.ndarray:
        asked.append(images)
        return times.of("network in the run", own, images)

    for start in range(0, len(files), BLOCK):
        asked.clear()
        names = [str(file) for file in files[start : start + BLOCK]]
        with (
            mock.patch.object(predict, "load", return_value=classifier),
            mock.patch.object(classifier, "predict", ask),
            mock.patch.object(reading, "opened_or_why", lambda p, kind: times.of("opening", opened, p, kind)),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            times.of("all", command, ["predict", *names, "--csv", str(out), "--workers", "1"])
        images = np.concatenate(asked)
        times.of("network alone", own, images)
    return times


def in_processes(files: list[Path], out: Path, model: str | None) -> tuple[float, float]:
    """Run the command by itself; gives seconds and the largest memory in MB."""
    (out.parent / "some").mkdir()
    for file in files:
        (out.parent / "some" / file.name).hardlink_to(file)
    named = ["--model", model] if model else []
    line = [sys.executable, "-m", "mnist_utils", "predict", str(out.parent / "some"), "--csv", str(out), *named]
    start = time.perf_counter()
    started = subprocess.Popen(line, stdout=subprocess.DEVNULL)
    _, code, used = os.wait4(started.pid, 0)
    assert code == 0
    for file in files:
        (out.parent / "some" / file.name).unlink()
    (out.parent / "some").rmdir()
    return time.perf_counter() - start, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--model", help=".keras file or folder (default: the shipped model)")
    options = parser.parse_args()
    classifier = load_classifier(options.model)
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "pages", Path(name) / "read.csv"
        folder.mkdir()
        make_pages(folder, options.files)
        files = sorted(folder.iterdir())
        list(classifier.read_photos(files[:BLOCK]))  # the first calls of a network are slower
        spent = shares(files, classifier, out).spent
        print(f"{len(files):,} files, seconds by the clock and of the processor")
        rest = spent["all"] - spent["opening"] - spent["network in the run"]
        for row, seconds in [*spent.items(), ("the rest of the run", rest)]:
            print(f"{row:20}{seconds[0]:8.1f}{seconds[1]:8.1f}")
        share = spent["network alone"] / (spent["all"] - spent["opening"])
        print(f"of the network's throughput are left, opening taken out: {share[0]:.0%} and {share[1]:.0%}")
        print(f"in one process: {len(files) / spent['all'][0]:.0f} pictures a second")
        for count in (len(files) // 10, len(files)):
            seconds, memory = in_processes(files[:count], out, options.model)
            print(f"command: {count:6,} files in {seconds:.0f} s, {count / seconds:.0f} a second, {memory:.0f} MB")


if __name__ == "__main__":
    main()
