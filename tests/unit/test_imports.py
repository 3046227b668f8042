"""Who may know whom, and that importing is fast and silent: TensorFlow waits until a network is needed."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import mnist_utils

PACKAGE = Path(mnist_utils.__file__).parent
NETWORK = {"networks", "quiet_tensorflow"}
# Each room and the rooms whose names it may import: arrows point one way, from what comes in to what is shown.
MAY_KNOW = {
    "files": set(),
    "images": set(),
    "checks": set(),
    "classes": set(),
    "quiet_tensorflow": set(),
    "evaluation": {"checks", "classes"},
    "quiz": set(),
    "terminal": set(),
    "serving": set(),
    "environment": {"data"},
    "plots": {"images", "classes"},
    "data": {"files", "images", "checks"},
    "corruptions": {"images"},
    "preprocess": {"files", "images", "checks"},
    "networks": {"images", "quiet_tensorflow"},
    "training": {"files", "images", "data", "preprocess", "evaluation", "models", "plots", "terminal", *NETWORK},
    "models": set(NETWORK),
    "processes": set(),
    "reading": {"files", "images", "preprocess"},
    "classifier": {"files", "images", "models", "preprocess", "processes", "reading", *NETWORK},
    "explain": {"images", *NETWORK},
    "exercises": {"images", "data", "evaluation", *NETWORK},
    "widgets": {
        "classes",
        "files",
        "images",
        "data",
        "preprocess",
        "plots",
        "reading",
        "classifier",
        "explain",
        "training",
    },
    "__init__": {"data", "preprocess", "classifier", "widgets", "training"},
    "formats": {"files", "images", "data", *NETWORK},
    "operations": set(NETWORK),
    "export": {"classes", "files", "images", "data", "preprocess", "classifier", "operations", "networks"},
    "commands": {
        "classes",
        "files",
        "images",
        "formats",
        "export",
        "data",
        "preprocess",
        "processes",
        "reading",
        "classifier",
        "evaluation",
        "terminal",
        "training",
    },
    "__main__": {"commands"},
    "grade": {"files", "exercises", "commands", "__main__"},
    "assets": {"files", "formats", "images", "data", "preprocess", "classifier", "evaluation", "training", *NETWORK},
}
# All in one Python: the first that needs TensorFlow fails them together, and is found by its traceback.
LIGHT = (
    ".checks .corruptions .data .evaluation .exercises .files .grade .images .plots .preprocess .preprocess.segment "
    ".quiz .serving .widgets .__main__"
)


def room(module: str) -> str:
    """The room that a module of the package belongs to; the package itself is __init__."""
    return module.removeprefix("mnist_utils").lstrip(".").split(".")[0] or "__init__"


def imported(tree: ast.AST) -> set[str]:
    """The modules of the package that some code imports, wherever in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "mnist_utils":
            names = {alias.name for alias in node.names}
            found |= {f"mnist_utils.{name}" if name not in mnist_utils.__all__ else "mnist_utils" for name in names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
    return {module for module in found if module.split(".")[0] == "mnist_utils"}


def wrong_arrows(name: str, source: str) -> set[str]:
    """Rooms that the source of a room imports and may not."""
    allowed = MAY_KNOW[name] | {name} | ({"__init__"} if name in ("assets", "__main__") else set())
    return {room(module) for module in imported(ast.parse(source))} - allowed


FILES = sorted(file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES)
def test_arrows_point_one_way(file):
    name = Path(file).parts[0].removesuffix(".py")
    assert wrong_arrows(name, (PACKAGE / file).read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "source",
    [
        "from mnist_utils.training import run",
        "from mnist_utils import classifier",
        "def f():\n import mnist_utils.data",
    ],
)
def test_a_wrong_arrow_is_seen(source):
    assert wrong_arrows("preprocess", source) != set()


def run(code: str) -> subprocess.CompletedProcess:
    unset = ("TF_CPP_MIN_LOG_LEVEL", "MPLBACKEND")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)


def test_what_needs_no_network_imports_no_tensorflow():
    forbid = "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = None"  # importing them now raises
    finished = run(f"{forbid}; import mnist_utils, " + ", ".join(f"mnist_utils{module}" for module in LIGHT.split()))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_networks_are_imported_in_silence_and_what_else_comes_on_stderr_meanwhile_passes():
    # Native code writes to the file descriptor: before, while TensorFlow is imported (by a thread), and after.
    code = """
import os, threading, time
stop = threading.Event()
def write():
    while not stop.wait(0.05):
        os.write(2, b"meanwhile\\n")
thread = threading.Thread(target=write)
os.write(2, b"before\\n")
thread.start()
import mnist_utils.networks
stop.set()
thread.join()
os.write(2, b"after\\n")
"""
    finished = run(code)
    lines = finished.stderr.splitlines()
    assert (finished.returncode, finished.stdout) == (0, "")
    assert (lines[0], lines[-1], set(lines)) == ("before", "after", {"before", "meanwhile", "after"})
    assert len(lines) > 10


def test_the_last_words_of_a_crash_while_tensorflow_is_imported_are_seen():
    code = """
import os, sys
class Crash:
    def find_spec(self, name, *arguments):
        if name == "tensorflow":
            os.write(2, b"I0000 a line of TensorFlow\\nnative code gave up\\n")
            os.abort()
sys.meta_path.insert(0, Crash())
import mnist_utils.networks
"""
    finished = run(code)
    assert finished.returncode != 0
    assert "native code gave up" in finished.stderr
    assert "I0000" not in finished.stderr


@pytest.mark.parametrize("name", mnist_utils.__all__)
def test_every_public_name_exists(name):
    assert callable(getattr(mnist_utils, name))


@pytest.mark.parametrize("name", ["networks", "plots", "preprocess", "training"])
def test_every_room_is_found_without_importing_it_first(name):
    assert getattr(mnist_utils, name).__name__ == f"mnist_utils.{name}"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'mnist_utils' has no attribute 'magic'"):
        _ = mnist_utils.magic
