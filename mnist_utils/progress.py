"""Training progress in a notebook: a bar, the time left and a live curve."""

import io
import time

import ipywidgets as widgets
from IPython.display import display
from matplotlib.figure import Figure

from mnist_utils import plots
from mnist_utils.quiet_tensorflow import keras


class _View(widgets.VBox):
    def __repr__(self) -> str:  # what a reader without a kernel sees
        return "A progress bar and a live curve, while the kernel runs."


class ProgressWidget(keras.callbacks.Callback):
    """Show a run while it goes on, as a callback of `fit`.

    Parameters
    ----------
    steps : int
        Steps an epoch.
    """

    def __init__(self, steps: int):
        super().__init__()
        self.steps = steps
        self.history = {}
        self.bar = widgets.FloatProgress(layout={"width": "100%"})
        self.text = widgets.Label()
        self.curve = widgets.Image(format="png", layout={"width": "560px"})
        self.view = _View([self.bar, self.text, self.curve], layout={"max_width": "560px"})

    def on_train_begin(self, logs=None):
        self.epochs = self.params["epochs"]
        self.bar.max = self.epochs * self.steps
        self.start = self.shown = time.perf_counter()
        self.epoch = 0
        display(self.view)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        now = time.perf_counter()
        if now - self.shown > 0.25:  # four times a second is live enough, and costs nothing
            self.shown = now
            done = self.epoch * self.steps + batch + 1
            left = (now - self.start) / done * (self.bar.max - done)
            self.bar.value = done
            self.text.value = f"Epoch {self.epoch + 1} of {self.epochs}, about {left:.0f} s left"

    def on_epoch_end(self, epoch, logs=None):
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        figure = Figure(figsize=(7, 3), layout="constrained")
        plots.learning_curve(self.history, self.epochs, ax=figure.add_subplot())
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=80)
        self.curve.value = picture.getvalue()

    def on_train_end(self, logs=None):
        self.bar.value = self.bar.max
        self.text.value = f"Done: {self.epoch + 1} epochs in {time.perf_counter() - self.start:.0f} s"
