"""A widget to page through what a network reads right and wrong."""

import base64
import html
from collections.abc import Sequence
from typing import Any, cast

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from mnist_utils import plots
from mnist_utils.classes import are_digits
from mnist_utils.widgets.answers import to_png

PAGE = 16  # images shown at a time


class AnswerBrowser(widgets.VBox):
    """Choose a true digit and what it was read as, and page through the images.

    It opens at the most frequent mistake. A reader without a kernel sees a picture of the first page.

    Parameters
    ----------
    images : numpy.ndarray
        (n, 28, 28).
    labels : numpy.ndarray
        (n,) true classes.
    probabilities : numpy.ndarray
        (n, classes), rows adding up to 1.
    names : list of str, optional
        Names of the classes; without it, their numbers.

    Raises
    ------
    ValueError
        If the arrays are not of the same length, or there is not one name for each class.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        probabilities: np.ndarray,
        names: Sequence[str] | None = None,
    ):
        if not len(images) == len(labels) == len(probabilities) or not len(images):
            counts = f"{len(images)}, {len(labels)} and {len(probabilities)}"
            raise ValueError(f"images, labels and probabilities must be of one length, 1 or more, not {counts}.")
        self._images, self._labels, self._probabilities = images, np.asarray(labels), np.asarray(probabilities)
        self._read = self._probabilities.argmax(axis=1)
        count = self._probabilities.shape[1]
        names = [str(number) for number in range(count)] if names is None else list(names)
        if len(names) != count:
            raise ValueError(f"names must be {count}, one for each class, not {len(names)}.")
        self._digits = are_digits(names)
        options = [(name, number) for number, name in enumerate(names)]
        true, read = self._most_frequent_mistake()
        kind = "digit" if self._digits else "class"
        self.true = widgets.Dropdown(options=options, value=true, description=f"true {kind}")
        self.read = widgets.Dropdown(options=options, value=read, description="read as")
        self.back = widgets.Button(description="previous", icon="arrow-left")
        self.forward = widgets.Button(description="next", icon="arrow-right")
        self.says = widgets.HTML()
        self.picture = widgets.Image(format="png")
        self.page = 0
        for chooser in (self.true, self.read):
            chooser.observe(lambda change: self._turn_to(0), names="value")
        self.back.on_click(lambda button: self._turn_to(self.page - 1))
        self.forward.on_click(lambda button: self._turn_to(self.page + 1))
        choose, turn = widgets.HBox([self.true, self.read]), widgets.HBox([self.back, self.forward])
        super().__init__([choose, turn, self.says, self.picture])
        self._turn_to(0)

    @property
    def found(self) -> np.ndarray:
        """Which images have the chosen class and answer: surest mistakes or least sure right answers first."""
        found = np.flatnonzero((self._labels == self.true.value) & (self._read == self.read.value))
        towards = 1 if self.true.value == self.read.value else -1
        return found[np.argsort(towards * self._probabilities[found, self.read.value], kind="stable")]

    def _most_frequent_mistake(self) -> list[int]:
        """Give the true class and the answer; right answers of the first class where there is no mistake."""
        wrong = np.flatnonzero(self._read != self._labels)
        pairs, counts = np.unique(np.stack([self._labels, self._read], axis=1)[wrong], axis=0, return_counts=True)
        return pairs[counts.argmax()].tolist() if len(pairs) else [0, 0]

    def _turn_to(self, page: int) -> None:
        found = self.found
        self.page = max(0, min(page, (len(found) - 1) // PAGE))
        first = self.page * PAGE
        shown = found[first : first + PAGE]
        self.back.disabled, self.forward.disabled = first == 0, first + PAGE >= len(found)
        numbers = f"{first + 1} to {first + len(shown)} of {len(found)}" if len(found) else "none"
        self._text = f"{self.true.label} read as {self.read.label}: {numbers}"
        self.says.value = html.escape(self._text)
        self.picture.value = self._draw(shown)

    def _draw(self, shown: np.ndarray) -> bytes:
        """The images, each with the probabilities of its class and of the answer, as a PNG; nothing for none."""
        if not len(shown):
            return b""
        classes = dict.fromkeys([(self.true.label, self.true.value), (self.read.label, self.read.value)])
        titles = ["\n".join(f"{name}: {row[i]:.1%}" for name, i in classes) for row in self._probabilities[shown]]
        figure = cast("Figure", plots.digits(self._images[shown], titles, columns=8).figure)
        plt.close(figure)
        return to_png(figure)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        bundle = super()._repr_mimebundle_(**kwargs)
        if self.picture.value:
            bundle["image/png"] = base64.b64encode(self.picture.value).decode()
        return bundle, {"image/png": {"alt": f"Images and their probabilities. {self._text}."}}

    def __repr__(self) -> str:
        return f"AnswerBrowser: {self._text}"
