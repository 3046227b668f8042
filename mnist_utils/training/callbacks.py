"""Keep what a training run has gone through, and the run itself in a file, so that it can go on where it stopped.

Keras's BackupAndRestore keeps the weights only. To end with the same network as an unbroken run, the state
of dropout's random numbers and of early stopping must come back, too.
"""

import io
import json
import time
from pathlib import Path

import numpy as np

from mnist_utils.files import writing
from mnist_utils.quiet_tensorflow import keras


class EpochLog(keras.callbacks.Callback):
    """Keep seconds, loss and accuracy of each epoch, as lists of rounded numbers."""

    def __init__(self):
        super().__init__()
        self.epochs: dict[str, list[float]] = {"seconds": []}

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.epochs["seconds"].append(round(time.perf_counter() - self.start, 2))
        for name, value in logs.items():
            self.epochs.setdefault(name, []).append(round(float(value), 5))


class Checkpoint(keras.callbacks.Callback):
    """Write the run to a file after each epoch. Must be the last of fit's callbacks.

    `run` says what the run is (recipe, seed, data): a file of another run is not continued. `log` and `stopping` are
    callbacks of the same fit, whose state is kept, too. Without a file, nothing is written.
    """

    def __init__(self, file: Path | None, run: dict, log: EpochLog, stopping: keras.callbacks.EarlyStopping | None):
        super().__init__()
        self.file, self.run, self.log, self.stopping = file, run, log, stopping
        self.found: dict | None = None  # what early stopping remembers, in the file

    def content(self) -> bytes:
        """Give what is in the file of a run that was broken off, if there is one."""
        return self.file.read_bytes() if self.file and self.file.exists() else b""

    def load(self, model: keras.Model, content: bytes) -> int:
        """Bring a compiled model to where the run in a file's content stopped; gives how many epochs that is."""
        if not content:
            return 0
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                state = json.loads(str(arrays["state"]))
                current = [arrays[f"variable_{i}"] for i in range(state["variables"])]
                best = [arrays[f"best_{i}"] for i in range(state["best_weights"])]
        except Exception as error:
            file = self.file or "the first worker's file"
            raise ValueError(f"out: {file} is damaged; delete it to start the run anew ({error}).") from None
        if state["run"] != self.run:
            return 0
        for variable, value in zip(_variables(model), current, strict=True):
            variable.assign(value)
        self.found = {**state["stopping"], "best_weights": best or None}
        self.log.epochs = state["log"]
        return state["epochs"]

    def on_train_begin(self, logs=None):
        if self.stopping and self.found:  # after the start of EarlyStopping, which forgets all
            vars(self.stopping).update(self.found)

    def on_epoch_end(self, epoch, logs=None):
        if not self.file:
            return
        stopping = vars(self.stopping) if self.stopping else {}
        best = stopping.get("best_weights") or []
        state = {
            "run": self.run,
            "epochs": epoch + 1,
            "log": self.log.epochs,
            "stopping": {name: float(stopping[name]) for name in ("wait", "best", "best_epoch") if stopping},
            "variables": len(_variables(self.model)),
            "best_weights": len(best),
        }
        arrays = {f"variable_{i}": np.asarray(value) for i, value in enumerate(_variables(self.model))}
        arrays |= {f"best_{i}": value for i, value in enumerate(best)}
        with writing(self.file) as [unfinished], unfinished.open("wb") as file:
            np.savez(file, state=json.dumps(state), **arrays)


def _variables(model: keras.Model) -> list:
    """All that training changes: weights, random states of dropout, and the optimiser's memory."""
    return model.variables + model.optimizer.variables
