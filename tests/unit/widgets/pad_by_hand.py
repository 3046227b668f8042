"""Use a pad without a browser: events go to its widgets as a page sends them.

Places on the canvas are in pixels of its backing, which has twice as many as CSS has; strokes are in CSS pixels.
"""

import io
from types import SimpleNamespace

import ipywidgets
import numpy as np
from PIL import Image, ImageDraw

from mnist_utils.preprocess import strokes_to_image
from mnist_utils.preprocess.photos import open_photo, readings
from mnist_utils.widgets.pad import DigitPad


class Reader:
    """Stands in for a classifier: it takes an image with much ink for one class, one with little for another."""

    def __init__(self, classes: tuple[str, ...] = tuple("0123456789"), much: int = 8, little: int = 1):
        self.classes, self.much, self.little = list(classes), much, little
        self.given = []  # the images
        self.strokes_to_image = strokes_to_image

    def read(self, image: np.ndarray) -> SimpleNamespace:
        self.given.append(image)
        return answer(self.classes, (self.much if image.sum() > 80 else self.little) if image.any() else None)

    def read_photo(self, photo: bytes, name: str) -> SimpleNamespace:
        grey = open_photo(photo, name=name)[0]
        found = readings(grey)
        read = self.read(found[0].image if found else np.zeros((28, 28)))
        read.image = self.given[-1]
        read.ink = found[0].ink_on(*grey.shape) if found else None
        return read


def answer(classes: list[str], number: int | None, confidence: float = 0.91) -> SimpleNamespace:
    """What a classifier says that reads a class, or none."""
    if number is None:
        return SimpleNamespace(digit=None, name=None, confidence=0.1, probabilities=np.full(len(classes), 0.1))
    probabilities = np.full(len(classes), (1 - confidence) / (len(classes) - 1))
    probabilities[number] = confidence
    return SimpleNamespace(digit=number, name=classes[number], confidence=confidence, probabilities=probabilities)


def send(pad: DigitPad, event: str, *places: tuple[float, float]) -> None:
    """Do as the browser does when mouse or finger touches the canvas."""
    points = [{"x": x, "y": y} for x, y in places]
    content = {"touches": points} if event.startswith("touch") else dict(*points)
    data = {"method": "custom", "content": {"event": event} | content}
    pad.canvas._handle_msg({"content": {"data": data}, "buffers": []})


def draw(pad: DigitPad, *places: tuple[float, float]) -> None:
    """Draw one stroke with the mouse."""
    send(pad, "mouse_down", places[0])
    for place in places[1:]:
        send(pad, "mouse_move", place)
    send(pad, "mouse_up", places[-1])


def words(pad: DigitPad) -> str:
    """What a screen reader would say."""
    status = [child.value for child in pad.children if isinstance(child, ipywidgets.HTML) and "status" in child.value]
    assert len(status) == 1
    assert 'role="status"' in status[0]
    return status[0].split(">", 1)[1].rsplit("<", 1)[0]


def seen(pad: DigitPad) -> np.ndarray:
    """The picture of the 28x28 pixels in the page."""
    return np.asarray(Image.open(io.BytesIO(pad._seen.value)))[5::10, 5::10]


def buttons(pad: DigitPad) -> dict[str, ipywidgets.Button]:
    """All buttons of the pad by what is written on them."""
    found, todo = {}, [pad]
    while todo:
        widget = todo.pop()
        todo += getattr(widget, "children", ())
        if isinstance(widget, ipywidgets.Button):
            found[widget.description] = widget
    return found


def page_says(pad: DigitPad, content: dict, *buffers: bytes) -> None:
    """Do as the buttons on the page do when they have a picture, or have none."""
    data, sent = {"method": "custom", "content": content}, [memoryview(buffer) for buffer in buffers]
    pad._sources.pictures._handle_msg({"content": {"data": data}, "buffers": sent})


def upload(pad: DigitPad, name: str, content: bytes) -> None:
    """Do as the page does when a file is chosen."""
    page_says(pad, {"name": name}, content)


def camera_takes(pad: DigitPad, content: bytes) -> None:
    """Do as the page does when its camera has taken a picture."""
    page_says(pad, {"name": "the camera's picture"}, content)


def photo(ink: bool = True) -> Image.Image:
    """Light paper with a dark line on it, or with nothing."""
    page = Image.new("L", (200, 200), 230)
    if ink:
        ImageDraw.Draw(page).line([(100, 40), (90, 160)], fill=30, width=12)
    return page


def png(picture: Image.Image) -> bytes:
    """What would be in a file of the picture."""
    file = io.BytesIO()
    picture.save(file, format="png")
    return file.getvalue()
