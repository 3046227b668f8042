"""Measure how long each notebook runs and how much memory its kernel needs, on Linux.

    python tests/benchmarks/notebooks.py [03 05 ...]

Nothing is stored; what was measured on two idle cores is kept in notebooks.txt beside this script.
"""

import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


def measure(path: Path) -> tuple[float, float]:
    """Run a notebook: the seconds, with the start of its kernel, and the most memory that the kernel held, in MB."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=1200, kernel_name="python3", resources={"metadata": {"path": NOTEBOOKS}})
    start = time.perf_counter()
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
        seconds = time.perf_counter() - start
        status = Path(f"/proc/{client.km.provisioner.pid}/status").read_text(encoding="utf-8")
    return seconds, int(PEAK.search(status)[1]) / 1000


def main() -> None:
    os.environ["MNIST_RUNS"] = tempfile.mkdtemp()
    print(f"{'notebook':<30}{'seconds':>8}{'MB':>8}")
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if path.name[:2] in (sys.argv[1:] or path.name[:2]):
            seconds, peak = measure(path)
            print(f"{path.name:<30}{seconds:>8.0f}{peak:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
