"""Real people's pens are drawn, held out by their source, and mixed into the batches with their labels."""

import dataclasses
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from mnist_utils.quiet_tensorflow import keras
from mnist_utils.training import Recipe, loading, train
from mnist_utils.training.pens import WIDTHS, load_pens
from mnist_utils.training.pipeline import batches

LEVEL, UPRIGHT = [[[0.0, 0.5], [1.0, 0.5]]], [[[0.5, 0.0], [0.5, 1.0]]]
RECIPE = Recipe("quick", epochs=1, batch_size=30, pens_share=0.2, letters_share=0.1)


def write(folder: Path, kind: str, content: list) -> None:
    raw = json.dumps(content).encode()
    name, raw = (f"{kind}.json", raw) if kind == "sources" else (f"{kind}.json.gz", gzip.compress(raw))
    (folder / name).write_bytes(raw)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Ten upright ones of two sources, and letters: an A of each and an O, which looks like a digit."""
    digits = [{"label": 1, "source": "val" if i % 2 else "writer 7", "strokes": UPRIGHT} for i in range(10)]
    letters = [{"label": label, "source": source, "strokes": LEVEL} for label, source in ("A-", "AV", "O-")]
    letters = [letter | {"source": {"-": "aga", "V": "val"}[letter["source"]]} for letter in letters]
    write(tmp_path, "digits", digits)
    write(tmp_path, "letters", letters)
    known = {"name": "UNIPEN", "doi": "10.1/2", "licence": "CC BY 4.0"}
    counts = {"digits.json.gz": 10, "letters.json.gz": 3}
    write(tmp_path, "sources", [known | {"file": file, "count": count} for file, count in counts.items()])
    return tmp_path


def test_each_drawing_is_drawn_with_three_pens(folder):
    pens = load_pens(folder)
    assert pens.images.shape == (30, 28, 28)
    assert pens.images.dtype == np.uint8
    assert pens.labels.tolist() == [1] * 30
    ink = pens.images[:3].sum(axis=(1, 2), dtype=float)
    np.testing.assert_allclose(ink / ink[1], np.array(WIDTHS) / WIDTHS[1], rtol=0.1)
    assert pens.letters.shape == (6, 28, 28)  # of the two A
    assert pens.held_images.shape == (0, 28, 28)


def test_what_is_held_out_is_not_for_training(folder):
    pens = load_pens(folder, "val")
    assert len(pens.images) == 15
    assert pens.held_images.shape == (5, 28, 28)
    assert set(pens.held_sources) == {"val"}
    assert len(pens.letters) == 3
    with pytest.raises(ValueError, match=r"held_out must be among the sources in .*, val, writer 7: 'val,nobody'"):
        load_pens(folder, "val,nobody")


def test_a_missing_or_damaged_file_is_named_with_the_remedy(folder):
    (folder / "letters.json.gz").write_bytes(b"no archive")
    with pytest.raises(ValueError, match=r"pens: .*letters\.json\.gz is not as get_pens writes it"):
        load_pens(folder)
    (folder / "digits.json.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"digits\.json\.gz is missing; get it with: python -m mnist_utils\.as"):
        load_pens(folder)


@pytest.mark.parametrize("variants", [0, 0.8])
def test_pens_and_letters_are_added_in_their_shares_with_their_labels(folder, tiny_data, variants):
    x, y = np.zeros((300, 28, 28), np.uint8), tiny_data[1]
    recipe = dataclasses.replace(RECIPE, pen_variants=variants)
    made = batches(x, y, recipe, seed=0, pens=load_pens(folder)).take(3)
    images, labels = (np.concatenate([batch[part].numpy() for batch in made]) for part in (0, 1))
    images, labels = images.reshape(3, 39, 28, 28), labels.reshape(3, 39, 10)
    np.testing.assert_array_equal(labels[:, 30:36], np.broadcast_to(np.eye(10)[1], (3, 6, 10)))
    np.testing.assert_allclose(labels[:, 36:], 0.1)
    ones, letters = images[:, 30:36], images[:, 36:]
    assert (ones[..., 12:16, 14] == 1).all()  # upright lines
    assert (letters[..., 14, 12:16] == 1).all()  # level ones
    beside = ones[..., :11].max(axis=(2, 3)) > 0  # a flag or a foot
    assert beside.any() == bool(variants)
    assert not letters[..., :10, :].any()


def test_a_recipe_with_pens_says_how_to_get_them(tiny_data, monkeypatch):
    monkeypatch.setattr(keras.Model, "fit", None)
    with pytest.raises(ValueError, match=r"pens must be given for this recipe, .* mnist_utils\.assets\.get_pens --out"):
        train(RECIPE, data=tiny_data, digits=True, progress="none")


@pytest.mark.slow
def test_the_metrics_name_what_was_learned_from_and_measure_what_was_held_out(folder, tiny_data, monkeypatch):
    monkeypatch.setattr(loading, "load_mnist", lambda: tiny_data)
    recipe = dataclasses.replace(RECIPE, held_out="val", validation_size=30)
    _, metrics = train(recipe, pens=folder, progress="none")
    counts = [(entry["name"], entry["count"]) for entry in metrics["learned_from"]]
    assert counts == [("MNIST", 270), ("UNIPEN", 10), ("UNIPEN", 1)]  # of the letters the A, where val is held out
    assert all(entry["licence"].startswith("CC BY") for entry in metrics["learned_from"])
    assert set(metrics["held_out"]) == {"val"}
    assert 0 <= metrics["held_out"]["val"] <= 1
    assert metrics["held_out_temperature"] > 0
