"""DigitClassifier: a trained network that reads images."""

import contextlib
import functools
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mnist_utils import models, networks, reading
from mnist_utils.files import Picture, runs
from mnist_utils.images import check_images, is_blank, is_speck
from mnist_utils.preprocess import PREPROCESS, segment
from mnist_utils.preprocess.ink import placement_of, strokes_to_image
from mnist_utils.processes import check_workers, in_processes
from mnist_utils.quiet_tensorflow import keras
from mnist_utils.reading import Answer, NumberAnswer

ASSETS = Path(__file__).parent / "assets"


class DigitClassifier:
    """Read images with a trained network, fast for one image and for many.

    Parameters
    ----------
    model : keras.Model
        Takes images (n, 28, 28, 1) or (n, 28, 28), float 0 to 1, gives probabilities (n, classes) of two classes or
        more: a model of logits needs keras.layers.Softmax() behind it.
    rejection_threshold : float, optional
        `read` says None where there is less evidence for a class, in nats (`networks.evidence`). Without it, that of
        the metrics, or else 0, which refuses nothing but a blank image or a speck.
    metrics : dict, optional
        What its training wrote down. "preprocess" says what images go through first (`preprocess.PREPROCESS`); without
        it, they are read as they are.
    name : str
        What menus call it: `load_classifier` gives the name of a shipped one, or the path of another.

    Attributes
    ----------
    classes : list of str
        Names of the classes.
    preprocess : str
        The name of what images go through first.
    placement : preprocess.ink.Placement
        How large the ink of the images was that it has learned from, and where: strokes are drawn so.

    Raises
    ------
    ValueError
        If the model takes or gives something else, or metrics or threshold do not fit it.
    """

    def __init__(
        self,
        model: keras.Model,
        rejection_threshold: float | None = None,
        metrics: dict | None = None,
        name: str = "this network",
    ):
        self.model, self.name = models.for_images(model), name
        self.metrics = metrics or {}
        if rejection_threshold is not None and not models.is_threshold(rejection_threshold):
            raise ValueError(f"rejection_threshold must be 0 or more, not {rejection_threshold}.")
        count = self.model.output_shape[-1]
        models.check_metrics(self.metrics, count, list(PREPROCESS))
        if rejection_threshold is None:
            rejection_threshold = self.metrics.get("rejection_threshold", 0.0)
        self.rejection_threshold = rejection_threshold
        self.preprocess = self.metrics.get("preprocess", "none")
        self.placement = placement_of(self.metrics)
        self.classes = self.metrics.get("classes", [str(number) for number in range(count)])

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Give the probability of each class.

        Parameters
        ----------
        images : numpy.ndarray
            (n, 28, 28) or one (28, 28); uint8 0-255 or float 0-1, white ink on black.

        Returns
        -------
        numpy.ndarray
            float32 (n, classes), or (classes,) for one image; each row adds up to 1. Where there is too little ink
            for a digit (`images.is_speck`), all classes are equally likely. A network of other things, which may be as
            small as a dot, says so only of a blank image.

        Raises
        ------
        ValueError
            If shape, type or range of the images is another.
        """
        probabilities, _ = self._run(images)
        return probabilities[0] if np.ndim(images) == 2 else probabilities

    def answers(self, images: np.ndarray) -> list[Answer]:
        """Read images, as `predict` takes them: one answer for each."""
        probabilities, inked = self._run(images)
        said = self._said(probabilities)
        return [said.answer(number, known) for number, known in enumerate(inked & (said.margins >= 0))]

    def read(self, image: np.ndarray) -> Answer:
        """Read one image.

        Parameters
        ----------
        image : numpy.ndarray
            (28, 28); uint8 0-255 or float 0-1, white ink on black.

        Returns
        -------
        Answer
            With .digit (None for no digit), .confidence and .probabilities. A blank image has no digit, and all classes
            are equally likely. So it is with a speck, where digits are read.

        Raises
        ------
        ValueError
            If it is not one image, or type or range is another.
        """
        if np.shape(image) != (28, 28):
            raise ValueError(f"image must have the shape (28, 28), not {np.shape(image)}.")
        return self.answers(image)[0]

    def strokes_to_image(self, strokes: list) -> np.ndarray:
        """Draw pen strokes as large and where the images that the network learned from have their ink.

        As `mnist_utils.strokes_to_image`, which draws them as in MNIST.
        """
        return strokes_to_image(strokes, place=self.placement)

    def read_photo(self, photo: Picture, name: str = "") -> Answer:
        """Read a picture of one digit, or of what the network was trained on.

        A picture of a digit is read in several ways (`preprocess.photos.readings`), and the network says which of them
        is most like a digit. A network trained on other pictures gets this one as `load_dataset` would have it: in
        grey, 28x28, with margins where it is not square.

        Parameters
        ----------
        photo : str, Path, bytes, PIL.Image.Image or numpy.ndarray
            As `photo_to_image` takes it.
        name : str
            What messages call it; without it, its file or "photo".

        Returns
        -------
        Answer
            With the .image that was read, and the .ink on the picture. .digit is None where no reading stands out;
            where the readings disagree, the confidence is low.

        Raises
        ------
        ValueError, FileNotFoundError
            As `photo_to_image`.
        """
        return self._read_picture(reading.opened(photo, self._kind, name))

    def read_photos(
        self, photos: Iterable[Picture], number: bool = False, workers: int = 1
    ) -> Iterator[Answer | NumberAnswer | OSError | ValueError]:
        """Read any number of pictures, each as `read_photo` or `read_number` would, in less time and in little memory.

        Parameters
        ----------
        photos : iterable of str, Path, bytes, PIL.Image.Image or numpy.ndarray
            As `photo_to_image` takes them; they are taken from it while answers are given.
        number : bool
            Whether each shows several digits side by side.
        workers : int
            How many processes open and preprocess pictures; 1 for none but this. With more, a program needs the line
            `if __name__ == "__main__":`.

        Returns
        -------
        iterator of Answer, NumberAnswer, OSError or ValueError
            In the order of the pictures; for one that can't be read the error that says why, and it goes on.

        Raises
        ------
        ValueError
            If workers is less than 1.
        ChildProcessError
            While answers are given, if a process has ended.
        """
        check_workers(workers)
        return self._read_pictures(photos, "number" if number else self._kind, workers)

    def read_number(self, ink: list | Picture) -> NumberAnswer:
        """Read several digits side by side, such as "2026" written in one go.

        Parameters
        ----------
        ink : list, str, Path, bytes, PIL.Image.Image or numpy.ndarray
            A list of strokes, as `strokes_to_image` takes it, whose digits must not touch each other; or a picture, as
            `photo_to_image` takes it, of one or several lines.

        Returns
        -------
        NumberAnswer
            With .number (None for none), .confidence and the .answers for each digit; those of a picture say in
            which .box of the picture they are.

        Raises
        ------
        ValueError, FileNotFoundError
            As `strokes_to_image` and `photo_to_image`.
        """
        if isinstance(ink, str | Path | bytes | Image.Image | np.ndarray):
            return self._read_picture(reading.opened(ink, "number"))
        answers = self._likeliest_digits(segment.joined(segment.split_strokes(ink)))
        confidence = math.prod(answer.confidence for answer in answers) if answers else 0.0
        return NumberAnswer(reading.text_of(answers, self.classes) or None, confidence, answers)

    @property
    def _kind(self) -> str:
        """What pictures show, as `reading.opened` calls it: digits, where nothing says otherwise."""
        return self.metrics.get("preprocess", "digits")

    def _read_picture(self, picture: reading.Opened) -> Any:
        [answer] = reading.answers([picture], self._ask)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _read_pictures(
        self, photos: Iterable[Picture], kind: str, workers: int
    ) -> Iterator[Answer | NumberAnswer | OSError | ValueError]:
        opening = in_processes(functools.partial(reading.opened_or_why, kind=kind), photos, workers)
        with contextlib.closing(opening) as opened:  # or its processes live as long as an error of the network is kept
            yield from reading.answers(opened, self._ask)

    def _ask(self, images: np.ndarray) -> reading.Said:
        return self._said(self.predict(images))

    def _said(self, probabilities: np.ndarray) -> reading.Said:
        return reading.Said(probabilities, self._margins(probabilities), self.classes)

    def _margins(self, probabilities: np.ndarray) -> np.ndarray:
        """How much more evidence there is for a class than the rejection threshold, in nats: (n,)."""
        return networks.evidence(probabilities) - self.rejection_threshold

    def _run(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give probabilities, float32 (n, classes), and where there is ink enough, bool (n,)."""
        prepared = self._prepare(images)
        probabilities = networks.run(self.model, prepared[..., None]).astype(np.float32)
        empty = is_speck(prepared) if self._kind == "digits" else is_blank(prepared)
        probabilities[empty] = 1 / len(self.classes)
        return probabilities, ~empty

    def _prepare(self, images: np.ndarray) -> np.ndarray:
        """Check images and preprocess them as the model expects: float32 (n, 28, 28)."""
        return PREPROCESS[self.preprocess](check_images(images))

    def _likeliest_digits(self, candidates: dict) -> list[Answer]:
        """Choose those candidates, one after the other, that together look most like digits; gives their answers."""
        if not candidates:
            return []
        answers = self.answers(np.stack([self.strokes_to_image(strokes) for strokes, _ in candidates.values()]))
        gaps = np.array([gap for _, gap in candidates.values()])
        probabilities = np.stack([answer.probabilities for answer in answers])
        # The log of how likely it is a digit at all, and this one: a number is as likely as its digits together.
        doubt = np.log1p(np.exp(-self._margins(probabilities)))
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
        but a blank one or a speck.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If no model of that name is shipped, or a file is damaged, no Keras model, or one for other images or answers.
    """
    if path is None:
        shipped = sorted(file.parent.name for file in ASSETS.glob("*/metrics.json"))
        if name not in shipped:
            raise ValueError(f"name must be one of the shipped models ({', '.join(shipped) or 'none'}), not {name!r}.")
        path = ASSETS / name
    else:
        name = str(path)
    path = Path(path)
    folder = path if path.is_dir() else path.parent
    metrics = models.read_metrics(folder)
    if path.is_dir() and metrics.get("members") and not (path / "model.keras").is_file():
        model = models.open_members([path.parent / member for member in metrics["members"]])
    else:
        model = models.open_model(path)
    models.check_metrics(metrics, model.output_shape[-1], list(PREPROCESS), f"path: {folder / 'metrics.json'}")
    return DigitClassifier(model, metrics=metrics, name=name)


def load_mine() -> DigitClassifier:
    """Load the learner's own network from runs/mine, and print that it is; without it, the course's copy of it.

    Notebook 03 trains it. The copy that comes with the course, "mine", was trained in the same way.
    """
    path = runs() / "mine"
    if (path / "model.keras").is_file():
        print("This is your own network, from runs/mine.")
        return load_classifier(path)
    print("There is no network of yours in runs/mine yet: the course's copy of it stands in.")
    return load_classifier(name="mine")
