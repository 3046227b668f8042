"""The networks are what the course says; sizes are counted by hand."""

import numpy as np
import pytest

from mnist_utils import networks
from mnist_utils.networks import keras

CLASSIC = [  # layer, kind, output, parameters, multiply-adds
    ("conv_1", "Conv2D", (28, 28, 32), 3 * 3 * 1 * 32 + 32, 28 * 28 * 3 * 3 * 1 * 32),
    ("norm_1", "BatchNormalization", (28, 28, 32), 4 * 32, 0),
    ("pool_1", "MaxPooling2D", (14, 14, 32), 0, 0),
    ("dropout_1", "Dropout", (14, 14, 32), 0, 0),
    ("conv_2", "Conv2D", (14, 14, 64), 3 * 3 * 32 * 64 + 64, 14 * 14 * 3 * 3 * 32 * 64),
    ("norm_2", "BatchNormalization", (14, 14, 64), 4 * 64, 0),
    ("pool_2", "MaxPooling2D", (7, 7, 64), 0, 0),
    ("dropout_2", "Dropout", (7, 7, 64), 0, 0),
    ("conv_3", "Conv2D", (7, 7, 128), 3 * 3 * 64 * 128 + 128, 7 * 7 * 3 * 3 * 64 * 128),
    ("norm_3", "BatchNormalization", (7, 7, 128), 4 * 128, 0),
    ("pool_3", "MaxPooling2D", (3, 3, 128), 0, 0),
    ("dropout_3", "Dropout", (3, 3, 128), 0, 0),
    ("flatten", "Flatten", (1152,), 0, 0),
    ("dense_1", "Dense", (256,), 1152 * 256 + 256, 1152 * 256),
    ("dense_2", "Dense", (128,), 256 * 128 + 128, 256 * 128),
    ("probabilities", "Dense", (10,), 128 * 10 + 10, 128 * 10),
]
PARAMETERS = {
    "classic": 422_922,
    # The first kernels, 9 x each pair of filters that follow, height x width x filters of the last maps to 128,
    # 128 to 10 classes, a bias or 4 numbers to normalise each channel.
    "quick": (25 * 16 + 16)
    + (9 * 16 * 32 + 32)
    + 9 * (32 * 64 + 64 * 96)
    + (3 * 3 * 96 * 128 + 128 * 10 + 10)
    + 4 * (64 + 96 + 128),
    "best": 25 * 32
    + 9 * (2 * 32 * 32 + 32 * 64 + 3 * 64 * 64)
    + (4 * 4 * 64 * 128 + 128 * 10 + 10)
    + 4 * (3 * 32 + 4 * 64 + 128),
}


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_parameters_are_as_many_as_counted_by_hand(name):
    assert networks.build(name).count_params() == PARAMETERS[name]


@pytest.mark.parametrize("name", networks.NETWORKS)
@pytest.mark.parametrize("classes", [2, 10])
def test_the_output_is_a_probability_for_each_class(name, classes):
    model = networks.build(name, classes)
    output = model(np.random.default_rng(0).random((5, 28, 28, 1), np.float32)).numpy()
    assert model.name == name
    assert output.shape == (5, classes)
    assert output.min() >= 0
    np.testing.assert_allclose(output.sum(axis=1), 1, atol=1e-5)


def test_layer_table_lists_classic_as_counted_by_hand():
    table = networks.layer_table(networks.build("classic"))
    assert [tuple(row.values()) for row in table] == CLASSIC
    assert list(table[0]) == ["layer", "kind", "output", "parameters", "multiply_adds"]


def test_layer_table_counts_strides():
    first = networks.layer_table(networks.build("quick"))[0]
    assert first["output"] == (12, 12, 16)  # half of the 24 places of a kernel of 5: a quarter of the sums
    assert first["multiply_adds"] == 12 * 12 * 16 * 5 * 5


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_layer_table_adds_up_to_the_model(name):
    model = networks.build(name)
    assert sum(row["parameters"] for row in networks.layer_table(model)) == model.count_params()


