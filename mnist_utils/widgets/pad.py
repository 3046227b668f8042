"""DigitPad: draw a digit with mouse, finger or pen, and see it read.

Strokes live here, as points; the canvas only shows them.
"""

import base64
import functools
import html
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from mnist_utils import plots
from mnist_utils.data import load_strokes, save_strokes
from mnist_utils.preprocess.ink import check_strokes, strokes_to_image
from mnist_utils.widgets.answers import DIGITS, bars, sentence, to_png
from mnist_utils.widgets.errors import report_errors
from mnist_utils.widgets.sheet import Sheet, Stroke
from mnist_utils.widgets.webcam import Webcam

if TYPE_CHECKING:
    from mnist_utils.classifier import Answer, DigitClassifier  # it would import TensorFlow

PAUSE = 0.15  # seconds from one reading to the next during a stroke: reading at each move would fall behind the pen
SAMPLE_SIDE = 280  # pixels of the pad on which the course's samples are drawn
IN_ROWS = {"flex_flow": "row wrap"}  # what has no room on the right of a narrow window goes below


class DigitPad(widgets.VBox):
    """A pad to draw a digit on, with what the network sees and says beside it.

    Buttons for sample digits, for a photo and for the camera do the same without drawing. What they or a program put
    on the pad goes away when a person begins to draw.

    Parameters
    ----------
    classifier : DigitClassifier, optional
        What reads the drawing; the shipped one without it. Samples are offered where its classes are the ten digits.
    size : int
        Side of the canvas in CSS pixels, 100 to 1000.
    overlay : callable, optional
        Takes `image` while there is ink on it and gives uint8 (28, 28, 3), which is shown in its place; it is
        called at each reading, so it must be fast.

    Attributes
    ----------
    strokes : list of list of (x, y)
        What is drawn, in CSS pixels, x right, y down; may be set. Empty where a photo is read.
    image : numpy.ndarray
        float32 (28, 28), what was read last: the strokes or a photo, as the network is given it.
    answer : Answer
        What the classifier says of `image`.
    """

    def __init__(
        self,
        classifier: "DigitClassifier | None" = None,
        size: int = 280,
        overlay: Callable[[np.ndarray], np.ndarray] | None = None,
    ):
        if not 100 <= size <= 1000:
            raise ValueError(f"size must be from 100 to 1000 pixels, not {size}.")
        if "google.colab" in sys.modules:  # Colab shows widgets of other packages only when told to
            sys.modules["google.colab"].output.enable_custom_widget_manager()
        if classifier is None:
            from mnist_utils.classifier import load_classifier  # imports TensorFlow

            classifier = load_classifier()
        self.classifier = classifier
        self.size = size
        self._overlay = overlay
        self._strokes: list[Stroke] = []
        self._by_hand = True  # a person adds strokes to a person's own; all else makes way for them
        self._photo_name: str | None = None  # of the photo that was read last, if it was one
        self._read_at = 0.0
        self._words = widgets.HTML()
        super().__init__([self._without_drawing(), self._words, self._with_drawing()])
        self._paint()
        self._read()

    def _without_drawing(self) -> widgets.HBox:
        """What needs no drawing; it comes first, so that Tab finds it before the canvas, which keeps that key."""
        digits = DIGITS if list(self.classifier.classes) == DIGITS else []
        self._samples = [
            widgets.Button(description=digit, tooltip=f"Draw a sample of the digit {digit}", layout={"width": "30px"})
            for digit in digits
        ]
        for digit, button in enumerate(self._samples):
            button.on_click(functools.partial(self._show_sample, digit))
        self._photo = widgets.FileUpload(
            accept="image/*,.heic,.heif", description="Read a photo", layout={"width": "170px"}
        )
        self._photo.observe(self._read_photo, "value")
        self._webcam = Webcam(self._read_snapshot, self._say)
        samples = [widgets.Label("Samples"), *self._samples] if self._samples else []
        return widgets.HBox([*samples, self._photo, self._webcam], layout=IN_ROWS)

    def _with_drawing(self) -> widgets.HBox:
        """The canvas with its buttons and the pen's slider, the bars, and what the network sees."""
        width, half = f"{self.size + 2}px", {"flex": "1", "width": "auto"}
        self._sheet = Sheet(self.size, self._begin, self._go_on, self._end, self._say)
        self.canvas = self._sheet.canvas
        self.canvas.on_client_ready(self._show_again)
        self._undo_button = widgets.Button(description="Undo", tooltip="Take the last stroke back", layout=half)
        self._clear_button = widgets.Button(description="Clear", tooltip="Wipe the pad", layout=half)
        self._undo_button.on_click(lambda _: self.undo())
        self._clear_button.on_click(lambda _: self.clear())
        buttons = widgets.HBox([self._undo_button, self._clear_button], layout={"width": width})
        pens = self.size // 14, 4, self.size // 7
        self._pen = widgets.IntSlider(*pens, description="Pen", readout=False, layout={"width": width})
        self._pen.observe(lambda _: self._paint(), "value")
        self._bars = widgets.HTML()
        self._seen = widgets.Image(format="png", layout={"width": "140px", "height": "140px"})
        seen = widgets.VBox([widgets.Label("What the network sees"), self._seen])
        return widgets.HBox([widgets.VBox([self._sheet, buttons, self._pen]), self._bars, seen], layout=IN_ROWS)

    @property
    def strokes(self) -> list[Stroke]:
        """A copy of what is drawn; what is set takes its place, and goes away when a person begins to draw."""
        return [list(stroke) for stroke in self._strokes]

    @strokes.setter
    def strokes(self, strokes: list) -> None:
        points = [[tuple(point) for point in stroke.tolist()] for stroke in check_strokes(strokes)]
        self._put(points, by_hand=False)

    @report_errors
    def clear(self) -> None:
        """Wipe the pad."""
        self._put([], by_hand=True)

    @report_errors
    def undo(self) -> None:
        """Take the last stroke back, or a photo; nothing happens on an empty pad."""
        self._put(self._strokes[:-1], self._by_hand)

    def save(self, path: str | Path, label: int) -> None:
        """Add the drawing, with the digit it shows, to a file that `mnist_utils.data.load_strokes` reads."""
        save_strokes(path, self.strokes, label)

    def picture(self) -> bytes:
        """Draw the pad as it is now, as a PNG: for readers of a notebook without a kernel, who see no widget."""
        figure = Figure(figsize=(8, 2.8), layout="constrained", facecolor="white")
        drawing, likely, seen = figure.subplots(1, 3)
        for stroke in self._strokes:
            drawing.plot(*zip(*stroke, strict=True), color="black", linewidth=10, solid_capstyle="round")
        drawing.set(xlim=(0, self.size), ylim=(self.size, 0), aspect="equal", xticks=[], yticks=[])
        drawing.set_title(textwrap.fill(self._text(), 45), fontsize=9, parse_math=False)
        plots.probabilities(self.answer.probabilities, names=self.classifier.classes, ax=likely)
        plots.digits(np.zeros((1, 28, 28)), ["What the network sees"], ax=seen)
        seen.imshow(self._view, cmap="gray", vmin=0, vmax=255, extent=(0, 28, 28, 0), interpolation="nearest")
        return to_png(figure)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict:
        bundle = super()._repr_mimebundle_(**kwargs)
        return bundle | {"image/png": base64.b64encode(self.picture()).decode()}

    def __repr__(self) -> str:
        count = len(self._strokes)
        source = self._photo_name or f"{count} stroke{'' if count == 1 else 's'}"
        return f"DigitPad: {source}, {self._sentence()}"

    def _put(self, strokes: list[Stroke], by_hand: bool, photo: "tuple[Answer, np.ndarray, str] | None" = None) -> None:
        """Show and read strokes, or a photo (what was read, and its name), in place of all that is on the pad."""
        self._strokes, self._by_hand = strokes, by_hand
        self._sheet.lift_pen()
        self._paint()
        self._read(photo)

    @report_errors
    def _begin(self, x: float, y: float) -> None:
        if makes_way := not self._by_hand:
            self._strokes, self._by_hand = [], True
            self._paint()
        self._strokes.append([(x, y)])
        self._sheet.paint_line(self._strokes[-1])
        if makes_way:
            self._read()  # the old answer must not stand beside the new ink until the pen moves

    @report_errors
    def _go_on(self, x: float, y: float) -> None:
        stroke = self._strokes[-1]
        if (x, y) == stroke[-1]:
            return
        stroke.append((x, y))
        self._sheet.paint_line(stroke[-2:])
        if time.monotonic() - self._read_at > PAUSE:
            self._read()

    @report_errors
    def _end(self) -> None:
        self._read()

    @report_errors
    def _show_again(self) -> None:
        """Paint all once more for a page that has just been loaded."""
        self._sheet.forget_page()
        self._paint()

    @report_errors
    def _show_sample(self, digit: int, button: widgets.Button) -> None:
        """Draw one of the course's drawings of a digit, another one each time."""
        drawings, labels = load_strokes()
        chosen = np.random.default_rng().choice(np.flatnonzero(labels == digit))
        scale = self.size / SAMPLE_SIDE
        self.strokes = [[(x * scale, y * scale) for x, y in line] for line in drawings[chosen]]

    @report_errors
    def _read_photo(self, change: dict) -> None:
        """Read an uploaded picture in place of a drawing."""
        if change["new"]:
            file = change["new"][0]
            self._photo.value = ()  # so that the same file can be chosen again
            self._read_picture(bytes(file["content"]), file["name"] or "a photo")

    @report_errors
    def _read_snapshot(self, png: bytes) -> None:
        """Read a picture of the camera in place of a drawing."""
        self._read_picture(png, "the camera's picture")

    def _read_picture(self, content: bytes, name: str) -> None:
        try:
            answer = self.classifier.read_photo(content, name)
            image = np.zeros((28, 28)) if answer.image is None else answer.image
            if not image.any():
                raise ValueError(f"there is no ink on {name}.")
        except ValueError as error:
            self._say(f"Not read: {error}")
        else:
            self._put([], by_hand=False, photo=(answer, image, name))

    def _paint(self) -> None:
        self._sheet.paint(self._strokes, self._pen.value)

    def _read(self, photo: "tuple[Answer, np.ndarray, str] | None" = None) -> None:
        """Update image, answer and what shows them, together; of the strokes, where no photo is given."""
        self._read_at = time.monotonic()
        image = photo[1] if photo else strokes_to_image(self._strokes)
        view = (image * 255).astype(np.uint8)
        if self._overlay is not None and image.any():
            view = self._overlay(image)
        # All of them or, if one fails, none.
        answer, name = (photo[0], photo[2]) if photo else (self.classifier.read(image), None)
        self.answer, self.image, self._photo_name, self._view = answer, image, name, view
        self._say(self._text())
        self._bars.value = bars(self.answer.probabilities, self.classifier.classes)
        self._seen.value = to_png(Image.fromarray(view).resize((280, 280), Image.Resampling.NEAREST))

    def _sentence(self) -> str:
        if not self.image.any():
            return "Draw a digit." if self._samples else "Draw something."
        return sentence(self.answer, self.classifier.classes)

    def _text(self) -> str:
        return f"{self._sentence()} Read from {self._photo_name}." if self._photo_name else self._sentence()

    def _say(self, text: str) -> None:
        # role=status: a screen reader says it when it changes.
        style = "font-size: 1.3em; padding: 4px 0"
        self._words.value = f'<div role="status" style="{style}">{html.escape(text)}</div>'
