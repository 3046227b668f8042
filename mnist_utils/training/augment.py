"""The same digit as others would write it: moved, turned, slanted, thicker, with a slash, a flag or a bar.

Images are float (n, height, width, 1), 0 to 1, and come back in the same shape; a seed is two integers, and the same
seed gives the same images.
"""

import math

from mnist_utils.quiet_tensorflow import tf


def affine(
    images: tf.Tensor,
    seed: tf.Tensor,
    rotation: float,
    zoom: float,
    shear: float,
    shift: float,
    normalise: bool = False,
) -> tf.Tensor:
    """Turn, zoom, slant and shift each image by amounts of its own, about the image's centre, bilinearly sampled.

    Amounts are uniform within plus or minus the largest turn (degrees), change of size (a fraction, width and height
    on their own), slant (pixels sideways per pixel of height) and shift (pixels); what moves in from outside is 0.
    With `normalise`, the ink's longer side first comes to 20 pixels and its centre of mass to the image's centre, as
    MNIST's makers had it.
    """
    largest = tf.constant([math.radians(rotation), zoom, zoom, shear, shift, shift])
    amounts = tf.random.stateless_uniform((tf.shape(images)[0], 6), seed, -1.0, 1.0) * largest
    return transform(images, amounts, normalise)


def transform(images: tf.Tensor, amounts: tf.Tensor, normalise: bool = False) -> tf.Tensor:
    """Do what `affine` does by given amounts (n, 6): turn (radians), wider, taller, slant, right and down."""
    height, width = images.shape[1], images.shape[2]
    turn, wider, taller, slant, right, down = tf.unstack(amounts, axis=1)
    # Each output pixel (x, y) is read at (a x + b y + c, d x + e y + f): rotation times slant times scale.
    cos, sin = tf.cos(turn), tf.sin(turn)
    a, b = cos / (1 + wider), (slant * cos - sin) / (1 + taller)
    d, e = sin / (1 + wider), (slant * sin + cos) / (1 + taller)
    x0, y0 = width / 2, height / 2  # MNIST's own centre, pixel (14, 14)
    from_x, from_y = x0, y0
    if normalise:
        from_x, from_y = centre_of_mass(images)
        a, b, d, e = (factor * longer_side(images) / 20 for factor in (a, b, d, e))
    c = from_x - a * (x0 + right) - b * (y0 + down)
    f = from_y - d * (x0 + right) - e * (y0 + down)
    zero = tf.zeros_like(a)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([a, b, c, d, e, f, zero, zero], axis=1),
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )


def stroke_width(images: tf.Tensor, seed: tf.Tensor, thinner: float, thicker: float) -> tf.Tensor:
    """Make the strokes of each image narrower or wider, by up to these parts of a pixel on each side."""
    amount = tf.random.stateless_uniform((tf.shape(images)[0], 1, 1, 1), seed, -thinner, thicker)
    return change_stroke_width(images, amount)


def change_stroke_width(images: tf.Tensor, amount: tf.Tensor) -> tf.Tensor:
    """Do what `stroke_width` does by a given amount (n, 1, 1, 1), negative for narrower strokes."""
    largest = tf.nn.max_pool2d(images, 3, 1, "SAME")
    least = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    return images + tf.maximum(amount, 0) * (largest - images) + tf.minimum(amount, 0) * (images - least)


def pen_variants(images: tf.Tensor, labels: tf.Tensor, seed: tf.Tensor, share: float) -> tf.Tensor:
    """Write a share of the zeros, ones and sevens in a form that is common by pen and rare in MNIST.

    Zeros with an open middle get a slash, ones a flag at the top and sometimes a foot, sevens a bar. Labels are
    integers (n,).
    """
    u = tf.random.stateless_uniform((tf.shape(images)[0], 7), seed)
    rows = tf.where((u[:, 0] < share) & ((labels == 0) | (labels == 1) | (labels == 7)))
    few, label, u = (tf.gather_nd(values, rows) for values in (images, labels, u))
    few, u = (
        tf.ensure_shape(few, (None, *images.shape[1:])),
        tf.unstack(u, axis=1),
    )  # drawing costs time: few are drawn on
    pen = 1.6 + 1.4 * u[1]
    few = _slash(few, label == 0, pen, u)
    few = _flag_and_foot(few, label == 1, pen, u)
    return tf.tensor_scatter_nd_update(images, rows, _bar(few, label == 7, pen, u))


def _slash(images: tf.Tensor, chosen: tf.Tensor, pen: tf.Tensor, u: list) -> tf.Tensor:
    """Draw a slash through the chosen zeros (n,) by random numbers u, each (n,)."""
    slope = 0.6 + 0.65 * u[2]  # radians, 34 to 72 degrees: from lower left to upper right
    half = (6.5 + 6 * u[3])[:, None] * tf.stack([tf.cos(slope), -tf.sin(slope)], axis=1)
    middle = _centre(images) + 2 * tf.stack([u[4], u[5]], axis=1) - 1
    is_open = tf.reduce_mean(images[:, 12:17, 12:17], axis=(1, 2, 3)) < 0.1  # a slash fills the others: thick ones
    return draw_lines(images, middle - half, middle + half, tf.where(chosen & is_open, pen, -9.0))


