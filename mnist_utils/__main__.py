"""The command line: python -m mnist_utils train | evaluate | predict | export."""

import argparse
import contextlib
import csv
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from mnist_utils.classifier import Answer, DigitClassifier  # they import TensorFlow

PICTURES = {".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
FAULT, STOPPED, CLOSED = 70, 130, 141  # exit codes, those that shells know


def main(arguments: list[str] | None = None) -> int:
    """Run one command, and say in one line what went wrong, if anything did.

    Gives 0 when all went well, 1 when some picture could not be read, 2 for bad input and for files that can't be
    written, 70 for too little memory or a fault of this program, 130 when it was stopped by Ctrl-C, and 141 when nobody
    read its output on.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names of files may hold what the terminal can't show
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        code = options.run(options)
        if sys.stdout:
            sys.stdout.flush()
        return code
    except KeyboardInterrupt as stop:
        return _failed(str(stop) or "stopped.", STOPPED, options.debug)
    except BrokenPipeError:
        return _failed("stopped, as nobody reads its output any more.", CLOSED, options.debug)
    except OSError as error:
        unnamed = error.errno and not error.filename  # those of files name them
        text = f"what is to be shown can't be written ({error.strerror})." if unnamed else str(error)
        return _failed(text, 2, options.debug)
    except (ValueError, ImportError) as error:
        return _failed(str(error), 2, options.debug)
    except MemoryError:
        return _failed("there is not enough memory.", FAULT, options.debug)
    except Exception as error:
        text = f"{type(error).__name__}: {error}. That is a fault of this program; --debug shows where it is."
        return _failed(text, FAULT, options.debug)


def _failed(text: str, code: int, debug: bool) -> int:
    """Say on stderr, in one line, why it ends here, and make the end itself silent; gives the exit code."""
    _complain(text)
    if debug:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            traceback.print_exc()
    _drop(sys.stdout)
    _drop(sys.stderr)
    return code


def _drop(stream: TextIO | None) -> None:
    """Let what a stream can't take fall: Python would try once more at its end, complain, and change the exit code."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _complain(text: str) -> None:
    if sys.stderr is None:  # it was closed at the start, and print takes None for stdout
        return
    with contextlib.suppress(OSError, ValueError):  # unbuffered, it may fail at once
        print(f"mnist_utils: {' '.join(text.split())}", file=sys.stderr)
    _drop(sys.stderr)


def train(options: argparse.Namespace) -> int:
    """Train a network and write model.keras and metrics.json."""
    from mnist_utils.files import alone_in

    folder = Path(options.out)
    if folder.is_dir():
        with alone_in(folder, "out"):  # said now, as the import of TensorFlow takes seconds
            pass
    from mnist_utils.training import train

    try:
        _, metrics = train(
            options.recipe,
            seed=options.seed,
            epochs=options.epochs,
            data=options.data,
            digits=options.digits,
            pens=options.pens,
            out=options.out,
            progress="none" if options.quiet else "bar",
            distribute=options.distribute,
        )
    except KeyboardInterrupt:
        raise KeyboardInterrupt("stopped; the same command goes on after the last whole epoch.") from None
    if metrics.get("preprocess") == "turned":
        print("The pictures are dark on light: they were turned to white on black, and will be when they are read.")
    print(f"{metrics['test_accuracy']:.2%} on the test set; wrote {options.out}/model.keras and metrics.json")
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """Print how well a model reads MNIST's test set, digit by digit."""
    from mnist_utils.classifier import load_classifier
    from mnist_utils.data import load_mnist
    from mnist_utils.evaluation import evaluate, format_table

    _, _, images, labels = load_mnist()
    classifier = load_classifier(options.model)
    result = evaluate(classifier.predict(images), labels)
    if options.json:  # JSON knows no NaN, so a rate with nothing to divide by is null
        result = json.loads(json.dumps(result), parse_constant=lambda _: None)
    print(json.dumps(result, indent=1) if options.json else format_table(result, classifier.classes))
    return 0


def predict(options: argparse.Namespace) -> int:
    """Read pictures of digits, one line each; why a picture can't be read is said on stderr."""
    from mnist_utils.files import writing

    pictures = _pictures(options.pictures)
    if options.csv is None:
        return 1 if _read(pictures, _load(options.model), _print_row) else 0
    rows: list[Path] = []
    with writing(options.csv) as [unfinished]:
        classifier, stop = _load(options.model), None
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


def export(options: argparse.Namespace) -> int:
    """Write a model as one HTML page that reads what is drawn in any browser, without a network."""
    from mnist_utils.files import check_target

    check_target(options.html)  # before TensorFlow is imported
    from mnist_utils.export import write_html

    size = write_html(_load(options.model), options.html).stat().st_size
    print(f"wrote {options.html}, {size / 1e6:.1f} MB; open it in any browser, or send it to somebody")
    return 0


def _load(model: str | None) -> "DigitClassifier":
    from mnist_utils.classifier import load_classifier  # imports TensorFlow, which a missing file must not wait for

    classifier = load_classifier(model)
    if not classifier.metrics:
        _complain(
            "there is no metrics.json beside the model, so 28x28 images are read as they are, and nothing but a blank "
            "one is refused."
        )
    return classifier


def _read(pictures: list[Path], classifier: "DigitClassifier", add: "Callable[[Path, Answer | None], None]") -> int:
    """Read one picture after the other, and give each with its answer, or None, to `add`; gives how many failed."""
    failed = 0
    for picture in pictures:
        try:
            answer = classifier.read_photo(picture)
        except (ValueError, OSError) as error:
            _complain(str(error))
        except Exception as error:  # whatever it is, it must not keep the others from being read
            _complain(f"photo: {picture} can't be read ({type(error).__name__}: {error}).")
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
                _complain(f"{skipped} in {path} left out: hidden, unreadable or by their names no pictures.")
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mnist_utils", description="Train, measure and use digit readers.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show where a fault was")
    commands = parser.add_subparsers(required=True, metavar="train | evaluate | predict | export")

    command = commands.add_parser("train", help="train a network", description=train.__doc__, parents=[common])
    command.add_argument("--recipe", default="quick", help="quick, classic, best or pens (default: quick)")
    command.add_argument("--seed", type=int, default=0, help="the same seed gives the same network (default: 0)")
    command.add_argument("--epochs", type=int, help="instead of the recipe's")
    command.add_argument("--data", help="folder with a folder of 28x28 pictures per class, or .npz (default: MNIST)")
    command.add_argument("--digits", action="store_true", help="the pictures of --data show the digits 0 to 9")
    command.add_argument(
        "--pens", metavar="DIR", help="folder of mnist_utils.assets.get_pens, for recipes that need it"
    )
    command.add_argument("--out", default="runs/latest", help="folder to write to (default: runs/latest)")
    command.add_argument("--distribute", default="none", help="none or mirrored: all GPUs (default: none)")
    command.add_argument("--quiet", action="store_true", help="show no progress")
    command.set_defaults(run=train)

    command = commands.add_parser("evaluate", help="measure a model", description=evaluate.__doc__, parents=[common])
    command.add_argument("--model", help=".keras file or folder (default: the shipped model)")
    command.add_argument("--json", action="store_true", help="print JSON instead of a table")
    command.set_defaults(run=evaluate)

    command = commands.add_parser("predict", help="read pictures", description=predict.__doc__, parents=[common])
    command.add_argument("pictures", nargs="+", metavar="IMAGE_OR_FOLDER")
    command.add_argument("--csv", metavar="OUT", help="write a table path, digit, confidence instead of printing")
    command.add_argument("--model", help=".keras file or folder (default: the shipped model)")
    command.set_defaults(run=predict)

    command = commands.add_parser("export", help="write a page", description=export.__doc__, parents=[common])
    command.add_argument("--html", required=True, metavar="FILE", help="the page, such as my_digits.html")
    command.add_argument("--model", help=".keras file or folder (default: the shipped model)")
    command.set_defaults(run=export)
    return parser


if __name__ == "__main__":
    sys.exit(main())
