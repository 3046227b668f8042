"""Figures of notebook 06: explanations laid over digits, and what they are worth. As in `plots`, one function each.

Orange speaks for an answer and purple against it, which colour-blind readers tell apart.
"""

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from mnist_utils.plots import BLUE, GREEN, GREY, ORANGE, RED, new_axes

FOR_AGAINST = "PuOr_r"


def over_ink(image: np.ndarray, attribution: np.ndarray) -> np.ndarray:
    """Colour an image by what its pixels do to an answer; the ink shows through in grey.

    Parameters
    ----------
    image : numpy.ndarray
        (28, 28), 0 ground to 1 ink.
    attribution : numpy.ndarray
        (28, 28), in any unit; the largest size gets the full colour.

    Returns
    -------
    numpy.ndarray
        uint8 (28, 28, 3): black ground, grey ink, orange for what speaks for the answer, purple against it.
    """
    strength = np.abs(attribution) / max(np.abs(attribution).max(), 1e-12)
    colour = np.where(attribution[..., None] > 0, (1.0, 0.62, 0.0), (0.72, 0.45, 1.0))
    grey = 0.45 * np.asarray(image, float)[..., None]
    return np.round(255 * (grey + strength[..., None] * (colour - grey))).astype(np.uint8)


def attributions(images: np.ndarray, maps: dict, titles: list | None = None, ax: Axes | None = None) -> Axes:
    """Show images in a row, and below each what explains its answer; the edge of the ink is drawn in grey.

    Parameters
    ----------
    images : numpy.ndarray
        (n, 28, 28).
    maps : dict
        Name of each further row, and its attributions (n, 28, 28), each coloured up to its own largest size.
    titles : list, optional
        A line above each image.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    images = np.asarray(images, dtype=float)
    step = 30  # pixels from one image to the next
    ax = ax or new_axes(0.8 * len(images) + 1.2, 0.82 * (len(maps) + 1) + 0.2)
    for column, image in enumerate(images):
        left = column * step
        ax.imshow(image, cmap="gray", extent=(left, left + 28, 28, 0), interpolation="nearest")
        if titles is not None:
            ax.text(left + 14, -1, titles[column], ha="center", va="bottom", fontsize=8)
        for row, values in enumerate(maps.values(), 1):
            top, most = row * step, max(np.abs(values[column]).max(), 1e-12)
            ax.imshow(values[column], cmap=FOR_AGAINST, vmin=-most, vmax=most, extent=(left, left + 28, top + 28, top),
                      interpolation="nearest")  # fmt: skip
            if np.ptp(image):
                places = np.arange(28) + 0.5
                ax.contour(left + places, top + places, image, [image.max() / 2], colors=GREY, linewidths=0.5)
    for row, name in enumerate(["", *maps]):
        ax.text(-3, row * step + 14, name, ha="right", va="center", fontsize=9)
    lines = [line for name in maps for line in name.splitlines()]
    room = 2 + 2.2 * max(map(len, lines), default=0)  # for the longest line, in pixels of the images
    ax.set(xlim=(-room, len(images) * step), ylim=((len(maps) + 1) * step, -7), aspect="equal")
    ax.axis("off")
    return ax


def deletion(shares: list, curves: dict, ax: Axes | None = None) -> Axes:
    """Draw how the probability of the answer falls while more and more ink is deleted.

    Parameters
    ----------
    shares : list of float
        Parts of the ink that are deleted, 0 to 1.
    curves : dict
        Name of each curve, and its probabilities (len(shares),), at most six.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    styles = zip([BLUE, ORANGE, GREEN, RED, "black", GREY], "os^Dvx", ["-", "--", ":", "-.", "-", "--"], strict=True)
    for (name, values), (colour, marker, dashes) in zip(curves.items(), styles, strict=False):
        ax.plot(
            100 * np.asarray(shares), values, color=colour, marker=marker, markersize=4, linestyle=dashes, label=name
        )
    ax.set(xlabel="ink deleted (%)", ylabel="probability of the answer", ylim=(0, 1.03))
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return ax


def map_with_images(
    points: np.ndarray, labels: np.ndarray, wrong: np.ndarray, images: np.ndarray, ax: Axes | None = None
) -> Axes:
    """Draw each image as a dot at its place on a map, some as themselves, and mark those read wrong.

    Parameters
    ----------
    points : numpy.ndarray
        (n, 2) places.
    labels : numpy.ndarray
        (n,) digits, which colour the dots.
    wrong : numpy.ndarray
        (n,) bool.
    images : numpy.ndarray
        (n, 28, 28); shown where there is room, the first ones first; in a red frame if read wrong.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(7.5, 7.5)
    colours = np.array(sns.color_palette("colorblind", 10))
    ax.scatter(*points.T, c=colours[labels], s=5, linewidths=0)
    middles = {digit: np.median(points[labels == digit], axis=0) for digit in np.unique(labels)}
    taken, bare = list(middles.values()), []
    for place, image, is_wrong in zip(points, images, wrong, strict=True):
        if np.abs((np.array(taken) - place) / np.ptp(points, axis=0)).max(axis=1).min() > 0.05:
            taken.append(place)
            frame = {"edgecolor": RED, "linewidth": 2} if is_wrong else {"edgecolor": GREY, "linewidth": 0.4}
            picture = OffsetImage(image, zoom=0.7, cmap="gray_r")
            ax.add_artist(AnnotationBbox(picture, place, pad=0.05, bboxprops=frame))
        elif is_wrong:
            bare.append(place)
    ax.plot(*np.reshape(bare, (-1, 2)).T, "x", color=RED, markersize=7, markeredgewidth=2, zorder=2, label="read wrong")
    for digit, middle in middles.items():
        ax.text(*middle, str(digit), fontsize=22, weight="bold", color=colours[digit], ha="center", va="center",
                zorder=4, bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1})  # fmt: skip
    ax.set(xlabel="first direction", ylabel="second direction", xticks=[], yticks=[])
    ax.legend(loc="upper right")
    return ax
