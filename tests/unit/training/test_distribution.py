"""Two devices train as one does: TensorFlow's strategy, on two logical CPU devices in a process of their own."""

import json
import subprocess
import sys

import numpy as np
import pytest

from mnist_utils.training.run import train

# With quick, which has no dropout: its random numbers differ between devices.
SCRIPT = """
import json
from mnist_utils import load_mnist
from mnist_utils.quiet_tensorflow import tf
from mnist_utils.training import Recipe, train

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

x, y, x_test, y_test = load_mnist()
data = x[:180], y[:180], x_test[:200], y_test[:200]
recipe = Recipe("quick", epochs=2, batch_size=60, rotation=10.0, shift=1.5, ema_momentum=0.5)
results = {}
for distribute in ("none", "mirrored"):
    model, metrics = train(recipe, seed=2, data=data, progress="none", distribute=distribute)
    norms = [layer.get_config()["synchronized"] for layer in model.layers if "norm" in layer.name]
    results[distribute] = {**metrics, "synchronised": any(norms)}
print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def runs() -> dict:
    """The metrics of one run on one device and of the same on two."""
    process = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=300)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout.splitlines()[-1])


@pytest.mark.slow
def test_two_devices_have_the_loss_curve_of_one(runs):
    one, two = runs["none"], runs["mirrored"]
    assert (one["devices"], two["devices"]) == (1, 2)
    for name in ("loss", "val_loss"):
        # Four steps: measured 1e-4 apart, and 5e-3 where batch normalisation is not synchronised. Later on Adam,
        # which divides by the size of a gradient, makes much of what was rounded differently.
        np.testing.assert_allclose(two["history"][name], one["history"][name], rtol=1e-3)
    assert one["history"]["loss"][0] > 1.2 * one["history"]["loss"][-1]


@pytest.mark.slow
def test_the_model_of_two_devices_is_as_plain_as_that_of_one(runs):
    assert not runs["mirrored"]["synchronised"]
    assert runs["mirrored"]["test_loss"] == pytest.approx(runs["none"]["test_loss"], rel=1e-3)


def test_one_device_is_the_default(trained):
    assert trained[1]["devices"] == 1


def test_an_unknown_strategy_is_refused_before_any_training(tiny_data):
    with pytest.raises(ValueError, match="distribute must be one of none, mirrored, multiworker, not 'tpu'"):
        train(data=tiny_data, distribute="tpu")
