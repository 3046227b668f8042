"""The check of the environment: one sentence each, the same wherever all is well, and each fault with its remedy."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from mnist_utils import data, environment
from mnist_utils.environment import check_environment

HEALTHY = """\
Python: The course needs version 3.11 to 3.13, and yours is one of them.
Packages: All that the course needs are installed, in versions that it works with.
Memory: At least 2 GB are free, enough for every notebook.
Data: The 70,000 digits are here, and not a byte of them has changed.
Folder: What you draw and train can be saved here.
Widgets: JupyterLab can show the pad and the sliders.
All is well. You can start.
"""
INSTALL = "In a terminal, in the folder of the course, run: pip install -c constraints.txt -e ."
ROOT = environment.ROOT


@pytest.fixture
def fault(capsys):
    """A function that gives the sentence of the only fault that is found; all the others say what they always say."""

    def look() -> str:
        check_environment()
        *lines, last = capsys.readouterr().out.splitlines()
        *healthy, _ = HEALTHY.splitlines()
        wrong = [line for line in lines if line not in healthy]
        assert len(lines) == len(healthy)
        assert len(wrong) == 1
        assert "Remedy: " in wrong[0]
        assert last.startswith("1 fault was found. Follow the remedy")
        return wrong[0]

    return look


@pytest.fixture
def checkout(monkeypatch, tmp_path):
    """A checkout of its own, whose files a test may change: a function that replaces some text in one of them."""
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(environment, "ROOT", tmp_path)

    def replace(name: str, old: str, new: str) -> None:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")

    return replace


@pytest.fixture
def installed_alone(monkeypatch, tmp_path):
    """The package as if it was installed without the course: a function that says what its metadata require."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)

    def require(*requirements: str) -> None:
        metadata(
            tmp_path,
            "mnist-utils",
            "0.1.0",
            "Requires-Python: <3.14,>=3.11",
            *map("Requires-Dist: {}".format, requirements),
        )
        monkeypatch.syspath_prepend(tmp_path)

    return require


def metadata(folder: Path, name: str, version: str, *lines: str) -> None:
    """Write what says that a package is installed in a folder."""
    made = folder / f"{name.replace('-', '_')}-{version}.dist-info" / "METADATA"
    made.parent.mkdir(parents=True)
    head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    made.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")


def test_a_healthy_computer_is_told_so_in_words_that_are_the_same_everywhere(capsys):
    check_environment()
    assert capsys.readouterr().out == HEALTHY


def test_a_copy_without_the_course_is_told_the_same(capsys, installed_alone):
    installed_alone("numpy>=2", 'voila>=99; extra == "app"', 'pywinpty>=99; sys_platform == "nowhere"')
    check_environment()
    assert capsys.readouterr().out == HEALTHY


@pytest.mark.parametrize("version", ["3.10.14", "3.14.0", "2.7.18", "4.0.0"])
def test_another_python(fault, monkeypatch, version):
    monkeypatch.setattr(environment.platform, "python_version_tuple", lambda: tuple(version.split(".")))
    said = fault()
    major_minor = version.rpartition(".")[0]
    assert said.startswith(
        f"Python: This is Python {major_minor}, and the course needs 3.11 to 3.13. Remedy: Install one"
    )


@pytest.mark.parametrize("version", ["3.11.0", "3.13.9"])
def test_the_first_and_the_last_python_are_fine(capsys, monkeypatch, version):
    monkeypatch.setattr(environment.platform, "python_version_tuple", lambda: tuple(version.split(".")))
    check_environment()
    assert capsys.readouterr().out == HEALTHY


def test_the_versions_of_python_are_those_of_pyproject(checkout, fault):
    checkout("pyproject.toml", ">=3.11,<3.14", ">=3.94,<3.96")
    assert "the course needs 3.94 to 3.95." in fault()


def test_the_versions_of_python_are_those_of_the_installed_package(fault, monkeypatch, installed_alone):
    installed_alone("numpy>=2")
    monkeypatch.setattr(environment.platform, "python_version_tuple", lambda: ("3", "10", "1"))
    assert "the course needs 3.11 to 3.13." in fault()


def test_a_package_that_is_not_installed(checkout, fault):
    checkout("pyproject.toml", '"numpy>=2"', '"numpy>=2", "no-such-package>=1"')
    assert fault() == f"Packages: Not installed: no-such-package. Remedy: {INSTALL}"


def test_what_a_package_needs_is_missing(fault, monkeypatch, tmp_path):
    metadata(tmp_path, "seaborn", importlib.metadata.version("seaborn"), "Requires-Dist: no-such-package")
    monkeypatch.syspath_prepend(tmp_path)
    assert fault() == f"Packages: Not installed: no-such-package. Remedy: {INSTALL}"


def test_what_an_extra_of_a_package_needs_is_missing(fault, monkeypatch, tmp_path):
    extra = 'Requires-Dist: no-such-package; extra == "fast"', 'Requires-Dist: nor-this; extra == "slow"'
    metadata(tmp_path, "seaborn", importlib.metadata.version("seaborn"), "Requires-Dist: joblib[fast]")
    metadata(tmp_path, "joblib", importlib.metadata.version("joblib"), *extra)
    monkeypatch.syspath_prepend(tmp_path)
    assert fault() == f"Packages: Not installed: no-such-package. Remedy: {INSTALL}"


