"""A network as a list of operations, few and simple enough for a page's own arithmetic (assets/page/network.js).

Layers that do something in training only are left out, a dense layer is a convolution of one pixel, and batch
normalisation is folded into the convolution before it.
"""

from collections.abc import Callable, Iterator

import numpy as np

from mnist_utils.quiet_tensorflow import keras, tf

layers = keras.layers
# "kind", "input" and "output" (height, width, channels), and what the kind needs. "convolve" has "size", "stride" (both
# rows, columns) and "padding" as Keras has them, "kernel" (size x size x channels, filters) and "bias"; "max" and
# "mean", which pool, the first three; "scale" a factor as "kernel" and a "bias" for each channel.
Operation = dict
Shape = tuple[int, ...]
ACTIVATIONS = ("relu", "sigmoid", "tanh", "softmax")


def operations(model: keras.Model) -> list[Operation]:
    """List what a model of images (n, 28, 28, 1) computes, which must have its layers in one row.

    ValueError that names the first layer that is of another kind than those in `KINDS`, or has an option unknown here.
    """
    shape: Shape = (28, 28, 1)
    found: list[Operation] = []
    for layer in _in_one_row(model):
        if type(layer) not in KINDS:
            known = ", ".join(kind.__name__ for kind in KINDS)
            raise _refused(layer, f"it must be one of {known}, not {type(layer).__name__}")
        after = tuple(layer.compute_output_shape((None, *shape))[1:])
        for operation in KINDS[type(layer)](layer, shape):
            _append(found, operation | {"input": _three(shape), "output": _three(after)})
            shape = after
        shape = after
    return found


def members(model: keras.Model) -> list[keras.Model]:
    """Give the networks whose probabilities a model averages (`networks.ensemble`), or the model alone."""
    *inner, last = model.layers
    found = [layer for layer in inner if isinstance(layer, keras.Model)]
    others = [layer for layer in inner if not isinstance(layer, keras.Model | layers.InputLayer)]
    return found if isinstance(last, layers.Average) and not others else [model]


def compute(found: list[Operation], images: np.ndarray) -> np.ndarray:
    """Do what operations say with images float32 (n, 28, 28, 1), as the page does: (n, classes)."""
    values = images
    for operation in found:
        values = np.asarray(_computed(operation, values.reshape(-1, *operation["input"])))
    return values.reshape(len(images), -1)


def _computed(operation: Operation, values: np.ndarray) -> tf.Tensor | np.ndarray:
    kind, how = operation["kind"], [operation.get(name) for name in ("stride", "padding")]
    if kind in ACTIVATIONS:
        return keras.activations.get(kind)(keras.ops.convert_to_tensor(values))
    if kind == "max":
        return keras.ops.max_pool(values, operation["size"], *how)
    if kind == "mean":
        return keras.ops.average_pool(values, operation["size"], *how)
    if kind == "scale":
        return values * operation["kernel"] + operation["bias"]
    kernel = operation["kernel"].reshape(*operation["size"], -1, len(operation["bias"]))
    return keras.ops.conv(values, kernel, *how) + operation["bias"]


