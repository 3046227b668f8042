"""Run notebooks of the course and store what they show: python tests/notebooks/store.py [03 05 ...], or all.

The alternative text of a figure stands in its cell's metadata, as "alt", and is copied to the figure.
"""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def run(notebook: NotebookNode) -> None:
    """Run all cells in a kernel that knows no trainings of one's own; an error ends it."""
    with tempfile.TemporaryDirectory() as runs:
        os.environ["MNIST_RUNS"] = runs
        options = {"timeout": 1200, "record_timing": False, "store_widget_state": False, "coalesce_streams": True}
        NotebookClient(
            notebook, kernel_name="python3", **options, resources={"metadata": {"path": NOTEBOOKS}}
        ).execute()


def figures(cell: NotebookNode) -> list[NotebookNode]:
    """The outputs of a cell that are pictures."""
    return [output for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]


def describe(notebook: NotebookNode) -> None:
    """Give each figure the alternative text of its cell; widgets have one of their own."""
    for cell in notebook.cells:
        for figure in figures(cell) if "alt" in cell.metadata else []:
            figure.metadata["image/png"] = {"alt": cell.metadata["alt"]}


def keep_least_metadata(notebook: NotebookNode) -> None:
    """Leave out what differs from one machine to the next."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)


def main(numbers: list[str]) -> None:
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in [path for path in paths if not numbers or path.name[:2] in numbers]:
        notebook = nbformat.read(path, as_version=4)
        run(notebook)
        describe(notebook)
        keep_least_metadata(notebook)
        nbformat.write(notebook, path)
        print(path.name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
