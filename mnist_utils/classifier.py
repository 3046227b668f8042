"""DigitClassifier: a trained network that reads images."""

import dataclasses
import json
import math
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from mnist_utils.preprocess import segment
from mnist_utils.preprocess.ink import strokes_to_image
from mnist_utils.networks import ensemble, evidence, to_input
from mnist_utils.quiet_tensorflow import keras, tf
from mnist_utils.preprocess.restore import restore

ASSETS = Path(__file__).parent / "assets"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a classifier says of one image.

    Attributes
    ----------
    digit : int or None
        0 to 9, or None where the image is blank or no digit stands out from the others.
    confidence : float
        The largest of the probabilities, 0 to 1.
    probabilities : numpy.ndarray
        (10,), adding up to 1.
    """

    digit: int | None
    confidence: float
    probabilities: np.ndarray


@dataclasses.dataclass(frozen=True)
class NumberAnswer:
    """What a classifier says of several digits side by side.

    Attributes
    ----------
    number : str or None
        The digits from left to right, "2026"; None where there is no ink.
    confidence : float
        The product of the digits' confidences, 0 to 1.
    answers : list of Answer
        One for each digit; .digit is None for one that looks like no digit, though .number has its likeliest.
    """

    number: str | None
    confidence: float
    answers: list[Answer]


class DigitClassifier:
    """Read images of digits with a trained network, fast for one image and for many.

    Parameters
    ----------
    model : keras.Model
        Takes (n, 28, 28, 1), gives probabilities (n, classes).
    threshold : float
        `read` says None where there is less evidence for a digit, in nats: see `networks.evidence`.
    metrics : dict, optional
        What its training wrote down.
    """

    def __init__(self, model: keras.Model, threshold: float = 0.0, metrics: dict | None = None):
        if not threshold >= 0:
            raise ValueError(f"threshold must be 0 or more, not {threshold}.")
        self.model = model
        self.threshold = threshold
        self.metrics = metrics or {}
        # Traced once for any number of images: many times faster than model.predict for a single one.
        self._run = tf.function(
            lambda images: model(images, training=False),
            input_signature=[tf.TensorSpec((None, 28, 28, 1), tf.float32)],
        )

    def predict(self, images: np.ndarray, mend: bool = True) -> np.ndarray:
        """Give the probability of each class.

        Parameters
        ----------
        images : numpy.ndarray
            (n, 28, 28) or one (28, 28); uint8 0-255 or float 0-1, white ink on black.
        mend : bool
            Whether a ground that is not black, noise, blur, outlines and digits of another size or place are
            first mended: see `restore.restore`.

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
        chunks = []
        for start in range(0, len(inputs), 500):
            chunk = inputs[start : start + 500]
            chunks.append(self._run(restore(chunk[..., 0])[..., None] if mend else chunk).numpy())
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
        mended = restore(to_input(image)[..., 0])[0]
        probabilities = self.predict(mended, mend=False)
        if not mended.any():
            probabilities = np.full_like(probabilities, 1 / len(probabilities))
        confidence = float(probabilities.max())
        stands_out = mended.any() and evidence(probabilities) >= self.threshold
        return Answer(int(probabilities.argmax()) if stands_out else None, confidence, probabilities)

    def read_number(self, ink: list | str | Path | Image.Image | np.ndarray) -> NumberAnswer:
        """Read several digits side by side, such as "2026" written in one go.

        Parameters
        ----------
        ink : list, str, Path, PIL.Image.Image or numpy.ndarray
            A list of strokes, as `strokes_to_image` takes it; or a picture, as `photo_to_image` takes it.
            Digits must not touch each other.

        Returns
        -------
        NumberAnswer
            With .number (None for none), .confidence and the .answers for each digit.

        Raises
        ------
        ValueError, FileNotFoundError
            As `strokes_to_image` and `photo_to_image`.
        """
        if isinstance(ink, str | Path | Image.Image | np.ndarray):
            images = segment.split_photo(ink)
        else:
            images = self._likeliest_digits(segment.joined(segment.split_strokes(ink)))
        answers = [self.read(image) for image in images]
        return NumberAnswer(
            "".join(str(answer.probabilities.argmax()) for answer in answers) or None,
            math.prod(answer.confidence for answer in answers) if answers else 0.0,
            answers,
        )

    def _likeliest_digits(self, candidates: dict) -> list[np.ndarray]:
        """Choose those candidates, one after the other, that together look most like digits; gives their images."""
        if not candidates:
            return []
        images = np.stack([strokes_to_image(strokes) for strokes, _ in candidates.values()])
        gaps = np.array([gap for _, gap in candidates.values()])
        probabilities = self.predict(images)
        # The log of how likely it is a digit at all, and this one: a number is as likely as its digits together.
        score = np.log(probabilities.max(axis=1)) - np.log1p(np.exp(self.threshold - evidence(probabilities)))
        score -= 10 * gaps  # measured on pen strokes: each tenth of the height makes one digit e times less likely
        best = {0: (0.0, [])}  # by how many groups are read: the score, and which candidates
        for number, (start, end) in sorted(enumerate(candidates), key=lambda item: item[1]):
            total, chosen = best[start]
            if end not in best or total + score[number] > best[end][0]:
                best[end] = total + score[number], [*chosen, number]
        return [images[number] for number in best[max(best)][1]]


def load_classifier(path: str | Path | None = None, name: str = "best") -> DigitClassifier:
    """Load a trained network, or several that vote.

    Parameters
    ----------
    path : str or Path, optional
        A .keras file, or a folder with a model.keras, as `train` writes it. Without it, a shipped one.
    name : str
        Which shipped one: the name of a folder in mnist_utils/assets. "ensemble" gives the mean of the
        probabilities of those that its metrics.json names as members.

    Returns
    -------
    DigitClassifier
        With what the metrics.json beside the model holds as .metrics, and the threshold given there.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If no model of that name is shipped, the file is no Keras model, or it is one for other images.
    """
    if path is None:
        shipped = sorted(file.parent.name for file in ASSETS.glob("*/metrics.json"))
        if name not in shipped:
            raise ValueError(f"name must be one of the shipped models ({', '.join(shipped) or 'none'}), not {name!r}.")
        path = ASSETS / name
    path = Path(path)
    folder = path if path.is_dir() else path.parent
    metrics = _read_metrics(folder / "metrics.json")
    if path.is_dir() and metrics.get("members") and not (path / "model.keras").is_file():
        model = ensemble([_load_model(path.parent / member) for member in metrics["members"]])
    else:
        model = _load_model(path)
    return DigitClassifier(model, metrics.get("threshold", 0.0), metrics)


def _read_metrics(file: Path) -> dict:
    """What `train` wrote beside a model; nothing where there is no such file."""
    if not file.is_file():
        return {}
    try:
        return dict(json.loads(file.read_text()))
    except (ValueError, TypeError) as error:
        raise ValueError(f"path: {file} is no metrics as train writes them ({error}).") from None


def _load_model(path: Path) -> keras.Model:
    file = path / "model.keras" if path.is_dir() else path
    if not file.is_file():
        raise FileNotFoundError(f"path: there is no model at {file}; train one with: python -m mnist_utils train")
    try:
        model = keras.models.load_model(file, compile=False)
    except (ValueError, OSError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"path: {file} is no Keras model that can be loaded ({str(error).splitlines()[0]})") from None
    if model.input_shape[1:] != (28, 28, 1):
        raise ValueError(f"path: {file} takes images of shape {model.input_shape[1:]}, not (28, 28, 1).")
    return model
