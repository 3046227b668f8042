"""DigitClassifier: a trained network that reads images."""

import dataclasses
import json
import math
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from mnist_utils import networks
from mnist_utils.files import Picture
from mnist_utils.images import check_images
from mnist_utils.preprocess import PREPROCESS, segment, strokes_to_image
from mnist_utils.quiet_tensorflow import keras

ASSETS = Path(__file__).parent / "assets"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a classifier says of one image.

    Attributes
    ----------
    digit : int or None
        The number of the likeliest class, 0 to 9 for digits; None where the image is blank or no class stands out.
    confidence : float
        The largest of the probabilities, 0 to 1.
    probabilities : numpy.ndarray
        (classes,), adding up to 1; all equal for a blank image.
    name : str or None
        The name of that class: "7", or what it was called where the network was trained on other pictures.
    """

    digit: int | None
    confidence: float
    probabilities: np.ndarray
    name: str | None = None


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
    """Read images with a trained network, fast for one image and for many.

    Parameters
    ----------
    model : keras.Model
        Takes (n, 28, 28, 1), gives probabilities (n, classes).
    rejection_threshold : float, optional
        `read` says None where there is less evidence for a class, in nats (`networks.evidence`). Without it, that of
        the metrics, or else 0, which refuses nothing but a blank image.
    metrics : dict, optional
        What its training wrote down. "preprocess" says what images go through first (`preprocess.PREPROCESS`); without
        it, they are read as they are.

    Attributes
    ----------
    classes : list of str
        Names of the classes.
    preprocess : str
        The name of what images go through first.
    """

    def __init__(self, model: keras.Model, rejection_threshold: float | None = None, metrics: dict | None = None):
        self.model = model
        self.metrics = metrics or {}
        if rejection_threshold is None:
            rejection_threshold = self.metrics.get("rejection_threshold", 0.0)
        if not rejection_threshold >= 0:
            raise ValueError(f"rejection_threshold must be 0 or more, not {rejection_threshold}.")
        self.rejection_threshold = rejection_threshold
        self.preprocess = self.metrics.get("preprocess", "none")
        if self.preprocess not in PREPROCESS:
            raise ValueError(f"metrics: preprocess must be one of {', '.join(PREPROCESS)}, not {self.preprocess!r}.")
        count = model.output_shape[-1]
        self.classes = self.metrics.get("classes", [str(number) for number in range(count)])
        if len(self.classes) != count:
            raise ValueError(f"metrics: classes must be the {count} that the model has, not {len(self.classes)}.")

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Give the probability of each class.

        Parameters
        ----------
        images : numpy.ndarray
            (n, 28, 28) or one (28, 28); uint8 0-255 or float 0-1, white ink on black.

        Returns
        -------
        numpy.ndarray
            float32 (n, classes), or (classes,) for one image; each row adds up to 1.

        Raises
        ------
        ValueError
            If shape, type or range of the images is another.
        """
        probabilities = networks.run(self.model, self._prepare(images)[..., None])
        return probabilities[0] if np.ndim(images) == 2 else probabilities

    def answers(self, images: np.ndarray) -> list[Answer]:
        """Read images, as `predict` takes them: one answer for each."""
        prepared = self._prepare(images)
        probabilities = networks.run(self.model, prepared[..., None])
        blank = ~prepared.any(axis=(1, 2))
        probabilities[blank] = 1 / len(self.classes)
        stands_out = ~blank & (networks.evidence(probabilities) >= self.rejection_threshold)
        answers = []
        for row, known in zip(probabilities, stands_out, strict=True):
            best = int(row.argmax())
            digit, name = (best, self.classes[best]) if known else (None, None)
            answers.append(Answer(digit, float(row[best]), row, name))
        return answers

    def read(self, image: np.ndarray) -> Answer:
        """Read one image.

        Parameters
        ----------
        image : numpy.ndarray
            (28, 28); uint8 0-255 or float 0-1, white ink on black.

        Returns
        -------
        Answer
            With .digit (None for no digit), .confidence and .probabilities. A blank image has no digit, and all
            digits are equally likely.

        Raises
        ------
        ValueError
            If it is not one image, or type or range is another.
        """
        if np.shape(image) != (28, 28):
            raise ValueError(f"image must have the shape (28, 28), not {np.shape(image)}.")
        return self.answers(image)[0]

    def read_number(self, ink: list | Picture) -> NumberAnswer:
        """Read several digits side by side, such as "2026" written in one go.

        Parameters
        ----------
        ink : list, str, Path, bytes, PIL.Image.Image or numpy.ndarray
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
        if isinstance(ink, str | Path | bytes | Image.Image | np.ndarray):
            images = segment.split_photo(ink)
            answers = self.answers(np.stack(images)) if images else []
        else:
            answers = self._likeliest_digits(segment.joined(segment.split_strokes(ink)))
        return NumberAnswer(
            "".join(self.classes[answer.probabilities.argmax()] for answer in answers) or None,
            math.prod(answer.confidence for answer in answers) if answers else 0.0,
            answers,
        )

    def _prepare(self, images: np.ndarray) -> np.ndarray:
        """Check images and preprocess them as the model expects: float32 (n, 28, 28)."""
        return PREPROCESS[self.preprocess](check_images(images))

    def _likeliest_digits(self, candidates: dict) -> list[Answer]:
        """Choose those candidates, one after the other, that together look most like digits; gives their answers."""
        if not candidates:
            return []
        answers = self.answers(np.stack([strokes_to_image(strokes) for strokes, _ in candidates.values()]))
        gaps = np.array([gap for _, gap in candidates.values()])
        probabilities = np.stack([answer.probabilities for answer in answers])
        # The log of how likely it is a digit at all, and this one: a number is as likely as its digits together.
        doubt = np.log1p(np.exp(self.rejection_threshold - networks.evidence(probabilities)))
        score = np.log(probabilities.max(axis=1)) - doubt
        score -= 10 * gaps  # measured on pen strokes: each tenth of the height makes one digit e times less likely
        # By how many groups are read: the score, and which candidates.
        best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
        for number, (start, end) in sorted(enumerate(candidates), key=lambda item: item[1]):
            total, chosen = best[start]
            if end not in best or total + score[number] > best[end][0]:
                best[end] = total + score[number], [*chosen, number]
        return [answers[number] for number in best[max(best)][1]]


def load_classifier(path: str | Path | None = None, name: str = "best") -> DigitClassifier:
    """Load a trained network, or several that vote.

    Parameters
    ----------
    path : str or Path, optional
        A .keras file, or a folder with a model.keras, as `train` writes it. Without it, a shipped one.
    name : str
        Which shipped one: the name of a folder in mnist_utils/assets. "ensemble" gives the mean of the probabilities
        of those that its metrics.json names as members.

    Returns
    -------
    DigitClassifier
        With what the metrics.json beside the model holds as .metrics, and so its preprocessing, the names of its
        classes and its rejection threshold. A model without that file reads images as they are and refuses nothing
        but a blank one.

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
    metrics = read_metrics(folder)
    if path.is_dir() and metrics.get("members") and not (path / "model.keras").is_file():
        model = networks.ensemble([_load_model(path.parent / member) for member in metrics["members"]])
    else:
        model = _load_model(path)
    return DigitClassifier(model, metrics=metrics)


def read_metrics(folder: Path) -> dict:
    """Give what `train` wrote into folder/metrics.json; nothing where there is no such file."""
    file = folder / "metrics.json"
    if not file.is_file():
        return {}
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
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
