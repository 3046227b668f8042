"""Training progress, with the time that is left: a bar in a terminal, a bar and a live curve in a notebook."""

import io
import sys
import time

import ipywidgets as widgets
from IPython.display import display
from matplotlib.figure import Figure

from mnist_utils import plots, terminal
from mnist_utils.quiet_tensorflow import keras
from mnist_utils.training.callbacks import EpochLog


class Progress(keras.callbacks.Callback):
    """Follow a run of so many steps an epoch, as a callback of `fit` behind its log; subclasses show what it says."""

    def __init__(self, steps: int, log: EpochLog):
        super().__init__()
        self.steps, self.log = steps, log

    def show(self, done: int, text: str) -> None:
        """Show how many steps of the whole run are done, and a text."""
        raise NotImplementedError

    def on_train_begin(self, logs=None):
        self.epochs = self.params["epochs"]
        self.start = self.shown = time.perf_counter()
        self.begun = self.epoch = None

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if self.begun is None:  # a run that goes on after a break does not begin with epoch 0
            self.begun = epoch * self.steps

    def on_train_batch_end(self, batch, logs=None):
        now = time.perf_counter()
        if now - self.shown > terminal.EVERY:
            self.shown = now
            done = self.epoch * self.steps + batch + 1
            self.show(done, f"Epoch {self.epoch + 1} of {self.epochs}, {self.left(done)}")

    def left(self, done: int) -> str:
        """Say how long the rest of the run takes, at the speed of the steps so far."""
        seconds = (time.perf_counter() - self.start) / (done - self.begun) * (self.epochs * self.steps - done)
        return terminal.time_left(seconds)

    def total(self) -> str:
        """Say what was done, and how long it took."""
        trained = self.epoch + 1 - self.begun // self.steps
        return f"Done: {trained} epochs in {time.perf_counter() - self.start:.0f} s"


class ProgressBar(Progress):
    """Show a run as one line that moves in a terminal, and as a line for each epoch in a log file."""

    def show(self, done: int, text: str) -> None:
        if sys.stdout.isatty():
            self.write(f"{terminal.bar(done, self.epochs * self.steps)} {text}", end="")

    def write(self, line: str, end: str = "\n") -> None:
        """Print a line, in a terminal in the place of the one that moves."""
        if sys.stdout.isatty():
            line = terminal.in_place(line)
        print(line, end=end, flush=True)

    def on_epoch_end(self, epoch, logs=None):
        right = f"{logs['val_accuracy']:.2%} of the validation images right"
        self.write(f"Epoch {epoch + 1} of {self.epochs}: {right}, {self.left((epoch + 1) * self.steps)}")

    def on_train_end(self, logs=None):
        self.write(self.total())


class ProgressWidget(Progress):
    """Show a run in a notebook, with its learning curve."""

    def __init__(self, steps: int, log: EpochLog):
        super().__init__(steps, log)
        self.bar = widgets.FloatProgress(layout={"width": "100%"})
        self.text = widgets.Label()
        self.curve = widgets.Image(format="png", layout={"width": "560px"})
        self.view = _View([self.bar, self.text, self.curve], layout={"max_width": "560px"})

    def show(self, done: int, text: str) -> None:
        self.bar.value, self.text.value = done, text

    def on_train_begin(self, logs=None):
        super().on_train_begin()
        self.bar.max = self.epochs * self.steps
        display(self.view)

    def on_epoch_end(self, epoch, logs=None):
        figure = Figure(figsize=(7, 3), layout="constrained")
        plots.learning_curve(self.log.epochs, self.epochs, ax=figure.add_subplot())
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=80)
        self.curve.value = picture.getvalue()

    def on_train_end(self, logs=None):
        self.show(self.bar.max, self.total())


class _View(widgets.VBox):
    def __repr__(self) -> str:  # what a reader without a kernel sees
        return "A progress bar and a live curve, while the kernel runs."
