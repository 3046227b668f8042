"""No notebook writes to stderr on a machine that does not tell how many cores it has."""

import os
import subprocess
import sys

import pytest

# What notebooks 01 and 06 ask scikit-learn for, with fewer images.
CALLS = """
import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.metrics import euclidean_distances
from sklearn.neighbors import KNeighborsClassifier

images = np.random.default_rng(0).random((100, 60))
euclidean_distances(images, squared=True)
components = PCA(n_components=50, random_state=0).fit_transform(images)
TSNE(init="pca", random_state=0, max_iter=250).fit_transform(components)
KNeighborsClassifier(n_neighbors=1).fit(images, np.arange(100) % 10).predict(images)
"""


@pytest.fixture
def stderr_of(tmp_path):
    """A function that runs Python code where `lscpu`, which joblib asks for the cores, fails; gives its stderr."""
    program = tmp_path / "lscpu"
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    told = ("LOKY_MAX_CPU_COUNT", "OMP_NUM_THREADS")  # with these, nobody counts
    environment = {name: value for name, value in os.environ.items() if name not in told}
    environment |= {"PATH": os.pathsep.join([str(tmp_path), os.environ["PATH"]]), "OMP_WAIT_POLICY": "passive"}

    def run(code: str) -> str:
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return done.stderr

    return run


def test_scikit_learn_is_silent_once_the_package_is_imported(stderr_of):
    if "physical cores" not in stderr_of(CALLS):
        pytest.skip("this machine knows its cores without lscpu")
    assert stderr_of("import mnist_utils\n" + CALLS) == ""
