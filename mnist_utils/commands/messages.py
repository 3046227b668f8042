"""What a command says on stderr, one line a message, and how a stream that takes nothing more is left alone."""

import contextlib
import os
import sys
from typing import TextIO


def drop(stream: TextIO | None) -> None:
    """Let what a stream can't take fall: Python would try once more at its end, complain, and change the exit code."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(text: str) -> None:
    """Say in one line on stderr what is wrong, or nothing where there is no stderr."""
    if sys.stderr is None:  # it was closed at the start, and print takes None for stdout
        return
    with contextlib.suppress(OSError, ValueError):  # unbuffered, it may fail at once
        print(f"mnist_utils: {' '.join(text.split())}", file=sys.stderr)
    drop(sys.stderr)
