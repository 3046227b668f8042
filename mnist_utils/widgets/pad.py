"""DigitPad: draw a digit with mouse, finger or pen, and see it read.

Strokes live here, as points; the canvas only shows them.
"""

import base64
import html
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from mnist_utils import plots
from mnist_utils.classes import are_digits
from mnist_utils.data import load_strokes, save_strokes
from mnist_utils.files import open_picture, without_alpha
from mnist_utils.preprocess.ink import check_strokes
from mnist_utils.reading import Answer
from mnist_utils.widgets.alive import Alive
from mnist_utils.widgets.answers import bars, sentence, to_png
from mnist_utils.widgets.drawing import Drawing, Stroke
from mnist_utils.widgets.errors import report_errors
from mnist_utils.widgets.sheet import Sheet
from mnist_utils.widgets.sources import Sources

if TYPE_CHECKING:
    from mnist_utils.classifier import DigitClassifier  # it would import TensorFlow
    from mnist_utils.widgets.collection import Collection

PAUSE = 0.15  # seconds from one reading to the next during a stroke: reading at each move would fall behind the pen
SAMPLE_SIDE = 280  # pixels of the pad on which the course's samples are drawn
RUBBER = 8  # CSS pixels around the pointer, beside half the pen, that the eraser reaches
IN_ROWS = {"flex_flow": "row wrap"}  # what has no room on the right of a narrow window goes below
HELP = "large, with mouse, finger or pen"


class Photo(NamedTuple):
    """A picture that was read: what of it, float32 (28, 28), its name and content, and how it is shown, uint8 RGB."""

    answer: Answer
    image: np.ndarray
    name: str
    content: bytes
    shown: np.ndarray