def test_layer_table_takes_other_models():
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(4), keras.layers.ReLU()])
    assert [(row["parameters"], row["multiply_adds"]) for row in networks.layer_table(model)] == [(28, 24), (0, 0)]


def test_evidence_is_none_where_all_are_equally_likely_and_grows_with_what_is_ruled_out():
    even, two, one = np.full(10, 0.1), np.array([0.5, 0.5] + [1e-6] * 8), np.array([0.98, 0.02] + [1e-6] * 8)
    assert networks.evidence(even) == pytest.approx(0, abs=1e-6)
    by_hand = np.log(0.5) - (2 * np.log(0.5) + 8 * np.log(1e-6)) / 10
    np.testing.assert_allclose(networks.evidence(np.stack([even, two])), [0, by_hand], atol=1e-6)
    assert networks.evidence(one) > networks.evidence(two) > 5
    assert np.isfinite(networks.evidence(np.eye(10))).all()


def test_evidence_is_what_the_largest_logit_has_over_the_mean():
    logits = np.random.default_rng(0).normal(0, 3, (5, 10))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(networks.evidence(probabilities), logits.max(axis=1) - logits.mean(axis=1))


@pytest.mark.parametrize("name", ["Quick", "", None])
def test_an_unknown_network_is_refused_with_the_known_names(name):
    with pytest.raises(ValueError, match=f"name must be one of quick, classic, best, not {name!r}"):
        networks.build(name)


@pytest.mark.parametrize("classes", [1, 0, -3, 2.5, "10"])
def test_an_impossible_number_of_classes_is_refused(classes):
    with pytest.raises(ValueError, match=f"classes must be a whole number of 2 or more, not {classes!r}"):
        networks.build("quick", classes)


@pytest.mark.parametrize(
    ("images", "first", "n"),
    [
        (np.full((3, 28, 28), 51, np.uint8), 0.2, 3),
        (np.full((28, 28), 255, np.uint8), 1, 1),
        (np.full((28, 28), 1, np.uint8), 1 / 255, 1),
        (np.full((2, 28, 28), 0.2, np.float64), 0.2, 2),
        (np.full((28, 28), 1, np.float32), 1, 1),
        (np.full((1, 28, 28), 0.5, np.float16), 0.5, 1),
    ],
)
def test_to_input_brings_images_to_floats_of_0_to_1(images, first, n):
    inputs = networks.to_input(images)
    assert (inputs.shape, inputs.dtype) == ((n, 28, 28, 1), np.float32)
    np.testing.assert_allclose(inputs, first, atol=1e-6)


def test_to_input_takes_no_images_and_lists():
    assert networks.to_input(np.zeros((0, 28, 28))).shape == (0, 28, 28, 1)
    assert networks.to_input(np.zeros((2, 28, 28)).tolist()).shape == (2, 28, 28, 1)


def test_to_input_leaves_the_images_alone():
    images = np.full((1, 28, 28), 0.5, np.float32)
    networks.to_input(images)[:] = 0.1
    assert (images == 0.5).all()


@pytest.mark.parametrize(
    ("images", "why"),
    [
        (np.zeros(784), "must have the shape"),
        (np.zeros((2, 784)), "must have the shape"),
        (np.zeros((2, 28, 28, 1)), "must have the shape"),
        (np.zeros((28, 27)), "must have the shape"),
        (np.zeros((28, 28), int), r"must be uint8 \(0 to 255\) or float \(0 to 1\), not int64"),
        (np.zeros((28, 28), bool), "must be uint8"),
        (np.full((28, 28), 255.0), "must lie in 0 to 1, not 255 to 255"),
        (np.full((28, 28), -0.5), "must lie in 0 to 1, not -0.5 to -0.5"),
        (np.full((28, 28), np.nan), "must lie in 0 to 1, not nan to nan"),
    ],
)
def test_to_input_explains_what_is_wrong(images, why):
    with pytest.raises(ValueError, match=f"images.* {why}"):
        networks.to_input(images)
