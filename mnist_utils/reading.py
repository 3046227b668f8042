"""Pictures to answers: each is opened and preprocessed by itself, and a network is asked about those of many at once.

No picture needs TensorFlow before the network is asked, so that pictures may be opened in processes of their own.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import numpy as np

from mnist_utils.files import Picture, open_square, photo_name
from mnist_utils.images import SIZE, is_blank, is_speck
from mnist_utils.preprocess import PREPROCESS, photos, segment_photos

# The network is asked about so many images at once: with 500 it is as fast as with thousands, with 64 a fifth slower.
IMAGES = 500
MOST = 64  # pictures that wait for it, whatever they hold: those of numbers hold few images, and up to 5 MB


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a classifier says of one image.

    Attributes
    ----------
    digit : int or None
        The number of the likeliest class, 0 to 9 for digits; None where the image is blank or has only a speck of ink,
        or no class stands out.
    confidence : float
        The largest of the probabilities, 0 to 1.
    probabilities : numpy.ndarray
        (classes,), adding up to 1; all equal for a blank image or a speck.
    name : str or None
        The name of that class: "7", or what it was called where the network was trained on other pictures.
    image : numpy.ndarray or None
        float32 (28, 28), what was read of a picture.
    box : tuple of int or None
        Where a digit of a number is in the picture: left, top, right, bottom, in the picture's pixels.
    ink : numpy.ndarray or None
        bool (height, width), what of a picture was taken for ink; of the picture's shape, with at most 500 pixels on
        the longer side.
    """

    digit: int | None
    confidence: float
    probabilities: np.ndarray
    name: str | None = None
    image: np.ndarray | None = None
    box: tuple[int, int, int, int] | None = None
    ink: np.ndarray | None = None


@dataclasses.dataclass(frozen=True)
class NumberAnswer:
    """What a classifier says of several digits side by side.

    Attributes
    ----------
    number : str or None
        The digits from left to right, "2026", line by line; None where there is no ink.
    confidence : float
        0 to 1: the product of the digits' confidences; for a picture, the less, the more ink no digit explains.
    answers : list of Answer
        One for each digit; .digit is None for one that looks like no digit, though .number has its likeliest.
    """

    number: str | None
    confidence: float
    answers: list[Answer]


@dataclasses.dataclass(frozen=True)
class Said:
    """What a network says of n images: `probabilities` (n, classes), and how far they stand out.

    `margins` (n,) is how much more evidence there is for a class than the rejection threshold, in nats; `classes` are
    the names.
    """

    probabilities: np.ndarray
    margins: np.ndarray
    classes: list[str]

    def part(self, start: int, end: int) -> "Said":
        """What it says of some of the images."""
        return Said(self.probabilities[start:end], self.margins[start:end], self.classes)

    def answer(self, number: int, known: bool) -> Answer:
        """What that means for one image, where it is known to be one of the classes or not."""
        row = self.probabilities[number]
        best = int(row.argmax())
        digit, name = (best, self.classes[best]) if known else (None, None)
        return Answer(digit, float(row[best]), row, name)


def text_of(answers: list[Answer], classes: list[str]) -> str:
    """The likeliest class of each answer, one behind the other."""
    return "".join(classes[answer.probabilities.argmax()] for answer in answers)


class Opened(Protocol):
    """A picture that was opened: the images, float32 (28, 28), that the network is to be asked about.

    `name` is what messages call it.
    """

    name: str
    images: list[np.ndarray]

    def answer(self, said: Said) -> Answer | NumberAnswer:
        """Give the answer from what the network says of the images."""


class DigitPicture:
    """A picture of one digit, read in several ways."""

    def __init__(self, photo: Picture, name: str):
        self.name, grey = name, photos.open_photo(photo, name=name)[0]
        self.shape = grey.shape
        self.found = photos.readings(grey)
        self.images = [reading.image for reading in self.found] or [np.zeros((SIZE, SIZE), np.float32)]

    def answer(self, said: Said) -> Answer:
        """Choose the reading that is most like a digit."""
        if not self.found:
            return dataclasses.replace(said.answer(0, known=False), image=self.images[0])
        chosen, confidence = photos.choose(self.found, said.probabilities, said.margins)
        number = int(said.probabilities.max(axis=1).argmax()) if chosen is None else chosen
        answer, read = said.answer(number, chosen is not None), self.found[number]
        return dataclasses.replace(answer, confidence=confidence, image=read.image, ink=read.ink_on(*self.shape))


