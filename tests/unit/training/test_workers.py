"""Two workers, processes of their own, go on with a run of one process and end as it would have."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from unit.training.stopped import StoppedError

from mnist_utils.quiet_tensorflow import tf
from mnist_utils.training import Recipe, distribution, workers
from mnist_utils.training.callbacks import EpochLog
from mnist_utils.training.run import train

# With quick, which has no dropout: its random numbers differ between devices.
RECIPE = {"network": "quick", "epochs": 3, "batch_size": 60, "rotation": 10.0, "shift": 1.5, "ema_momentum": 0.5}
SCRIPT = """
import json, sys
from mnist_utils import load_mnist
from mnist_utils.training import Recipe, train

x, y, x_test, y_test = load_mnist()
data = x[:180], y[:180], x_test[:200], y_test[:200]
recipe = Recipe(**json.loads(sys.argv[1]))
metrics = train(recipe, seed=2, data=data, out=sys.argv[2], progress="none", distribute="multiworker")[1]
print(json.dumps(metrics))
"""
TWO = ["127.0.0.1:40001", "127.0.0.1:40002"]


def config(addresses: list, index: object) -> str:
    """TF_CONFIG of one of these workers."""
    return json.dumps({"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}})


def free_addresses(count: int) -> list[str]:
    """Addresses on this machine at which nobody listens."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = ["{}:{}".format(*each.getsockname()) for each in sockets]
    for each in sockets:
        each.close()
    return addresses


def start(out, addresses: list[str], count: int) -> list[subprocess.Popen]:
    """Start the first workers of those that are to train together and share a folder."""
    command = [sys.executable, "-c", SCRIPT, json.dumps(RECIPE), out]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return [
        subprocess.Popen(command, env=os.environ | {"TF_CONFIG": config(addresses, index)}, **pipes)
        for index in range(count)
    ]


@pytest.mark.slow
def test_two_workers_go_on_with_a_run_and_have_the_loss_curve_of_one_process(mnist, tmp_path, monkeypatch):
    x, y, x_test, y_test = mnist
    once = {"seed": 2, "data": (x[:180], y[:180], x_test[:200], y_test[:200]), "progress": "none"}
    expected = train(Recipe(**RECIPE), **once)[1]
    begin = EpochLog.on_epoch_begin

    def stop(log, epoch, logs=None):
        if epoch == 1:
            raise StoppedError
        begin(log, epoch, logs)

    monkeypatch.setattr(EpochLog, "on_epoch_begin", stop)
    with pytest.raises(StoppedError):
        train(Recipe(**RECIPE), **once, out=tmp_path)
    processes = start(tmp_path, free_addresses(2), 2)
    try:
        answers = [process.communicate(timeout=400) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0], answers
    first, second = (json.loads(printed.splitlines()[-1]) for printed, _ in answers)
    assert (expected["devices"], first["devices"]) == (1, 2)
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        # As for two devices of one machine (test_distribution.py); measured 1e-5 apart.
        np.testing.assert_allclose(first["history"][name], expected["history"][name], rtol=1e-3)
        assert second["history"][name] == first["history"][name]
    assert first["test_loss"] == pytest.approx(expected["test_loss"], rel=1e-3)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["metrics.json", "model.keras"]
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8")) == first


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a signal can't be sent to one process there")
def test_ctrl_c_ends_a_worker_that_waits_for_another(tmp_path):
    addresses = free_addresses(2)
    [process] = start(tmp_path, addresses, 1)
    host, port = addresses[0].split(":")
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((host, int(port))):
                break  # it listens, and waits for the second one
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == -signal.SIGINT
    finally:
        process.kill()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        "{}",
        '{"cluster": {"worker": 3}, "task": {"type": "worker", "index": 0}}',
        config(["127.0.0.1"], 0),
        config(TWO, 2),
        config(TWO, -1),
        config(TWO, "0"),
        config(TWO, 0).replace('"type": "worker"', '"type": "ps"'),
        config(TWO, 0).replace('{"worker"', '{"chief": ["127.0.0.1:40003"], "worker"'),
    ],
)
def test_a_cluster_that_is_not_said_or_garbled_is_refused_in_a_sentence(tiny_data, monkeypatch, text):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if text is not None:
        monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ValueError, match="TF_CONFIG must name all workers and which of them this is, as") as refusal:
        train(data=tiny_data, distribute="multiworker")
    assert str(refusal.value).endswith(f"not be {text!r}." if text else "not be unset.")


def test_workers_can_not_be_made_when_tensorflow_has_begun_to_compute(tiny_data, monkeypatch):
    tf.constant(1)
    monkeypatch.setenv("TF_CONFIG", config(TWO, 0))
    with pytest.raises(ValueError, match="must be the first thing that a program does with TensorFlow; start Python"):
        train(data=tiny_data, distribute="multiworker")


def test_an_address_that_is_taken_is_named(tiny_data, monkeypatch):
    def taken():
        raise tf.errors.UnknownError(None, None, "Could not start gRPC server")

    monkeypatch.setenv("TF_CONFIG", config(TWO, 1))
    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", taken)
    with pytest.raises(ValueError, match=f"no worker can be started at {TWO[1]} .Could not start gRPC server"):
        distribution.strategy("multiworker")


@pytest.mark.parametrize("error", [tf.errors.UnavailableError, tf.errors.DeadlineExceededError])
def test_a_worker_that_has_gone_or_never_came_is_told_in_a_sentence(tiny_data, monkeypatch, error):
    def alone():
        raise error(None, None, "tasks are unhealthy")

    monkeypatch.setenv("TF_CONFIG", config(TWO, 0))
    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", alone)
    with pytest.raises(ConnectionError, match="has stopped or can't be reached; start the same command on all"):
        train(data=tiny_data, distribute="multiworker")
    with pytest.raises(ConnectionError), workers.reached():
        alone()


class Workers:
    """Several workers in one process, one after the other: what they would send is added up as it comes."""

    def __init__(self, monkeypatch):
        self.sums: list[np.ndarray] = []
        monkeypatch.setattr(workers, "total", self.total)

    def total(self, strategy, values):
        """Add to what the workers before have sent at this place."""
        if self.place == len(self.sums):
            self.sums.append(np.zeros_like(values))
        self.sums[self.place] = self.sums[self.place] + values
        self.place += 1
        return self.sums[self.place - 1]

    def agree(self, index: int, run: dict, content: bytes) -> bytes:
        self.place = 0
        strategy = SimpleNamespace(cluster_resolver=SimpleNamespace(task_id=index))
        return workers.agree(strategy, run, content)


@pytest.mark.parametrize("content", [b"", b"a", b"four", b"\0zeros\0\0"])
def test_the_first_worker_gives_its_bytes_to_all(monkeypatch, content):
    together = Workers(monkeypatch)
    assert together.agree(0, {"seed": 1}, content) == content
    assert together.agree(1, {"seed": 1}, b"something else") == content


def test_workers_that_were_started_for_different_runs_are_refused(monkeypatch):
    together = Workers(monkeypatch)
    together.agree(0, {"seed": 1}, b"")
    with pytest.raises(ValueError, match="all workers must be given the same recipe, seed and data"):
        together.agree(1, {"seed": 2}, b"")
