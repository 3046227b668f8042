"""Keeps what the notebooks show, when nbval runs them, free of what lies in a learner's own runs/."""

import os
import tempfile

os.environ["MNIST_RUNS"] = tempfile.mkdtemp(prefix="mnist_runs_")
