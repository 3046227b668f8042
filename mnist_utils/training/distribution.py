"""Train on more than one device, with TensorFlow's own strategy for one machine."""

from mnist_utils.quiet_tensorflow import keras, tf

STRATEGIES = ("none", "mirrored")


def strategy(name: str) -> tf.distribute.Strategy:
    """Make a strategy that shares each batch out to several devices, for `train`.

    "none" is one device; "mirrored" is all GPUs of this machine, or its logical CPU devices where it has no GPU. All
    devices hold the same weights; each takes its part of the batch, and their gradients are added up, so a step does
    what it does on one device. Making the batches, on one processor, and exchanging the gradients do not get faster;
    for many devices, raise the recipe's batch size.
    """
    if name not in STRATEGIES:
        raise ValueError(f"distribute must be one of {', '.join(STRATEGIES)}, not {name!r}.")
    if name == "none":
        return tf.distribute.get_strategy()
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


def synchronised(model: keras.Model) -> keras.Model:
    """Rebuild a model so that batch normalisation takes its mean over the whole batch, not over a device's part."""
    config = model.get_config()
    for layer in config["layers"]:
        if layer["class_name"] == "BatchNormalization":
            layer["config"]["synchronized"] = True
    return type(model).from_config(config)
