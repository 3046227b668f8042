"""A widget to page through what a network reads right and wrong."""

import base64
import io

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np

from mnist_utils import plots


class AnswerBrowser(widgets.VBox):
    """Choose a true digit and what it was read as, and page through the images.

    It opens at the most frequent mistake. A reader without a kernel sees a picture of the first page.

    Parameters
    ----------
    images : numpy.ndarray
        (n, 28, 28).
    labels : numpy.ndarray
        (n,) true digits.
    probabilities : numpy.ndarray
        (n, 10), rows adding up to 1.
    page_size : int
        Images shown at a time.

    Raises
    ------
    ValueError
        If the arrays are not of the same length.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, page_size: int = 16):
        if not len(images) == len(labels) == len(probabilities) or not len(images):
            counts = f"{len(images)}, {len(labels)} and {len(probabilities)}"
            raise ValueError(f"images, labels and probabilities must be of one length, 1 or more, not {counts}.")
        self._images, self._labels, self._probabilities = images, np.asarray(labels), np.asarray(probabilities)
        self._read = self._probabilities.argmax(axis=1)
        self._page_size = page_size
        wrong = np.flatnonzero(self._read != self._labels)
        pairs, counts = np.unique(np.stack([self._labels, self._read], axis=1)[wrong], axis=0, return_counts=True)
        true, read = pairs[counts.argmax()].tolist() if len(pairs) else [0, 0]
        digits = range(self._probabilities.shape[1])
        self.true = widgets.Dropdown(options=digits, value=true, description="true digit")
        self.read = widgets.Dropdown(options=digits, value=read, description="read as")
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
        """Which images have the chosen true digit and answer: surest mistakes or least sure right answers first."""
        found = np.flatnonzero((self._labels == self.true.value) & (self._read == self.read.value))
        towards = 1 if self.true.value == self.read.value else -1
        return found[np.argsort(towards * self._probabilities[found, self.read.value], kind="stable")]

    def _turn_to(self, page: int) -> None:
        found = self.found
        self.page = max(0, min(page, (len(found) - 1) // self._page_size))
        first = self.page * self._page_size
        shown = found[first : first + self._page_size]
        self.back.disabled, self.forward.disabled = first == 0, first + self._page_size >= len(found)
        pair = f"{self.true.value} read as {self.read.value}"
        self.says.value = (
            f"{pair}: {first + 1} to {first + len(shown)} of {len(found)}" if len(found) else f"{pair}: none"
        )
        self.picture.value = self._draw(shown)

    def _draw(self, shown: np.ndarray) -> bytes:
        """The images, each with the probabilities of the true digit and of the answer, as a PNG; nothing for none."""
        if not len(shown):
            return b""
        true, read = self.true.value, self.read.value
        titles = [f"{true}: {row[true]:.1%}" for row in self._probabilities[shown]]
        if read != true:
            answers = (f"{read}: {row[read]:.1%}" for row in self._probabilities[shown])
            titles = [f"{title}  {answer}" for title, answer in zip(titles, answers, strict=True)]
        figure = plots.digits(self._images[shown], titles, columns=8).figure
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=80)
        plt.close(figure)
        return file.getvalue()

    def _repr_mimebundle_(self, **kwargs) -> dict:
        bundle = super()._repr_mimebundle_(**kwargs)
        if self.picture.value:
            bundle["image/png"] = base64.b64encode(self.picture.value).decode()
        return bundle

    def __repr__(self) -> str:
        return f"AnswerBrowser: {self.says.value}"
