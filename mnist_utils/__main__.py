"""The command line: python -m mnist_utils train | evaluate | predict."""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

PICTURES = {".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when all went well, 1 when some picture could not be read, 2 for bad input."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, OSError) as error:
        print(f"mnist_utils: {error}", file=sys.stderr)
        return 2


def train(options: argparse.Namespace) -> int:
    """Train a network and write model.keras and metrics.json."""
    from mnist_utils.training import train

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
    """Read pictures of digits, one line each; a picture that can't be read gets a line on stderr."""
    files = list(_pictures(options.pictures))
    from mnist_utils.classifier import load_classifier  # imports TensorFlow, which a missing file must not wait for

    classifier = load_classifier(options.model)
    if not classifier.metrics:
        print(
            "mnist_utils: there is no metrics.json beside the model, so 28x28 images are read as they are, and nothing "
            "but a blank one is refused.",
            file=sys.stderr,
        )
    rows, failed = [], 0
    for file in files:
        try:
            answer = classifier.read_photo(file)
        except (ValueError, OSError) as error:
            print(f"mnist_utils: {error}", file=sys.stderr)
            failed += 1
            continue
        rows.append((str(file), answer.name or "", f"{answer.confidence:.4f}"))
        if not options.csv:
            print(f"{file}\t{answer.name or 'none'}\t{answer.confidence:.1%}")
    if options.csv:
        _write_csv(Path(options.csv), rows)
        print(f"{len(rows)} pictures read, {failed} failed; wrote {options.csv}")
    return 1 if failed else 0


def _pictures(names: list[str]) -> Iterator[Path]:
    for path in map(Path, names):
        if path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.suffix.lower() in PICTURES and file.is_file())
            if not found:
                raise ValueError(f"pictures: {path} holds no picture ({', '.join(sorted(PICTURES))}).")
            yield from found
        elif path.exists():
            yield path
        else:
            raise FileNotFoundError(f"pictures: {path} is missing.")


def _write_csv(path: Path, rows: list[tuple]) -> None:
    from mnist_utils.files import writing

    with writing(path) as [unfinished], unfinished.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("path", "digit", "confidence"), *rows])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mnist_utils", description="Train, measure and use digit readers.")
    commands = parser.add_subparsers(required=True, metavar="train | evaluate | predict")

    command = commands.add_parser("train", help="train a network", description=train.__doc__)
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

    command = commands.add_parser("evaluate", help="measure a model", description=evaluate.__doc__)
    command.add_argument("--model", help=".keras file or folder (default: the shipped model)")
    command.add_argument("--json", action="store_true", help="print JSON instead of a table")
    command.set_defaults(run=evaluate)

    command = commands.add_parser("predict", help="read pictures", description=predict.__doc__)
    command.add_argument("pictures", nargs="+", metavar="IMAGE_OR_FOLDER")
    command.add_argument("--csv", metavar="OUT", help="write a table path, digit, confidence instead of printing")
    command.add_argument("--model", help=".keras file or folder (default: the shipped model)")
    command.set_defaults(run=predict)
    return parser


if __name__ == "__main__":
    sys.exit(main())
