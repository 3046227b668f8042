"""Why does a network answer so: what it looks for, which pixels matter, what would change its mind.

Common to all functions: `model` is a keras.Model that takes (n, 28, 28, 1) and gives probabilities (n, classes), such
as `load_classifier().model`. `images` are (n, 28, 28) or one (28, 28), uint8 0-255 or float 0-1, white ink on black.
`digits` says whose score is explained: one digit for all images, or (n,); without it, the likeliest of each image.

A digit's *score* is the log of its probability less the mean of all logs, in nats: its logit less the mean logit.
Unlike a probability, it still moves where the network is sure.
"""

import functools

import numpy as np

from mnist_utils.networks import to_input
from mnist_utils.quiet_tensorflow import keras, tf

LEAST = 1e-30  # the least probability whose log is taken
IMAGES = tf.TensorSpec((None, 28, 28, 1), tf.float32)
Digits = int | np.ndarray | None


def scores(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Give each digit's score.

    Returns
    -------
    numpy.ndarray
        float32 (n, classes), in nats; each row adds up to 0.

    Raises
    ------
    ValueError
        If shape, type or range of the images is another.
    """
    return _scores(model, to_input(images))


def saliency(model: keras.Model, images: np.ndarray, digits: Digits = None) -> np.ndarray:
    """Give the gradient of a digit's score: what a little more ink in each pixel would do to it.

    Returns
    -------
    numpy.ndarray
        float32 (n, 28, 28), in nats for a pixel that goes from 0 to 1.

    Raises
    ------
    ValueError
        If images or digits are others.

    References
    ----------
    Simonyan, Vedaldi, Zisserman 2014, "Deep inside convolutional networks", equation 4.
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
    """Give the mean gradient over noisy copies of each image.

    Parameters
    ----------
    model, images, digits
        As above.
    noise : float
        Standard deviation of what is added to each pixel, 0 or more.
    samples : int
        How many copies, 1 or more.
    seed : int
        The same seed adds the same noise.

    Returns
    -------
    numpy.ndarray
        float32 (n, 28, 28), in nats for a pixel that goes from 0 to 1.

    Raises
    ------
    ValueError
        If an argument is another.

    References
    ----------
    Smilkov et al. 2017, "SmoothGrad: removing noise by adding noise", section 3.
    """
    _require(noise >= 0, "noise", "0 or more", noise)
    _require(samples >= 1, "samples", "1 or more", samples)
    inputs, digits = _check(model, images, digits)
    rng = np.random.default_rng(seed)
    noisy = (inputs + rng.normal(0, noise, inputs.shape).astype(np.float32) for _ in range(samples))
    return sum(_gradients(model, copy, digits) for copy in noisy) / samples


def integrated_gradients(model: keras.Model, images: np.ndarray, digits: Digits = None, steps: int = 200) -> np.ndarray:
    """Share a digit's score out among the pixels: the mean gradient on the way from a black image, times the ink.

    Parameters
    ----------
    model, images, digits
        As above.
    steps : int
        At how many places on the way the gradient is taken, 1 or more.

    Returns
    -------
    numpy.ndarray
        float32 (n, 28, 28), in nats. Completeness: with enough steps, they add up to the score of the image less
        the score of a black image.

    Raises
    ------
    ValueError
        If an argument is another.

    References
    ----------
    Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks", equation 3 and proposition 1.
    """
    _require(steps >= 1, "steps", "1 or more", steps)
    inputs, digits = _check(model, images, digits)
    places = (np.arange(steps, dtype=np.float32) + 0.5) / steps  # the middle of each step
    return sum(_gradients(model, place * inputs, digits) for place in places) / steps * inputs[..., 0]


def occlusion(model: keras.Model, images: np.ndarray, digits: Digits = None, size: int = 5) -> np.ndarray:
    """Give how much of a digit's score is lost when a black square covers the image, for each place of the square.

    Parameters
    ----------
    model, images, digits
        As above.
    size : int
        Side of the square in pixels, odd, 1 to 27.

    Returns
    -------
    numpy.ndarray
        float32 (n, 28, 28), in nats; a pixel's value is that of the square with its middle there.

    Raises
    ------
    ValueError
        If an argument is another.

    References
    ----------
    Zeiler, Fergus 2014, "Visualizing and understanding convolutional networks", section 4.2.
    """
    _require(size in range(1, 28, 2), "size", "an odd number of pixels, 1 to 27", size)
    inputs, digits = _check(model, images, digits)
    rows = np.arange(28)
    near = np.abs(rows - rows[:, None]) <= size // 2
    open_ = ~(near[:, None, :, None] & near[None, :, None, :]).reshape(784, 28, 28, 1)  # 784 places of the square
    lost = [
        _scores(model, inputs[[i]])[0, digit] - _scores(model, inputs[i] * open_)[:, digit]
        for i, digit in enumerate(digits)
    ]
    return np.reshape(lost, (-1, 28, 28)).astype(np.float32)


def grad_cam(
    model: keras.Model, images: np.ndarray, digits: Digits = None, layer: str | None = None, average: bool = True
) -> np.ndarray:
    """Give where a layer's maps speak for a digit: the maps' sum, each weighted by the gradient of the score.

    Parameters
    ----------
    model, images, digits
        As above; the model must be one network with its layers in a row.
    layer : str, optional
        One of `map_layers(model)`; without it, the last one.
    average : bool
        Weight each map by its mean gradient, as Grad-CAM does. False weights each place by its own
        gradient (HiResCAM), which suits networks whose dense layers tell places apart.

    Returns
    -------
    numpy.ndarray
        float32 (n, 28, 28), 0 or more, enlarged from the size of the maps.

    Raises
    ------
    ValueError
        If an argument is another.

    References
    ----------
    Selvaraju et al. 2017, "Grad-CAM", equations 1 and 2. Draelos, Carin 2020, "Use HiResCAM instead of Grad-CAM".
    """
    inputs, digits = _check(model, images, digits)
    first, rest = _split(model, layer)

    def explain(part, chosen):
        maps = _run(first, part)
        with tf.GradientTape() as tape:
            tape.watch(maps)
            score = _score_of(_run(rest, maps), chosen)
        gradient = tape.gradient(score, maps)
        weights = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True) if average else gradient
        cam = tf.nn.relu(tf.reduce_sum(weights * maps, axis=3, keepdims=True))
        return tf.image.resize(cam, (28, 28))[..., 0]

    return _in_chunks(explain, inputs, digits)


