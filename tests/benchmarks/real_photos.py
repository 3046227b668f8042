"""Measure how well real pictures are read: those of a folder with a labels.csv (file, label, kind, source).

    python tests/benchmarks/real_photos.py DIR [--half A|B] [--model PATH] [--errors PICTURE.png] [--mnist N]

Prints the accuracy by kind for the sources looked at while the readings were made (A) and for the others (B), the
answers that are wrong with 90% confidence or more, and the time. With --mnist, also N training digits of MNIST,
cropped to their ink. An answer of None counts as wrong, and as not sure. Without --model, also how well other shipped
networks read the pictures of one digit. What it prints is then kept in real_photos.txt beside this script; the README
quotes it.
"""

import argparse
import csv
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from mnist_utils import load_classifier, load_mnist
from mnist_utils.evaluation import wilson_interval

OTHERS = ("ensemble", "quick", "mine")
HALF_A = {  # sources
    "s002",
    "s005",
    "s010",
    "s012",
    "s013",
    "s020",
    "s021",
    "s022",
    "s039",
    "s040",
    "s042",
    "s043",
    "s045",
    "s049",
    "s054",
    "s062",
    "s066",
    "s067",
    "s070",
    "s082",
    "s083",
    "s087",
    "s090",
    "s094",
    "s096",
    "s100",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=["A", "B"], help="only these sources")
    parser.add_argument("--model", help=".keras file or folder (default: the shipped model)")
    parser.add_argument("--errors", type=Path, help="write a sheet of the errors here")
    parser.add_argument("--mnist", type=int, default=0, help="also so many of MNIST's training digits, cropped")
    options = parser.parse_args()
    classifier = load_classifier(options.model)
    results, errors, start = defaultdict(list), [], time.perf_counter()
    for picture, label, group in [*pictures(options.folder, options.half), *cropped(options.mnist)]:
        answer, confidence, image = (read_number if "number" in group else read_digit)(picture, classifier)
        results[group].append(judged(answer, confidence, label))
        if answer != label:
            errors.append((picture, f"{label}: {answer} {confidence:.0%}", image))
    for name, chosen in (("one digit", single), ("several", lambda group: "number" in group)):
        results[name] = [row for group in list(results) if chosen(group) for row in results[group]]
    n = len(results["one digit"]) + len(results["several"])
    print(f"{'':22}{'n':>5}{'right':>8}{'95% interval':>18}{'sure':>6}  wrong and sure")
    for group, rows in sorted((group, rows) for group, rows in results.items() if rows):
        print(line(group, rows))
    print(f"{n} pictures, {1000 * (time.perf_counter() - start) / max(n, 1):.0f} ms each")
    for name in () if options.model else OTHERS:
        print(line(f"one digit, {name}", of_another(name, options)))
    if options.errors:
        sheet(errors).save(options.errors)


def judged(answer: str | None, confidence: float, label: str) -> tuple[bool, bool, bool]:
    """Whether an answer is right, wrong but sure, and sure."""
    sure = answer is not None and confidence >= 0.9
    return answer == label, sure and answer != label, sure


def line(group: str, rows: list) -> str:
    """Say how well the pictures of a group were read."""
    right, wrong_and_sure, sure = np.sum(rows, axis=0)
    low, high = wilson_interval(right, len(rows))
    share = f"{right / len(rows):8.2%}{f'{low:.2%} to {high:.2%}':>18}{sure / len(rows):6.0%}"
    return f"{group:22}{len(rows):5}{share}  {wrong_and_sure}"


def of_another(name: str, options: argparse.Namespace) -> list:
    """Judge what another shipped network reads on the pictures of one digit."""
    digits = [each for each in pictures(options.folder, options.half) if single(each[2])]
    answers = load_classifier(name=name).read_photos([picture for picture, _, _ in digits])
    return [
        judged(answer.name, answer.confidence, label) for answer, (_, label, _) in zip(answers, digits, strict=True)
    ]


def single(group: str) -> bool:
    """Whether a group is of real pictures of one digit."""
    return group[0] in "AB" and "number" not in group


def read_digit(picture, classifier) -> tuple[str | None, float, np.ndarray | None]:
    """What is read, how sure it is, and the image that was read."""
    answer = classifier.read_photo(picture)
    return answer.name, answer.confidence, answer.image


def read_number(picture, classifier) -> tuple[str | None, float, np.ndarray | None]:
    """The same for several digits; lines are put behind each other."""
    read = classifier.read_number(picture)
    images = [answer.image for answer in read.answers]
    return read.number and read.number.replace("\n", ""), read.confidence, np.hstack(images) if images else None


def pictures(folder: Path, half: str | None):
    lines = (folder / "labels.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        side = "A" if row["source"] in HALF_A else "B"
        kind = "number" if len(row["label"]) > 1 else row["kind"].replace("scan-boxed", "cell")
        if half in (None, side):
            yield folder / row["file"], row["label"].replace("/", ""), f"{side} {kind}"


def cropped(n: int):
    """MNIST's training digits cropped to their ink, in turn as they are and enlarged, white and black."""
    images, labels, _, _ = load_mnist()
    for turn, i in enumerate(np.random.default_rng(0).choice(len(images), n, replace=False)):
        image = images[i]
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        image = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        image = np.pad(image, [(max(0, 9 - side) // 2,) * 2 for side in image.shape])  # at least 8 pixels
        if turn % 2:
            image = np.asarray(Image.fromarray(image).resize([10 * side for side in image.shape[::-1]]))
        image = 255 - image if turn // 2 % 2 else image
        yield image, str(labels[i]), f"MNIST{' x10' if turn % 2 else ''}{', inverted' if turn // 2 % 2 else ''}"


def sheet(errors: list, columns: int = 8, side: int = 100) -> Image.Image:
    """Each picture, and beside it what the network saw."""
    picture = Image.new("RGB", (columns * 2 * side, (len(errors) // columns + 1) * (side + 14)), "white")
    pen = ImageDraw.Draw(picture)
    for number, (photo, title, image) in enumerate(errors):
        x, y = number % columns * 2 * side, number // columns * (side + 14)
        seen = Image.fromarray(photo) if isinstance(photo, np.ndarray) else Image.open(photo).convert("RGB")
        seen.thumbnail((side - 4, side - 4))
        picture.paste(seen, (x, y + 14))
        if image is not None:
            shown = Image.fromarray((255 * image).astype(np.uint8))
            shown.thumbnail((side - 4, side - 4))
            picture.paste(shown.resize((side - 4, side - 4)) if shown.width == 28 else shown, (x + side, y + 14))
        pen.text((x, y), f"{photo.name if isinstance(photo, Path) else 'MNIST'} {title}", fill="black")
    return picture


if __name__ == "__main__":
    main()
