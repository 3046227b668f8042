"""What a run leaves: a calibrated network, its threshold, and files that are written whole or not at all."""

import json
import os
import zipfile

import numpy as np
import pytest

from mnist_utils import networks
from mnist_utils.quiet_tensorflow import keras
from mnist_utils.training import results


def test_calibration_finds_the_temperature_and_changes_no_answer(trained, tiny_data):
    """The true labels are drawn from the model's own probabilities, so these are the right ones."""
    model = keras.models.clone_model(trained[0])
    model.set_weights(trained[0].get_weights())
    images = np.tile(tiny_data[0], (20, 1, 1))
    before = model.predict(images[..., None] / 255, verbose=0)
    draws = np.random.default_rng(0).random((len(images), 1))
    labels = np.minimum((before.cumsum(axis=1) < draws).sum(axis=1), 9)
    last = model.layers[-1]
    last.set_weights([0.5 * weights for weights in last.get_weights()])  # twice as unsure
    said = results.calibrated(model, images / 255, labels)
    after = model.predict(images[..., None] / 255, verbose=0)
    np.testing.assert_allclose(said, after, atol=1e-3)  # the last kernel is rounded to half precision
    np.testing.assert_allclose(after, before, atol=0.03)
    assert (after.argmax(axis=1) == before.argmax(axis=1)).all()


def test_kernels_are_rounded_to_half_precision_and_answers_stay(trained, tiny_data):
    model, images = trained[0], tiny_data[2] / 255
    kernels = [weights for weights in model.get_weights() if weights.ndim > 1]
    assert all((weights == weights.astype(np.float16)).all() for weights in kernels)
    other = keras.models.clone_model(model)
    other.set_weights([weights + 1e-5 if weights.ndim > 1 else weights for weights in model.get_weights()])
    before = networks.probabilities(other, images)
    results.halve(other)
    np.testing.assert_allclose(networks.probabilities(other, images), before, atol=0.01)


def test_the_threshold_keeps_all_but_a_few():
    probabilities = np.random.default_rng(0).dirichlet(np.full(10, 0.1), 2000)
    threshold = results.rejection_threshold(probabilities)
    assert (networks.evidence(probabilities) >= threshold).mean() == pytest.approx(results.KEPT, abs=0.001)


def test_too_few_images_give_no_threshold():
    probabilities = np.random.default_rng(0).dirichlet(np.full(10, 0.1), 167)
    assert results.rejection_threshold(probabilities) > 0
    assert results.rejection_threshold(probabilities[:166]) == 0


@pytest.fixture
def old_files(tmp_path):
    """A folder with an older run in it, as {name: bytes}."""
    files = {"model.keras": b"old model", "metrics.json": b"old metrics"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return files


def _save_half(model, path):
    path.write_bytes(b"half")
    raise OSError("disk full")


def _fail(*arguments, **options):
    raise OSError("disk full")


@pytest.mark.parametrize(
    ("holder", "name", "fault"), [(keras.Model, "save", _save_half), (json, "dumps", _fail), (os, "replace", _fail)]
)
def test_a_failure_while_saving_leaves_the_old_files_alone(
    trained, tmp_path, old_files, monkeypatch, holder, name, fault
):
    model, metrics, _ = trained
    monkeypatch.setattr(holder, name, fault)
    with pytest.raises(OSError, match="disk full"):
        results.save(model, metrics, tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == old_files


def test_saving_replaces_the_old_files(trained, tmp_path, old_files):
    results.save(*trained[:2], tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == set(old_files)
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8")) == trained[1]


def test_a_model_is_packed_tightly(trained):
    with zipfile.ZipFile(trained[2] / "model.keras") as archive:
        members = archive.infolist()
    assert {member.filename for member in members} == {"metadata.json", "config.json", "model.weights.h5"}
    assert all(member.compress_type == zipfile.ZIP_DEFLATED for member in members)
