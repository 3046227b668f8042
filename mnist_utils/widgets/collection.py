"""A guided collection of a person's own digits: it asks for each, counts, and saves each drawing at once."""

import html
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets
import numpy as np

from mnist_utils.data import load_strokes, save_strokes
from mnist_utils.files import runs, writing
from mnist_utils.widgets.errors import report_errors

if TYPE_CHECKING:
    from mnist_utils.widgets.pad import DigitPad  # it imports this file

FILE = "my_digits.json"
FEWEST = 10  # with fewer drawings there is nothing to measure


class Collection(widgets.VBox):
    """Asks a person to draw each digit a few times, in random order, on the sheet of a pad.

    What the network says is not shown here: who sees it draws again until it is right. A collection that was stopped,
    or whose notebook was closed, goes on with what is missing in its file.

    Parameters
    ----------
    pad : DigitPad
        Whose sheet is drawn on.
    times : int
        How often each digit is asked for, 1 to 100.
    path : str or Path, optional
        The file of the drawings, as `mnist_utils.data.save_strokes` writes it; without it, my_digits.json in the folder
        runs.

    Attributes
    ----------
    path : Path
        The file.
    missing : list of int
        The digits that are still to be drawn, in the order in which they are asked for.
    running : bool
        Whether it asks for digits now; may be set.
    """

    def __init__(self, pad: "DigitPad", times: int = 3, path: str | Path | None = None):
        if times not in range(1, 101):
            raise ValueError(f"times must be a whole number from 1 to 100, not {times!r}.")
        self._pad, self.times = pad, int(times)
        self.path = runs() / FILE if path is None else Path(path)
        rounds = [np.random.default_rng(number).permutation(10).tolist() for number in range(self.times)]
        self._order = [digit for digits in rounds for digit in digits]
        self._running = False
        self._words = widgets.HTML()
        buttons = {
            "Save": ("Keep this drawing and go on", self.save),
            "Undo": ("Undo the last stroke", pad.undo),
            "Clear": ("Wipe the sheet", pad.clear),
            "Take back": ("Throw away the drawing that was saved last", self.take_back),
            "Start": ("Begin, stop, or continue later", self.start_or_stop),
        }
        self.buttons = {}
        for name, (tooltip, do) in buttons.items():
            self.buttons[name] = widgets.Button(description=name, tooltip=tooltip, layout={"width": "auto"})
            self.buttons[name].on_click(lambda _, do=do: do())
        self._row = widgets.HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        super().__init__()
        self._show()

    @property
    def missing(self) -> list[int]:
        """The digits that are still to be drawn, in the order in which they are asked for."""
        drawn, left = Counter(self._labels()), []
        for digit in self._order:
            if drawn[digit]:
                drawn[digit] -= 1
            else:
                left.append(digit)
        return left

    @property
    def running(self) -> bool:
        """Whether it asks for digits now; may be set."""
        return self._running

    @running.setter
    def running(self, value: bool) -> None:
        self._running = bool(value)
        if value:
            self._pad.strokes = []  # what is on the pad was not drawn for this
        self._show()

    @report_errors
    def start_or_stop(self) -> None:
        """Begin to ask, or stop, or go on with what is missing."""
        self.running = not self.running

    @report_errors
    def save(self) -> None:
        """Keep what is on the sheet as the digit that was asked for, and ask for the next one."""
        missing = self.missing
        if not self.running or not missing:
            return
        if not self._pad.strokes or not self._pad._by_hand:  # nor a sample, which a program drew
            self._show(f"There is no drawing of yours on the sheet. Draw a {missing[0]}, then press Save.")
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        save_strokes(self.path, self._pad.strokes, missing[0])
        self._pad.strokes = []  # not clear(): undo would bring it back
        self._show()

    @report_errors
    def take_back(self) -> None:
        """Throw the drawing away that was saved last; its digit is asked for again."""
        labels = self._labels()
        if not labels:
            return
        entries = json.loads(self.path.read_text(encoding="utf-8"))[:-1]
        if entries:
            with writing(self.path) as [unfinished]:
                unfinished.write_text(json.dumps(entries), encoding="utf-8")
        else:
            self.path.unlink()
        self._pad.strokes = []
        self._show(f"The last {labels[-1]} has been taken back.")

    def load(self) -> tuple[list, np.ndarray]:
        """Give the drawings so far, and print how many; where they are fewer than 10, the course's 200 stand in.

        Returns
        -------
        drawings : list
            Each a list of strokes, in pixels of the pad.
        labels : numpy.ndarray
            uint8 (n,), 0 to 9.
        """
        count = len(self._labels())
        if count >= FEWEST:
            print(f"These are your own drawings, {count} of them.")
            return load_strokes(self.path)
        drawn = f"only {count}" if count else "no"
        print(f"You have drawn {drawn} digits here yet: the course's 200 drawings stand in.")
        return load_strokes()

    def __repr__(self) -> str:
        return f"Collection: {self._text()}"

    def _labels(self) -> list[int]:
        return load_strokes(self.path)[1].tolist() if self.path.exists() else []

    def _text(self) -> str:
        missing = self.missing
        asked = len(self._order)
        count = f"{asked - len(missing)} of {asked} drawn"
        if not missing:
            return f"All {asked} are drawn. Thank you."
        if self.running:
            return f"Draw a {missing[0]}. {count}."
        return f"{count}. Press {self._start()}."

    def _start(self) -> str:
        return "Stop" if self.running else "Go on" if self._labels() else "Start"

    def _show(self, news: str = "") -> None:
        missing, asks = self.missing, self.running
        self.children = [self._words, self._row, *([self._pad._sheet] if asks else [])]
        self.buttons["Save"].disabled = not (asks and missing)
        self.buttons["Take back"].disabled = not self._labels()
        self.buttons["Start"].description = self._start()
        self.buttons["Start"].disabled = not missing
        self._say(f"{news} {self._text()}".strip())

    def _say(self, text: str) -> None:
        # role=status: a screen reader says it when it changes.
        self._words.value = f'<div role="status" style="font-size: 1.6em">{html.escape(text)}</div>'