class DigitPad(widgets.VBox):
    """A pad to draw a digit on, with what the network sees and says beside it.

    Buttons for sample digits, for a photo and for the camera do the same without drawing: of a picture, the pad shows
    what was taken for ink, in orange. What they or a program put on the pad goes away when a person begins to draw. A
    menu offers the shipped networks and those in the folder runs.

    Parameters
    ----------
    classifier : DigitClassifier, optional
        What reads the drawing until another one is chosen; the shipped one without it. Samples are offered where its
        classes are the ten digits.
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
        self._drawing = Drawing()
        self._by_hand = True  # a person adds strokes to a person's own; all else makes way for them
        self._photo: Photo | None = None  # what is read in place of strokes
        self._read_at = 0.0
        self._listeners: list[Callable[[], None]] = []
        self._words = widgets.HTML()
        # First what needs no drawing, so that Tab finds it before the canvas, which keeps that key.
        self._sources = Sources(classifier, self._show_sample, self._read_picture, self._read_with, self._say)
        self._help = widgets.HTML(self._what_to_draw())
        super().__init__([self._sources, Alive(), self._words, self._with_drawing(), self._help])
        self._paint()
        self._read()

    def _with_drawing(self) -> widgets.HBox:
        """The canvas with its buttons and the pen's slider, the bars, and what the network sees."""
        width, part = f"{self.size + 2}px", {"flex": "1", "width": "auto"}
        self._sheet = Sheet(self.size, self._begin, self._go_on, self._end, self._say)
        self.canvas = self._sheet.canvas
        self.canvas.on_client_ready(self._show_again)
        buttons = []
        for name, tooltip, do in (
            ("Undo", "Undo the last change", self.undo),
            ("Redo", "Redo what was undone", self.redo),
            ("Clear", "Wipe the pad", self.clear),
        ):
            buttons.append(widgets.Button(description=name, tooltip=tooltip, layout=part))
            buttons[-1].on_click(lambda _, do=do: do())
        self._eraser = widgets.ToggleButton(description="Erase", tooltip="Erase the strokes you touch", layout=part)
        buttons.insert(2, self._eraser)
        buttons = widgets.HBox(buttons, layout={"width": width})
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
        return [list(stroke) for stroke in self._drawing.strokes]

    @strokes.setter
    def strokes(self, strokes: list) -> None:
        points = [[tuple(point) for point in stroke.tolist()] for stroke in check_strokes(strokes)]
        self._put(Drawing(points), by_hand=False)

    @report_errors
    def clear(self) -> None:
        """Wipe the pad; undo brings strokes back."""
        self._drawing.clear()
        self._put(self._drawing, by_hand=True)

    @report_errors
    def undo(self) -> None:
        """Take the last stroke back, or a photo, or what was erased or cleared; nothing happens on a new pad."""
        if not self._photo:
            self._drawing.undo()
        self._put(self._drawing, self._by_hand)

    @report_errors
    def redo(self) -> None:
        """Do again what was undone last, if nothing was drawn since."""
        self._drawing.redo()
        self._put(self._drawing, self._by_hand)

    def on_read(self, listener: Callable[[], None]) -> None:
        """Call a function after each reading, when `image` and `answer` are new."""
        self._listeners.append(listener)

    def save(self, path: str | Path, label: int) -> None:
        """Add the drawing, with the digit it shows, to a file that `mnist_utils.data.load_strokes` reads."""
        save_strokes(path, self.strokes, label)

    def collect(self, times: int = 3, path: str | Path | None = None) -> "Collection":
        """Ask for each digit so many times, and save each drawing at once; gives a widget, which a notebook shows."""
        from mnist_utils.widgets.collection import Collection

        return Collection(self, times, path)

    def picture(self) -> bytes:
        """Draw the pad as it is now, as a PNG: for readers of a notebook without a kernel, who see no widget."""
        figure = Figure(figsize=(8, 2.8), layout="constrained", facecolor="white")
        drawing, likely, seen = figure.subplots(1, 3)
        for stroke in self._drawing.strokes:
            drawing.plot(*zip(*stroke, strict=True), color="black", linewidth=10, solid_capstyle="round")
        if self._photo:
            height, width = (side * self.size / self._sheet.pixels / 2 for side in self._photo.shown.shape[:2])
            middle = self.size / 2
            place = middle - width, middle + width, middle + height, middle - height
            drawing.imshow(self._photo.shown, extent=place)
        drawing.set(xlim=(0, self.size), ylim=(self.size, 0), aspect="equal", xticks=[], yticks=[])
        drawing.set_title(textwrap.fill(self._text(), 45), fontsize=9, parse_math=False)
        plots.probabilities(self.answer.probabilities, names=self.classifier.classes, ax=likely)
        plots.digits(np.zeros((1, 28, 28)), ["What the network sees"], ax=seen)
        seen.imshow(self._view, cmap="gray", vmin=0, vmax=255, extent=(0, 28, 28, 0), interpolation="nearest")
        return to_png(figure)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        bundle = super()._repr_mimebundle_(**kwargs) | {"image/png": base64.b64encode(self.picture()).decode()}
        return bundle, {"image/png": {"alt": self.alt}}

    @property
    def alt(self) -> str:
        """What the pad shows, for those who don't see it."""
        count, shown = len(self.classifier.classes), len(plots.shown_first(self.answer.probabilities))
        bars = f"{count} answers" if shown == count else f"the {shown} likeliest of {count} answers"
        return f"A pad to draw on, with bars for {bars}. {self._text()}"

    def __repr__(self) -> str:
        count = len(self._drawing.strokes)
        source = self._photo.name if self._photo else f"{count} stroke{'' if count == 1 else 's'}"
        return f"DigitPad: {source}, {self._sentence()}"

    def _put(self, drawing: Drawing, by_hand: bool, photo: Photo | None = None) -> None:
        """Show and read a drawing, or a photo, in place of all that is on the pad."""
        self._drawing, self._by_hand, self._photo = drawing, by_hand, photo
        self._sheet.lift_pen()
        self._paint()
        self._read()

    @report_errors
    def _begin(self, x: float, y: float) -> None:
        if self._eraser.value:
            self._erase(x, y)
            return
        if makes_way := not self._by_hand:
            self._drawing, self._by_hand, self._photo = Drawing(), True, None
            self._paint()
        self._drawing.begin(x, y)
        self._sheet.paint_line(self._drawing.strokes[-1])
        if makes_way:
            self._read()  # the old answer must not stand beside the new ink until the pen moves

    @report_errors
    def _go_on(self, x: float, y: float) -> None:
        if self._eraser.value:
            self._erase(x, y)
        elif self._drawing.go_on(x, y):
            self._sheet.paint_line(self._drawing.strokes[-1][-2:])
            if time.monotonic() - self._read_at > PAUSE:
                self._read()

    def _erase(self, x: float, y: float) -> None:
        if self._drawing.erase(x, y, self._pen.value / 2 + RUBBER):
            self._paint()

    @report_errors
    def _end(self) -> None:
        self._read()

    @report_errors
    def _show_again(self) -> None:
        """Paint all once more for a page that has just been loaded."""
        self._sheet.forget_page()
        self._paint()

    @report_errors
    def _show_sample(self, digit: int) -> None:
        """Draw one of the course's drawings of a digit, another one each time."""
        drawings, labels = load_strokes()
        chosen = np.random.default_rng().choice(np.flatnonzero(labels == digit))
        scale = self.size / SAMPLE_SIDE
        self.strokes = [[(x * scale, y * scale) for x, y in line] for line in drawings[chosen]]

    @report_errors
    def _read_picture(self, content: bytes, name: str) -> None:
        """Read a picture in place of a drawing."""
        try:
            answer = self.classifier.read_photo(content, name)
            image = np.zeros((28, 28)) if answer.image is None else answer.image
            if not image.any():
                raise ValueError(f"there is no ink on {name}.")
        except ValueError as error:
            self._say(f"Not read: {error}")
        else:
            colours = without_alpha(open_picture(content, name, self._sheet.pixels)[0])
            photo = Photo(answer, image, name, content, plots.marked_ink(colours, answer.ink))
            self._put(Drawing(), by_hand=False, photo=photo)

    @report_errors
    def _read_with(self, classifier: "DigitClassifier") -> None:
        """Read what is on the pad with another network, from now on."""
        self.classifier = classifier
        self._sources.offer_samples(self._reads_digits())
        self._help.value = self._what_to_draw()
        if self._photo:
            self._read_picture(self._photo.content, self._photo.name)
        else:
            self._read()

    def _paint(self) -> None:
        self._sheet.paint(self._drawing.strokes, self._pen.value, self._photo.shown if self._photo else None)

    def _read(self) -> None:
        """Update image, answer and what shows them, together."""
        self._read_at = time.monotonic()
        image = self._photo.image if self._photo else self.classifier.strokes_to_image(self._drawing.strokes)
        view = (image * 255).astype(np.uint8)
        if self._overlay is not None and image.any():
            view = self._overlay(image)
        # All of them or, if one fails, none.
        answer = self._photo.answer if self._photo else self.classifier.read(image)
        self.answer, self.image, self._view = answer, image, view
        self._say(self._text())
        self._bars.value = bars(self.answer.probabilities, self.classifier.classes)
        self._seen.value = to_png(Image.fromarray(view).resize((280, 280), Image.Resampling.NEAREST))
        for listener in self._listeners:
            listener()

    def _reads_digits(self) -> bool:
        return are_digits(self.classifier.classes)

    def _what_to_draw(self) -> str:
        if self._reads_digits():
            return f"Draw one digit, {HELP}."
        classes = self.classifier.classes
        names = html.escape(textwrap.shorten(", ".join(classes), 100, placeholder=" and so on"))
        return f"Draw one of {len(classes)} classes, {HELP}: {names}."

    def _sentence(self) -> str:
        if not self.image.any():
            return "Draw a digit." if self._reads_digits() else "Draw something."
        return sentence(self.answer, self.classifier.classes)

    def _text(self) -> str:
        return f"{self._sentence()} Read from {self._photo.name}." if self._photo else self._sentence()

    def _say(self, text: str) -> None:
        # role=status: a screen reader says it when it changes.
        # As high as two lines, so that nothing moves when there is more to say.
        style = "font-size: 1.6em; line-height: 1.3; min-height: 2.6em; padding: 4px 0"
        self._words.value = f'<div role="status" style="{style}">{html.escape(text)}</div>'
