"""Explanations against finite differences, and against answers worked out by hand on tiny networks."""

import numpy as np
import pytest

from mnist_utils import explain, networks
from mnist_utils.networks import keras

layers = keras.layers
RNG = np.random.default_rng(6)
IMAGES = RNG.random((3, 28, 28)).astype(np.float32)
WEIGHTS = RNG.normal(0, 0.01, (784, 3)).astype(np.float32)
SLOPES = (WEIGHTS - WEIGHTS.mean(axis=1, keepdims=True)).T.reshape(3, 28, 28)  # of the three scores, by pixel
ATTRIBUTIONS = ["saliency", "smooth_grad", "integrated_gradients", "occlusion", "grad_cam"]


@pytest.fixture(scope="module")
def linear() -> keras.Model:
    """Three scores, each a weighted sum of the pixels."""
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(3, activation="softmax")])
    model.set_weights([WEIGHTS, np.array([0.3, 0.1, -0.4], np.float32)])
    return model


@pytest.fixture(scope="module")
def curved() -> keras.Model:
    """A small network with convolutions, smooth, so that finite differences can be trusted."""
    keras.utils.set_random_seed(1)
    stack = [
        keras.Input((28, 28, 1)),
        layers.Conv2D(4, 5, strides=2, padding="same", activation="tanh", name="first"),
        layers.Conv2D(3, 3, strides=2, padding="same", activation="tanh", name="second"),
        layers.Flatten(),
        layers.Dense(4, activation="softmax"),
    ]
    return keras.Sequential(stack, name="curved")


