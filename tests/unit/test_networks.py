"""The networks are what the course says; sizes are counted by hand."""

import numpy as np
import pytest

from mnist_utils import networks
from mnist_utils.quiet_tensorflow import keras

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
    # 9 x each pair of filters that follow and a bias, the last 3x3 maps to 64, 64 to 10 classes.
    "mine": (9 * 16 + 16) + (9 * 16 * 32 + 32) + (9 * 32 * 64 + 64) + (3 * 3 * 64 * 64 + 64) + (64 * 10 + 10),
    "best": 25 * 32
    + 9 * (2 * 32 * 32 + 32 * 64 + 64 * 96 + 96 * 96 + 96 * 128)
    + (4 * 4 * 128 * 128 + 128 * 10 + 10)
    + 4 * (3 * 32 + 64 + 2 * 96 + 128 + 128),
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
    with pytest.raises(ValueError, match=f"name must be one of quick, classic, mine, best, not {name!r}"):
        networks.build(name)


@pytest.mark.parametrize("classes", [1, 0, -3, 2.5, "10"])
def test_an_impossible_number_of_classes_is_refused(classes):
    with pytest.raises(ValueError, match=f"classes must be a whole number of 2 or more, not {classes!r}"):
        networks.build("quick", classes)


def test_log_scores_of_tensors_and_arrays_agree_and_add_up_to_0():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(10), 4).astype(np.float32)
    scores = networks.log_scores(probabilities)
    assert isinstance(scores, np.ndarray)
    np.testing.assert_allclose(scores, keras.ops.convert_to_numpy(networks.log_scores(keras.ops.array(probabilities))))
    np.testing.assert_allclose(scores.sum(axis=1), 0, atol=1e-5)


@pytest.fixture(scope="module")
def small() -> keras.Model:
    """A network of one dense layer, for speed."""
    keras.utils.set_random_seed(0)
    dense = keras.layers.Dense(10, activation="softmax")
    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), dense], name="small")


@pytest.mark.parametrize("n", [0, 1, 1203])
def test_images_are_run_in_chunks_as_keras_runs_them(small, n):
    images = np.random.default_rng(0).random((n, 28, 28), np.float32)
    found = networks.probabilities(small, images)
    assert (found.shape, found.dtype) == ((n, 10), np.float32)
    if n:
        np.testing.assert_allclose(found, small.predict(images[..., None], verbose=0), atol=1e-6)


def test_new_weights_are_used_at_once(small):
    image, other = np.ones((28, 28)), keras.models.clone_model(small)
    before = networks.probabilities(other, image)
    other.set_weights([weights + 1 + np.arange(weights.shape[-1]) for weights in other.get_weights()])
    assert np.abs(networks.probabilities(other, image) - before).max() > 0.1


def test_an_ensemble_gives_the_mean_and_leaves_its_members_as_they_are(small):
    other = keras.models.clone_model(small)
    images = np.random.default_rng(1).random((5, 28, 28))
    mean = (networks.probabilities(small, images) + networks.probabilities(other, images)) / 2
    np.testing.assert_allclose(networks.probabilities(networks.ensemble([small, other]), images), mean, atol=1e-6)
    assert (small.name, other.name) == ("small", "small")
