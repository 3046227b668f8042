"""PictureButtons: a file's picture, or one that the camera takes, sent by the browser that shows the page."""

from collections.abc import Callable
from pathlib import Path

import anywidget


class PictureButtons(anywidget.AnyWidget):
    """A button that asks for a file, and one that opens the camera; a problem is told in a sentence.

    It calls on_picture(content, name) or on_problem(sentence). The browser makes large pictures smaller before it sends
    them: what does not fit into one message to the kernel never arrives, and nobody hears of it.
    """

    _esm = Path(__file__).with_name("pictures.js")

    def __init__(self, on_picture: Callable[[bytes, str], None], on_problem: Callable[[str], None]):
        super().__init__()

        def receive(_, content: dict, buffers: list) -> None:
            if buffers:
                on_picture(bytes(buffers[0]), str(content.get("name") or "a photo"))
            else:
                on_problem(str(content.get("problem", "No picture came.")))

        self.on_msg(receive)
