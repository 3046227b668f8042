"""Show where the time of a training step goes, and how near it comes to what the processor can do.

    python tests/benchmarks/step_profile.py [--networks classic quick best] [--out FILE]

Run nothing else meanwhile. Prints, for each network, the median time of a training step of its recipe, the
multiply-adds a second that it reaches (counting each convolution and dense layer once forwards and twice
backwards) beside those of one large matrix product on the same cores, and the time by kind of operation.
Operations that run at the same time are each counted in full.
"""

import argparse
import collections
import tempfile
import time
from pathlib import Path

import numpy as np

from mnist_utils import load_mnist, networks
from mnist_utils.quiet_tensorflow import tf
from mnist_utils.training import RECIPES
from mnist_utils.training.pipeline import batches
from mnist_utils.training.run import compiled

SIDE = 3072  # of the large matrices
STEPS = 30


def matrix_product_rate() -> float:
    """Multiply-adds a second of one large matrix product, in float32: the best of ten."""
    matrix = tf.random.uniform((SIDE, SIDE), seed=0)
    product = tf.function(lambda: tf.reduce_sum(tf.matmul(matrix, matrix)))
    return SIDE**3 / min(seconds(lambda: product().numpy()) for _ in range(10))


def seconds(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def training_steps(name: str) -> tuple:
    """Give a function that takes one training step of a recipe, and its multiply-adds."""
    recipe = RECIPES[name]
    x, y, _, _ = load_mnist()
    model = compiled(recipe, classes=10, steps=len(x) // recipe.batch_size)
    model.make_train_function()
    source = iter(batches(x, y, recipe, seed=0))
    forwards = sum(row["multiply_adds"] for row in networks.layer_table(model))
    return lambda: model.train_function(source), 3 * recipe.batch_size * forwards


def time_by_operation(step) -> dict[str, float]:
    """Milliseconds a step by kind of operation, the longest first."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            for _ in range(STEPS):
                step()
        space = xplane_pb2.XSpace()
        space.ParseFromString(next(Path(folder).rglob("*.xplane.pb")).read_bytes())
    total = collections.Counter()
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                operation = plane.event_metadata[event.metadata_id].name.split("#")[0]
                # Operations are named "place in the model:kind"; all else is how TensorFlow keeps them running.
                if ":" in operation and "::" not in operation and ": " not in operation:
                    total[operation.rsplit(":", 1)[1].removeprefix("_MklNative")] += event.duration_ps / 1e9 / STEPS
    return dict(total.most_common())


def report(names: list[str]) -> str:
    """The whole text: a line for each network, then its operations."""
    peak = matrix_product_rate()
    lines = [f"one product of {SIDE} x {SIDE} matrices: {peak / 1e9:.0f} thousand million multiply-adds a second"]
    steps = {name: training_steps(name) for name in names}
    times = {name: [] for name in names}
    for _ in range(8):  # networks alternate, so that a machine that slows down slows all
        for name, (step, _) in steps.items():
            for warm_up in range(3 + STEPS):
                took = seconds(step)
                times[name] += [took] * (warm_up >= 3)
    for name, (step, multiply_adds) in steps.items():
        middle = float(np.median(times[name]))
        rate = multiply_adds / middle
        rates = f"{rate / 1e9:.0f} thousand million, {rate / peak:.0%} of that"
        lines += ["", f"{name}: {1e3 * middle:.1f} ms a step, {rates}"]
        for operation, milliseconds in list(time_by_operation(step).items())[:12]:
            lines.append(f"  {milliseconds:7.2f} ms  {operation}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", default=["classic", "quick", "best"])
    parser.add_argument("--out", type=Path, help="also write the text here")
    options = parser.parse_args()
    text = report(options.networks)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
