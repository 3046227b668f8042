"""Alive: a line on the page that stays empty until the kernel behind its neighbours has gone."""

from pathlib import Path

import anywidget


class Alive(anywidget.AnyWidget):
    """Put into a box, it says so and switches the rest of the box off when the kernel was restarted or has ended."""

    _esm = Path(__file__).with_name("alive.js")