@pytest.fixture(scope="module")
def one_map() -> keras.Model:
    """The map is the image, and the first of two scores gains a fortieth of the ink in the left half."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(1, 1, use_bias=False, name="map"),
            layers.Flatten(),
            layers.Dense(2, use_bias=False, activation="softmax"),
        ]
    )
    dense = np.zeros((28, 28, 2), np.float32)
    dense[:, :14, 0] = 0.05
    model.set_weights([np.ones((1, 1, 1, 1), np.float32), dense.reshape(784, 2)])
    return model


@pytest.fixture(scope="module")
def voting(linear) -> keras.Model:
    return networks.ensemble([keras.models.clone_model(linear) for _ in range(2)])


def test_a_score_is_the_logit_less_the_mean_logit(linear):
    logits = IMAGES.reshape(3, 784) @ WEIGHTS + [0.3, 0.1, -0.4]
    expected = logits - logits.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(explain.scores(linear, IMAGES), expected, atol=1e-5)
    assert explain.scores(linear, np.zeros((0, 28, 28))).shape == (0, 3)


def test_scores_agree_with_the_evidence_that_the_classifier_uses(curved):
    probabilities = curved(networks.to_input(IMAGES)).numpy()
    np.testing.assert_allclose(explain.scores(curved, IMAGES).max(axis=1), networks.evidence(probabilities), rtol=1e-5)


@pytest.mark.parametrize("name", ["saliency", "smooth_grad"])
def test_the_gradient_of_a_linear_network_is_its_weights(linear, name):
    gradient = getattr(explain, name)(linear, IMAGES, [2, 0, 1])
    np.testing.assert_allclose(gradient, SLOPES[[2, 0, 1]], atol=1e-6)


def test_the_gradient_is_that_of_finite_differences(curved):
    gradient = explain.saliency(curved, IMAGES, 2)
    for row, column in [(0, 0), (13, 14), (20, 5)]:
        more, less = (IMAGES.copy() for _ in range(2))
        more[:, row, column], less[:, row, column] = 1, 0  # the widest step: float32 is coarse
        middle = (more + less) / 2
        slopes = (explain.scores(curved, more) - explain.scores(curved, less))[:, 2]
        np.testing.assert_allclose(explain.saliency(curved, middle, 2)[:, row, column], slopes, rtol=0.02, atol=1e-4)
    assert gradient.shape == (3, 28, 28)


def test_smooth_grad_is_the_mean_over_the_same_noise_each_time(curved):
    smooth = explain.smooth_grad(curved, IMAGES, 1, noise=0.5, samples=3, seed=4)
    np.testing.assert_array_equal(smooth, explain.smooth_grad(curved, IMAGES, 1, noise=0.5, samples=3, seed=4))
    assert not np.allclose(smooth, explain.smooth_grad(curved, IMAGES, 1, noise=0.5, samples=3, seed=5))
    noise = np.random.default_rng(4).normal(0, 0.1, (1, 28, 28, 1)).astype(np.float32)
    noisy = (np.full((1, 28, 28, 1), 0.5) + noise)[..., 0]  # stays in 0 to 1
    once = explain.smooth_grad(curved, np.full((28, 28), 0.5), 1, noise=0.1, samples=1, seed=4)
    np.testing.assert_allclose(once, explain.saliency(curved, noisy, 1), atol=1e-5)
    still = explain.smooth_grad(curved, IMAGES, 1, noise=0, samples=3)
    np.testing.assert_allclose(still, explain.saliency(curved, IMAGES, 1), atol=1e-6)


def test_integrated_gradients_of_a_linear_network_are_weights_times_ink(linear):
    attributions = explain.integrated_gradients(linear, IMAGES, 1, steps=1)
    np.testing.assert_allclose(attributions, SLOPES[1] * IMAGES, atol=1e-6)


def test_integrated_gradients_look_at_the_middle_of_each_step(curved):
    expected = explain.saliency(curved, IMAGES / 2, 1) * IMAGES
    np.testing.assert_allclose(explain.integrated_gradients(curved, IMAGES, 1, steps=1), expected, atol=1e-6)


def test_integrated_gradients_add_up_to_the_difference_of_the_scores(curved):
    attributions = explain.integrated_gradients(curved, IMAGES, [0, 1, 2], steps=100)
    black = explain.scores(curved, np.zeros((28, 28)))[0, [0, 1, 2]]
    expected = explain.scores(curved, IMAGES)[[0, 1, 2], [0, 1, 2]] - black
    assert np.abs(expected).min() > 0.01
    np.testing.assert_allclose(attributions.sum(axis=(1, 2)), expected, atol=1e-3)


@pytest.mark.parametrize("size", [1, 3])
def test_occlusion_of_a_linear_network_is_what_the_square_holds(linear, size):
    lost, worth = explain.occlusion(linear, IMAGES, 0, size=size), SLOPES[0] * IMAGES
    for row, column in [(0, 0), (10, 20), (27, 3)]:
        low, left = max(row - size // 2, 0), max(column - size // 2, 0)
        square = worth[:, low : row + size // 2 + 1, left : column + size // 2 + 1]
        np.testing.assert_allclose(lost[:, row, column], square.sum(axis=(1, 2)), atol=1e-5)


def test_grad_cam_weights_a_map_by_its_mean_gradient(one_map):
    # The score of class 0 is half its logit: a gradient of 0.025 on the left, 0 on the right; their mean is 0.0125.
    np.testing.assert_allclose(explain.grad_cam(one_map, IMAGES, 0), 0.0125 * IMAGES, atol=1e-6)
    assert not explain.grad_cam(one_map, IMAGES, 1).any()  # all speaks against class 1


def test_grad_cam_without_the_mean_keeps_to_where_the_gradient_is(one_map):
    cam = explain.grad_cam(one_map, IMAGES, 0, average=False)
    np.testing.assert_allclose(cam[:, :, :14], 0.025 * IMAGES[:, :, :14], atol=1e-6)
    assert not cam[:, :, 14:].any()


def test_grad_cam_takes_the_last_maps_unless_told_otherwise(curved):
    cams = [explain.grad_cam(curved, IMAGES, 0, layer=layer) for layer in (None, "second", "first")]
    np.testing.assert_array_equal(cams[0], cams[1])
    assert not np.allclose(cams[0], cams[2])
    assert cams[2].shape == (3, 28, 28)
    assert cams[2].min() >= 0


def test_maps_filters_and_embeddings_are_those_of_the_layers(curved):
    assert explain.map_layers(curved) == ["first", "second"]
    kernel = curved.get_layer("first").get_weights()[0]
    np.testing.assert_array_equal(explain.filters(curved)[3], kernel[:, :, 0, 3])
    maps = curved.get_layer("first")(networks.to_input(IMAGES)).numpy()
    np.testing.assert_allclose(explain.feature_maps(curved, IMAGES, "first"), maps.transpose(0, 3, 1, 2), atol=1e-6)
    hidden = explain.feature_maps(curved, IMAGES, "second").transpose(0, 2, 3, 1).reshape(3, -1)
    np.testing.assert_allclose(explain.embeddings(curved, IMAGES), hidden, atol=1e-6)


def test_many_images_are_explained_as_one_by_one(curved):
    many = RNG.random((1001, 28, 28)).astype(np.float32)
    for function in (explain.scores, explain.saliency, explain.embeddings, explain.grad_cam):
        np.testing.assert_allclose(
            function(curved, many)[[0, 700, 1000]], function(curved, many[[0, 700, 1000]]), atol=1e-5
        )


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_one_image_and_no_images_are_fine_and_the_likeliest_digit_is_explained(curved, name):
    function = getattr(explain, name)
    digits = explain.scores(curved, IMAGES).argmax(axis=1)
    np.testing.assert_allclose(function(curved, IMAGES), function(curved, IMAGES, digits), atol=1e-6)
    assert function(curved, IMAGES[0]).shape == (1, 28, 28)
    assert function(curved, (IMAGES[:1] * 255).astype(np.uint8)).shape == (1, 28, 28)
    assert function(curved, IMAGES[:0]).shape == (0, 28, 28)


def test_a_randomised_copy_holds_the_same_weights_in_another_order(curved):
    before, copy = [weight.copy() for weight in curved.get_weights()], explain.randomised(curved, seed=1)
    for old, now, new in zip(before, curved.get_weights(), copy.get_weights(), strict=True):
        np.testing.assert_array_equal(old, now)  # the model itself is left alone
        np.testing.assert_array_equal(np.sort(old, axis=None), np.sort(new, axis=None))
        assert old.shape == new.shape
    assert not np.allclose(before[0], copy.get_weights()[0])
    again, other = explain.randomised(curved, seed=1), explain.randomised(curved, seed=2)
    np.testing.assert_array_equal(copy.get_weights()[0], again.get_weights()[0])
    assert not np.allclose(copy.get_weights()[0], other.get_weights()[0])


def test_only_the_layers_named_are_randomised(curved):
    copy = explain.randomised(curved, layers=["second"])
    same = [np.array_equal(old, new) for old, new in zip(curved.get_weights(), copy.get_weights(), strict=True)]
    assert same == [True, True, False, True, True, True]  # kernel and bias (all 0) of three layers


def test_deleting_the_ink_that_counts_ends_the_answer_first(linear):
    worth = SLOPES[0] * IMAGES
    shares = [0, 0.25, 0.5, 1]
    first, last = (explain.deletion_curve(linear, IMAGES, sign * worth, shares, 0) for sign in (1, -1))
    assert (first[1:3] < last[1:3]).all()
    before, black = (np.exp(explain.scores(linear, images)) for images in (IMAGES, np.zeros((1, 28, 28))))
    ends = [(each / each.sum(axis=1, keepdims=True))[:, 0].mean() for each in (before, black)]
    np.testing.assert_allclose([first[0], first[-1]], ends, rtol=1e-4)


def test_only_ink_is_deleted_and_the_most_important_first(linear):
    image = np.zeros((28, 28))
    image[3, 4:8] = 1
    importance = np.zeros((28, 28))
    importance[0, 0], importance[3, 6] = 9, 5  # the most important pixel is black already
    left = image.copy()
    left[3, 6] = 0
    curve = explain.deletion_curve(linear, image, importance, [0.25], 1)
    assert curve[0] == pytest.approx(explain.deletion_curve(linear, left, importance, [0], 1)[0])


def test_equal_importance_is_deleted_in_random_order(linear):
    flat = np.zeros_like(IMAGES)
    curves = [explain.deletion_curve(linear, IMAGES, flat, [0.5], 0, seed=seed)[0] for seed in (1, 1, 2)]
    assert curves[0] == curves[1] != curves[2]


def test_the_way_to_another_digit_goes_up_the_gradient_and_stays_in_range(linear):
    image = np.full((28, 28), 0.5, np.float32)
    target = int(explain.scores(linear, image).argmin())
    path = explain.change_into(linear, image, target, step=0.05)
    np.testing.assert_array_equal(path[0], image)
    answers = explain.scores(linear, path).argmax(axis=1)
    assert (answers[:-1] != target).all()
    assert answers[-1] == target
    slope = SLOPES[target] / np.linalg.norm(SLOPES[target])
    np.testing.assert_allclose(path[1] - path[0], 0.05 * slope, atol=1e-5)
    far = explain.change_into(linear, image, target, step=30.0)
    assert (far[-1].min(), far[-1].max()) == (0, 1)


def test_a_full_or_empty_pixel_takes_no_part_in_a_step_that_it_can_not_go(linear):
    image = np.round(IMAGES[0])
    target = int(explain.scores(linear, image).argmin())
    step = explain.change_into(linear, image, target, step=0.05)[1] - image
    assert np.linalg.norm(step) == pytest.approx(0.05, rel=1e-3)


def test_an_image_of_the_digit_itself_is_left_as_it_is(linear):
    digit = explain.scores(linear, IMAGES[0]).argmax()
    np.testing.assert_array_equal(explain.change_into(linear, IMAGES[0], digit), IMAGES[:1])


def test_a_way_that_is_too_long_is_said_so(linear):
    image = np.full((28, 28), 0.5, np.float32)
    target = int(explain.scores(linear, image).argmin())
    with pytest.raises(RuntimeError, match=f"not read as a {target} after 3 steps of 0.001"):
        explain.change_into(linear, image, target, step=0.001, most_steps=3)


def test_a_way_without_a_slope_is_said_so(linear):
    flat = keras.models.clone_model(linear)
    flat.set_weights([np.zeros_like(WEIGHTS), np.array([1, 0, 0], np.float32)])
    with pytest.raises(RuntimeError, match="not read as a 2 after 0 steps"):
        explain.change_into(flat, IMAGES[0], 2)


def test_an_ensemble_has_gradients_but_no_layers_of_its_own(voting):
    assert explain.saliency(voting, IMAGES).shape == (3, 28, 28)
    one_network = "model must be one network.*, not 'ensemble'"
    with pytest.raises(ValueError, match=one_network):
        explain.grad_cam(voting, IMAGES)
    with pytest.raises(ValueError, match=one_network):
        explain.feature_maps(voting, IMAGES, "member_1")
    with pytest.raises(ValueError, match=one_network):
        explain.filters(voting)
    with pytest.raises(ValueError, match=one_network):
        explain.embeddings(voting, IMAGES)


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
    ("call", "message"),
    [
        (lambda m: explain.smooth_grad(m, IMAGES, noise=-1), "noise must be 0 or more, not -1"),
        (lambda m: explain.smooth_grad(m, IMAGES, samples=0), "samples must be 1 or more, not 0"),
        (lambda m: explain.integrated_gradients(m, IMAGES, steps=0), "steps must be 1 or more, not 0"),
        (lambda m: explain.occlusion(m, IMAGES, size=4), "size must be an odd number of pixels, 1 to 27, not 4"),
        (lambda m: explain.occlusion(m, IMAGES, size=29), "size must be an odd number of pixels, 1 to 27, not 29"),
        (lambda m: explain.grad_cam(m, IMAGES, layer="third"), "layer must be one of first, second, not 'third'"),
        (lambda m: explain.feature_maps(m, IMAGES, "flatten"), "layer must be one of first, second, not 'flatten'"),
        (lambda m: explain.randomised(m, layers=["third"]), "layers must be among first, second, .*, not .'third'."),
        (
            lambda m: explain.deletion_curve(m, IMAGES, IMAGES[0], [0]),
            r"importance must be of shape \(3, 28, 28\), not",
        ),
        (lambda m: explain.deletion_curve(m, IMAGES[:0], IMAGES[:0], [0]), "images must be at least one, not none"),
        (lambda m: explain.deletion_curve(m, IMAGES, IMAGES + np.nan, [0]), "importance must be finite, not NaN"),
        (lambda m: explain.deletion_curve(m, IMAGES, IMAGES, [0, 1.5]), r"shares must be from 0 to 1, not \[0, 1.5\]"),
        (lambda m: explain.change_into(m, IMAGES, 1), r"image must be of shape \(28, 28\), not \(3, 28, 28\)"),
        (lambda m: explain.change_into(m, IMAGES[0], 4), "digits must be a whole number from 0 to 3"),
        (lambda m: explain.change_into(m, IMAGES[0], 1, step=0), "step must be above 0, not 0"),
        (lambda m: explain.change_into(m, IMAGES[0], 1, most_steps=0), "most_steps must be 1 or more, not 0"),
    ],
)
def test_bad_arguments_are_named(curved, call, message):
    with pytest.raises(ValueError, match=message):
        call(curved)


def test_a_network_without_maps_has_no_filters(linear):
    with pytest.raises(ValueError, match="model must be one network with convolutions, its layers in a row, not 'seq"):
        explain.filters(linear)


@pytest.mark.parametrize("name", ["best", "classic"])
def test_the_shipped_networks_can_be_explained(mnist, name):
    from mnist_utils.classifier import load_classifier

    model, images = load_classifier(name=name).model, mnist[2][:20]
    attributions = explain.integrated_gradients(model, images)
    digits = explain.scores(model, images).argmax(axis=1)
    gained = explain.scores(model, images)[range(20), digits] - explain.scores(model, np.zeros((28, 28)))[0, digits]
    assert np.abs(attributions.sum(axis=(1, 2)) - gained).sum() < 0.05 * np.abs(gained).sum()
    chance = np.random.default_rng(0).random(images.shape)
    by_attribution, by_chance = (explain.deletion_curve(model, images, i, [0.3])[0] for i in (attributions, chance))
    assert by_attribution < by_chance - 0.2
    assert explain.grad_cam(model, images, average=False).any(axis=(1, 2)).all()
    assert len(explain.change_into(model, images[np.flatnonzero(digits == 4)[0]], 9)) > 2
