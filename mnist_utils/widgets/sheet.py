"""The sheet that is drawn on: a canvas that tells of strokes, by mouse or finger, one at a time, and paints them."""

import functools
from collections.abc import Callable

import ipywidgets as widgets
import numpy as np
from ipycanvas import Canvas, hold_canvas

from mnist_utils import plots
from mnist_utils.widgets.drawing import Stroke
from mnist_utils.widgets.errors import report_errors
from mnist_utils.widgets.touch import DrawingFinger

DENSITY = 2  # canvas pixels for each CSS pixel: lines are crisp on dense screens, too


class Sheet(widgets.Box):
    """A canvas in a frame; all places are in CSS pixels, x right, y down, within the sheet.

    It calls begin(x, y), go_on(x, y) and end() during a stroke, and say(text) when something goes wrong.
    """

    def __init__(
        self,
        size: int,
        begin: Callable[[float, float], None],
        go_on: Callable[[float, float], None],
        end: Callable[[], None],
        say: Callable[[str], None],
    ):
        self._size, self._begin, self._go_on, self._finish, self._say = size, begin, go_on, end, say
        self._pointer: str | None = None  # "mouse" or "touch" during a stroke
        self._finger = DrawingFinger(DENSITY * size)
        self._pen = 0.0
        side, pixels = f"{size}px", DENSITY * size
        self.canvas = Canvas(width=pixels, height=pixels, layout={"width": side, "height": side})
        # The border is around it: the canvas's own would shift the coordinates.
        super().__init__([self.canvas], layout={"border": f"1px solid {plots.GREY}", "width": "max-content"})
        self.canvas.on_mouse_down(functools.partial(self._down, "mouse"))
        self.canvas.on_mouse_move(functools.partial(self._move, "mouse"))
        self.canvas.on_mouse_up(lambda x, y: self._up("mouse"))
        self.canvas.on_mouse_out(lambda x, y: self._up("mouse"))  # a button let go outside sends no mouse_up
        self.canvas.on_touch_start(self._put_finger_down)
        self.canvas.on_touch_move(self._drag_finger)
        self.canvas.on_touch_end(self._lift_finger)
        self.canvas.on_touch_cancel(self._lift_finger)

    @property
    def pixels(self) -> int:
        """How many pixels wide and high the canvas is."""
        return DENSITY * self._size

    def paint(self, strokes: list[Stroke], pen: float, picture: np.ndarray | None = None) -> None:
        """Paint strokes with a pen of some width, over a uint8 picture (height, width, 3) or white, nothing else."""
        self._pen = DENSITY * pen
        with hold_canvas():
            self.canvas.fill_style = "white"  # opaque, or the ink is lost on a dark theme
            self.canvas.fill_rect(0, 0, self.pixels, self.pixels)
            self.canvas.stroke_style = self.canvas.fill_style = "black"
            self.canvas.line_width = self._pen
            self.canvas.line_cap = self.canvas.line_join = "round"
        if picture is not None:
            top, left = ((self.pixels - side) // 2 for side in picture.shape[:2])
            self.canvas.put_image_data(picture, left, top)
        for stroke in strokes:
            self.paint_line(stroke)

    def paint_line(self, points: Stroke) -> None:
        """Paint a line through some points, or a dot, with the pen of the last time."""
        places = DENSITY * np.array(points)
        with hold_canvas():
            if len(places) == 1:  # a tap
                self.canvas.fill_circle(*places[0], self._pen / 2)
            else:
                self.canvas.stroke_lines(places)

    def lift_pen(self) -> None:
        """End the stroke without a word."""
        self._pointer = None
        self._finger.stop()

    def forget_page(self) -> None:
        """Get ready to paint on a page that has just been loaded.

        ipycanvas tells the browser which canvas it draws on only when that changes, and a reloaded page never hears of
        it; forgetting the canvas makes it say so again.
        """
        self.canvas._canvas_manager._current_canvas = None
        # The old page can no longer tell that the pen has been lifted.
        self._pointer, self._finger = None, DrawingFinger(DENSITY * self._size)

    @report_errors
    def _down(self, pointer: str, x: float, y: float) -> None:
        if self._pointer is None:  # or it is a mouse event that follows a touch, or the other way round
            self._pointer = pointer
            self._begin(*self._clip(x, y))

    @report_errors
    def _move(self, pointer: str, x: float, y: float) -> None:
        if pointer == self._pointer:
            self._go_on(*self._clip(x, y))

    @report_errors
    def _up(self, pointer: str) -> None:
        if pointer == self._pointer:
            self._pointer = None
            self._finish()

    @report_errors
    def _put_finger_down(self, fingers: list) -> None:
        place = self._finger.down(fingers)
        if place is None:
            return
        self._up("touch")  # if the page was never told that the last finger had gone
        if self._pointer is None:
            self._down("touch", *place)
        else:
            self._finger.stop()

    @report_errors
    def _drag_finger(self, fingers: list) -> None:
        if (place := self._finger.move(fingers)) is not None:
            self._move("touch", *place)

    @report_errors
    def _lift_finger(self, remaining: list) -> None:
        if self._finger.up(remaining):
            self._up("touch")

    def _clip(self, x: float, y: float) -> tuple[float, float]:
        """Canvas pixels to CSS pixels, within the sheet."""
        x, y = (float(min(max(value / DENSITY, 0), self._size)) for value in (x, y))
        return x, y
