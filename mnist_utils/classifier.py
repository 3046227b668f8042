"""DigitClassifier: a trained network that reads images."""

import dataclasses
import zipfile
from pathlib import Path

import numpy as np

from mnist_utils.networks import to_input
from mnist_utils.quiet_tensorflow import keras, tf

ASSETS = Path(__file__).parent / "assets"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a classifier says of one image.

    Attributes
    ----------
    digit : int or None
        0 to 9, or None where the image is blank or no digit is likely enough.
    confidence : float
        The largest of the probabilities, 0 to 1.
    probabilities : numpy.ndarray
        (10,), adding up to 1.
    """

    digit: int | None
    confidence: float
    probabilities: np.ndarray


class DigitClassifier:
    """Read images of digits with a trained network, fast for one image and for many.

    Parameters
    ----------
    model : keras.Model
        Takes (n, 28, 28, 1), gives probabilities (n, classes).
    threshold : float
        `read` says None where the largest probability is lower.
    """

    def __init__(self, model: keras.Model, threshold: float = 0.5):
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold must lie in 0 to 1, not {threshold}.")
        self.model = model
        self.threshold = threshold
        # Traced once for any number of images: many times faster than model.predict for a single one.
        self._run = tf.function(
            lambda images: model(images, training=False),
            input_signature=[tf.TensorSpec((None, 28, 28, 1), tf.float32)],
        )

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Give the probability of each class.

        Parameters
        ----------
        images : numpy.ndarray
            (n, 28, 28) or one (28, 28); uint8 0-255 or float 0-1, white ink on black.

        Returns
        -------
        numpy.ndarray
            float32 (n, 10), or (10,) for one image; each row adds up to 1.

        Raises
        ------
        ValueError
            If shape, type or range of the images is another.
        """
        inputs = to_input(images)
        if not len(inputs):
            return np.zeros((0, self.model.output_shape[1]), np.float32)
        chunks = [self._run(inputs[start : start + 500]).numpy() for start in range(0, len(inputs), 500)]
        probabilities = np.concatenate(chunks)
        return probabilities[0] if np.ndim(images) == 2 else probabilities

    def read(self, image: np.ndarray) -> Answer:
        """Read one image.

        Parameters
        ----------
        image : numpy.ndarray
            (28, 28); uint8 0-255 or float 0-1, white ink on black.

        Returns
        -------
        Answer
            With .digit (None for no digit), .confidence and .probabilities. A blank image has no
            digit, and all digits are equally likely.

        Raises
        ------
        ValueError
            If it is not one image, or type or range is another.
        """
        if np.shape(image) != (28, 28):
            raise ValueError(f"image must have the shape (28, 28), not {np.shape(image)}.")
        probabilities = self.predict(image)
        if np.max(image) == 0:
            probabilities = np.full_like(probabilities, 1 / len(probabilities))
        confidence = float(probabilities.max())
        likely = np.max(image) > 0 and confidence >= self.threshold
        return Answer(int(probabilities.argmax()) if likely else None, confidence, probabilities)


def load_classifier(path: str | Path | None = None, name: str = "best") -> DigitClassifier:
    """Load a trained network.

    Parameters
    ----------
    path : str or Path, optional
        A .keras file, or a folder with a model.keras, as `train` writes it. Without it, a shipped one.
    name : str
        Which shipped one: the name of a folder in mnist_utils/assets that holds a model.keras.

    Returns
    -------
    DigitClassifier

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If no model of that name is shipped, the file is no Keras model, or it is one for other images.
    """
    if path is None:
        shipped = sorted(file.parent.name for file in ASSETS.glob("*/model.keras"))
        if name not in shipped:
            raise ValueError(f"name must be one of the shipped models ({', '.join(shipped) or 'none'}), not {name!r}.")
        path = ASSETS / name
    path = Path(path)
    file = path / "model.keras" if path.is_dir() else path
    if not file.is_file():
        raise FileNotFoundError(f"path: there is no model at {file}; train one with: python -m mnist_utils train")
    try:
        model = keras.models.load_model(file, compile=False)
    except (ValueError, OSError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"path: {file} is no Keras model that can be loaded ({str(error).splitlines()[0]})") from None
    if model.input_shape[1:] != (28, 28, 1):
        raise ValueError(f"path: {file} takes images of shape {model.input_shape[1:]}, not (28, 28, 1).")
    return DigitClassifier(model)
