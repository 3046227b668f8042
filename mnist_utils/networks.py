"""The networks of the course, as plain Keras models."""

import functools
import math
from collections.abc import Callable

import numpy as np

from mnist_utils.images import to_input
from mnist_utils.quiet_tensorflow import keras, tf

layers = keras.layers
LEAST = 1e-30  # the least probability whose log is taken


def classic(classes: int) -> keras.Model:
    """The well-known network: three blocks of 32, 64 and 128 filters, then two dense layers."""
    stack = [keras.Input((28, 28, 1), name="image")]
    for block, filters in enumerate((32, 64, 128), 1):
        stack += [
            layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv_{block}"),
            layers.BatchNormalization(name=f"norm_{block}"),
            layers.MaxPooling2D(name=f"pool_{block}"),
            layers.Dropout(0.25, name=f"dropout_{block}"),
        ]
    stack += [
        layers.Flatten(name="flatten"),
        layers.Dense(256, activation="relu", name="dense_1"),
        layers.Dense(128, activation="relu", name="dense_2"),
        layers.Dense(classes, activation="softmax", name="probabilities"),
    ]
    return keras.Sequential(stack, name="classic")


def quick(classes: int) -> keras.Model:
    """The small, fast one: its first layer halves the image at once, so that no layer works on large maps."""
    stack = [
        keras.Input((28, 28, 1), name="image"),
        # Without normalisation: on these maps, the largest, it costs a tenth of the training time and gains nothing.
        layers.Conv2D(16, 5, 2, activation="relu", name="conv_1"),
        layers.Conv2D(32, 3, activation="relu", name="conv_2"),
        *_normalised(layers.Conv2D(64, 3, 2, padding="same", use_bias=False, name="conv_3")),
        *_normalised(layers.Conv2D(96, 3, use_bias=False, name="conv_4")),
        layers.Flatten(name="flatten"),
        *_normalised(layers.Dense(128, use_bias=False, name="dense")),
        layers.Dense(classes, activation="softmax", name="probabilities"),
    ]
    return keras.Sequential(stack, name="quick")


def mine(classes: int) -> keras.Model:
    """The learner's, built in notebook 02: three convolutions, two poolings and two dense layers."""
    stack = [
        keras.Input((28, 28, 1), name="image"),
        layers.Conv2D(16, 3, activation="relu", name="conv_1"),
        layers.MaxPooling2D(name="pool_1"),
        layers.Conv2D(32, 3, activation="relu", name="conv_2"),
        layers.MaxPooling2D(name="pool_2"),
        layers.Conv2D(64, 3, activation="relu", name="conv_3"),
        layers.Flatten(name="flatten"),
        layers.Dense(64, activation="relu", name="dense"),
        layers.Dense(classes, activation="softmax", name="probabilities"),
    ]
    return keras.Sequential(stack, name="mine")


def best(classes: int) -> keras.Model:
    """The same idea as quick with more filters, more layers on each size of map, and dropout."""
    stack = [keras.Input((28, 28, 1), name="image")]
    blocks = [(32, 5, 2), (32, 3, 1), (32, 3, 1), (64, 3, 2), (96, 3, 1), (96, 3, 1), (128, 3, 2)]
    for block, (filters, size, stride) in enumerate(blocks, 1):
        layer = layers.Conv2D(filters, size, stride, padding="same", use_bias=False, name=f"conv_{block}")
        stack += _normalised(layer)
    stack += [
        layers.Flatten(name="flatten"),
        *_normalised(layers.Dense(128, use_bias=False, name="dense")),
        layers.Dropout(0.3, name="dropout"),
        layers.Dense(classes, activation="softmax", name="probabilities"),
    ]
    return keras.Sequential(stack, name="best")


