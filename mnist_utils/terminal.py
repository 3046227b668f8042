"""A line that moves in a terminal: how far something is, and how long the rest will take."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Thing = TypeVar("Thing")
EVERY = 0.25  # seconds: four times a second is live enough, and costs nothing


def in_place(line: str) -> str:
    """Put a line in the place of the one that is there: back to its beginning, and erase what was longer."""
    return f"\r{line}\033[K"


def bar(done: int, total: int) -> str:
    """Draw how much is done: "[####....]"."""
    full = round(30 * done / total)
    return f"[{'#' * full}{'.' * (30 - full)}]"


def time_left(seconds: float) -> str:
    """Say how long the rest takes."""
    return f"about {seconds:.0f} s left" if seconds < 120 else f"about {seconds / 60:.0f} min left"


class Counter:
    """How many of so many things are done, in the last line of stderr where that is a terminal."""

    def __init__(self, total: int, done: int = 0, wanted: bool = True):
        self.total, self.begun = total, done
        self.shows = wanted and sys.stderr is not None and sys.stderr.isatty()
        self.start = self.shown = time.perf_counter()

    def follow(self, things: Iterable[Thing]) -> Iterator[Thing]:
        """Give things one after the other, and say meanwhile how many were taken."""
        for done, thing in enumerate(things, self.begun):
            self.show(done)
            yield thing

    def show(self, done: int) -> None:
        """Say how many are done by now, if it was not said just before."""
        now = time.perf_counter()
        if not self.shows or now - self.shown < EVERY or done == self.begun:
            return
        self.shown, rate = now, (done - self.begun) / (now - self.start)
        speed = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
        left = time_left((self.total - done) / rate)
        self._write(in_place(f"{bar(done, self.total)} {done:,} of {self.total:,}, {speed} a second, {left}"))

    def clear(self) -> None:
        """Make room for another line."""
        if self.shows:
            self._write(in_place(""))

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):  # the terminal was closed: what is done matters more
            self.shows = False
