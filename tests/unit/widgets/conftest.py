"""A pad that reads with a stand-in for a classifier, so that no TensorFlow is needed."""

import json

import pytest
from ipycanvas.canvas import _CMD_LIST, _CanvasManager
from unit.widgets.pad_by_hand import Reader

from mnist_utils.widgets.pad import DigitPad


@pytest.fixture
def pad() -> DigitPad:
    return DigitPad(Reader())


@pytest.fixture
def messages(monkeypatch) -> list:
    """All that ipycanvas sends to the browser from now on, as (command, arguments)."""
    sent = []

    def send(manager, content, buffers=None):
        commands = json.loads(bytes(buffers[0]))
        for name, *arguments in commands if isinstance(commands[0], list) else [commands]:
            sent.append((_CMD_LIST[name], arguments[0] if arguments else []))

    monkeypatch.setattr(_CanvasManager, "send", send)
    return sent