def _normalised(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Put batch normalisation and ReLU behind a layer, which needs no bias: the normalisation adds one of its own."""
    name = layer.name.removeprefix("conv_")
    # A momentum below Keras's 0.99: the statistics must keep up with weights that change fast.
    return [layer, layers.BatchNormalization(momentum=0.8, name=f"norm_{name}"), layers.ReLU(name=f"relu_{name}")]


NETWORKS = {"quick": quick, "classic": classic, "mine": mine, "best": best}


def build(name: str = "quick", classes: int = 10) -> keras.Model:
    """Build an untrained network.

    Parameters
    ----------
    name : str
        "quick", "classic", "mine" or "best".
    classes : int
        How many classes it tells apart, 2 or more.

    Returns
    -------
    keras.Model
        Takes float images (n, 28, 28, 1), 0 to 1; gives probabilities (n, classes).

    Raises
    ------
    ValueError
        If there is no network of that name, or fewer than two classes.
    """
    if name not in NETWORKS:
        raise ValueError(f"name must be one of {', '.join(NETWORKS)}, not {name!r}.")
    if not isinstance(classes, int) or classes < 2:
        raise ValueError(f"classes must be a whole number of 2 or more, not {classes!r}.")
    return NETWORKS[name](classes)


def ensemble(members: list[keras.Model]) -> keras.Model:
    """Make a model whose probabilities are the mean of the members' probabilities; it shares their weights."""
    image = keras.Input((28, 28, 1), name="image")
    answers = []
    for number, member in enumerate(members, 1):
        branch = keras.Model(member.inputs, member.outputs[0], name=f"member_{number}")  # the names must differ
        answers.append(branch(image))
    return keras.Model(image, layers.Average(name="probabilities")(answers), name="ensemble")


@functools.lru_cache(maxsize=16)
def traced(function: Callable, model: keras.Model, *given: tf.DType) -> Callable:
    """Trace function(model, images, ...) once for any number of images: many times faster than model.predict for one.

    `images` are float32 (n, 28, 28, 1); `given` names the types of further arguments (n,).
    """
    signature = [tf.TensorSpec((None, 28, 28, 1), tf.float32), *(tf.TensorSpec((None,), kind) for kind in given)]
    return tf.function(functools.partial(function, model), input_signature=signature)


def in_chunks(function: Callable, inputs: np.ndarray, *given: np.ndarray) -> np.ndarray:
    """Call a traced function on 500 images at a time, with what is given for each: thousands would fill the memory."""
    arrays = [inputs, *given]
    if not len(inputs):  # TensorFlow can't convolve no images: take a black one, and drop what comes of it
        return in_chunks(function, *(np.zeros((1, *array.shape[1:]), array.dtype) for array in arrays))[:0]
    starts = range(0, len(inputs), 500)
    return np.concatenate([function(*(array[start : start + 500] for array in arrays)).numpy() for start in starts])


def probabilities(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Run a network on images, as `images.check_images` takes them: float32 (n, classes), rows adding up to 1."""
    return run(model, to_input(images))


def run(model: keras.Model, inputs: np.ndarray) -> np.ndarray:
    """Run a network, or a part of one, on what `images.to_input` gives: what it gives for each."""
    return in_chunks(traced(_call, model), inputs)


def _call(model: keras.Model, images: tf.Tensor) -> tf.Tensor:
    return model(images, training=False)


def log_scores(probabilities: np.ndarray | tf.Tensor) -> np.ndarray | tf.Tensor:
    """Give the log of each probability less the mean of all logs: (..., classes), in nats, adding up to 0.

    It is each logit less the mean logit, and still moves where the network is sure.
    """
    logs = keras.ops.log(keras.ops.maximum(probabilities, LEAST))
    scores = logs - keras.ops.mean(logs, axis=-1, keepdims=True)
    return scores if keras.ops.is_tensor(probabilities) else np.asarray(scores)


def evidence(probabilities: np.ndarray) -> np.ndarray:
    """Say how far the likeliest class stands out, (...) in nats, 0 or more: the largest of its `log_scores`.

    It is 0 where all classes are equally likely, as a network says of what is none of them if it has learned to
    (`Recipe.outliers`), and large where some are ruled out, even if two remain.
    """
    return log_scores(probabilities).max(axis=-1)


def layer_table(model: keras.Model) -> list[dict]:
    """Count each layer's parameters and multiply-adds.

    Parameters
    ----------
    model : keras.Model
        Built, with layers in one row. Batch normalisation counts no multiply-adds: once trained,
        it can be folded into a convolution or dense layer beside it.

    Returns
    -------
    list of dict
        One a layer: layer, kind, output (its shape without the batch), parameters, multiply_adds (for one image).
    """
    table = []
    for layer in model.layers:
        kind, output = type(layer).__name__, tuple(layer.output.shape[1:])
        multiply_adds = 0
        if kind == "Conv2D":  # each output value is one sum over the kernel
            multiply_adds = math.prod(output) * math.prod(layer.kernel.shape[:3])
        elif kind == "Dense":
            multiply_adds = math.prod(layer.kernel.shape)
        row = dict(layer=layer.name, kind=kind, output=output)
        table.append(row | dict(parameters=layer.count_params(), multiply_adds=multiply_adds))
    return table
