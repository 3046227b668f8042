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