def _flag_and_foot(images: tf.Tensor, chosen: tf.Tensor, pen: tf.Tensor, u: list) -> tf.Tensor:
    """Draw a flag at the top of the chosen ones (n,) and a foot under some, by random numbers u, each (n,)."""
    top, bottom = ink_end(images), ink_end(images[:, ::-1]) * [1, -1] + [0.0, 27.0]
    slope = 0.5 + 0.6 * u[2]  # below the horizontal: a flatter stroke makes a seven,
    length = 3 + 5 * u[2] * u[3]  # and so does a long one, unless it is steep
    flag = top + length[:, None] * tf.stack([-tf.cos(slope), tf.sin(slope)], axis=1)
    images = draw_lines(images, top, flag, tf.where(chosen, pen, -9.0))
    left, right = (2 + 4 * u[4])[:, None] * [-1.0, 0.0], (2 + 4 * u[5])[:, None] * [1.0, 0.0]
    return draw_lines(images, bottom + left, bottom + right, tf.where(chosen & (u[6] < 0.4), pen, -9.0))


def _bar(images: tf.Tensor, chosen: tf.Tensor, pen: tf.Tensor, u: list) -> tf.Tensor:
    """Draw a bar across the chosen sevens (n,) by random numbers u, each (n,)."""
    bar = (3 + 2.5 * u[3])[:, None] * tf.stack([tf.ones_like(pen), 0.4 * u[4] - 0.2], axis=1)
    middle = _centre(images) + tf.stack([2 * u[5] - 1, 1 + 3 * u[6]], axis=1)
    return draw_lines(images, middle - bar, middle + bar, tf.where(chosen, pen, -9.0))


def random_erasing(images: tf.Tensor, seed: tf.Tensor, share: float) -> tf.Tensor:
    """Wipe a round spot out of a share of the images, as where the pen has left the paper.

    Spots are 2 to 4.5 pixels wide, at most 9 from the centre of mass (after Zhong et al. 2017, "Random erasing data
    augmentation", which erases rectangles).
    """
    u = tf.random.stateless_uniform((tf.shape(images)[0], 4), seed)
    rows = tf.where(u[:, 2] < share)
    few, u = tf.ensure_shape(tf.gather_nd(images, rows), (None, *images.shape[1:])), tf.gather_nd(u, rows)
    spot = _centre(few) + 18 * u[:, :2] - 9
    return tf.tensor_scatter_nd_update(images, rows, 1 - draw_lines(1 - few, spot, spot, 2 + 2.5 * u[:, 3]))


def draw_lines(images: tf.Tensor, starts: tf.Tensor, ends: tf.Tensor, widths: tf.Tensor) -> tf.Tensor:
    """Draw one line into each image: starts, ends (n, 2) as (x, y) in pixels, widths (n,); none where negative."""
    size = images.shape[1]
    y, x = tf.meshgrid(tf.range(size, dtype=tf.float32), tf.range(size, dtype=tf.float32), indexing="ij")
    along = (ends - starts)[:, None, None, :]
    from_start = tf.stack([x, y], axis=-1)[None] - starts[:, None, None, :]
    squared = tf.maximum(tf.reduce_sum(along**2, axis=-1), 1e-6)
    t = tf.clip_by_value(tf.reduce_sum(from_start * along, axis=-1) / squared, 0, 1)
    distance = tf.norm(from_start - t[..., None] * along, axis=-1)
    line = tf.clip_by_value(widths[:, None, None] / 2 + 0.5 - distance, 0, 1)
    return tf.maximum(images, line[..., None])


def _centre(images: tf.Tensor) -> tf.Tensor:
    return tf.stack(centre_of_mass(images), axis=1)


def centre_of_mass(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Give the ink's centre of each image (n, height, width, 1), as x (n,) and y (n,) in pixels."""
    height, width = images.shape[1:3]
    total = tf.maximum(tf.reduce_sum(images, axis=(1, 2, 3)), 1e-6)
    x = tf.linalg.matvec(tf.reduce_sum(images, axis=(1, 3)), tf.range(width, dtype=tf.float32)) / total
    y = tf.linalg.matvec(tf.reduce_sum(images, axis=(2, 3)), tf.range(height, dtype=tf.float32)) / total
    return x, y


def longer_side(images: tf.Tensor) -> tf.Tensor:
    """Give height or width of the ink of each image (n, height, width, 1), whichever is greater, in pixels: (n,)."""
    dark = tf.cast(images[..., 0] > 0.1, tf.int32)
    sides = []
    for axis in (1, 2):
        line = tf.reduce_max(dark, axis=axis)
        first, last = tf.argmax(line, axis=1), line.shape[1] - 1 - tf.argmax(line[:, ::-1], axis=1)
        sides.append(tf.cast(last - first + 1, tf.float32))
    return tf.where(tf.reduce_any(dark > 0, axis=(1, 2)), tf.maximum(*sides), 20.0)


def ink_end(images: tf.Tensor) -> tf.Tensor:
    """Give where the ink of each image begins, seen from above: (n, 2) as (x, y) in pixels."""
    dark = tf.cast(images[..., 0] > 0.5, tf.float32)
    row = tf.argmax(tf.reduce_max(dark, axis=2), axis=1, output_type=tf.int32)
    line = tf.gather(dark, row, batch_dims=1)
    x = tf.linalg.matvec(line, tf.range(line.shape[1], dtype=tf.float32))
    return tf.stack([x / tf.maximum(tf.reduce_sum(line, axis=1), 1), tf.cast(row, tf.float32)], axis=1)
