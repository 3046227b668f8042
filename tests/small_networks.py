"""Small networks with random weights, one for each kind of layer that a page can compute, and some that it can't."""

import numpy as np

from mnist_utils.quiet_tensorflow import keras

layers = keras.layers

KINDS = {
    "convolution": [layers.Conv2D(5, 3)],
    "convolution with padding": [layers.Conv2D(4, (3, 5), padding="same", activation="relu")],
    "convolution with stride": [layers.Conv2D(6, 5, 2, activation="tanh")],
    "convolution with stride and padding": [layers.Conv2D(6, (5, 4), (2, 3), padding="same", use_bias=False)],
    "two convolutions": [layers.Conv2D(3, 3, 2, activation="relu"), layers.Conv2D(7, 3, padding="same")],
    "largest of a window": [layers.Conv2D(3, 3), layers.MaxPooling2D()],
    "largest of overlapping windows": [layers.Conv2D(3, 3), layers.MaxPooling2D(3, 2, padding="same")],
    "mean of a window": [layers.Conv2D(3, 3), layers.AveragePooling2D((2, 3))],
    "mean of overlapping windows": [layers.Conv2D(3, 3), layers.AveragePooling2D(3, 2, padding="same")],
    "largest of all": [layers.Conv2D(8, 3), layers.GlobalMaxPooling2D()],
    "mean of all": [layers.Conv2D(8, 3), layers.GlobalAveragePooling2D()],
    "normalisation folded": [layers.Conv2D(5, 3), layers.BatchNormalization(), layers.ReLU()],
    "normalisation behind ReLU": [layers.Conv2D(5, 3, activation="relu"), layers.BatchNormalization()],
    "normalisation of the image": [layers.BatchNormalization(scale=False)],
    "normalisation of maps laid flat": [layers.Conv2D(2, 9, 9), layers.Flatten(), layers.BatchNormalization()],
    "rescaling": [layers.Rescaling(2.0, -0.5)],
    "two dense layers": [layers.Flatten(), layers.Dense(9, activation="sigmoid"), layers.BatchNormalization()],
    "reshaping": [layers.Flatten(), layers.Dense(36), layers.Reshape((3, 4, 3)), layers.Conv2D(2, 2)],
    "training only": [
        layers.Dropout(0.5),
        layers.GaussianNoise(1.0),
        layers.Conv2D(2, 5, 5),
        layers.SpatialDropout2D(0.5),
    ],
    "activations as layers": [layers.Activation("tanh"), layers.Conv2D(2, 5, 5), layers.Activation("relu")],
    "a model in a model": [keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(3, 3, 3)])],
}
REFUSED = {
    "DepthwiseConv2D": [layers.DepthwiseConv2D(3, name="wise")],
    "groups": [layers.Conv2D(2, 3, name="first"), layers.Conv2D(2, 3, groups=2, name="wise")],
    "dilation": [layers.Conv2D(2, 3, dilation_rate=2, name="wise")],
    "gelu": [layers.Conv2D(2, 3, activation="gelu", name="wise")],
    "its ReLU has": [layers.ReLU(6.0, name="wise")],
    "put Flatten before it": [layers.Dense(3, name="wise")],
    "axis": [layers.BatchNormalization(axis=1, name="wise")],
    "softmax is of maps": [layers.Conv2D(2, 3, activation="softmax", name="wise")],
}


def network(stack: list, classes: int = 10) -> keras.Model:
    """Put layers between an image and probabilities, with new weights and statistics, all of them random."""
    copies = [keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer)) for layer in stack]
    last = [layers.Flatten(), layers.Dense(classes), layers.Softmax()]
    model = keras.Sequential([keras.Input((28, 28, 1)), *copies, *last])
    rng = np.random.default_rng(0)
    for weight in model.weights:
        if "seed" in weight.name:
            continue
        if len(weight.shape) == 1:  # bias and statistics: a variance must be more than 0
            weight.assign(rng.uniform(0.2, 1, weight.shape))
        else:
            weight.assign(rng.normal(0, 1 / np.sqrt(max(np.prod(weight.shape[:-1]), 4)), weight.shape))
    return model


def images(count: int = 8) -> np.ndarray:
    """Random images, float32 (count, 28, 28), with more and more ink."""
    rng, ink = np.random.default_rng(1), np.linspace(0.1, 0.9, count)[:, None, None]
    return (rng.random((count, 28, 28)) * (rng.random((count, 28, 28)) < ink)).astype(np.float32)
