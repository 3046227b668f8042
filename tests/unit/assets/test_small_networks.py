"""What small_networks.json says of the small networks is what the script beside it builds and counts."""

import json

import numpy as np
import pytest

from mnist_utils.assets import make_small_networks as script

STORED = json.loads(script.STORED.read_text(encoding="utf-8"))["networks"]


@pytest.mark.parametrize("row", STORED, ids=lambda row: str(row["at_most"]))
def test_each_size_has_the_parameters_of_its_network_and_no_more_than_it_may(row):
    blocks, activation, epochs, changed = script.SIZES[row["at_most"]]
    model = script.small(blocks, activation)
    assert model.count_params() == row["parameters"] <= row["at_most"]
    assert (row["epochs"], row["changed"]) == (epochs, changed)
    assert model(np.zeros((2, 28, 28, 1), np.float32)).shape == (2, 10)


@pytest.mark.parametrize("row", STORED, ids=lambda row: str(row["at_most"]))
def test_means_are_those_of_three_seeds_and_accuracies_count_whole_images(row):
    assert row["seeds"] == [0, 1, 2]
    for part, images in (("validation", 6000), ("test", 10_000)):
        counts = np.array(row[part]) * images
        assert len(counts) == len(row["seeds"])
        np.testing.assert_allclose(counts, counts.round(), atol=0.01)
        assert row["mean"][part] == pytest.approx(np.mean(row[part]), abs=1e-6)


def test_larger_networks_read_more_and_the_two_goals_are_reached():
    assert [row["at_most"] for row in STORED] == list(script.SIZES)
    means = {row["at_most"]: row["mean"]["test"] for row in STORED}
    assert list(means.values()) == sorted(means.values())
    assert means[2000] >= 0.99
    assert means[20_000] >= 0.995


def test_an_entry_counts_validation_and_test_images_apart():
    truth = np.concatenate([script.y_validation, script.y_test])
    right, wrong = np.eye(10)[truth], np.eye(10)[(truth + 1) % 10]
    runs = [right, np.concatenate([right[:6000], wrong[6000:]]), np.concatenate([wrong[:6000], right[6000:]])]
    found = script.entry(1000, runs)
    assert (found["validation"], found["test"]) == ([1, 1, 0], [1, 0, 1])
    assert found["mean"] == {"validation": 0.666667, "test": 0.666667}


def test_a_part_of_the_sizes_is_not_stored(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("sys.argv", ["make", "--out", str(tmp_path / "runs"), "--sizes", "2000", "--store"])
    with pytest.raises(SystemExit):
        script.main()
    assert "--store needs all sizes" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
