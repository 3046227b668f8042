"""The same digit as others would write it: moved, turned, slanted, another size."""

import math

from mnist_utils.quiet_tensorflow import tf


def affine(
    images: tf.Tensor,
    seed: tf.Tensor,
    degrees: float = 10.0,
    scale: float = 0.1,
    shear: float = 0.15,
    shift: float = 1.5,
) -> tf.Tensor:
    """Turn, scale, slant and shift each image by amounts of its own, about the image's centre.

    Parameters
    ----------
    images : tf.Tensor
        Float (n, height, width, 1); what moves in from outside is 0.
    seed : tf.Tensor
        Two integers; the same seed gives the same images.
    degrees, scale, shear, shift : float
        The largest turn in degrees, change of size as a fraction (width and height on their own),
        slant (pixels sideways per pixel of height) and shift in pixels. Amounts are uniform
        within plus or minus these.

    Returns
    -------
    tf.Tensor
        Images of the same shape and type, bilinearly sampled.
    """
    n, height, width = tf.shape(images)[0], images.shape[1], images.shape[2]
    largest = tf.constant([math.radians(degrees), scale, scale, shear, shift, shift])
    amounts = tf.random.stateless_uniform((n, 6), seed, -1.0, 1.0) * largest
    turn, wider, taller, slant, right, down = tf.unstack(amounts, axis=1)
    # Each output pixel (x, y) is read at (a x + b y + c, d x + e y + f): rotation times slant times scale.
    cos, sin = tf.cos(turn), tf.sin(turn)
    a, b = cos / (1 + wider), (slant * cos - sin) / (1 + taller)
    d, e = sin / (1 + wider), (slant * sin + cos) / (1 + taller)
    x0, y0 = (width - 1) / 2, (height - 1) / 2
    c = x0 - a * (x0 + right) - b * (y0 + down)
    f = y0 - d * (x0 + right) - e * (y0 + down)
    zero = tf.zeros_like(a)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([a, b, c, d, e, f, zero, zero], axis=1),
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )
