"""Put the cell that gets the course, where it is not installed, into each notebook as its first code cell.

    python tests/notebooks/first_cell.py

Colab opens a notebook alone, without the course. Where the course is installed, the cell does and shows nothing. The
repository's address stands in one place, pyproject.toml:

    [project.urls]
    Repository = "https://..."

Without it, .github/workflows/docs.yml does this for a branch of its own, where the address is that of the workflow.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "docs"))
import repository  # noqa: E402

ID = "first-cell"
SOURCE = """\
# Where the course is not installed, as on Colab, this gets it from its repository.
import importlib.util

if importlib.util.find_spec("mnist_utils") is None:
    %pip install -q git+{address}
    importlib.invalidate_caches()"""


def address() -> str:
    """The repository's address; a ValueError where there is none."""
    found = repository.address(ROOT)
    if not found:
        raise ValueError('pyproject.toml must say where the course is: [project.urls], Repository = "https://...".')
    return found


def insert(notebook: NotebookNode, address: str) -> None:
    """Put the cell behind the opening, in place of an earlier one; code cells are counted anew, as if all had run.

    Colab has no file beside the notebook, so what notebooks show and lead to is then that of the web edition.
    """
    if pages := repository.pages(address):
        for each in (each for each in notebook.cells if each.cell_type == "markdown"):
            each.source = re.sub(r"\]\(figures/", f"]({pages}notebooks/figures/", each.source)
            each.source = re.sub(r"\]\((\d\d_\w+)\.ipynb", rf"]({pages}notebooks/\1.html", each.source)
    cell = new_code_cell(SOURCE.format(address=address), id=ID)
    notebook.cells = [each for each in notebook.cells if each.id != ID]
    notebook.cells.insert(1, cell)
    for count, each in enumerate((each for each in notebook.cells if each.cell_type == "code"), 1):
        each.execution_count = count
        for output in each.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count


def main() -> None:
    found = address()
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        insert(notebook, found)
        nbformat.write(notebook, path)
        print(path.name)


if __name__ == "__main__":
    main()
