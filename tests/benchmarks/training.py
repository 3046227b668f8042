"""Train recipes in turn, each seed of each in a process of its own, and print how they compare.

    python tests/benchmarks/training.py [--recipes classic quick] [--seeds 5] [--out FOLDER]

Run nothing else meanwhile. Runs that are done already in FOLDER are not repeated, and one that was interrupted
goes on, so the table can grow over several sessions. It is written to FOLDER/table.txt.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

GOAL = 0.9916  # validation accuracy that the time to it is measured for


def run(recipe: str, seed: int, folder: Path) -> dict:
    """Train once, or take a run that is there; gives its metrics, with the peak memory in MB."""
    memory_file = folder / "peak_memory_mb.txt"
    if not (folder / "metrics.json").exists() or not memory_file.exists():
        command = [sys.executable, "-m", "mnist_utils", "train", "--recipe", recipe, "--seed", str(seed)]
        process = subprocess.Popen([*command, "--out", folder, "--quiet"])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{recipe}, seed {seed}: training stopped with exit code {process.returncode}")
        memory_file.write_text(f"{usage.ru_maxrss / 1024:.0f}\n")
    return json.loads((folder / "metrics.json").read_text()) | {"peak_memory_mb": float(memory_file.read_text())}


def seconds_to_goal(metrics: dict) -> float:
    """Seconds of training until the end of the first epoch that reaches the goal; NaN where none does."""
    history = metrics["history"]
    reached = np.flatnonzero(np.array(history["val_accuracy"]) >= GOAL)
    return float(np.sum(history["seconds"][: reached[0] + 1])) if len(reached) else np.nan


def measures(metrics: dict) -> dict:
    """What the table shows of one run."""
    return {
        "s/epoch": np.mean(metrics["history"]["seconds"]),
        f"s to {GOAL:.2%}": seconds_to_goal(metrics),
        "s total": metrics["train_seconds"],
        "test %": 100 * metrics["test_accuracy"],
        "peak MB": metrics["peak_memory_mb"],
    }


def table(runs: dict[str, list[dict]]) -> str:
    """A line for each recipe, mean and standard deviation over its seeds, and one of ratios against the first."""
    from mnist_utils import networks

    lines, first = [], None
    for recipe, all_metrics in runs.items():
        model = networks.build(all_metrics[0]["recipe"]["network"])
        multiply_adds = sum(row["multiply_adds"] for row in networks.layer_table(model))
        columns = {name: [measures(metrics)[name] for metrics in all_metrics] for name in measures(all_metrics[0])}
        means = {name: float(np.mean(values)) for name, values in columns.items()}
        if first is None:
            first = means
            names = "".join(f"{name:>18}" for name in means)
            lines.append(f"{'recipe':10}{'seeds':>6}{'parameters':>12}{'multiply-adds':>15}{names}")
        cells = "".join(f"{means[name]:10.2f} +-{np.std(values):5.2f}" for name, values in columns.items())
        lines.append(f"{recipe:10}{len(all_metrics):6}{model.count_params():12,}{multiply_adds:15,}{cells}")
        if means is not first:
            ratios = "".join(f"{means[name] / first[name]:18.3f}" for name in means)
            lines.append(f"{'  to ' + next(iter(runs)):43}{ratios}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipes", nargs="+", default=["classic", "quick"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("runs/benchmark"))
    options = parser.parse_args()
    runs = {recipe: [] for recipe in options.recipes}
    for seed in range(options.seeds):  # recipes alternate, so that a machine that slows down slows all
        for recipe in options.recipes:
            runs[recipe].append(run(recipe, seed, options.out / f"{recipe}-{seed}"))
            print(f"{recipe}, seed {seed}: {runs[recipe][-1]['test_accuracy']:.2%}", flush=True)
    result = table(runs)
    (options.out / "table.txt").write_text(result + "\n")
    print(result)


if __name__ == "__main__":
    main()
