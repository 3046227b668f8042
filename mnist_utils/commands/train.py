"""python -m mnist_utils train."""

import argparse
from pathlib import Path

HELP = "train a network"
FEW_STEPS = 120  # of 105 pictures of five signs, `quick` read 18% after 30 steps, 82% after 60, all after 120


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--recipe", default="quick", help="quick, classic, mine or best (default: quick)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same network (default: 0)")
    parser.add_argument("--epochs", type=int, help="passes over the images, instead of the recipe's")
    parser.add_argument("--data", help="pictures in a folder per class, CSV, IDX files or .npz (default: MNIST)")
    parser.add_argument("--digits", action="store_true", help="the pictures of --data show the digits 0 to 9")
    parser.add_argument("--pens", metavar="DIR", help="folder written by mnist_utils.assets.get_pens, for best")
    parser.add_argument("--out", default="runs/latest", help="folder to write to (default: runs/latest)")
    parser.add_argument("--distribute", default="none", help="none, mirrored (all GPUs) or multiworker (default: none)")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(options: argparse.Namespace) -> int:
    """Train a network and write model.keras and metrics.json."""
    from mnist_utils.files import alone_in

    folder = Path(options.out)
    if folder.is_dir() and options.distribute != "multiworker":  # where other workers may take part, not be in the way
        with alone_in(folder, "out"):  # said now, as the import of TensorFlow takes seconds
            pass
    from mnist_utils.training import train
    from mnist_utils.training.distribution import is_first

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
        print("The pictures are dark on light: they are inverted, in training and when they are read.")
    steps = metrics["epochs"] * max(1, metrics["learned_from"][0]["count"] // metrics["recipe"]["batch_size"])
    if steps < FEW_STEPS:
        print(f"The training took {steps} steps, which is few: with more epochs (--epochs) it may read better.")
    written = f"wrote {options.out}/model.keras and metrics.json"
    if not is_first(options.distribute):
        written = "the first worker writes model.keras and metrics.json"
    print(f"{metrics['test_accuracy']:.2%} on the test set; {written}")
    return 0
