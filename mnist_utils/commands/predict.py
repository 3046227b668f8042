"""python -m mnist_utils predict."""

import argparse
import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_utils.commands.messages import complain
from mnist_utils.commands.models import add_model, load

if TYPE_CHECKING:
    from mnist_utils.classifier import Answer, DigitClassifier  # they import TensorFlow

HELP = "read pictures"
PICTURES = {".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("pictures", nargs="+", metavar="IMAGE_OR_FOLDER")
    parser.add_argument("--csv", metavar="OUT", help="write a table path, digit, confidence instead of printing")
    add_model(parser)


def run(options: argparse.Namespace) -> int:
    """Read pictures of digits, one line each; why a picture can't be read is said on stderr."""
    from mnist_utils.files import writing

    pictures = _pictures(options.pictures)
    if options.csv is None:
        return 1 if _read(pictures, load(options.model), _print_row) else 0
    rows: list[Path] = []
    with writing(options.csv) as [unfinished]:
        classifier, stop = load(options.model), None
        with unfinished.open("w", newline="", encoding="utf-8", errors="backslashreplace", buffering=1) as file:
            table = csv.writer(file)
            table.writerow(("path", "digit", "confidence"))

            def add(picture: Path, answer: "Answer | None") -> None:
                table.writerow((picture, *((answer.name or "", f"{answer.confidence:.4f}") if answer else ("", ""))))
                rows.append(picture)

            try:
                failed = _read(pictures, classifier, add)
            except KeyboardInterrupt:
                if not rows:
                    raise
                stop = KeyboardInterrupt(f"stopped; {options.csv} holds {len(rows)} of {len(pictures)} pictures.")
    if stop:  # after the table has taken its place
        raise stop
    print(f"{len(rows) - failed} pictures read, {failed} failed; wrote {options.csv}")
    return 1 if failed else 0


def _read(pictures: list[Path], classifier: "DigitClassifier", add: "Callable[[Path, Answer | None], None]") -> int:
    """Read one picture after the other, and give each with its answer, or None, to `add`; gives how many failed."""
    failed = 0
    for picture in pictures:
        try:
            answer = classifier.read_photo(picture)
        except (ValueError, OSError) as error:
            complain(str(error))
        except Exception as error:  # whatever it is, it must not keep the others from being read
            complain(f"photo: {picture} can't be read ({type(error).__name__}: {error}).")
        else:
            add(picture, answer)
            continue
        failed += 1
        add(picture, None)
    return failed


def _print_row(picture: Path, answer: "Answer | None") -> None:
    if answer:
        path = str(picture).translate({9: r"\t", 10: r"\n", 13: r"\r"})
        print(f"{path}\t{answer.name or 'none'}\t{answer.confidence:.1%}", flush=True)


def _pictures(names: list[str]) -> list[Path]:
    """Find the pictures: those that are named, and all in folders, however deep."""
    found: list[Path] = []
    for path in map(Path, names):
        if path.is_dir():
            inside, skipped = _pictures_in(path)
            if not inside:
                raise ValueError(f"pictures: {path} holds no picture ({', '.join(sorted(PICTURES))}).")
            if skipped:
                complain(f"{skipped} in {path} left out: hidden, unreadable or by their names no pictures.")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise FileNotFoundError(f"pictures: {path} is missing.")
    return found


def _pictures_in(folder: Path) -> tuple[list[Path], int]:
    """Give the pictures in a folder and those below, and how many other files and hidden folders are there."""
    from mnist_utils.files import is_hidden

    found: list[Path] = []
    unreadable: list[OSError] = []
    skipped = 0
    for name, folders, files in os.walk(folder, onerror=unreadable.append):
        hidden = [each for each in folders if is_hidden(Path(each))]
        folders[:] = [each for each in folders if each not in hidden]
        paths = [Path(name, each) for each in files]
        taken = [path for path in paths if path.suffix.lower() in PICTURES and path.is_file() and not is_hidden(path)]
        found += taken
        skipped += len(hidden) + len(paths) - len(taken)
    return sorted(found), skipped + len(unreadable)
