"""The page that is served, whose kernels end, and who is told that all places are taken.

tests/browser tries it on a server.
"""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from tornado.web import HTTPError
from unit.widgets.pad_by_hand import draw

from mnist_utils.serving import VisitorKernels

ROOT = Path(__file__).parents[2]
SETTINGS = json.loads((ROOT / "voila.json").read_text(encoding="utf-8"))
MINUTE = 60


def kernels(*numbers: int, connections: int = 0, idle: float = 0, state: str = "idle") -> VisitorKernels:
    """A manager, set as voila.json says, of kernels that were last used so many seconds ago."""
    manager = VisitorKernels(**SETTINGS["VisitorKernels"])
    used = datetime.now(UTC) - timedelta(seconds=idle)
    for number in numbers:
        kernel = SimpleNamespace(last_activity=used, execution_state=state, kernel_name="python3")
        kernel.kernel_spec = SimpleNamespace(metadata={})
        manager._kernels[str(number)] = kernel
        manager._kernel_connections[str(number)] = connections
    return manager


@pytest.mark.parametrize(
    ("connections", "idle", "state", "ends"),
    [
        (0, 1 * MINUTE, "idle", False),  # a page may still be loading, or its network be away
        (0, 3 * MINUTE, "idle", True),
        (0, 3 * MINUTE, "starting", True),  # whoever asked was no browser
        (0, 3 * MINUTE, "busy", False),
        (1, 50 * MINUTE, "idle", False),
        (1, 70 * MINUTE, "idle", True),
        (2, 70 * MINUTE, "busy", False),
    ],
)
def test_a_kernel_ends_where_nobody_uses_it(monkeypatch, connections, idle, state, ends):
    ended = []
    manager = kernels(1, connections=connections, idle=idle, state=state)
    monkeypatch.setattr(VisitorKernels, "shutdown_kernel", lambda self, kernel: ended.append(kernel))
    asyncio.run(manager.cull_kernel_if_idle("1"))
    assert ended == ["1"] * ends


def test_who_comes_when_all_places_are_taken_is_told_so():
    most = SETTINGS["VisitorKernels"]["most"]
    with pytest.raises(HTTPError) as refusal:
        asyncio.run(kernels(*range(most)).start_kernel())
    assert refusal.value.status_code == 503
    assert refusal.value.reason.startswith(f"All {most} places are taken. Please load")


def test_the_notebook_that_is_served_shows_a_pad_that_reads():
    (cell,) = json.loads((ROOT / "docs" / "pad.ipynb").read_text(encoding="utf-8"))["cells"]
    names: dict = {}
    exec("".join(cell["source"]), names)
    assert cell["source"][-1] == "pad"  # what Voila shows
    draw(names["pad"], (100, 100), (400, 100), (200, 500))
    assert names["pad"].answer.digit == 7
