"""A run that was interrupted goes on where it stopped, to the same end as an unbroken one."""

import dataclasses

import numpy as np
import pytest

from mnist_utils.quiet_tensorflow import keras
from mnist_utils.training.callbacks import EpochLog
from mnist_utils.training.run import train


class Killed(BaseException):
    """As Ctrl-C: nothing catches it."""


@pytest.fixture
def recipe(tiny_recipe):
    """Four epochs with dropout, augmentation, a schedule and early stopping, which all have a state."""
    return dataclasses.replace(tiny_recipe, network="classic", epochs=4, patience=2, ema_momentum=None)


@pytest.fixture
def averaged(tiny_recipe):
    """The same with an average of the weights in place of early stopping."""
    return dataclasses.replace(tiny_recipe, network="classic", epochs=4)


def train_until(epoch: int, monkeypatch, **arguments) -> None:
    """Start a run and kill it when this epoch, counted from 0, begins."""
    begin = EpochLog.on_epoch_begin

    def kill(log, now, logs=None):
        if now == epoch:
            raise Killed
        begin(log, now, logs)

    with monkeypatch.context() as patch:
        patch.setattr(EpochLog, "on_epoch_begin", kill)
        with pytest.raises(Killed):
            train(**arguments)


def weights(model: keras.Model) -> np.ndarray:
    return np.concatenate([value.ravel() for value in model.get_weights()])


def without_seconds(metrics: dict) -> dict:
    history = {name: values for name, values in metrics["history"].items() if name != "seconds"}
    return {name: value for name, value in metrics.items() if name != "train_seconds"} | {"history": history}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "epoch"), [("recipe", 3), ("averaged", 1)])
def test_an_interrupted_run_ends_as_an_unbroken_one(request, tiny_data, tmp_path, monkeypatch, name, epoch):
    arguments = {
        "recipe": request.getfixturevalue(name),
        "seed": 5,
        "data": tiny_data,
        "digits": True,
        "progress": "none",
    }
    unbroken, expected = train(**arguments)
    train_until(epoch, monkeypatch, **arguments, out=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["unfinished.npz"]
    continued, metrics = train(**arguments, out=tmp_path)
    assert (weights(continued) == weights(unbroken)).all()
    assert without_seconds(metrics) == without_seconds(expected)
    assert len(metrics["history"]["seconds"]) == metrics["epochs"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["metrics.json", "model.keras"]


class FitError(Exception):
    """Raised by a test in place of training."""


@pytest.mark.slow
def test_only_what_is_left_of_the_same_run_is_trained_and_another_run_from_its_beginning(
    recipe, tiny_data, tmp_path, monkeypatch
):
    arguments = {"recipe": recipe, "seed": 5, "data": tiny_data, "digits": True, "progress": "none", "out": tmp_path}
    train_until(2, monkeypatch, **arguments)
    begun = []

    def fit(model, data, **options):
        begun.append(options["initial_epoch"])
        raise FitError

    monkeypatch.setattr(keras.Model, "fit", fit)
    others = [
        {},
        {"seed": 6},
        {"data": (tiny_data[0][:, :, ::-1], *tiny_data[1:])},
        {"recipe": dataclasses.replace(recipe, learning_rate=0.002)},
    ]
    for change in others:
        with pytest.raises(FitError):
            train(**arguments | change)
    assert begun == [2, 0, 0, 0]


@pytest.mark.slow
def test_early_stopping_counts_on_after_a_break(recipe, tiny_data, tmp_path, monkeypatch):
    seen = []
    end = keras.callbacks.EarlyStopping.on_epoch_end

    def worse_each_epoch(stopping, epoch, logs=None):
        end(stopping, epoch, logs | {"val_loss": 1.0 + epoch})
        seen.append((epoch, stopping.wait))

    monkeypatch.setattr(keras.callbacks.EarlyStopping, "on_epoch_end", worse_each_epoch)
    arguments = {"recipe": recipe, "seed": 5, "data": tiny_data, "digits": True, "progress": "none", "out": tmp_path}
    train_until(2, monkeypatch, **arguments)
    _, metrics = train(**arguments)
    assert seen == [(0, 0), (1, 1), (2, 2)]
    assert metrics["epochs"] == 3


def test_a_damaged_file_is_named(recipe, tiny_data, tmp_path):
    (tmp_path / "unfinished.npz").write_bytes(b"no archive")
    with pytest.raises(ValueError, match=r"out: .*unfinished\.npz is damaged; delete it to start the run anew"):
        train(recipe, data=tiny_data, digits=True, progress="none", out=tmp_path)