def map_layers(model: keras.Model) -> list[str]:
    """Name the layers that give maps, in their order; ValueError if the model is not one network with such layers."""
    row = isinstance(model, keras.Sequential)
    names = [layer.name for layer in model.layers if row and len(layer.output.shape) == 4]
    _require(bool(names), "model", "one network with convolutions, its layers in a row", f"{model.name!r}")
    return names


def filters(model: keras.Model) -> np.ndarray:
    """Give the kernels of the first convolution.

    Returns
    -------
    numpy.ndarray
        float32 (filters, height, width).

    Raises
    ------
    ValueError
        If the model is not one network with convolutions.
    """
    map_layers(model)
    kernel = next(layer.kernel for layer in model.layers if isinstance(layer, keras.layers.Conv2D))
    return kernel.numpy()[:, :, 0].transpose(2, 0, 1)


def feature_maps(model: keras.Model, images: np.ndarray, layer: str) -> np.ndarray:
    """Give the maps of a layer.

    Parameters
    ----------
    model, images
        As above; the model must be one network with its layers in a row.
    layer : str
        One of `map_layers(model)`.

    Returns
    -------
    numpy.ndarray
        float32 (n, maps, height, width).

    Raises
    ------
    ValueError
        If an argument is another.
    """
    first, _ = _split(model, layer)
    return _in_chunks(functools.partial(_run, first), to_input(images)).transpose(0, 3, 1, 2)


