"""Keeps what the notebooks show, when nbval runs them, free of what lies in a learner's own runs/."""

import os
import tempfile
from pathlib import Path

import pytest

RUNS = Path(tempfile.mkdtemp(prefix="mnist_runs_"))
os.environ["MNIST_RUNS"] = str(RUNS)


@pytest.hookimpl(tryfirst=True)  # before nbval starts the notebook's kernel
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give each notebook a folder of its own: what 03 has trained is not there for 04."""
    if item.path.suffix == ".ipynb":
        os.environ["MNIST_RUNS"] = str(RUNS / item.path.stem)