class ThingPicture:
    """A picture of what a network was trained on that reads no digits, as `load_dataset` would have it."""

    def __init__(self, photo: Picture, name: str, preprocess: str):
        self.name = name
        self.images = [PREPROCESS[preprocess](open_square(photo, name, SIZE)[0][None])[0]]

    def answer(self, said: Said) -> Answer:
        """Give the likeliest class, or none."""
        known = bool(said.margins[0] >= 0 and not is_blank(self.images[0][None])[0])
        return dataclasses.replace(said.answer(0, known), image=self.images[0])


class NumberPicture:
    """A picture of several digits, in one or several lines, cut in several ways."""

    def __init__(self, photo: Picture, name: str):
        self.name = name
        grey, self.scale = photos.open_photo(photo, segment_photos.LONGEST, name)
        self.found = segment_photos.number_readings(grey)
        self.images = [piece.image for reading in self.found for piece in reading.pieces]

    def answer(self, said: Said) -> NumberAnswer:
        """Choose the pieces that are most like digits, line by line."""
        ends = np.cumsum([0, *(len(reading.pieces) for reading in self.found)])
        parts = [said.part(start, end) for start, end in itertools.pairwise(ends)]
        rows, margins = [part.probabilities for part in parts], [part.margins for part in parts]
        lines, _, confidence = segment_photos.choose(self.found, rows, margins)
        pieces = [piece for reading in self.found for piece in reading.pieces]
        numbers = {id(piece): number for number, piece in enumerate(pieces)}
        read = []
        for line in lines:
            inked = [piece for piece in line if not is_speck(piece.image[None])[0]]
            read.append([self._digit(piece, said, numbers[id(piece)]) for piece in inked])
        answers = [answer for line in read for answer in line]
        text = "\n".join(text_of(line, said.classes) for line in read if line)
        return NumberAnswer(text or None, confidence if answers else 0.0, answers)

    def _digit(self, piece: segment_photos.Piece, said: Said, number: int) -> Answer:
        left, top, right, bottom = (round(self.scale * edge) for edge in piece.box)
        answer = said.answer(number, bool(said.margins[number] >= 0))
        return dataclasses.replace(answer, image=piece.image, box=(left, top, right, bottom))


def opened(photo: Picture, kind: str, name: str = "") -> Opened:
    """Open a picture: of a "number", of "digits" one, or of what goes through another of `PREPROCESS`."""
    name = photo_name(photo, name)
    if kind == "number":
        return NumberPicture(photo, name)
    return DigitPicture(photo, name) if kind == "digits" else ThingPicture(photo, name, kind)


def opened_or_why(photo: Picture, kind: str) -> Opened | OSError | ValueError:
    """Open a picture, or give why it can't be read, whatever it is: it must not keep others from being read."""
    try:
        return opened(photo, kind)
    except (OSError, ValueError) as error:
        return FileNotFoundError(str(error)) if isinstance(error, FileNotFoundError) else ValueError(str(error))
    except Exception as error:
        return _unreadable(photo_name(photo), error)


def answers(
    pictures: Iterable[Opened | OSError | ValueError], ask: Callable[[np.ndarray], Said]
) -> Iterator[Answer | NumberAnswer | OSError | ValueError]:
    """Give the answers to pictures that were opened, in their order; `ask` takes images (n, 28, 28) of several."""
    waiting: list[Opened | OSError | ValueError] = []
    count = 0
    for picture in pictures:
        more = 0 if isinstance(picture, Exception) else len(picture.images)
        if count + more > IMAGES or len(waiting) == MOST:
            yield from _answers(waiting, ask)
            waiting, count = [], 0
        waiting.append(picture)
        count += more
    yield from _answers(waiting, ask)


def _answers(waiting: list, ask: Callable[[np.ndarray], Said]) -> Iterator:
    """Give the answers to pictures about which the network is asked at once."""
    images = [image for picture in waiting if not isinstance(picture, Exception) for image in picture.images]
    said = ask(np.stack(images) if images else np.zeros((0, SIZE, SIZE), np.float32))
    start = 0
    for picture in waiting:
        if isinstance(picture, Exception):
            yield picture
            continue
        end = start + len(picture.images)
        try:
            answer: Answer | NumberAnswer | ValueError = picture.answer(said.part(start, end))
        except Exception as error:  # as in `opened_or_why`
            answer = _unreadable(picture.name, error)
        yield answer
        start = end


def _unreadable(name: str, error: Exception) -> ValueError:
    """Say of a picture that something in this program fails at it."""
    fault = ValueError(f"{name} can't be read ({type(error).__name__}: {error}).")
    fault.__cause__ = error  # whoever looks for the fault finds it where it began
    return fault
