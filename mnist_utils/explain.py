"""Why does a network answer so: what it looks for, which pixels matter, what would change its mind.

Common to all functions: `model` is a keras.Model that takes (n, 28, 28, 1) and gives probabilities (n, classes), such
as `load_classifier().model`. `images` are (n, 28, 28) or one (28, 28), uint8 0-255 or float 0-1, white ink on black.
`digits` says whose score is explained: one digit for all images, or (n,); without it, the likeliest of each image.
What is explained comes as float32 (n, 28, 28). A wrong argument is a ValueError that names it.

A digit's *score* is the log of its probability less the mean of all logs, in nats: its logit less the mean logit.
Unlike a probability, it still moves where the network is sure.
"""

import functools
from collections.abc import Sequence

import numpy as np

from mnist_utils.images import check_images, to_input
from mnist_utils.networks import in_chunks, log_scores, probabilities, traced
from mnist_utils.quiet_tensorflow import keras, tf

Digits = int | Sequence[int] | np.ndarray | None
MOST_STEPS = 200  # of a counterfactual, before it gives up


def scores(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Give each digit's score: float32 (n, classes), in nats; each row adds up to 0."""
    return log_scores(probabilities(model, images))


def saliency(model: keras.Model, images: np.ndarray, digits: Digits = None) -> np.ndarray:
    """Give the gradient of a digit's score: what a little more ink in each pixel would do, in nats for 0 to 1.

    Simonyan, Vedaldi, Zisserman 2014, "Deep inside convolutional networks", section 3.
    """
    return _gradients(model, *_check(model, images, digits))


def smooth_grad(
    model: keras.Model,
    images: np.ndarray,
    digits: Digits = None,
    noise: float = 0.15,
    samples: int = 25,
    seed: int = 0,
) -> np.ndarray:
    """Give the mean gradient over so many noisy copies of each image, in nats for a pixel that goes from 0 to 1.

    `noise` is the standard deviation of what is added to each pixel; the same seed adds the same. Smilkov et al. 2017,
    "SmoothGrad: removing noise by adding noise", section 3.
    """
    _require(noise >= 0, "noise", "0 or more", noise)
    _require(samples >= 1, "samples", "1 or more", samples)
    inputs, digits = _check(model, images, digits)
    rng = np.random.default_rng(seed)
    noisy = (inputs + rng.normal(0, noise, inputs.shape).astype(np.float32) for _ in range(samples))
    return np.sum([_gradients(model, copy, digits) for copy in noisy], axis=0) / samples


def integrated_gradients(model: keras.Model, images: np.ndarray, digits: Digits = None, steps: int = 200) -> np.ndarray:
    """Share a digit's score out among the pixels, in nats: the mean gradient on the way from black, times the ink.

    The gradient is taken in the middle of each of the steps. With enough of them, the shares add up to the score of the
    image less the score of a black one: Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks",
    equation 3 and proposition 1.
    """
    _require(steps >= 1, "steps", "1 or more", steps)
    inputs, digits = _check(model, images, digits)
    places = (np.arange(steps, dtype=np.float32) + 0.5) / steps
    return sum(_gradients(model, place * inputs, digits) for place in places) / steps * inputs[..., 0]


def occlusion(model: keras.Model, images: np.ndarray, digits: Digits = None, size: int = 5) -> np.ndarray:
    """Give how much of a digit's score, in nats, is lost to a black square of this size with its middle at each pixel.

    The side is an odd number of pixels. Zeiler, Fergus 2014, "Visualizing and understanding convolutional networks",
    section 4.2.
    """
    _require(size in range(1, 28, 2), "size", "an odd number of pixels, 1 to 27", size)
    inputs, digits = _check(model, images, digits)
    rows = np.arange(28)
    near = np.abs(rows - rows[:, None]) <= size // 2
    kept = ~(near[:, None, :, None] & near[None, :, None, :]).reshape(784, 28, 28)  # 784 places of the square
    lost = [
        scores(model, image)[0, digit] - scores(model, image * kept)[:, digit]
        for image, digit in zip(inputs[..., 0], digits, strict=True)
    ]
    return np.reshape(lost, (-1, 28, 28)).astype(np.float32)


def grad_cam(
    model: keras.Model, images: np.ndarray, digits: Digits = None, layer: str | None = None, average: bool = True
) -> np.ndarray:
    """Give where a layer's maps speak for a digit, 0 or more, enlarged from the size of the maps.

    It is the sum of the maps of a layer, one of `map_layers(model)` or else the last of them, each weighted by the mean
    gradient of the score: Selvaraju et al. 2017, "Grad-CAM", equations 1 and 2. Without `average`, each place has its
    own gradient as weight, which suits networks whose dense layers tell places apart: Draelos, Carin 2020, "Use
    HiResCAM instead of Grad-CAM".
    """
    inputs, digits = _check(model, images, digits)
    layer = layer or map_layers(model)[-1]
    return in_chunks(traced(_CAM[average], _with_maps(model, layer), tf.int32), inputs, digits)


def map_layers(model: keras.Model) -> list[str]:
    """Name the layers that give maps, in their order; ValueError if the model has none."""
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    names = [layer.name for layer in layers if len(layer.output.shape) == 4]
    _require(bool(names), "model", "one network with convolutions", repr(model.name))
    return names


def filters(model: keras.Model) -> np.ndarray:
    """Give the kernels of the first convolution: float32 (filters, height, width)."""
    kernels = [layer.kernel for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    _require(bool(kernels), "model", "one network with convolutions", repr(model.name))
    return kernels[0].numpy()[:, :, 0].transpose(2, 0, 1)


def feature_maps(model: keras.Model, images: np.ndarray, layer: str) -> np.ndarray:
    """Give the maps of a layer, one of `map_layers(model)`: float32 (n, maps, height, width)."""
    return probabilities(_up_to(model, layer), images).transpose(0, 3, 1, 2)


def all_feature_maps(model: keras.Model, image: np.ndarray) -> dict[str, np.ndarray]:
    """Give what each layer with maps makes of one image (28, 28), by its name: float32 (filters, height, width).

    A convolution whose activation is a layer of its own is left out, and so is its normalisation: the activation's maps
    are what the next layer is given.
    """
    names = [layer.name for layer in model.layers if _gives_maps(layer)]
    given = traced(_every_map, _model_of_maps(model))(tf.constant(to_input(image)))
    return {name: np.moveaxis(maps.numpy()[0], -1, 0) for name, maps in zip(names, given, strict=True)}


@functools.lru_cache(maxsize=16)
def _model_of_maps(model: keras.Model) -> keras.Model:
    return keras.Model(model.inputs, [layer.output for layer in model.layers if _gives_maps(layer)])


def _every_map(model: keras.Model, images: tf.Tensor) -> list[tf.Tensor]:
    return model(images, training=False)


def _gives_maps(layer: keras.layers.Layer) -> bool:
    """Whether a layer gives maps that show what has been found: an activation's or a pooling's."""
    if len(layer.output.shape) != 4:
        return False
    if isinstance(layer, keras.layers.Conv2D):
        return layer.activation is not keras.activations.linear
    return isinstance(layer, keras.layers.ReLU | keras.layers.MaxPooling2D)


def embeddings(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Give what the last layer reads of each image: float32 (n, units)."""
    return probabilities(_up_to_last(model), images)


def randomised(model: keras.Model, seed: int = 0) -> keras.Model:
    """Copy a model and shuffle the weights within its layers, so that it forgets what it has learned.

    An explanation that stays as it was does not come from what was learned: Adebayo et al. 2018, "Sanity checks for
    saliency maps", section 3.1; there, weights are drawn anew.
    """
    copy, rng = keras.models.clone_model(model), np.random.default_rng(seed)
    copy.set_weights([rng.permutation(weight.ravel()).reshape(weight.shape) for weight in model.get_weights()])
    return copy


def deletion_curve(
    model: keras.Model, images: np.ndarray, importance: np.ndarray, shares: Sequence[float], digits: Digits = None
) -> np.ndarray:
    """Blacken more and more of the ink, the most important pixels first: how fast does the answer go?

    `importance` is of the shape of images, in any unit; equal pixels go in random order. `shares`, 0 to 1, are the
    parts of an image's inked pixels that are black at the points of the curve. Gives the probability of the digit, 0 to
    1, at each, in the mean over the images. Petsiuk, Das, Saenko 2018, "RISE", section 4.3 (deletion).
    """
    inputs, digits = _check(model, images, digits)
    _require(len(inputs) > 0, "images", "at least one", "none")
    importance = np.asarray(importance, dtype=float)
    _require(importance.shape == np.shape(images), "importance", f"of shape {np.shape(images)}", importance.shape)
    _require(np.isfinite(importance).all(), "importance", "finite", "NaN or infinite")
    _require(all(0 <= share <= 1 for share in shares), "shares", "from 0 to 1", shares)
    flat, importance = inputs.reshape(-1, 784), importance.reshape(-1, 784)
    chance = np.random.default_rng(0).random(flat.shape)
    order = np.lexsort((chance, -importance, flat == 0), axis=1)  # by ink, then importance, then chance
    ranks, inked = order.argsort(axis=1), (flat > 0).sum(axis=1, keepdims=True)
    curve = []
    for share in shares:
        kept = np.where(ranks < np.round(share * inked), 0, flat).reshape(-1, 28, 28)
        curve.append(probabilities(model, kept)[np.arange(len(digits)), digits].mean())
    return np.array(curve, dtype=float)


def counterfactual(model: keras.Model, image: np.ndarray, digit: int, step: float = 0.1) -> np.ndarray:
    """Change one image (28, 28), up the gradient of another digit's score, until it is read as that digit.

    A step has this length: the root of the sum of the squared changes of all pixels, which lie in 0 to 1. Gives float32
    (k, 28, 28): the image, then one after each step; the last is the first that is read as the digit. The change is
    small, but nothing proves that there is no smaller one. RuntimeError if 200 steps were not enough, or one has
    nowhere to go. Szegedy et al. 2014, "Intriguing properties of neural networks", section 4.1, in steps as in Kurakin,
    Goodfellow, Bengio 2017, "Adversarial examples in the physical world", section 2.2.
    """
    _require(np.shape(image) == (28, 28), "image", "of shape (28, 28)", np.shape(image))
    _require(step > 0, "step", "above 0", step)
    path = list(check_images(image))
    while scores(model, path[-1]).argmax() != digit:
        up = saliency(model, path[-1], digit)[0]
        up *= np.where(up > 0, path[-1] < 1, path[-1] > 0)  # a full pixel gets no fuller, an empty one no emptier
        length = np.linalg.norm(up)
        if len(path) > MOST_STEPS or length == 0:
            raise RuntimeError(f"image was not read as a {digit} after {len(path) - 1} steps of {step}.")
        path.append(np.clip(path[-1] + step / length * up, 0, 1))
    return np.stack(path)


def _require(condition: bool, argument: str, expected: str, came: object) -> None:
    if not condition:
        raise ValueError(f"{argument} must be {expected}, not {came}.")


def _check(model: keras.Model, images: np.ndarray, digits: Digits) -> tuple[np.ndarray, np.ndarray]:
    """Give images as the network takes them, and a digit for each."""
    inputs, classes = to_input(images), model.output_shape[-1]
    if digits is None:
        return inputs, scores(model, images).argmax(axis=1).astype(np.int32)
    digits = np.asarray(digits)
    good = np.issubdtype(digits.dtype, np.integer) and digits.shape in ((), inputs.shape[:1])
    good = good and ((digits >= 0) & (digits < classes)).all()
    expected = f"a whole number from 0 to {classes - 1}, or one for each of {len(inputs)} images"
    _require(good, "digits", expected, digits.tolist() if digits.size < 20 else f"{digits.dtype} {digits.shape}")
    return inputs, np.broadcast_to(digits, len(inputs)).astype(np.int32)


def _check_layer(model: keras.Model, layer: str) -> None:
    names = map_layers(model)
    _require(layer in names, "layer", f"one of {', '.join(names)}", repr(layer))


def _gradients(model: keras.Model, inputs: np.ndarray, digits: np.ndarray) -> np.ndarray:
    return in_chunks(traced(_gradient, model, tf.int32), inputs, digits)


def _gradient(model: keras.Model, images: tf.Tensor, digits: tf.Tensor) -> tf.Tensor:
    with tf.GradientTape() as tape:
        tape.watch(images)
        score = _score(model(images, training=False), digits)
    return tape.gradient(score, images)[..., 0]


def _score(answers: tf.Tensor, digits: tf.Tensor) -> tf.Tensor:
    return tf.gather(log_scores(answers), digits, axis=1, batch_dims=1)


def _cam(average: bool, model: keras.Model, images: tf.Tensor, digits: tf.Tensor) -> tf.Tensor:
    with tf.GradientTape() as tape:
        tape.watch(images)
        maps, answers = model(images, training=False)
        score = _score(answers, digits)
    weights = tape.gradient(score, maps)
    if average:
        weights = tf.reduce_mean(weights, axis=(1, 2), keepdims=True)
    cam = tf.nn.relu(tf.reduce_sum(weights * maps, axis=3, keepdims=True))
    return tf.image.resize(cam, (28, 28))[..., 0]


_CAM = {average: functools.partial(_cam, average) for average in (True, False)}  # each the same object every time


@functools.lru_cache(maxsize=16)  # the same part every time, so that it is traced once
def _up_to(model: keras.Model, layer: str) -> keras.Model:
    """Give the part of a model up to a layer that gives maps."""
    _check_layer(model, layer)
    return keras.Model(model.inputs, model.get_layer(layer).output)


@functools.lru_cache(maxsize=4)
def _up_to_last(model: keras.Model) -> keras.Model:
    read = model.layers[-1].input
    _require(not isinstance(read, list), "model", "one network", repr(model.name))
    return keras.Model(model.inputs, read)


@functools.lru_cache(maxsize=16)
def _with_maps(model: keras.Model, layer: str) -> keras.Model:
    """Give a model of two outputs, the maps of a layer and the answers that come of them."""
    _check_layer(model, layer)
    if not isinstance(model, keras.Sequential):
        return keras.Model(model.inputs, [model.get_layer(layer).output, model.outputs[0]])
    image = values = keras.Input((28, 28, 1))
    outputs = []  # called anew: a Sequential that was loaded has called its layers many times, each time on other maps
    for each in model.layers:
        values = each(values)
        if each.name == layer:
            outputs.append(values)
    return keras.Model(image, [*outputs, values])
