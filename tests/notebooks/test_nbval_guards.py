"""nbval compares the notebooks' outputs for real: with the project's own options, one altered output makes it red."""

import copy
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
COURSE = ROOT / "notebooks" / "01_explore_the_data.ipynb"
SANITISING = Path("tests/notebooks/sanitize.cfg")


@pytest.fixture
def nbval_on(tmp_path):
    """A function that runs notebooks, given by name, with the project's options: (outcome, name, number of a cell)."""

    def run(**notebooks: nbformat.NotebookNode) -> list[tuple[str, str, str]]:
        for name, notebook in notebooks.items():
            nbformat.write(notebook, tmp_path / f"{name}.ipynb")
        (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow\n", encoding="utf-8")
        (tmp_path / SANITISING).parent.mkdir(parents=True)
        shutil.copy(ROOT / SANITISING, tmp_path / SANITISING)
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "-c", "pytest.ini", "--rootdir=."]
        done = subprocess.run(
            [*command, *shlex.split(SETTINGS["addopts"])],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
        )
        return sorted(re.findall(r"^(PASSED|FAILED|ERROR) (\w+)\.ipynb::Cell (\d+)", done.stdout, re.MULTILINE))

    return run


def test_project_settings_are_strict():
    options = shlex.split(SETTINGS["addopts"])
    assert {"--nbval", "--nbval-current-env", f"--nbval-sanitize-with={SANITISING.as_posix()}"} <= set(options)
    assert "--nbval-lax" not in options
    assert {"tests", "notebooks"} <= set(SETTINGS["testpaths"])


@pytest.mark.slow
def test_one_altered_output_is_red_and_its_cell_is_named(nbval_on):
    stored = nbformat.read(COURSE, as_version=4)
    cells = [cell for cell in stored.cells if cell.cell_type == "code"]
    last = next(number for number, cell in enumerate(cells) if cell.outputs[:1] and "text" in cell.outputs[0])
    stored.cells = cells[: last + 1]
    altered = copy.deepcopy(stored)
    altered.cells[last].outputs[0].text += "?"
    found = nbval_on(stored=stored, altered=altered)
    before = [("PASSED", name, str(cell)) for name in ("stored", "altered") for cell in range(last)]
    assert found == sorted([*before, ("PASSED", "stored", str(last)), ("FAILED", "altered", str(last))])


@pytest.mark.slow
def test_only_the_number_after_about_may_differ(nbval_on):
    printed = 'print("12 images, about 592 of 6,000 right (about 9.9%), a change of about -0.5")'
    stored = {
        "PASSED": ["12 images, about 1,604 of 6,000 right (about 26.7%), a change of about 0.25"],
        "FAILED": [
            "13 images, about 592 of 6,000 right (about 9.9%), a change of about -0.5",
            "12 images, about 592 of 6,001 right (about 9.9%), a change of about -0.5",
            "12 images, about 592 of 6,000 wrong (about 9.9%), a change of about -0.5",
            "12 images, about 592 of 6,000 right (about 9.9), a change of about -0.5",
            "12 images, 592 of 6,000 right (about 9.9%), a change of about -0.5",
        ],
    }
    cells = [
        (outcome, new_code_cell(printed, outputs=[new_output("stream", name="stdout", text=f"{text}\n")]))
        for outcome, texts in stored.items()
        for text in texts
    ]
    for count, (_, cell) in enumerate(cells, 1):
        cell.execution_count = count
    found = nbval_on(abouts=new_notebook(cells=[cell for _, cell in cells]))
    assert found == sorted((outcome, "abouts", str(number)) for number, (outcome, _) in enumerate(cells))
