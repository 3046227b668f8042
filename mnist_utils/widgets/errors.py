"""What goes wrong in a widget's handler is said in the widget."""

import functools
from collections.abc import Callable
from typing import Any


def report_errors(handler: Callable) -> Callable:
    """Let a method hand what goes wrong in it to its object's `_say`: Jupyter shows a handler's exceptions nowhere."""

    @functools.wraps(handler)
    def reporting(widget: Any, *arguments: Any) -> Any:
        try:
            return handler(widget, *arguments)
        except Exception as error:  # whatever it is, the person at the widget must see it
            widget._say(f"Something went wrong: {type(error).__name__}: {error}")

    return reporting
