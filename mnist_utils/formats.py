"""A network in the formats of other runtimes, LiteRT and ONNX, in floats or in 8 bits; needs the extra `export`.

Such a file takes float32 images (n, 28, 28, 1), 0 to 1, and gives probabilities (n, classes). What a network's images
go through before (`preprocess` in metrics.json) is not in it.
"""

import contextlib
import io
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mnist_utils.data import load_mnist
from mnist_utils.files import writing
from mnist_utils.images import to_input
from mnist_utils.quiet_tensorflow import keras, tf

CALIBRATION = 500  # images that 8-bit files take the ranges of their numbers from


def write_litert(model: keras.Model, path: str | Path, bits: int = 32, images: np.ndarray | None = None) -> Path:
    """Write a network for LiteRT (once TensorFlow Lite), which phones and small computers run.

    Parameters
    ----------
    model : keras.Model
        Takes (n, 28, 28, 1).
    path : str or Path
        The file, such as digits.tflite.
    bits : int
        32 for floats; 8 for weights and activations as 8-bit integers, a quarter as large. Images and probabilities
        stay floats.
    images : numpy.ndarray, optional
        (n, 28, 28), what the 8-bit numbers' ranges are measured on; without it, MNIST's first training images.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        If `bits` is neither 8 nor 32.
    """
    _check_bits(bits)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if bits == 8:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([image[None]] for image in _calibration(images))
    with _quiet():
        content = converter.convert()
    with writing(Path(path)) as [unfinished]:
        unfinished.write_bytes(content)
    return Path(path)


def write_onnx(model: keras.Model, path: str | Path, bits: int = 32, images: np.ndarray | None = None) -> Path:
    """Write a network for ONNX, which runs in many languages and in browsers; arguments as for `write_litert`.

    ImportError if the extra `export` is not installed.
    """
    _check_bits(bits)
    try:
        import tf2onnx  # noqa: F401, Keras asks for it too late to say it in a sentence
        from onnxruntime import quantization
    except ImportError as error:
        raise ImportError(f"ONNX needs {error.name}: pip install 'mnist-utils[export]'") from None
    with tempfile.TemporaryDirectory() as folder, writing(Path(path)) as [unfinished]:
        whole, prepared, small = (Path(folder) / f"{name}.onnx" for name in ("whole", "prepared", "small"))
        with _quiet():
            model(_calibration(images)[:1])  # Keras exports none that was never called
            model.export(whole, format="onnx", verbose=False)
            if bits == 8:
                quantization.shape_inference.quant_pre_process(whole, prepared, skip_symbolic_shape=True)
                reader = _Reader(_calibration(images), model.inputs[0].name)
                quantization.quantize_static(prepared, small, reader, per_channel=True)
        unfinished.write_bytes((small if bits == 8 else whole).read_bytes())
    return Path(path)


class _Reader:
    """Gives the images that ranges are measured on, one after the other, as quantize_static asks for them."""

    def __init__(self, images: np.ndarray, name: str):
        self._feeds: Iterator = ({name: image[None]} for image in images)

    def get_next(self) -> dict | None:
        return next(self._feeds, None)


def _check_bits(bits: int) -> None:
    if bits not in (8, 32):
        raise ValueError(f"bits must be 8 or 32, not {bits!r}.")


def _calibration(images: np.ndarray | None) -> np.ndarray:
    """Images as a network takes them: float32 (n, 28, 28, 1)."""
    return to_input(load_mnist()[0][:CALIBRATION] if images is None else images)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what converters print."""
    silent, warned = contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO())
    with silent, warned, warnings.catch_warnings(action="ignore"):
        yield
