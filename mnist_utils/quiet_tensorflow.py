"""TensorFlow and Keras without their start-up lines, which would stand as red boxes in every notebook."""

import contextlib
import os
import subprocess
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"  # whatever the learner's other work is set to

# Some lines are written before TensorFlow reads that level. A small process takes just these out of stderr during the
# import; what else comes there passes, even the last words of a crash.
_FILTER = """
import sys
for line in sys.stdin.buffer:
    if not line.startswith((b"WARNING: All log messages before absl", b"I0000 ", b"To enable the following instr")):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""
for _stream in range(3):  # one that is closed: what is opened next would take its place, and its lines
    try:
        os.fstat(_stream)
    except OSError:
        os.open(os.devnull, os.O_RDWR)
_filter = subprocess.Popen([sys.executable, "-I", "-S", "-c", _FILTER], stdin=subprocess.PIPE)
_stderr = os.dup(2)
os.dup2(_filter.stdin.fileno(), 2)  # type: ignore[union-attr]
try:
    import keras
    import tensorflow as tf
finally:
    os.dup2(_stderr, 2)
    os.close(_stderr)
    _filter.stdin.close()  # type: ignore[union-attr]
    with contextlib.suppress(subprocess.TimeoutExpired):  # a process that was begun meanwhile may hold the other end
        _filter.wait(5)

if keras.config.backend() != "tensorflow":  # somebody has imported it before
    raise ImportError(f"Keras already runs on {keras.config.backend()}, not on TensorFlow: import mnist_utils first.")
# Settings in keras.json are for the learner's other work.
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
keras.config.set_image_data_format("channels_last")

__all__ = ["keras", "tf"]
