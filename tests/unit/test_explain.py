"""Explanations against finite differences, and against answers worked out by hand on tiny networks."""

import numpy as np
import pytest

from mnist_utils import explain, networks
from mnist_utils.classifier import load_classifier
from mnist_utils.images import to_input
from mnist_utils.networks import keras

layers = keras.layers
RNG = np.random.default_rng(6)
IMAGES = RNG.random((3, 28, 28)).astype(np.float32)
GREY = np.full((28, 28), 0.5, np.float32)
WEIGHTS = RNG.normal(0, 0.01, (784, 3)).astype(np.float32)
BIAS = np.array([0.3, 0.1, -0.4], np.float32)
SLOPES = (WEIGHTS - WEIGHTS.mean(axis=1, keepdims=True)).T.reshape(3, 28, 28)  # of the three scores, by pixel
ATTRIBUTIONS = ["saliency", "smooth_grad", "integrated_gradients", "occlusion", "grad_cam"]


def sequential(*stack, weights=None) -> keras.Model:
    model = keras.Sequential([keras.Input((28, 28, 1)), *stack])
    if weights is not None:
        model.set_weights(weights)
    return model


@pytest.fixture(scope="module")
def linear() -> keras.Model:
    """Three scores, each a weighted sum of the pixels."""
    return sequential(layers.Flatten(), layers.Dense(3, activation="softmax"), weights=[WEIGHTS, BIAS])


@pytest.fixture(scope="module")
def curved() -> keras.Model:
    """A small network with convolutions, smooth, so that finite differences can be trusted."""
    keras.utils.set_random_seed(1)
    return sequential(
        layers.Conv2D(4, 5, strides=2, padding="same", activation="tanh", name="first"),
        layers.Conv2D(3, 3, strides=2, padding="same", activation="tanh", name="second"),
        layers.Flatten(),
        layers.Dense(4, activation="softmax"),
    )


@pytest.fixture(scope="module")
def one_map() -> keras.Model:
    """The map is the image, and the first of two scores gains a fortieth of the ink in the left half."""
    dense = np.zeros((28, 28, 2), np.float32)
    dense[:, :14, 0] = 0.05
    return sequential(
        layers.Conv2D(1, 1, use_bias=False, name="map"),
        layers.Flatten(),
        layers.Dense(2, use_bias=False, activation="softmax"),
        weights=[np.ones((1, 1, 1, 1), np.float32), dense.reshape(784, 2)],
    )


def farthest(model: keras.Model, image: np.ndarray) -> int:
    return int(explain.scores(model, image).argmin())


def test_a_score_is_the_logit_less_the_mean_logit(linear):
    logits = IMAGES.reshape(3, 784) @ WEIGHTS + BIAS
    expected = logits - logits.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(explain.scores(linear, IMAGES), expected, atol=1e-5)
    assert explain.scores(linear, IMAGES[:0]).shape == (0, 3)


@pytest.mark.parametrize("name", ["saliency", "smooth_grad"])
def test_the_gradient_of_a_linear_network_is_its_weights(linear, name):
    gradient = getattr(explain, name)(linear, IMAGES, [2, 0, 1])
    np.testing.assert_allclose(gradient, SLOPES[[2, 0, 1]], atol=1e-6)


def test_the_gradient_is_that_of_finite_differences(curved):
    for row, column in [(0, 0), (13, 14), (20, 5)]:
        more, less = (IMAGES.copy() for _ in range(2))
        more[:, row, column], less[:, row, column] = 1, 0  # the widest step: float32 is coarse
        slopes = (explain.scores(curved, more) - explain.scores(curved, less))[:, 2]
        gradient = explain.saliency(curved, (more + less) / 2, 2)
        np.testing.assert_allclose(gradient[:, row, column], slopes, rtol=0.02, atol=1e-4)


