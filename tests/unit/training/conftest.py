"""What train() gives to fit, without any training."""

import pytest
from unit.training.stopped import StoppedError

from mnist_utils.quiet_tensorflow import keras


@pytest.fixture
def fit_arguments(monkeypatch):
    """What train() would have given to fit; no training happens."""
    seen = {}

    def fit(model, data, **arguments):
        seen.update(arguments, data=data)
        raise StoppedError

    monkeypatch.setattr(keras.Model, "fit", fit)
    return seen
