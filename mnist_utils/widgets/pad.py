"""DigitPad: draw a digit with mouse, finger or pen, and see it read.

Strokes live here, as points; the canvas only shows them.
"""

import base64
import functools
import html
import io
import math
import sys
import time
from pathlib import Path

import ipywidgets as widgets
import numpy as np
from ipycanvas import Canvas, hold_canvas
from matplotlib.figure import Figure
from PIL import Image

from mnist_utils import plots
from mnist_utils.data import load_strokes, save_strokes
from mnist_utils.preprocess.ink import check_strokes, strokes_to_image
from mnist_utils.preprocess.photos import photo_to_image
from mnist_utils.widgets.webcam import Webcam

WORDS = "zero one two three four five six seven eight nine".split()


def _report_errors(handler):
    """Write what goes wrong in a handler into the pad: Jupyter shows a handler's exceptions nowhere."""

    @functools.wraps(handler)
    def reporting(pad, *arguments):
        try:
            return handler(pad, *arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person at the pad must see it
            pad._say(html.escape(f"Something went wrong: {type(error).__name__}: {error}"))

    return reporting


class DigitPad(widgets.VBox):
    """A pad to draw a digit on, with what the network sees and says beside it.

    Buttons for sample digits, for a photo and for the camera do the same without drawing.

    Parameters
    ----------
    classifier : DigitClassifier, optional
        What reads the drawing; the shipped one without it.
    size : int
        Side of the canvas in CSS pixels, 100 to 1000.
    overlay : callable, optional
        Takes `image` while there is ink on it and gives uint8 (28, 28, 3), which is shown in its place; it is
        called at each reading, so it must be fast.

    Attributes
    ----------
    strokes : list of list of (x, y)
        What is drawn, in CSS pixels, x right, y down; may be set.
    image : numpy.ndarray
        float32 (28, 28), what the network sees.
    answer : Answer
        What the classifier says of `image`.
    """

    def __init__(self, classifier=None, size: int = 280, overlay=None):
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
        self._strokes, self._drawing, self._by_touch, self._read_at = [], False, False, 0.0
        self._fingers, self._finger = [], 0  # all that touch the page, and the number of the one that draws
        # Twice as many pixels as CSS pixels: lines are crisp on dense screens, too.
        side = f"{size}px"
        self.canvas = Canvas(width=2 * size, height=2 * size, layout={"width": side, "height": side})
        frame = widgets.Box([self.canvas], layout={"border": f"1px solid {plots.GREY}", "width": "max-content"})
        self._seen = widgets.Image(format="png", layout={"width": "140px", "height": "140px"})
        self._bars, self._words = widgets.HTML(), widgets.HTML()
        half = {"flex": "1", "width": "auto"}
        self._samples = [
            widgets.Button(description=str(digit), tooltip=f"Draw a sample of a {digit}", layout={"width": "30px"})
            for digit in range(10)
        ]
        for digit, button in enumerate(self._samples):
            button.on_click(functools.partial(self._show_sample, digit))
        self._photo = widgets.FileUpload(accept="image/*", description="Read a photo", layout={"width": "170px"})
        self._pen = widgets.IntSlider(
            size // 14, 4, size // 7, description="Pen", readout=False, layout={"width": f"{size + 2}px"}
        )
        self._photo.observe(self._read_photo, "value")
        self._webcam = Webcam(self._read_snapshot, lambda problem: self._say(html.escape(problem)))
        self._pen.observe(lambda _: self._paint(), "value")
        self._undo_button = widgets.Button(description="Undo", tooltip="Take the last stroke back", layout=half)
        self._clear_button = widgets.Button(description="Clear", tooltip="Wipe the pad", layout=half)
        self._undo_button.on_click(lambda _: self.undo())
        self._clear_button.on_click(lambda _: self.clear())
        self._connect()
        seen = widgets.VBox([widgets.Label("What the network sees"), self._seen])
        buttons = widgets.HBox([self._undo_button, self._clear_button], layout={"width": f"{size + 2}px"})
        drawing = widgets.VBox([frame, buttons, self._pen])
        # First, so that Tab finds it before the canvas.
        without_drawing = widgets.HBox(
            [widgets.Label("Samples"), *self._samples, self._photo, self._webcam], layout={"flex_flow": "row wrap"}
        )
        # In a narrow window, what has no room on the right goes below.
        shown = widgets.HBox([drawing, self._bars, seen], layout={"flex_flow": "row wrap"})
        super().__init__([without_drawing, self._words, shown])
        self._paint()
        self._read()

    def picture(self) -> bytes:
        """Draw the pad as it is now, as a PNG: for readers of a notebook without a kernel, who see no widget."""
        figure = Figure(figsize=(8, 2.8), layout="constrained", facecolor="white")
        drawing, bars, seen = figure.subplots(1, 3)
        for stroke in self._strokes:
            drawing.plot(*zip(*stroke, strict=True), color="black", linewidth=10, solid_capstyle="round")
        drawing.set(xlim=(0, self.size), ylim=(self.size, 0), aspect="equal", xticks=[], yticks=[])
        drawing.set_title(self._sentence(), fontsize=9)
        plots.probabilities(self.answer.probabilities, ax=bars)
        plots.digits(np.zeros((1, 28, 28)), ["What the network sees"], ax=seen)
        seen.imshow(self._view, cmap="gray", vmin=0, vmax=255, extent=(0, 28, 28, 0), interpolation="nearest")
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=80)
        return file.getvalue()

    def _repr_mimebundle_(self, **kwargs) -> dict:
        bundle = super()._repr_mimebundle_(**kwargs)
        return bundle | {"image/png": base64.b64encode(self.picture()).decode()}

    def __repr__(self) -> str:
        return f"DigitPad: {len(self._strokes)} strokes, {self._sentence()}"

    @property
    def strokes(self) -> list:
        return [list(stroke) for stroke in self._strokes]

    @strokes.setter
    def strokes(self, strokes: list) -> None:
        self._strokes = [[tuple(point) for point in stroke.tolist()] for stroke in check_strokes(strokes)]
        self._drawing = False
        self._paint()
        self._read()

    @_report_errors
    def clear(self) -> None:
        """Wipe the pad."""
        self.strokes = []

    @_report_errors
    def undo(self) -> None:
        """Take the last stroke back; nothing happens on an empty pad."""
        self.strokes = self._strokes[:-1]

    def save(self, path: str | Path, label: int) -> None:
        """Add the drawing, with the digit it shows, to a file that `mnist_utils.data.load_strokes` reads."""
        save_strokes(path, self.strokes, label)

    def _connect(self) -> None:
        canvas = self.canvas
        canvas.on_mouse_down(functools.partial(self._start, False))
        canvas.on_mouse_move(functools.partial(self._move, False))
        canvas.on_mouse_up(lambda x, y: self._end(False))
        canvas.on_mouse_out(lambda x, y: self._end(False))  # a button let go outside sends no mouse_up
        canvas.on_touch_start(self._put_down)
        canvas.on_touch_move(self._drag)
        canvas.on_touch_end(self._lift)
        canvas.on_touch_cancel(self._lift)
        canvas.on_client_ready(self._show_again)

    @_report_errors
    def _start(self, by_touch: bool, x: float, y: float) -> None:
        if self._drawing:
            return  # a second finger, or a mouse event that follows a touch
        self._drawing, self._by_touch = True, by_touch
        self._strokes.append([self._clip(x, y)])
        self._paint_line(self._strokes[-1])

    @_report_errors
    def _move(self, by_touch: bool, x: float, y: float) -> None:
        if not self._drawing or by_touch != self._by_touch:
            return
        stroke, point = self._strokes[-1], self._clip(x, y)
        if point == stroke[-1]:
            return
        stroke.append(point)
        self._paint_line(stroke[-2:])
        if time.monotonic() - self._read_at > 0.15:  # reading each move would fall behind the pen
            self._read()

    @_report_errors
    def _end(self, by_touch: bool) -> None:
        if self._drawing and by_touch == self._by_touch:
            self._drawing = False
            self._read()

    @_report_errors
    def _put_down(self, fingers: list) -> None:
        """Start a stroke with the finger that is new: all that touch the page come in one list, without names."""
        before, self._fingers = self._fingers, fingers
        if self._drawing and self._by_touch and len(fingers) > 1:
            self._finger = _nearest(before[self._finger], fingers)
            return  # a second finger
        self._end(True)  # if the page was never told that the last finger had gone
        here = [i for i, finger in enumerate(fingers) if all(0 <= value <= 2 * self.size for value in finger)]
        new = max(here or range(len(fingers)), key=lambda i: min((math.dist(fingers[i], f) for f in before), default=0))
        if not self._drawing:
            self._finger = new
            self._start(True, *fingers[new])

    @_report_errors
    def _drag(self, fingers: list) -> None:
        before, self._fingers = self._fingers, fingers
        if self._drawing and self._by_touch:
            if len(fingers) != len(before):  # one elsewhere on the page has come or gone
                self._finger = _nearest(before[self._finger], fingers)
            self._move(True, *fingers[self._finger])

    @_report_errors
    def _lift(self, remaining: list) -> None:
        """End the stroke if its finger is not among those that remain, which may have new numbers."""
        before, self._fingers = self._fingers, remaining
        if self._drawing and self._by_touch:
            last = before[self._finger]
            self._finger = _nearest(last, remaining) if remaining else 0
            if not remaining or math.dist(last, remaining[self._finger]) > 20:  # two fingers are never so close
                self._end(True)

    @_report_errors
    def _show_again(self) -> None:
        """Paint all once more for a page that has just been loaded.

        ipycanvas tells the browser which canvas it draws on only when that changes, and a reloaded
        page never hears of it; forgetting the canvas makes it say so again.
        """
        self.canvas._canvas_manager._current_canvas = None
        self._drawing, self._fingers = False, []  # the old page can no longer tell that the pen has been lifted
        self._paint()

    def _clip(self, x: float, y: float) -> tuple[float, float]:
        """Canvas pixels to CSS pixels, within the pad."""
        return tuple(float(min(max(value / 2, 0), self.size)) for value in (x, y))

    @_report_errors
    def _show_sample(self, digit: int, button: widgets.Button) -> None:
        """Draw one of the course's drawings of a digit, another one each time."""
        drawings, labels = load_strokes()
        chosen = np.random.default_rng().choice(np.flatnonzero(labels == digit))
        self.strokes = [[(x * self.size / 280, y * self.size / 280) for x, y in line] for line in drawings[chosen]]

    @_report_errors
    def _read_photo(self, change) -> None:
        """Read an uploaded picture in place of a drawing."""
        if change["new"]:
            file = change["new"][0]
            self._photo.value = ()  # so that the same file can be chosen again
            self._read_picture(bytes(file["content"]), file["name"])

    @_report_errors
    def _read_snapshot(self, png: bytes) -> None:
        """Read a picture of the camera in place of a drawing."""
        self._read_picture(png, "the camera's picture")

    def _read_picture(self, content: bytes, name: str) -> None:
        try:
            with Image.open(io.BytesIO(content)) as photo:
                image = photo_to_image(photo)
        except OSError:
            raise ValueError(f"{name} is no picture that can be read.") from None
        if not image.any():
            raise ValueError(f"there is no ink on {name}.")
        self.strokes = []
        self._read(image)

    def _paint(self) -> None:
        with hold_canvas():
            self.canvas.fill_style = "white"  # opaque, or the ink is lost on a dark theme
            self.canvas.fill_rect(0, 0, 2 * self.size, 2 * self.size)
            self.canvas.stroke_style = self.canvas.fill_style = "black"
            self.canvas.line_width = 2 * self._pen.value
            self.canvas.line_cap = self.canvas.line_join = "round"
        for stroke in self._strokes:
            self._paint_line(stroke)

    def _paint_line(self, points: list) -> None:
        points = 2 * np.array(points)
        with hold_canvas():
            if len(points) == 1:
                self.canvas.fill_circle(*points[0], self._pen.value)
            else:
                self.canvas.stroke_lines(points)

    def _read(self, image: np.ndarray | None = None) -> None:
        """Update image, answer and what shows them, together; of the strokes, where no image is given."""
        self._read_at = time.monotonic()
        image = strokes_to_image(self._strokes) if image is None else image
        view = (image * 255).astype(np.uint8)
        if self._overlay is not None and image.any():
            view = self._overlay(image)
        # All of them or, if one fails, none.
        self.answer, self.image, self._view = self.classifier.read(image), image, view
        self._say(self._sentence())
        self._bars.value = _bars(self.answer.probabilities)
        picture = Image.fromarray(self._view).resize((280, 280), Image.Resampling.NEAREST)
        file = io.BytesIO()
        picture.save(file, format="png")
        self._seen.value = file.getvalue()

    def _sentence(self) -> str:
        if not self.image.any():
            return "Draw a digit."
        # Never "100% sure": no rounding makes a network certain.
        percent = "over 99%" if self.answer.confidence > 0.99 else f"{self.answer.confidence:.0%}"
        if self.answer.digit is None:
            return f"This looks like no digit; of the ten, most like a {self.answer.probabilities.argmax()}."
        return f"This is a {self.answer.digit} ({WORDS[self.answer.digit]}), {percent} sure."

    def _say(self, sentence: str) -> None:
        # role=status: a screen reader says it when it changes.
        self._words.value = f'<div role="status" style="font-size: 1.3em; padding: 4px 0">{sentence}</div>'


def _nearest(finger: tuple, fingers: list) -> int:
    """Give the number of the finger that is nearest to where one was."""
    return min(range(len(fingers)), key=lambda i: math.dist(finger, fingers[i]))


def _bars(probabilities: np.ndarray) -> str:
    rows = []
    for digit, value in enumerate(probabilities):
        colour = plots.RED if value == probabilities.max() and value > 0.5 else plots.GREY
        rows.append(
            f'<tr><td>{digit}</td><td style="width: 110px"><div style="background: {colour}; height: 14px; '
            f'width: {max(value, 0.005):.1%}"></div></td><td style="text-align: right">{value:.1%}</td></tr>'
        )
    return f'<table aria-label="Probability of each digit" style="margin: 0 16px">{"".join(rows)}</table>'
