"""The cell that gets the course where it is missing, tried on a repository that stands in for it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import first_cell
import nbformat
import pytest
import repository  # where first_cell finds it, in docs
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]
# A Python that has IPython and pip and not the course: what a notebook on Colab finds.
WITHOUT_THE_COURSE = """
import sys
from pathlib import Path

sys.path[:] = [folder for folder in sys.path if not (Path(folder) / "mnist_utils").is_dir()]
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in repr(finder)]
sys.path.append(sys.argv[1])  # where pip installs to
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for source in (sys.argv[2], "import mnist_utils; print(mnist_utils.__file__)", "print('again')", sys.argv[2]):
    shell.run_cell(source).raise_error()
"""


@pytest.fixture
def stand_in(tmp_path):
    """The address of a repository whose package says nothing but that it is there."""
    folder = tmp_path / "repository"
    (folder / "mnist_utils").mkdir(parents=True)
    (folder / "mnist_utils" / "__init__.py").write_text('"""Stands in."""\n', encoding="utf-8")
    settings = '[project]\nname = "mnist-utils"\nversion = "0"\n[tool.setuptools]\npackages = ["mnist_utils"]\n'
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    author = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org")
    for command in (("init", "-q"), ("add", "."), (*author, "commit", "-q", "-m", "Stand in")):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder.as_uri()


@pytest.mark.skipif(not shutil.which("git"), reason="needs git, as pip does")
def test_the_cell_gets_the_course_where_it_is_missing_and_is_silent_where_it_is_not(stand_in, tmp_path):
    target = tmp_path / "installed"
    target.mkdir()
    alone = {"PIP_TARGET": str(target), "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "IPYTHONDIR": str(tmp_path)}
    arguments = [WITHOUT_THE_COURSE, target, first_cell.SOURCE.format(address=stand_in)]
    run = subprocess.run(
        [sys.executable, "-c", *map(str, arguments)], cwd=tmp_path, env={**os.environ, **alone}, capture_output=True
    )
    assert run.returncode == 0, run.stderr.decode()
    *_, where, again = run.stdout.decode().split("\n")[:-1]
    assert (Path(where), again) == (target / "mnist_utils" / "__init__.py", "again")  # and nothing behind it


def test_the_cell_stands_first_and_cells_are_counted_as_if_all_had_run():
    given = new_output("execute_result", data={"text/plain": "1"}, execution_count=1)
    cells = [new_markdown_cell("# A title"), new_code_cell("1", outputs=[given], execution_count=1)]
    notebook = new_notebook(cells=cells)
    for address in ("https://example.org/old", "https://example.org/new"):
        first_cell.insert(notebook, address)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code"]
    assert notebook.cells[1].source == first_cell.SOURCE.format(address="https://example.org/new")
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2]
    assert notebook.cells[2].outputs[0].execution_count == 2
    nbformat.validate(notebook)


@pytest.mark.parametrize("urls", ["", '[project.urls]\nDocumentation = "https://example.org"\n'])
def test_without_an_address_it_says_where_to_write_one(tmp_path, monkeypatch, urls):
    monkeypatch.setattr(first_cell, "ROOT", tmp_path)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "x"\n{urls}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"pyproject\.toml must say where the course is: \[project\.urls\]"):
        first_cell.main()


def test_the_address_is_taken_from_pyproject(tmp_path, monkeypatch):
    monkeypatch.setattr(first_cell, "ROOT", tmp_path)
    text = '[project]\nname = "x"\n[project.urls]\nRepository = "https://example.org/course"\n'
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    nbformat.write(new_notebook(cells=[new_markdown_cell("# A title")]), tmp_path / "notebooks" / "00.ipynb")
    first_cell.main()
    written = nbformat.read(tmp_path / "notebooks" / "00.ipynb", as_version=4)
    assert written.cells[1].source.endswith("git+https://example.org/course\n    importlib.invalidate_caches()")


def test_where_no_address_is_written_it_is_that_of_the_workflow_that_asks(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    monkeypatch.setenv("GITHUB_REPOSITORY", "an-owner/a.course")
    assert repository.address(tmp_path) == "https://github.com/an-owner/a.course"


def test_a_notebook_of_a_repository_on_github_is_opened_in_binder_and_colab():
    links = repository.ways_in("02.ipynb", "https://github.com/an-owner/a.course")
    assert re.findall(r"\]\((.+?)\)", links) == [
        "https://mybinder.org/v2/gh/an-owner/a.course/HEAD?urlpath=lab/tree/notebooks/02.ipynb",
        "https://colab.research.google.com/github/an-owner/a.course/blob/colab/notebooks/02.ipynb",
    ]
    assert repository.ways_in("02.ipynb", "https://example.org/course") == repository.ways_in("02.ipynb", "") == ""


def test_pictures_and_other_notebooks_are_those_of_the_web_edition():
    cell = new_markdown_cell("![A digit](figures/a.svg) and [02](02_build_the_cnn.ipynb#One-unit), [a](b.ipynb)")
    notebook = new_notebook(cells=[new_markdown_cell("# A title"), cell])
    first_cell.insert(notebook, "https://github.com/An-Owner/a.course")
    there = "https://an-owner.github.io/a.course/notebooks"
    expected = f"![A digit]({there}/figures/a.svg) and [02]({there}/02_build_the_cnn.html#One-unit), [a](b.ipynb)"
    assert notebook.cells[2].source == expected
    assert (repository.pages("https://example.org/course"), repository.pages("")) == ("", "")


def test_the_branch_for_colab_is_the_one_that_the_workflow_pushes():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "docs.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["colab"]
    assert job["permissions"] == {"contents": "write"}
    assert job["steps"][-1]["run"] == f"git push -q --force origin HEAD:{repository.COLAB}"
    assert {"run": "python tests/notebooks/first_cell.py"} in job["steps"]


def test_the_cell_keeps_to_the_notebooks_width_and_length():
    lines = first_cell.SOURCE.format(address="https://example.org/an-owner/a-repository").splitlines()
    assert len(lines) <= 15
    assert max(map(len, lines)) <= 88
