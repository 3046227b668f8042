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

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
COURSE = ROOT / "notebooks" / "01_explore_the_data.ipynb"


def test_project_settings_are_strict():
    options = shlex.split(SETTINGS["addopts"])
    assert {"--nbval", "--nbval-current-env"} <= set(options)
    assert "--nbval-lax" not in options
    assert {"tests", "notebooks"} <= set(SETTINGS["testpaths"])


@pytest.mark.slow
def test_one_altered_output_is_red_and_its_cell_is_named(tmp_path):
    stored = nbformat.read(COURSE, as_version=4)
    cells = [cell for cell in stored.cells if cell.cell_type == "code"]
    last = next(number for number, cell in enumerate(cells) if cell.outputs[:1] and "text" in cell.outputs[0])
    stored.cells = cells[: last + 1]
    altered = copy.deepcopy(stored)
    altered.cells[last].outputs[0].text += "?"
    for name, notebook in (("stored", stored), ("altered", altered)):
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "-c", "pytest.ini", "--rootdir=."]
    run = subprocess.run(
        [*command, *shlex.split(SETTINGS["addopts"])],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
    found = re.findall(r"^(PASSED|FAILED|ERROR) (\w+)\.ipynb::Cell (\d+)", run.stdout, re.MULTILINE)
    before = [("PASSED", name, str(cell)) for name in ("stored", "altered") for cell in range(last)]
    assert sorted(found) == sorted([*before, ("PASSED", "stored", str(last)), ("FAILED", "altered", str(last))])
