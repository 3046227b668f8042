"""nbval compares the notebooks' outputs for real: with the project's own options, one altered output makes it red."""

import copy
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
COURSE = ROOT / "notebooks" / "01_explore_the_data.ipynb"


def faults(settings: dict) -> list[str]:
    """What keeps these pytest settings from running all tests, and the notebooks in nbval's strict mode."""
    options, paths = shlex.split(settings.get("addopts", "")), settings.get("testpaths", [])
    found = [f"addopts has no {option}" for option in ("--nbval", "--nbval-current-env") if option not in options]
    found += ["addopts has --nbval-lax"] if "--nbval-lax" in options else []
    return found + [f"testpaths has no {path}" for path in ("tests", "notebooks") if path not in paths]


def test_project_settings_are_strict():
    assert faults(SETTINGS) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"addopts": "--nbval-lax --nbval-current-env"},
        {"addopts": "--nbval --nbval-lax --nbval-current-env"},
        {"addopts": "--nbval"},
        {"addopts": ""},
        {"testpaths": ["tests"]},
        {"testpaths": ["notebooks"]},
    ],
    ids=str,
)
def test_other_settings_are_noticed(changed):
    good = {"addopts": "--nbval --nbval-current-env --nbval-cell-timeout=900", "testpaths": ["tests", "notebooks"]}
    assert faults(good) == []
    assert faults(good | changed) != []


def altered(notebook: NotebookNode, cell: int) -> NotebookNode:
    """Copy a notebook, with another text in the first output of one code cell."""
    other = copy.deepcopy(notebook)
    output = other.cells[cell].outputs[0]
    holder, key = (output, "text") if output.output_type == "stream" else (output.data, "text/plain")
    holder[key] = holder[key][:-1] + "?"
    assert other != notebook
    return other


@pytest.fixture(scope="module")
def small() -> NotebookNode:
    """A notebook of three code cells with the outputs of a real run: none, printed text, and a result."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in ("x = 2", "print('two is', x)", "x * 21")])
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    return notebook


@pytest.fixture(scope="module")
def course() -> NotebookNode:
    """The code cells of the course's first notebook, as stored, up to the first that has a text output."""
    notebook = nbformat.read(COURSE, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    kinds = [[output.output_type for output in cell.outputs[:1]] for cell in cells]
    last = next(number for number, kind in enumerate(kinds) if kind in (["stream"], ["execute_result"]))
    notebook.cells = cells[: last + 1]
    return notebook


@pytest.fixture(scope="module")
def outcomes(small, course, tmp_path_factory) -> dict[str, list[str]]:
    """Run pytest with the project's options on notebooks as stored and altered: each one's cells, in order."""
    folder = tmp_path_factory.mktemp("nbval")
    (folder / "pytest.ini").write_text("[pytest]\n")
    notebooks = {
        "small": small,
        "small_print": altered(small, 1),
        "small_result": altered(small, 2),
        "course": course,
        "course_altered": altered(course, -1),
    }
    for name, notebook in notebooks.items():
        nbformat.write(notebook, folder / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "-c", "pytest.ini", "--rootdir=."]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    run = subprocess.run(
        [*command, *shlex.split(SETTINGS["addopts"])],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
    found = {name: {} for name in notebooks}
    for outcome, name, cell in re.findall(r"^(PASSED|FAILED|ERROR) (\w+)\.ipynb::Cell (\d+)", run.stdout, re.M):
        found[name][int(cell)] = outcome.lower()
    results = {name: [cells[number] for number in sorted(cells)] for name, cells in found.items()}
    assert all(results.values()), run.stdout + run.stderr
    return results


def test_small_notebook_is_green_as_stored(outcomes):
    assert outcomes["small"] == ["passed"] * 3


@pytest.mark.parametrize("name, number", [("small_print", 1), ("small_result", 2)])
def test_small_notebook_is_red_where_an_output_is_altered(outcomes, name, number):
    assert outcomes[name] == ["failed" if cell == number else "passed" for cell in range(3)]


def test_course_notebook_is_green_as_stored(outcomes, course):
    assert outcomes["course"] == ["passed"] * len(course.cells)


def test_course_notebook_is_red_where_an_output_is_altered(outcomes, course):
    assert outcomes["course_altered"] == ["passed"] * (len(course.cells) - 1) + ["failed"]
