"""pyproject.toml, constraints.txt, environment.yml, README.md and .ci/run say the same; the code keeps its style."""

import importlib.metadata
import itertools
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mnist_utils.evaluation import wilson_interval
from mnist_utils.training.handwriting import FONTS

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = SETTINGS["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


def pins() -> dict[str, str]:
    """Name and version of each line of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), f"constraints.txt: {line!r} is no name==version"
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def requirements() -> list[Requirement]:
    """Requirements of the project and all its extras, as pyproject.toml lists them."""
    listed = [*PROJECT["dependencies"], *itertools.chain(*PROJECT["optional-dependencies"].values())]
    return [Requirement(text) for text in listed]


def installed_requirements(roots: list[Requirement]) -> dict[str, str]:
    """Name and version of all that is installed here because of some requirements, transitive ones included."""
    found, waiting = {}, list(roots)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # of an extra that is not installed here
        if name not in found:
            found[name] = package.version
            children = map(Requirement, package.requires or [])
            waiting += [c for c in children if not c.marker or any(c.marker.evaluate({"extra": e}) for e in extras)]
    return found


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_each_dependency_is_pinned_to_a_version_that_pyproject_allows(requirement):
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


def test_every_installed_package_has_the_pinned_version():
    installed = installed_requirements(requirements())
    assert len(installed) > 100
    assert installed == {name: pins().get(name) for name in installed}


def test_the_checksums_are_those_of_the_pinned_versions():
    text = (ROOT / "requirements-hashed.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines:
        match = re.fullmatch(r"([\w.-]+)==(\S+)( ; [^-]+?)?((?: +--hash=sha256:[0-9a-f]{64})+) *", line)
        assert match, line
        found[canonicalize_name(match[1])] = match[2]
    assert found.items() <= pins().items()
    assert {canonicalize_name(requirement.name) for requirement in requirements()} <= set(found)


def test_nothing_is_installed_that_nothing_imports():
    modules = {}  # of each distribution
    for module, names in importlib.metadata.packages_distributions().items():
        for name in names:
            modules.setdefault(canonicalize_name(name), set()).add(module)
    files = [file for folder in ("mnist_utils", "tests", "docs") for file in (ROOT / folder).rglob("*.py")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE))
    # What is started, not imported: by the README's commands, by tests, by docs/conf.py, or by pytest as a plug-in.
    started = {"jupyterlab", "voila", "notebook", "ruff", "mypy", "myst-nb", "furo"}
    names = {canonicalize_name(requirement.name) for requirement in requirements()} & set(modules)
    assert [name for name in sorted(names - started) if not modules[name] & imported] == []


def test_every_file_beside_the_code_is_installed_with_it():
    folder, listed = ROOT / "mnist_utils", SETTINGS["tool"]["setuptools"]["package-data"]
    rooms = {package: ROOT.joinpath(*package.split(".")) for package in listed}
    installed = {file for package in listed for pattern in listed[package] for file in rooms[package].glob(pattern)}
    files = {file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts}
    assert {file for file in files - installed if file.suffix != ".py"} == set()


def test_environment_takes_python_from_conda_forge_and_the_rest_through_pip():
    python, pip, through_pip = ENVIRONMENT["dependencies"]
    assert ENVIRONMENT["channels"] == ["conda-forge"]
    assert Requirement("python" + PROJECT["requires-python"]).specifier.contains(python.split("=")[1])
    assert pip == "pip"
    assert through_pip["pip"][0] == "-c constraints.txt"
    editable = re.fullmatch(r"-e \.\[(.+)\]", through_pip["pip"][1])
    assert set(editable[1].split(",")) == set(PROJECT["optional-dependencies"])
    assert len(through_pip["pip"]) == 2


@pytest.mark.skipif("CI" not in os.environ, reason="downloads every package once more; set CI=true to run it")
@pytest.mark.slow
def test_what_environment_yml_installs_through_pip_works_in_a_fresh_environment(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path], check=True)
    arguments = [word for line in ENVIRONMENT["dependencies"][-1]["pip"] for word in line.split()]
    python = tmp_path / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *arguments], cwd=ROOT, check=True)
    subprocess.run([python, "-m", "pip", "check"], check=True)
    listed = subprocess.run([python, "-m", "pip", "freeze", "--exclude-editable"], capture_output=True, text=True)
    fresh = dict(line.split("==") for line in listed.stdout.split())
    assert {canonicalize_name(name): version for name, version in fresh.items()}.items() <= pins().items()
    program = "import mnist_utils; mnist_utils.load_classifier(); mnist_utils.DigitPad"
    subprocess.run([python, "-c", program], cwd=tmp_path, check=True)


def test_readme_has_one_test_command_and_ci_takes_it_from_there():
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert len(commands) == 2
    assert all("-c constraints.txt" in command for command in commands)
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -m 1 '(.+)' ", script)[1]
    assert re.findall(pattern, README, re.MULTILINE) == [commands[1]]
    assert "pip install" not in script
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["test"]["steps"][-1] == {"run": "bash .ci/run"}


def test_readme_links_to_files_that_exist():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert len(links) >= 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_licence_of_mnist_is_said_beside_the_data_and_in_the_readme():
    for file in (ROOT / "README.md", ROOT / "mnist_utils" / "assets" / "README.md"):
        words = " ".join(file.read_text(encoding="utf-8").split())
        assert all(name in words for name in ("LeCun", "Cortes", "Burges", "CC BY-SA 3.0")), file


def test_the_readme_says_whose_digits_and_letters_the_notebooks_show_besides_mnists():
    said = " ".join(README.split("## Licences")[1].split())
    numbers, shown = re.search(r"Notebooks ([\d and]+) show (.+)$", said).groups()
    cells = {file.name[:2]: file.read_text(encoding="utf-8") for file in (ROOT / "notebooks").glob("*.ipynb")}
    for source, sign in (
        ("scikit-learn", r"load_digits|/10\.24432/C50P49"),
        ("Matplotlib", r"printed_letters|STIXGen"),
    ):
        assert source in shown
        assert sorted(number for number, text in cells.items() if re.search(sign, text)) == numbers.split(" and ")
    families = {"DejaVu": "DejaVu", "STIX": "STIX", "cmr": "Computer Modern"}
    assert [font for font in FONTS if families[re.match("DejaVu|STIX|cmr", font)[0]] not in shown] == []
    assert [name for name in ("200 drawings", "Alpaydin and Kaynak", "measuring only") if name not in said] == []


@pytest.mark.parametrize("command", ["ruff check .", "ruff format --check .", "mypy"])
def test_linters_and_type_checker_find_nothing(command):
    run = subprocess.run([sys.executable, "-m", *command.split()], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_what_is_checked_before_a_commit_is_what_is_checked_here():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    assert {hook["entry"] for hook in hooks} == {"ruff check", "ruff format", "mypy"}


def test_the_readme_quotes_the_shipped_models_accuracy_from_its_metrics():
    metrics = json.loads((ROOT / "mnist_utils" / "assets" / "best" / "metrics.json").read_text(encoding="utf-8"))
    words = " ".join(README.split())
    assert f"comes with this course reads {metrics['test_accuracy']:.2%} of the test images" in words


@pytest.mark.parametrize(
    ("row", "model"), [("mine", "mine"), ("quick", "quick"), ("best", "best"), ("the", "ensemble")]
)
def test_the_readme_has_each_models_accuracy_with_its_interval(row, model):
    metrics = json.loads((ROOT / "mnist_utils" / "assets" / model / "metrics.json").read_text(encoding="utf-8"))
    right = round(10_000 * metrics["test_accuracy"])
    low, high = (100 * end for end in wilson_interval(right, 10_000))
    line = re.search(rf"^\| `?{row}\b.*$", README, re.MULTILINE)[0]
    assert f"| {right / 100:.2f} ({low:.2f} to {high:.2f}) |" in line


@pytest.mark.parametrize(
    ("row", "stored"), [("best", "shipped"), ("the", "ensemble"), ("quick", "quick"), ("mine", "mine")]
)
def test_the_readme_has_the_intervals_on_pen_strokes(row, stored):
    measured = (ROOT / "tests" / "benchmarks" / "ink.txt").read_text(encoding="utf-8")
    right, interval = re.search(rf"^{stored} +([\d.]+)% +([\d.]+% to [\d.]+%)", measured, re.MULTILINE).groups()
    line = re.search(rf"^\| `?{row}\b.*$", README, re.MULTILINE)[0]
    assert f"| {right} ({interval.replace('%', '')}) of UJI's 1,200 |" in line


@pytest.mark.parametrize(
    ("row", "stored"), [("best", ""), ("the", ", ensemble"), ("quick", ", quick"), ("mine", ", mine")]
)
def test_the_readme_has_the_intervals_on_real_pictures(row, stored):
    measured = (ROOT / "tests" / "benchmarks" / "real_photos.txt").read_text(encoding="utf-8")
    right, low, high = re.search(
        rf"^one digit{stored} +1233 +([\d.]+)% +([\d.]+)% to ([\d.]+)%", measured, re.M
    ).groups()
    line = re.search(rf"^\| `?{row}\b.*$", README, re.MULTILINE)[0]
    assert line.endswith(f"| {right} ({low} to {high}) |")


def test_the_readme_quotes_the_stored_accuracy_on_pen_strokes():
    stored = (ROOT / "tests" / "benchmarks" / "ink.txt").read_text(encoding="utf-8")
    count = re.search(r"errors +of ([\d,]+)$", stored, re.MULTILINE)[1]
    accuracy = re.search(r"^shipped +([\d.]+%)", stored, re.MULTILINE)[1]
    assert f"{accuracy} of {count} digits that people wrote with a pen" in " ".join(README.split())


def test_the_readme_quotes_what_is_stored_of_real_pictures():
    stored = (ROOT / "tests" / "benchmarks" / "real_photos.txt").read_text(encoding="utf-8")
    row = re.search(r"^one digit +(\d+) +([\d.]+%) +([\d.]+% to [\d.]+%) +\d+% +(\d+)$", stored, re.MULTILINE)
    count, right, interval, wrong = row.groups()
    words = " ".join(README.split())
    assert f"Of {int(count):,} real pictures of one digit" in words
    assert f"it reads {right} (95% interval {interval}); of the answers that it was 90% sure of" in words
    assert f"90% sure of or more, {wrong} was wrong (`tests" in words
