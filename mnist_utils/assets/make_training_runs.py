"""Make training_runs.json and .txt: train recipes in turn, each seed of each in a process of its own, and compare them.

    python mnist_utils/assets/make_training_runs.py [--runs classic quick] [--seeds 5] [--out FOLDER] [--store]

Run nothing else meanwhile. Runs that are done already in FOLDER are not repeated, and one that was interrupted
goes on, so the table can grow over several sessions. With --store, all runs in FOLDER are written to the two files
beside this script; notebook 03 shows them.
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

GOAL = 0.9916  # validation accuracy that the time to it is measured for
STORED = Path(__file__).with_name("training_runs.json")
PER_RUN = ("s/epoch", "s to goal", "s total", "validation %", "test %", "peak MB")


def recipes() -> dict:
    """The ablation from classic to quick, one change a step, and best. The order is that of the table."""
    from mnist_utils.training import RECIPES

    quick = RECIPES["quick"]
    steps = {"classic": RECIPES["classic"]}

    def step(name: str, *fields: str, **given: Any) -> None:
        """Add the last recipe with these fields as `quick` has them."""
        last = list(steps.values())[-1]
        changes: dict[str, Any] = {field: getattr(quick, field) for field in fields}
        steps[name] = dataclasses.replace(last, **changes, **given)

    step("one cycle", "epochs", "one_cycle", "learning_rate", patience=None)
    step("small network", "network")
    step("larger batches", "batch_size")
    step("augmentation", "rotation", "zoom", "shear", "shift")
    step("label smoothing", "label_smoothing")
    step("quick", "ema_momentum")
    return steps | {"best": RECIPES["best"]}


def run(name: str, seed: int, folder: Path) -> None:
    """Train once in a process of its own, unless that run is there; notes its peak memory."""
    memory_file = folder / "peak_memory_mb.txt"
    if (folder / "metrics.json").exists() and memory_file.exists():
        return
    command = [sys.executable, __file__, "--train", name, "--seeds", str(seed), "--out", str(folder)]
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{name}, seed {seed}: training stopped with exit code {process.returncode}")
    memory_file.write_text(f"{usage.ru_maxrss / 1024:.0f}\n", encoding="utf-8")


def measures(folder: Path) -> dict:
    """What is kept of one run; seconds to the goal end with the first epoch that reaches it, None where none does."""
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    seconds, accuracy = metrics["history"]["seconds"], np.array(metrics["history"]["val_accuracy"])
    reached = np.flatnonzero(accuracy >= GOAL)
    values = (
        float(np.mean(seconds)),
        float(np.sum(seconds[: reached[0] + 1])) if len(reached) else None,
        metrics["train_seconds"],
        100 * metrics["validation_accuracy"],
        100 * metrics["test_accuracy"],
        float((folder / "peak_memory_mb.txt").read_text(encoding="utf-8")),
    )
    kept = {name: metrics[name] for name in ("seed", "epochs", "recipe", "versions")}
    return kept | {name: value and round(value, 3) for name, value in zip(PER_RUN, values, strict=True)}


def collect(folder: Path) -> dict:
    """All finished runs in the folder, by recipe in the order of `recipes`, with the size of its network."""
    from mnist_utils import networks

    table = {}
    for name, recipe in recipes().items():
        runs = [measures(file.parent) for file in sorted(folder.glob(f"{name}-[0-9]*/peak_memory_mb.txt"))]
        if runs:
            layers = networks.layer_table(networks.build(recipe.network))
            sizes = {key: sum(layer[key] for layer in layers) for key in ("parameters", "multiply_adds")}
            table[name] = sizes | {"runs": runs}
    return table


def as_text(table: dict) -> str:
    """A line for each recipe, mean and standard deviation over its seeds, and one of ratios to the first recipe."""
    names = "".join(f"{name:>17}" for name in PER_RUN)
    lines, first = [f"{'recipe':16}{'seeds':>6}{'parameters':>12}{'multiply-adds':>15}{names}"], None
    for recipe, entry in table.items():
        means, cells = {}, ""
        for name in PER_RUN:
            values = [run[name] for run in entry["runs"]]
            known = [value for value in values if value is not None]
            means[name] = np.mean(known) if len(known) == len(values) else np.nan
            spread = np.std(known, ddof=1) if len(known) > 1 else np.nan
            cells += f"{means[name]:9.2f} +-{spread:5.2f}"
        lines.append(f"{recipe:16}{len(entry['runs']):6}{entry['parameters']:12,}{entry['multiply_adds']:15,}{cells}")
        if first:
            lines.append(f"{'  to classic':49}" + "".join(f"{means[name] / first[name]:17.3f}" for name in PER_RUN))
        first = first or means
    goal = f"s to goal: until the first epoch with {GOAL:.2%} of the validation images right. "
    goal += "nan: not reached by every seed, or not timed because other work ran meanwhile."
    return "\n".join([*lines, goal])


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", nargs="+", default=["classic", "quick"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("runs/benchmark"))
    parser.add_argument("--store", action="store_true", help="write the two files beside this script")
    parser.add_argument("--train", help=argparse.SUPPRESS)  # one recipe with one seed, in a process of its own
    options = parser.parse_args()
    if options.train:
        from mnist_utils.training import train

        train(recipes()[options.train], seed=options.seeds, out=options.out, progress="none")
        return
    for seed in range(options.seeds):  # recipes alternate, so that a machine that slows down slows all
        for name in options.runs:
            run(name, seed, options.out / f"{name}-{seed}")
            print(f"{name}, seed {seed}: done", flush=True)
    table = collect(options.out)
    print(as_text(table))
    if options.store:
        STORED.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
        STORED.with_suffix(".txt").write_text(as_text(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
