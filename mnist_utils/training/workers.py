"""What workers on several machines do together: what `fit` does, which in Keras 3 knows one machine only.

Keras 3.15 fails in `fit` before the first step: it takes the mean of a batch over all workers as if it were a plain
tensor (keras-team/keras, issue 20585). Its `train_step` and its callbacks work.
"""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from mnist_utils import networks
from mnist_utils.quiet_tensorflow import keras, tf


def fit(
    model: keras.Model,
    strategy: tf.distribute.Strategy,
    data: tf.data.Dataset,
    validation_data: tuple[np.ndarray, np.ndarray],
    **options: Any,
) -> None:
    """Train a compiled model on batches that come shuffled, by Keras's `fit` or, on several machines, as it would.

    Validation is images (n, 28, 28, 1) and labels (n, classes).
    """
    if strategy.cluster_resolver:
        _fit_together(model, strategy, data, validation_data, **options)
    else:
        model.fit(
            data, validation_data=validation_data, validation_batch_size=1000, shuffle=False, verbose=0, **options
        )


def _fit_together(
    model: keras.Model,
    strategy: tf.distribute.Strategy,
    data: tf.data.Dataset,
    validation_data: tuple[np.ndarray, np.ndarray],
    initial_epoch: int,
    epochs: int,
    steps_per_epoch: int,
    callbacks: list[keras.callbacks.Callback],
) -> None:
    """Do what `fit` does; each worker makes all batches and takes its part of each.

    All see the same numbers at the end of an epoch, so that they stop together.
    """
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    # Told that they have no end, the workers need not ask each other before each step whether all have a batch.
    endless = data.apply(tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY))
    batches = iter(strategy.experimental_distribute_dataset(endless.with_options(options)))
    step = tf.function(lambda batch: strategy.run(model.train_step, args=(batch,)))
    told = keras.callbacks.CallbackList(callbacks, model=model, epochs=epochs, steps=steps_per_epoch)
    model.stop_training = False
    told.on_train_begin()
    for epoch in range(initial_epoch, epochs):
        model.reset_metrics()
        told.on_epoch_begin(epoch)
        for number in range(steps_per_epoch):
            step(next(batches))
            told.on_train_batch_end(number)
        logs = {name: float(value) for name, value in model.get_metrics_result().items()}
        told.on_test_begin()  # an average of the weights takes their place
        logs |= _validate(model, strategy, *validation_data)
        told.on_test_end()
        told.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    model.optimizer.finalize_variable_values(model.trainable_weights)
    told.on_train_end()


def _validate(model: keras.Model, strategy: tf.distribute.Strategy, x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Give val_loss and val_accuracy; each worker reads its part of the images."""
    resolver = strategy.cluster_resolver
    part = slice(resolver.task_id, None, len(resolver.cluster_spec().job_tasks("worker")))
    x, y = x[part], y[part]
    sums = [0.0, 0.0, 0.0]
    if len(x):
        probabilities = networks.run(model, x)
        right = probabilities.argmax(axis=1) == y.argmax(axis=1)
        sums = [len(x), len(x) * float(model.loss(y, probabilities)), right.sum()]
    count, loss, right = total(strategy, np.array(sums, np.float64))
    return {"val_accuracy": float(right / count), "val_loss": float(loss / count)}


def total(strategy: tf.distribute.Strategy, values: np.ndarray) -> np.ndarray:
    """Add up arrays of one shape, one of each worker; all get the sum."""
    devices = len(strategy.extended.worker_devices)

    def of_device(context: tf.distribute.experimental.ValueContext) -> tf.Tensor:
        once = context.replica_id_in_sync_group % devices == 0
        return tf.constant(values if once else np.zeros_like(values))

    return strategy.reduce("SUM", strategy.experimental_distribute_values_from_function(of_device), axis=None).numpy()


def agree(strategy: tf.distribute.Strategy, run: dict, content: bytes) -> bytes:
    """Give what the first worker was called with to all, who need share no folder; one process is given its own.

    A ValueError in all of them if one was started for another run.
    """
    if not strategy.cluster_resolver:
        return content
    mine = json.dumps(run).encode()
    if total(strategy, np.array([_from_first(strategy, mine) != mine], np.int32))[0]:
        raise ValueError("distribute: all workers must be given the same recipe, seed and data, and they were not.")
    return _from_first(strategy, content)


def _from_first(strategy: tf.distribute.Strategy, content: bytes) -> bytes:
    if strategy.cluster_resolver.task_id:
        content = b""
    size = int(total(strategy, np.array([len(content)]))[0])
    # Four bytes as one whole number: nothing is added to them but 0.
    padded = content.ljust(-(-size // 4) * 4, b"\0")
    return total(strategy, np.frombuffer(padded, np.int32)).tobytes()[:size] if size else b""


@contextlib.contextmanager
def reached() -> Iterator[None]:
    """Say in one sentence that another worker has gone, as a ConnectionError."""
    try:
        yield
    except (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.DeadlineExceededError):
        again = "start the same command on all machines again: it goes on after the last whole epoch"
        raise ConnectionError(f"another worker has stopped or can't be reached; {again}.") from None