def test_smooth_grad_is_the_mean_over_the_same_noise_each_time(curved):
    smooth, again, other = (explain.smooth_grad(curved, IMAGES, 1, 0.5, 3, seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(smooth, again)
    assert not np.allclose(smooth, other)
    noise = np.random.default_rng(4).normal(0, 0.1, (1, 28, 28, 1)).astype(np.float32)[..., 0]
    once = explain.smooth_grad(curved, GREY, 1, noise=0.1, samples=1, seed=4)
    np.testing.assert_allclose(once, explain.saliency(curved, GREY + noise, 1), atol=1e-5)  # stays in 0 to 1


def test_integrated_gradients_look_at_the_middle_of_each_step_and_weigh_by_the_ink(curved):
    expected = explain.saliency(curved, IMAGES / 2, 1) * IMAGES
    np.testing.assert_allclose(explain.integrated_gradients(curved, IMAGES, 1, steps=1), expected, atol=1e-6)


def test_integrated_gradients_add_up_to_the_difference_of_the_scores(curved):
    attributions = explain.integrated_gradients(curved, IMAGES, [0, 1, 2], steps=100)
    expected = np.diag(explain.scores(curved, IMAGES) - explain.scores(curved, np.zeros((28, 28))))
    assert np.abs(expected).min() > 0.01
    np.testing.assert_allclose(attributions.sum(axis=(1, 2)), expected, atol=1e-3)


@pytest.mark.parametrize("size", [1, 3])
def test_occlusion_of_a_linear_network_is_what_the_square_holds(linear, size):
    lost, worth = explain.occlusion(linear, IMAGES, 0, size=size), SLOPES[0] * IMAGES
    for row, column in [(0, 0), (10, 20), (27, 3)]:
        top, left = max(row - size // 2, 0), max(column - size // 2, 0)
        square = worth[:, top : row + size // 2 + 1, left : column + size // 2 + 1]
        np.testing.assert_allclose(lost[:, row, column], square.sum(axis=(1, 2)), atol=1e-5)


def test_grad_cam_weights_a_map_by_its_mean_gradient_or_each_place_by_its_own(one_map):
    # The score of class 0 is half its logit: a gradient of 0.025 on the left, 0 on the right; their mean is 0.0125.
    np.testing.assert_allclose(explain.grad_cam(one_map, IMAGES, 0), 0.0125 * IMAGES, atol=1e-6)
    assert not explain.grad_cam(one_map, IMAGES, 1).any()  # all speaks against class 1
    placed = explain.grad_cam(one_map, IMAGES, 0, average=False)
    np.testing.assert_allclose(placed, 0.025 * IMAGES * (np.arange(28) < 14), atol=1e-6)


def test_grad_cam_takes_the_last_maps_unless_told_otherwise(curved):
    by_default, second, first = (explain.grad_cam(curved, IMAGES, 0, layer) for layer in (None, "second", "first"))
    np.testing.assert_array_equal(by_default, second)
    assert not np.allclose(second, first)
    assert first.shape == (3, 28, 28)
    assert first.min() >= 0


def test_maps_filters_and_embeddings_are_those_of_the_layers(curved):
    assert explain.map_layers(curved) == ["first", "second"]
    first, second = (curved.get_layer(name) for name in ("first", "second"))
    np.testing.assert_array_equal(explain.filters(curved)[3], first.get_weights()[0][:, :, 0, 3])
    maps = first(to_input(IMAGES))
    np.testing.assert_allclose(explain.feature_maps(curved, IMAGES, "first").transpose(0, 2, 3, 1), maps, atol=1e-6)
    hidden = second(maps).numpy().reshape(3, -1)
    np.testing.assert_allclose(explain.embeddings(curved, IMAGES), hidden, atol=1e-6)


@pytest.mark.parametrize("name", ["scores", "saliency", "embeddings", "grad_cam"])
def test_many_images_are_explained_as_one_by_one(curved, name):
    many, some = RNG.random((1001, 28, 28)).astype(np.float32), [0, 700, 1000]
    function = getattr(explain, name)
    np.testing.assert_allclose(function(curved, many)[some], function(curved, many[some]), atol=1e-5)


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_one_image_and_no_images_are_fine_and_the_likeliest_digit_is_explained(curved, name):
    function = getattr(explain, name)
    digits = explain.scores(curved, IMAGES).argmax(axis=1)
    np.testing.assert_allclose(function(curved, IMAGES), function(curved, IMAGES, digits), atol=1e-6)
    assert function(curved, (IMAGES[0] * 255).astype(np.uint8)).shape == (1, 28, 28)
    assert function(curved, IMAGES[:0]).shape == (0, 28, 28)


def test_a_randomised_copy_holds_the_same_weights_in_another_order(curved):
    before = curved.get_weights()
    one, again, other = (explain.randomised(curved, seed).get_weights() for seed in (1, 1, 2))
    for old, now, new, same in zip(before, curved.get_weights(), one, again, strict=True):
        np.testing.assert_array_equal(old, now)  # the model itself is left alone
        np.testing.assert_array_equal(new, same)
        np.testing.assert_array_equal(np.sort(old, axis=None), np.sort(new, axis=None))
        assert old.shape == new.shape
    assert not np.allclose(before[0], one[0])
    assert not np.allclose(other[0], one[0])


def test_deleting_the_ink_that_counts_ends_the_answer_first(linear):
    worth, shares = SLOPES[0] * IMAGES, [0, 0.25, 0.5, 1]
    first, last = (explain.deletion_curve(linear, IMAGES, sign * worth, shares, 0) for sign in (1, -1))
    assert (first[1:3] < last[1:3]).all()
    ends = [networks.probabilities(linear, images)[:, 0].mean() for images in (IMAGES, np.zeros((28, 28)))]
    np.testing.assert_allclose([first[0], first[-1]], ends, rtol=1e-4)


def test_only_ink_is_deleted_and_the_most_important_first(linear):
    image, importance = np.zeros((2, 28, 28))
    image[3, 4:8] = 1
    importance[0, 0], importance[3, 6] = 9, 5  # the most important pixel is black already
    left = image.copy()
    left[3, 6] = 0
    curve = explain.deletion_curve(linear, image, importance, [0.25], 1)
    assert curve == pytest.approx(networks.probabilities(linear, left)[:, 1])


def test_equal_importance_is_deleted_in_the_same_random_order_each_time(linear):
    in_order = -np.arange(784.0).reshape(28, 28)
    chance, again, reading = (explain.deletion_curve(linear, GREY, i, [0.5], 0) for i in (0 * GREY, 0 * GREY, in_order))
    assert chance == again != reading


def test_the_way_to_another_digit_goes_up_the_gradient_and_stays_in_range(linear):
    target = farthest(linear, GREY)
    path = explain.counterfactual(linear, GREY, target, step=0.05)
    np.testing.assert_array_equal(path[0], GREY)
    answers = explain.scores(linear, path).argmax(axis=1)
    assert (answers == target).nonzero() == (len(path) - 1,)  # only the last is read so
    slope = SLOPES[target] / np.linalg.norm(SLOPES[target])
    np.testing.assert_allclose(path[1] - path[0], 0.05 * slope, atol=1e-5)
    far = explain.counterfactual(linear, GREY, target, step=30.0)
    assert (far[-1].min(), far[-1].max()) == (0, 1)


def test_a_full_or_empty_pixel_takes_no_part_in_a_step_that_it_can_not_go(linear):
    image = np.round(IMAGES[0])
    step = explain.counterfactual(linear, image, farthest(linear, image), step=0.05)[1] - image
    assert np.linalg.norm(step) == pytest.approx(0.05, rel=1e-3)


def test_an_image_of_the_digit_itself_is_left_as_it_is(linear):
    digit = explain.scores(linear, IMAGES[0]).argmax()
    np.testing.assert_array_equal(explain.counterfactual(linear, IMAGES[0], digit), IMAGES[:1])


def test_a_way_that_is_too_long_or_has_no_slope_is_said_so(linear):
    with pytest.raises(RuntimeError, match=r"not read as a \d after 200 steps of 1e-05"):
        explain.counterfactual(linear, GREY, farthest(linear, GREY), step=1e-5)
    flat = sequential(*keras.models.clone_model(linear).layers, weights=[0 * WEIGHTS, np.array([1, 0, 0])])
    with pytest.raises(RuntimeError, match="not read as a 2 after 0 steps"):
        explain.counterfactual(flat, GREY, 2)


def test_a_network_with_a_side_way_can_be_explained():
    image = keras.Input((28, 28, 1))
    maps = layers.Conv2D(2, 3, strides=2, padding="same", name="maps")(image)
    both = layers.Concatenate()([layers.Flatten()(maps), layers.Flatten()(image)])
    model = keras.Model(image, layers.Dense(3, activation="softmax")(both))
    assert explain.map_layers(model) == ["maps"]
    assert explain.feature_maps(model, IMAGES, "maps").shape == (3, 2, 14, 14)
    assert explain.embeddings(model, IMAGES).shape == (3, 14 * 14 * 2 + 784)
    assert explain.grad_cam(model, IMAGES, [0, 1, 2], average=False).any()


def test_an_ensemble_has_gradients_but_no_layers_of_its_own(linear):
    voting = networks.ensemble([linear, keras.models.clone_model(linear)])
    assert explain.saliency(voting, IMAGES).shape == (3, 28, 28)
    for name, *arguments in [
        ("grad_cam", IMAGES),
        ("feature_maps", IMAGES, "member_1"),
        ("embeddings", IMAGES),
        ["filters"],
    ]:
        with pytest.raises(ValueError, match=r"model must be one network.*, not 'ensemble'"):
            getattr(explain, name)(voting, *arguments)


@pytest.mark.parametrize("name", ["scores", "embeddings", *ATTRIBUTIONS])
@pytest.mark.parametrize("images", [np.zeros((3, 8, 8)), np.zeros((1, 28, 28), int), np.full((28, 28), 7.0)])
def test_bad_images_are_refused(curved, name, images):
    with pytest.raises(ValueError, match="images"):
        getattr(explain, name)(curved, images)


@pytest.mark.parametrize("name", ATTRIBUTIONS)
@pytest.mark.parametrize("digits", [4, -1, 1.0, [0, 1], [[0], [1], [2]]])
def test_bad_digits_are_refused(curved, name, digits):
    expected = "digits must be a whole number from 0 to 3, or one for each of 3 images, not "
    with pytest.raises(ValueError, match=expected):
        getattr(explain, name)(curved, IMAGES, digits)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("smooth_grad", dict(noise=-1), "noise must be 0 or more, not -1"),
        ("smooth_grad", dict(samples=0), "samples must be 1 or more, not 0"),
        ("integrated_gradients", dict(steps=0), "steps must be 1 or more, not 0"),
        ("occlusion", dict(size=4), "size must be an odd number of pixels, 1 to 27, not 4"),
        ("occlusion", dict(size=29), "size must be an odd number of pixels, 1 to 27, not 29"),
        ("grad_cam", dict(layer="third"), "layer must be one of first, second, not 'third'"),
        ("feature_maps", dict(layer="flatten"), "layer must be one of first, second, not 'flatten'"),
        ("deletion_curve", dict(importance=GREY, shares=[0]), r"importance must be of shape \(3, 28, 28\), not"),
        ("deletion_curve", dict(importance=IMAGES + np.nan, shares=[0]), "importance must be finite, not NaN"),
        ("deletion_curve", dict(importance=IMAGES, shares=[0, 1.5]), r"shares must be from 0 to 1, not \[0, 1.5\]"),
        (
            "deletion_curve",
            dict(images=IMAGES[:0], importance=GREY, shares=[0]),
            "images must be at least one, not none",
        ),
        ("counterfactual", dict(image=IMAGES, digit=1), r"image must be of shape \(28, 28\), not \(3, 28, 28\)"),
        ("counterfactual", dict(image=GREY, digit=4), "digits must be a whole number from 0 to 3"),
        ("counterfactual", dict(image=GREY, digit=1, step=0), "step must be above 0, not 0"),
    ],
)
def test_bad_arguments_are_named(curved, name, arguments, message):
    images = {} if "image" in arguments else {"images": IMAGES}
    with pytest.raises(ValueError, match=message):
        getattr(explain, name)(curved, **images | arguments)


def test_a_network_without_maps_has_no_filters(linear):
    with pytest.raises(ValueError, match="model must be one network with convolutions, not 'seq"):
        explain.filters(linear)


def test_a_shipped_network_can_be_explained(mnist):
    model, images = load_classifier(name="quick").model, mnist[2][:10]
    scores, digits = explain.scores(model, images), mnist[3][:10]
    gained = scores[range(10), digits] - explain.scores(model, np.zeros((28, 28)))[0, digits]
    attributions = explain.integrated_gradients(model, images, digits)
    assert np.abs(attributions.sum(axis=(1, 2)) - gained).sum() < 0.05 * np.abs(gained).sum()
    by_attribution, by_chance = (explain.deletion_curve(model, images, i, [0.3]) for i in (attributions, 0.0 * images))
    assert by_attribution < by_chance - 0.2
    assert explain.grad_cam(model, images, average=False).any(axis=(1, 2)).all()
    assert len(explain.counterfactual(model, images[4], 9)) > 2  # from a four
