"""python -m mnist_utils predict."""

import argparse
import contextlib
import functools
import os
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_utils.commands.messages import complain
from mnist_utils.commands.models import add_model, checksum, load
from mnist_utils.commands.rows import line_of, row_of, write_csv, write_json

if TYPE_CHECKING:
    from mnist_utils.classifier import DigitClassifier  # it imports TensorFlow

HELP = "read pictures"
PICTURES = {".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
MANY = 100  # pictures: reading fewer takes less time than starting processes for them
MOST = 8  # processes: the network can't be asked about what more of them open


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("pictures", nargs="+", metavar="IMAGE_OR_FOLDER")
    written = parser.add_mutually_exclusive_group()
    written.add_argument(
        "--csv", metavar="OUT", help="write a table (path, digit, confidence, error) instead of printing"
    )
    written.add_argument("--json", metavar="OUT", help="write an object for each picture instead of printing")
    parser.add_argument("--number", action="store_true", help="read a number of several digits in each picture")
    default = f"one per core, at most {MOST}; 1 for under {MANY} pictures"
    parser.add_argument("--workers", type=int, metavar="N", help=f"processes that open pictures (default: {default})")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    add_model(parser)


def run(options: argparse.Namespace) -> int:
    """Read pictures of digits, and print one line for each; if a picture can't be read, stderr says why.

    An unfinished table continues where it stopped when the same command is given again.
    """
    from mnist_utils.files import check_target
    from mnist_utils.processes import check_workers

    if options.workers is not None:
        check_workers(options.workers)
    out = options.csv if options.csv is not None else options.json
    if out is not None:
        check_target(out)  # before TensorFlow is imported
    pictures = _pictures(options.pictures)
    classifier = load(options.model)
    if out is not None:
        return _write(out, pictures, classifier, options)
    failed = 0
    for row in _rows(pictures, classifier, options, complain):
        if row["error"] is None:
            print(line_of(row), flush=True)
        failed += row["error"] is not None
    return 1 if failed else 0


def _write(out: str, pictures: list[Path], classifier: "DigitClassifier", options: argparse.Namespace) -> int:
    """Write a table of all pictures, those that were read before a stop included."""
    from mnist_utils.files import going_on
    from mnist_utils.terminal import Counter

    write = write_json if options.json is not None else functools.partial(write_csv, number=options.number)
    of = {"model": checksum(classifier), "number": options.number, "folder": str(Path.cwd())}  # paths may begin there
    with going_on(out, of, pictures) as table:
        if table.old:
            complain(f"{table.name} was for other pictures or options or another model: it is kept as {table.old}.")
        if table.kept:
            complain(f"{table.kept:,} of {len(pictures):,} pictures are already in {table.name}: reading the rest.")
        done, failed = table.kept, table.failed
        counter = Counter(len(pictures), done, wanted=not options.quiet)

        def explain(why: str) -> None:
            counter.clear()
            complain(why)

        try:
            left = pictures[done:]
            with contextlib.closing(_rows(left, classifier, options, explain, counter.follow)) as rows:
                for row in rows:
                    table.add(row)
                    done, failed = done + 1, failed + (row["error"] is not None)
        except KeyboardInterrupt:
            held = f"{table.name} holds {done:,} of {len(pictures):,} pictures"
            goes_on = f"; {held}: the same command reads the rest."
            raise KeyboardInterrupt(f"stopped{goes_on if done else '.'}") from None
        finally:
            counter.clear()
        table.finish(write)
    print(f"{done - failed:,} pictures read, {failed:,} failed; wrote {out}")
    return 1 if failed else 0


def _rows(
    pictures: list[Path],
    classifier: "DigitClassifier",
    options: argparse.Namespace,
    explain: Callable[[str], None],
    follow: Callable[[list[Path]], Iterable[Path]] = iter,
) -> Generator[dict, None, None]:
    """Give the row of each picture in their order, tell `explain` why one can't be read, and `follow` their opening."""
    workers = options.workers or (min(os.cpu_count() or 1, MOST) if len(pictures) >= MANY else 1)
    answers = classifier.read_photos(follow(pictures), options.number, workers)
    try:
        for picture, answer in zip(pictures, answers, strict=True):
            row = row_of(picture, answer, classifier.classes, options.number)
            if row["error"] is not None:
                explain(row["error"])
            yield row
    except ChildProcessError as error:
        raise ChildProcessError(f"{error} --workers 1 needs none.") from None


def _pictures(names: list[str]) -> list[Path]:
    """Find the pictures: those that are named, and all in folders, however deep; some that are named may be missing."""
    found: list[Path] = []
    paths = [Path(name) for name in names]
    if not any(path.exists() for path in paths):
        raise FileNotFoundError(f"pictures: {paths[0]} is missing.")
    for path in paths:
        if path.is_dir():
            inside, skipped = _pictures_in(path)
            if not inside:
                raise ValueError(f"pictures: {path} holds no picture ({', '.join(sorted(PICTURES))}).")
            if skipped:
                complain(f"{skipped} in {path} left out: hidden, unreadable or not named as pictures.")
            found += inside
        else:
            found.append(path)
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