def embeddings(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Give what the last hidden layer makes of each image, as the last layer reads it.

    Returns
    -------
    numpy.ndarray
        float32 (n, units).

    Raises
    ------
    ValueError
        If images are others, or the model is not one network with its layers in a row.
    """
    _require(isinstance(model, keras.Sequential), "model", "one network, its layers in a row", f"{model.name!r}")
    return _in_chunks(functools.partial(_run, model.layers[:-1]), to_input(images))


def randomised(model: keras.Model, seed: int = 0, layers: list[str] | None = None) -> keras.Model:
    """Copy a model and shuffle the weights within its layers, so that it forgets what it has learned.

    An explanation that stays as it was does not come from what was learned.

    Parameters
    ----------
    model : keras.Model
    seed : int
        The same seed shuffles in the same way.
    layers : list of str, optional
        Names of the layers to shuffle; without it, all.

    Returns
    -------
    keras.Model

    Raises
    ------
    ValueError
        If the model has no layer of such a name.

    References
    ----------
    Adebayo et al. 2018, "Sanity checks for saliency maps", section 3.1; there, weights are drawn anew.
    """
    names = [layer.name for layer in model.layers]
    chosen = names if layers is None else layers
    _require(set(chosen) <= set(names), "layers", f"among {', '.join(names)}", chosen)
    copy, rng = keras.models.clone_model(model), np.random.default_rng(seed)
    for name, old, new in zip(names, model.layers, copy.layers, strict=True):
        weights = old.get_weights()
        if name in chosen:
            weights = [rng.permutation(weight.ravel()).reshape(weight.shape) for weight in weights]
        new.set_weights(weights)
    return copy


def deletion_curve(
    model: keras.Model,
    images: np.ndarray,
    importance: np.ndarray,
    shares: list[float],
    digits: Digits = None,
    seed: int = 0,
) -> np.ndarray:
    """Blacken more and more of the ink, the most important pixels first: how fast does the answer go?

    Parameters
    ----------
    model, images, digits
        As above.
    importance : numpy.ndarray
        Of the shape of images, in any unit; the greatest goes first, equal ones in random order.
    shares : list of float
        Which parts of an image's inked pixels are black at the points of the curve, 0 to 1.
    seed : int
        Of that random order.

    Returns
    -------
    numpy.ndarray
        float (len(shares),), the probability of the digit, 0 to 1, in the mean over the images.

    Raises
    ------
    ValueError
        If an argument is another.

    References
    ----------
    Petsiuk, Das, Saenko 2018, "RISE", section 4.3 (deletion).
    """
    inputs, digits = _check(model, images, digits)
    _require(len(inputs) > 0, "images", "at least one", "none")
    importance = np.asarray(importance, dtype=float)
    _require(importance.shape == np.shape(images), "importance", f"of shape {np.shape(images)}", importance.shape)
    _require(np.isfinite(importance).all(), "importance", "finite", "NaN or infinite")
    _require(all(0 <= share <= 1 for share in shares), "shares", "from 0 to 1", shares)
    flat, importance = inputs.reshape(-1, 784), importance.reshape(-1, 784)
    chance = np.random.default_rng(seed).random(flat.shape)
    order = np.lexsort((chance, -importance, flat == 0), axis=1)  # by ink, then importance, then chance
    ranks, inked = order.argsort(axis=1), (flat > 0).sum(axis=1, keepdims=True)
    curve = []
    for share in shares:
        kept = np.where(ranks < np.round(share * inked), 0, flat).reshape(inputs.shape)
        probabilities = _in_chunks(_compiled(model)[0], kept.astype(np.float32))
        curve.append(probabilities[np.arange(len(digits)), digits].mean())
    return np.array(curve, dtype=float)


def change_into(
    model: keras.Model, image: np.ndarray, digit: int, step: float = 0.1, most_steps: int = 200
) -> np.ndarray:
    """Change an image little by little, up the gradient of another digit's score, until it is read as that digit.

    Parameters
    ----------
    model
        As above.
    image : numpy.ndarray
        One (28, 28), as above.
    digit : int
        What it shall be read as.
    step : float
        Length of a step, above 0: the root of the sum of the squared changes of all pixels, which lie in 0 to 1.
    most_steps : int
        When to give up, 1 or more.

    Returns
    -------
    numpy.ndarray
        float32 (k, 28, 28): the image, then one after each step. The last is the first that is read as the digit.
        The change is small, but nothing proves that there is no smaller one.

    Raises
    ------
    ValueError
        If an argument is another.
    RuntimeError
        If most_steps were not enough, or a step has nowhere to go.

    References
    ----------
    Szegedy et al. 2014, "Intriguing properties of neural networks", section 4.1, in steps as in
    Kurakin, Goodfellow, Bengio 2017, "Adversarial examples in the physical world", section 2.2.
    """
    _require(np.shape(image) == (28, 28), "image", "of shape (28, 28)", np.shape(image))
    _require(step > 0, "step", "above 0", step)
    _require(most_steps >= 1, "most_steps", "1 or more", most_steps)
    inputs, digits = _check(model, image, digit)
    path = [inputs]
    while _scores(model, path[-1]).argmax() != digit:
        up = _gradients(model, path[-1], digits)[..., None]
        up = up * np.where(up > 0, path[-1] < 1, path[-1] > 0)  # a full pixel gets no fuller, an empty one no emptier
        length = np.linalg.norm(up)
        if len(path) > most_steps or length == 0:
            raise RuntimeError(f"image was not read as a {digit} after {len(path) - 1} steps of {step}.")
        path.append(np.clip(path[-1] + step / length * up, 0, 1))
    return np.concatenate(path)[..., 0]


def _require(condition: bool, argument: str, expected: str, came: object) -> None:
    if not condition:
        raise ValueError(f"{argument} must be {expected}, not {came}.")


def _check(model: keras.Model, images: np.ndarray, digits: Digits) -> tuple[np.ndarray, np.ndarray]:
    """Images as the network takes them, and a digit for each."""
    inputs, classes = to_input(images), model.output_shape[-1]
    if digits is None:
        return inputs, _scores(model, inputs).argmax(axis=1)
    digits = np.asarray(digits)
    good = np.issubdtype(digits.dtype, np.integer) and digits.shape in ((), inputs.shape[:1])
    good = good and ((digits >= 0) & (digits < classes)).all()
    expected = f"a whole number from 0 to {classes - 1}, or one for each of {len(inputs)} images"
    _require(good, "digits", expected, digits.tolist() if digits.size < 20 else f"{digits.dtype} {digits.shape}")
    return inputs, np.broadcast_to(digits, len(inputs))


@functools.lru_cache(maxsize=8)
def _compiled(model: keras.Model) -> tuple:
    """The model, and the gradient of a digit's score by the pixels, each traced once: the pad has no time to lose."""

    @tf.function(input_signature=[IMAGES])
    def run(images):
        return model(images, training=False)

    @tf.function(input_signature=[IMAGES, tf.TensorSpec((None,), tf.int32)])
    def gradients(images, digits):
        with tf.GradientTape() as tape:
            tape.watch(images)
            score = _score_of(model(images, training=False), digits)
        return tape.gradient(score, images)[..., 0]

    return run, gradients


def _score_of(probabilities: tf.Tensor, digits: tf.Tensor) -> tf.Tensor:
    logs = tf.math.log(tf.maximum(probabilities, LEAST))
    return tf.gather(logs, digits, axis=1, batch_dims=1) - tf.reduce_mean(logs, axis=1)


def _scores(model: keras.Model, inputs: np.ndarray) -> np.ndarray:
    logs = np.log(np.maximum(_in_chunks(_compiled(model)[0], inputs), LEAST))
    return logs - logs.mean(axis=1, keepdims=True)


def _gradients(model: keras.Model, inputs: np.ndarray, digits: np.ndarray) -> np.ndarray:
    return _in_chunks(_compiled(model)[1], inputs, digits)


def _in_chunks(function, inputs: np.ndarray, digits: np.ndarray | None = None) -> np.ndarray:
    """Call a function on 500 images at a time: a few thousand at once would fill the memory."""
    n = len(inputs)
    given = [inputs.astype(np.float32)] + ([] if digits is None else [digits.astype(np.int32)])
    if not n:  # TensorFlow can't convolve no images: take a black one, and drop what comes of it
        given = [np.zeros((1, *array.shape[1:]), array.dtype) for array in given]
    chunks = [[array[start : start + 500] for array in given] for start in range(0, max(n, 1), 500)]
    return np.concatenate([function(*chunk).numpy() for chunk in chunks])[:n]


def _split(model: keras.Model, layer: str | None) -> tuple[list, list]:
    """The layers up to one that gives maps, by name, and the layers after it."""
    names = map_layers(model)
    _require(layer is None or layer in names, "layer", f"one of {', '.join(names)}", repr(layer))
    end = 1 + [x.name for x in model.layers].index(layer or names[-1])
    return model.layers[:end], model.layers[end:]


def _run(layers: list, values: np.ndarray | tf.Tensor) -> tf.Tensor:
    values = tf.convert_to_tensor(values)
    for layer in layers:
        values = layer(values, training=False)
    return values
