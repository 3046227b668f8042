"""Train on more than one device or machine, with TensorFlow's own strategies."""

import contextlib
import json
import os
import re
import signal
import threading
from collections.abc import Iterator

from mnist_utils.quiet_tensorflow import keras, tf

STRATEGIES = ("none", "mirrored", "multiworker")
EXAMPLE = (
    '{"cluster": {"worker": ["192.168.0.10:12345", "192.168.0.11:12345"]}, "task": {"type": "worker", "index": 0}}'
)


def strategy(name: str) -> tf.distribute.Strategy:
    """Make a strategy that shares each batch out to several devices, for `train`.

    "none" is one device; "mirrored" is all GPUs of this machine, or its logical CPU devices where it has no GPU;
    "multiworker" is the devices of all machines in the environment variable TF_CONFIG (docs/several_machines.md), and
    must come before all else that a program does with TensorFlow. All devices hold the same weights; each takes its
    part of the batch, and their gradients are added up, so a step does what it does on one device. Making the batches,
    on one processor, and exchanging the gradients do not get faster; for many devices, raise the recipe's batch size.
    """
    if name not in STRATEGIES:
        raise ValueError(f"distribute must be one of {', '.join(STRATEGIES)}, not {name!r}.")
    if name == "none":
        return tf.distribute.get_strategy()
    if name == "multiworker":
        return _of_workers(os.environ.get("TF_CONFIG"))
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


def _of_workers(text: str | None) -> tf.distribute.Strategy:
    """Make the strategy of the workers that TF_CONFIG names; a ValueError where it names none."""
    try:
        found = json.loads(text or "")
        workers, index = found["cluster"]["worker"], found["task"]["index"]
        fine = list(found["cluster"]) == ["worker"] and found["task"]["type"] == "worker" and type(index) is int
        fine = fine and all(re.fullmatch(r"\S+:\d+", worker) for worker in workers) and 0 <= index < len(workers)
    except (ValueError, TypeError, KeyError):
        fine = False
    if not fine:
        said = repr(text) if text else "unset"
        raise ValueError(f"TF_CONFIG must name all workers and which of them this is, as {EXAMPLE}, not be {said}.")
    try:
        with _ended_by_ctrl_c():
            return tf.distribute.MultiWorkerMirroredStrategy()
    except RuntimeError:  # its operations must be there before any other
        reason = "it must be the first thing that a program does with TensorFlow"
        raise ValueError(f"distribute can't be 'multiworker' now: {reason}; start Python anew.") from None
    except tf.errors.UnknownError as error:
        raise ValueError(f"TF_CONFIG: no worker can be started at {workers[index]} ({error.message}).") from None


@contextlib.contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C end the process: TensorFlow waits for other workers where Python's own handler is not called."""
    if threading.current_thread() is not threading.main_thread():  # only there may handlers be set
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def is_first(name: str) -> bool:
    """Whether this process, with a strategy of that name, is the only one or the one of several that writes files."""
    return name != "multiworker" or json.loads(os.environ["TF_CONFIG"])["task"]["index"] == 0


def synchronised(model: keras.Model) -> keras.Model:
    """Rebuild a model so that batch normalisation takes its mean over the whole batch, not over a device's part."""
    config = model.get_config()
    for layer in config["layers"]:
        if layer["class_name"] == "BatchNormalization":
            layer["config"]["synchronized"] = True
    return type(model).from_config(config)
