"""Importing is fast and silent: TensorFlow waits until a network is needed. Each test has a Python of its own."""

import os
import subprocess
import sys

import pytest

import mnist_utils

# All in one Python: the first that needs TensorFlow fails them together, and is found by its traceback.
LIGHT = """
    .browse .corruptions .data .evaluation .exercises .handwriting .ink .pad .photos .plots .plots_evaluation .restore
    .segment .__main__
""".split()


def run(code: str) -> subprocess.CompletedProcess:
    unset = ("TF_CPP_MIN_LOG_LEVEL", "MPLBACKEND")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)


def test_what_needs_no_network_imports_no_tensorflow():
    forbid = "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = None"  # importing them now raises
    finished = run(f"{forbid}; import mnist_utils, " + ", ".join(f"mnist_utils{module}" for module in LIGHT))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_networks_are_imported_in_silence_and_stderr_works_afterwards():
    # Written by Python or by TensorFlow's own threads: both would end in these two pipes.
    code = "import os, sys, mnist_utils.networks as n; n.build('quick')"
    finished = run(f"{code}; os.write(2, b'one '); print('two', file=sys.stderr)")
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "one two\n")


@pytest.mark.parametrize("name", mnist_utils.__all__)
def test_every_public_name_exists(name):
    assert callable(getattr(mnist_utils, name))


@pytest.mark.parametrize("name", mnist_utils._MODULES)
def test_every_module_is_found_without_importing_it_first(name):
    assert getattr(mnist_utils, name).__name__ == f"mnist_utils.{name}"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'mnist_utils' has no attribute 'magic'"):
        _ = mnist_utils.magic