def test_a_package_of_another_version_than_constraints_say(checkout, fault):
    now = importlib.metadata.version("numpy")
    checkout("constraints.txt", f"numpy=={now}", "numpy==2.999")
    other = f"numpy {now} instead of 2.999"
    assert fault() == f"Packages: The course is tested with other versions: {other}. Remedy: {INSTALL}"


def test_a_package_written_in_another_way_is_the_same(checkout, fault):
    now = importlib.metadata.version("jupyter_client")
    checkout("constraints.txt", f"jupyter_client=={now}", "Jupyter.Client==99.0")
    assert f"other versions: jupyter-client {now} instead of 99.0." in fault()


def test_an_old_package_where_there_is_no_checkout(fault, installed_alone):
    installed_alone("numpy>=2.999", "joblib>=0")
    now = importlib.metadata.version("numpy")
    said = fault()
    assert said.startswith(f"Packages: The course is tested with other versions: numpy {now} instead of >=2.999.")
    assert said.endswith('Remedy: In a terminal, run: pip install "numpy>=2.999"')


def test_many_packages_are_counted(checkout, fault):
    checkout("pyproject.toml", '"numpy>=2"', ", ".join(f'"no-such-package-{number}"' for number in range(7)))
    assert "no-such-package-2, no-such-package-3, 3 more." in fault()


def test_too_little_memory(fault, monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=0.9e9))
    said = fault()
    assert said.startswith(
        "Memory: Only about 0.9 GB are free, and training takes about 2. Remedy: Close other programs"
    )


def test_the_data_are_missing(fault, monkeypatch, tmp_path):
    monkeypatch.setattr(data, "MNIST_FILE", tmp_path / "mnist.npz")
    said = fault()
    assert said.startswith("Data: The file with the digits, mnist.npz, is missing. Remedy: ")
    assert "git checkout -- mnist_utils/assets/mnist.npz" in said


@pytest.mark.parametrize("end", [-1, None], ids=["truncated", "altered"])
def test_the_data_are_damaged(fault, monkeypatch, tmp_path, end):
    raw = bytearray(data.MNIST_FILE.read_bytes())
    raw[1000] ^= end is None
    (tmp_path / "mnist.npz").write_bytes(raw[:end])
    monkeypatch.setattr(data, "MNIST_FILE", tmp_path / "mnist.npz")
    assert fault().startswith("Data: The file with the digits, mnist.npz, is damaged: its checksum is not")


def test_a_folder_that_can_not_be_written_to(fault, monkeypatch):
    def refuse(**given):
        raise PermissionError(13, "Permission denied", given["dir"])

    monkeypatch.setattr(environment.tempfile, "TemporaryFile", refuse)
    assert fault().startswith(
        "Folder: Nothing can be saved in this folder (Permission denied). Remedy: Copy the course"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder in which even root can't write")
def test_a_folder_in_which_nobody_can_write(fault, monkeypatch):
    monkeypatch.chdir("/proc")
    assert fault().startswith("Folder: Nothing can be saved in this folder (")


def test_a_file_to_try_the_folder_is_not_left_there(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    check_environment()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", ["jupyterlab", "ipywidgets", "jupyterlab-widgets", "ipycanvas", "anywidget"])
def test_a_package_for_widgets_is_not_installed(fault, monkeypatch, package):
    version = importlib.metadata.version

    def without(name: str) -> str:
        if name == package:
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(environment.importlib.metadata, "version", without)
    assert fault() == f"Widgets: The pad can't be shown, because {package} is not installed. Remedy: {INSTALL}"


@pytest.mark.parametrize(("package", "extension"), environment.EXTENSIONS.items())
def test_an_extension_that_jupyterlab_does_not_find(fault, monkeypatch, tmp_path, package, extension):
    for other in set(environment.EXTENSIONS.values()) - {extension}:
        (tmp_path / other).mkdir(parents=True)
        (tmp_path / other / "package.json").touch()
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *parts: [str(tmp_path)])
    said = fault()
    assert f"JupyterLab does not find its extension {extension}." in said
    assert f"--no-deps {package}=={importlib.metadata.version(package)}," in said


def test_what_can_not_be_looked_at_is_a_fault(fault, monkeypatch):
    monkeypatch.setitem(sys.modules, "psutil", None)  # importing it now raises
    assert fault().startswith("Memory: This could not be looked at (ModuleNotFoundError: ")


def test_two_faults_are_counted(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1))
    monkeypatch.setattr(data, "MNIST_FILE", tmp_path / "mnist.npz")
    check_environment()
    assert "\n2 faults were found. Follow each remedy, restart the kernel" in capsys.readouterr().out


def test_the_file_runs_alone_where_numpy_is_missing_or_all_is_well(tmp_path):
    (tmp_path / "numpy.py").write_text("raise ModuleNotFoundError(\"No module named 'numpy'\")", encoding="utf-8")

    def run(**more: str) -> str:
        command = [sys.executable, environment.__file__]
        return subprocess.run(command, env=os.environ | more, capture_output=True, text=True, check=True).stdout

    assert run() == HEALTHY
    broken = run(PYTHONPATH=str(tmp_path))
    assert "Data: This could not be looked at (ModuleNotFoundError: No module named 'numpy'). Remedy: In a" in broken


def test_no_network_is_needed_for_it():
    code = "import sys; sys.modules['tensorflow'] = None; from mnist_utils import environment; "
    command = [sys.executable, "-c", code + "environment.check_environment()"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == HEALTHY