def _in_one_row(model: keras.Model) -> Iterator[keras.layers.Layer]:
    """Give a model's layers, and in place of models among them, theirs."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _in_one_row(layer)
        elif not isinstance(layer, TRAINING_ONLY):
            yield layer


def _three(shape: Shape) -> Shape:
    """Give a shape as that of a map, of one pixel or one row if need be."""
    return (1,) * (3 - len(shape)) + shape


def _append(found: list[Operation], operation: Operation) -> None:
    """Add an operation; one that scales the filters of a convolution before it becomes part of that."""
    before: Operation = found[-1] if found else {"kind": ""}
    folds = operation["kind"] == "scale" and before["kind"] == "convolve"
    if folds and before["bias"].shape == operation["bias"].shape:
        before["kernel"] = before["kernel"] * operation["kernel"]
        before["bias"] = before["bias"] * operation["kernel"] + operation["bias"]
    else:
        found.append(operation)


def _refused(layer: keras.layers.Layer, why: str) -> ValueError:
    return ValueError(f"model: the layer {layer.name} can't be exported, {why}.")


def _convolution(layer: keras.layers.Conv2D, shape: Shape) -> list[Operation]:
    if layer.groups != 1 or layer.dilation_rate != (1, 1) or layer.data_format != "channels_last":
        raise _refused(layer, "as it has groups, dilation or channels first")
    return [_filters(layer, layer.kernel_size, layer.strides, layer.padding), *_activation(layer, shape)]


def _dense(layer: keras.layers.Dense, shape: Shape) -> list[Operation]:
    if len(shape) != 1:
        raise _refused(layer, "as it reads maps: put Flatten before it")
    return [_filters(layer, (1, 1), (1, 1), "valid"), *_activation(layer, shape)]


def _filters(layer: keras.layers.Layer, size: Shape, stride: Shape, padding: str) -> Operation:
    kernel = np.asarray(layer.kernel)
    kernel = kernel.reshape(-1, kernel.shape[-1])
    bias = np.asarray(layer.bias) if layer.use_bias else np.zeros(kernel.shape[1], np.float32)
    return {"kind": "convolve", "size": size, "stride": stride, "padding": padding, "kernel": kernel, "bias": bias}


def _pooling(layer: keras.layers.Layer, shape: Shape) -> list[Operation]:
    if layer.data_format != "channels_last":
        raise _refused(layer, "as it has channels first")
    name = type(layer).__name__
    if name.startswith("Global"):
        size, stride, padding = shape[:2], (1, 1), "valid"
    else:
        size, stride, padding = layer.pool_size, layer.strides, layer.padding
    return [{"kind": "max" if "Max" in name else "mean", "size": size, "stride": stride, "padding": padding}]


def _normalisation(layer: keras.layers.BatchNormalization, shape: Shape) -> list[Operation]:
    if layer.axis not in (-1, len(shape)):
        raise _refused(layer, "as its axis is not the last")
    factor = 1 / np.sqrt(np.asarray(layer.moving_variance) + layer.epsilon)
    if layer.scale:
        factor = factor * np.asarray(layer.gamma)
    bias = -np.asarray(layer.moving_mean) * factor
    return [{"kind": "scale", "kernel": factor, "bias": bias + np.asarray(layer.beta) if layer.center else bias}]


def _rescaling(layer: keras.layers.Rescaling, shape: Shape) -> list[Operation]:
    one = np.ones(shape[-1], np.float32)
    return [{"kind": "scale", "kernel": layer.scale * one, "bias": layer.offset * one}]


def _activation(layer: keras.layers.Layer, shape: Shape) -> list[Operation]:
    """Give what the activation of a layer that reads such a shape computes: nothing where it is linear."""
    name = getattr(layer.activation, "__name__", type(layer.activation).__name__)
    if name not in ("linear", *ACTIVATIONS):
        raise _refused(layer, f"as its activation must be linear, {', '.join(ACTIVATIONS)}, not {name}")
    if name == "softmax" and len(shape) != 1:
        raise _refused(layer, "as its softmax is of maps")
    return [] if name == "linear" else [{"kind": name}]


def _relu(layer: keras.layers.ReLU, shape: Shape) -> list[Operation]:
    if layer.max_value is not None or layer.negative_slope or layer.threshold:
        raise _refused(layer, "as its ReLU has a largest value, a slope or a threshold")
    return [{"kind": "relu"}]


def _softmax(layer: keras.layers.Softmax, shape: Shape) -> list[Operation]:
    if len(shape) != 1:
        raise _refused(layer, "as its softmax is of maps")
    return [{"kind": "softmax"}]


def _nothing(layer: keras.layers.Layer, shape: Shape) -> list[Operation]:
    """Values lie in the same order whatever shape they are said to have."""
    return []


KINDS: dict[type, Callable[[keras.layers.Layer, Shape], list[Operation]]] = {
    layers.Conv2D: _convolution,
    layers.Dense: _dense,
    layers.MaxPooling2D: _pooling,
    layers.AveragePooling2D: _pooling,
    layers.GlobalMaxPooling2D: _pooling,
    layers.GlobalAveragePooling2D: _pooling,
    layers.BatchNormalization: _normalisation,
    layers.Rescaling: _rescaling,
    layers.Activation: _activation,
    layers.ReLU: _relu,
    layers.Softmax: _softmax,
    layers.Flatten: _nothing,
    layers.Reshape: _nothing,
}
TRAINING_ONLY = (
    layers.InputLayer,
    layers.Dropout,
    layers.SpatialDropout2D,
    layers.GaussianNoise,
    layers.GaussianDropout,
    layers.RandomTranslation,
    layers.RandomRotation,
    layers.RandomZoom,
)
