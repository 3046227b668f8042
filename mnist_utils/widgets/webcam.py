"""Webcam: a button that takes a picture with the camera of the computer whose browser shows the page."""

from collections.abc import Callable
from pathlib import Path

import anywidget


class Webcam(anywidget.AnyWidget):
    """A button that opens the camera and takes one picture, a PNG; a problem is told in a sentence."""

    _esm = Path(__file__).with_name("webcam.js")

    def __init__(self, on_picture: Callable[[bytes], None], on_problem: Callable[[str], None]):
        super().__init__()

        def receive(_, content: dict, buffers: list) -> None:
            if buffers:
                on_picture(bytes(buffers[0]))
            else:
                on_problem(str(content.get("problem", "The camera sent no picture.")))

        self.on_msg(receive)
