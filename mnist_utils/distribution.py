"""Train on more than one device, with TensorFlow's own strategies."""

from mnist_utils.quiet_tensorflow import keras, tf

STRATEGIES = ("none", "mirrored", "multiworker")


def strategy(name: str) -> tf.distribute.Strategy:
    """Make a strategy that shares each batch out to several devices.

    All devices hold the same weights. Each takes its part of the batch, and their gradients are added up,
    so a step does what it does on one device. What scales is the work of a step: two equal devices halve
    it, less the time to exchange the gradients, once a step. The batch does not grow with the devices: the
    parts become smaller, so raise the recipe's batch size for many. What does not scale is the making
    of the batches, which happens on one processor for each machine, and the networks of this course are
    so small that a second GPU mostly waits. Several logical devices on one processor gain nothing.

    Parameters
    ----------
    name : str
        "none" is one device; "mirrored" is all GPUs of this machine, or its logical CPU devices where
        it has no GPU; "multiworker" is all machines that the environment variable TF_CONFIG names.

    Returns
    -------
    tf.distribute.Strategy

    Raises
    ------
    ValueError
        If there is no strategy of that name.
    """
    if name not in STRATEGIES:
        raise ValueError(f"distribute must be one of {', '.join(STRATEGIES)}, not {name!r}.")
    if name == "mirrored":
        devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    return tf.distribute.MultiWorkerMirroredStrategy() if name == "multiworker" else tf.distribute.get_strategy()


def synchronised(model: keras.Model) -> keras.Model:
    """Rebuild a model so that batch normalisation takes its mean over the whole batch, not over a device's part."""
    config = model.get_config()
    for layer in config["layers"]:
        if layer["class_name"] == "BatchNormalization":
            layer["config"]["synchronized"] = True
    return type(model).from_config(config)


def share(
    dataset: tf.data.Dataset, batch_size: int, strategy: tf.distribute.Strategy
) -> tf.distribute.DistributedDataset:
    """Cut each batch into equal parts, one for each device.

    `fit` does this itself, but by batching anew before the images are augmented: on two devices each step
    would see other images than on one.

    Parameters
    ----------
    dataset : tf.data.Dataset
        Batches of equal size.
    batch_size : int
        Images a batch.
    strategy : tf.distribute.Strategy
        Knows the devices.

    Returns
    -------
    tf.distribute.DistributedDataset
        What `fit` takes under this strategy.

    Raises
    ------
    ValueError
        If the batch cannot be cut into equal parts.
    """
    devices = strategy.num_replicas_in_sync
    if batch_size % devices:
        raise ValueError(f"batch_size must be a multiple of the {devices} devices, not {batch_size}.")

    def part(context: tf.distribute.InputContext) -> tf.data.Dataset:
        machines = context.num_input_pipelines
        mine = dataset.rebatch(batch_size // machines).shard(machines, context.input_pipeline_id)
        return mine.rebatch(batch_size // devices)

    return strategy.distribute_datasets_from_function(part)
