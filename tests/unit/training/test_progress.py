"""Progress is shown as a bar in a terminal, and with a live curve in a notebook."""

import io
from types import SimpleNamespace

import pytest
from PIL import Image

from mnist_utils import plots
from mnist_utils.training import Recipe, progress, train
from mnist_utils.training.callbacks import EpochLog


@pytest.fixture
def shown(monkeypatch):
    """What is displayed in the notebook."""
    displayed = []
    monkeypatch.setattr(progress, "display", displayed.append)
    return displayed


def is_png(raw: bytes) -> bool:
    return Image.open(io.BytesIO(raw)).format == "PNG"


def test_the_widget_follows_bar_text_and_curve(shown, monkeypatch):
    now, log = [0.0], EpochLog()
    monkeypatch.setattr(progress, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    widget = progress.ProgressWidget(10, log)
    widget.set_params({"epochs": 2})
    widget.on_train_begin()
    assert shown == [widget.view]
    assert set(widget.view.children) == {widget.bar, widget.text, widget.curve}
    for epoch in range(2):
        widget.on_epoch_begin(epoch)
        for batch in range(10):
            now[0] += 1
            widget.on_train_batch_end(batch)
            done = 10 * epoch + batch + 1
            assert widget.bar.value / widget.bar.max == pytest.approx(done / 20)
            assert widget.text.value == f"Epoch {epoch + 1} of 2, about {20 - done} s left"
        before = widget.curve.value
        log.epochs = {"accuracy": [0.8, 0.9][: epoch + 1], "val_accuracy": [0.9] * (epoch + 1)}
        widget.on_epoch_end(epoch, {})
        assert widget.curve.value != before
        assert is_png(widget.curve.value)
    widget.on_train_end()
    assert widget.text.value == "Done: 2 epochs in 20 s"


@pytest.mark.slow
def test_a_run_with_the_widget_ends_with_a_full_bar_and_a_curve(shown, tiny_data):
    train(Recipe("quick", epochs=1, batch_size=30), data=tiny_data, progress="widget")
    bar, text, curve = shown[0].children
    assert bar.value == bar.max == 270 // 30
    assert text.value.startswith("Done: 1 epochs in ")
    assert is_png(curve.value)


@pytest.mark.parametrize("terminal", [True, False])
def test_the_bar_says_how_long_the_rest_of_the_run_takes(capsys, monkeypatch, terminal):
    now = [0.0]
    monkeypatch.setattr(progress, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    monkeypatch.setattr(progress.sys.stdout, "isatty", lambda: terminal)
    bar = progress.ProgressBar(10, EpochLog())
    bar.set_params({"epochs": 4})
    bar.on_train_begin()
    for epoch in range(2, 4):  # a run that goes on after a break of two epochs
        bar.on_epoch_begin(epoch)
        for batch in range(10):
            now[0] += 15
            bar.on_train_batch_end(batch)
        bar.on_epoch_end(epoch, {"val_accuracy": 0.975})
    bar.on_train_end()
    shown = capsys.readouterr().out
    assert shown.count("\r") == shown.count("\033[K") == (23 if terminal else 0)  # nothing longer shines through
    lines = shown.replace("\r", "\n").replace("\033[K", "").split("\n")
    assert "Epoch 3 of 4: 97.50% of the validation images right, about 2 min left" in lines
    assert "Epoch 4 of 4: 97.50% of the validation images right, about 0 s left" in lines
    assert "Done: 2 epochs in 300 s" in lines
    moving = "[######################........] Epoch 3 of 4, about 3 min left"
    assert (moving in lines) == terminal
    assert (len(lines) > 5) == terminal


def test_the_curve_of_a_resumed_run_begins_with_its_first_epoch(shown, monkeypatch):
    log, drawn = EpochLog(), []
    monkeypatch.setattr(plots, "learning_curve", lambda history, *arguments, **options: drawn.append(dict(history)))
    log.epochs = {"seconds": [1.0], "accuracy": [0.7], "val_accuracy": [0.8]}  # as a checkpoint brings it back
    widget = progress.ProgressWidget(10, log)
    widget.set_params({"epochs": 2})
    widget.on_train_begin()
    for callback in (log, widget):
        callback.on_epoch_begin(1)
    for callback in (log, widget):
        callback.on_epoch_end(1, {"accuracy": 0.9, "val_accuracy": 0.95})
    assert drawn[-1]["accuracy"] == [0.7, 0.9]
    assert drawn[-1]["val_accuracy"] == [0.8, 0.95]
