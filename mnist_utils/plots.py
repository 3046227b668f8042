"""Every figure of the course: one function each, which draws into Axes and returns them.

Colours are those of Okabe and Ito ("Color universal design", 2008), which colour-blind readers tell
apart, and the maps viridis and blues; the ground is white, so that a figure reads in both themes.
"""

import math

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#666666"


def new_axes(width: float = 7, height: float = 3.5) -> Axes:
    """Make a white figure of one Axes, sizes in inches."""
    figure, ax = plt.subplots(figsize=(width, height), layout="constrained", facecolor="white")
    return ax


def digits(
    images: np.ndarray,
    titles: list | None = None,
    columns: int = 10,
    cmap: str = "gray",
    limits: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Show images side by side, row by row.

    Parameters
    ----------
    images : numpy.ndarray
        (n, height, width).
    titles : list, optional
        A line above each image.
    columns : int
        Images a row.
    cmap : str
        Matplotlib's name of a colour map.
    limits : tuple, optional
        Values that get the first and the last colour; without it, the least and the greatest.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    images = np.asarray(images, dtype=float)
    n, height, width = images.shape
    columns = min(columns, n)
    rows = math.ceil(n / columns)
    head = 0.32 if titles is not None else 0.08  # the room above an image, in parts of its height
    if ax is None:
        size = 2.4 if n == 1 else min(1.2, 9.6 / columns)  # inches
        ax = new_axes(columns * size, rows * size * (height / width) * (1 + head))
    low, high = limits or (images.min(), images.max())
    for i, image in enumerate(images):
        left, top = i % columns * width * 1.08, i // columns * height * (1 + head)
        extent = (left, left + width, top + height, top)
        ax.imshow(image, cmap=cmap, vmin=low, vmax=high, extent=extent, interpolation="nearest")
        if titles is not None:
            ax.text(left + width / 2, top - 0.05 * height, titles[i], ha="center", va="bottom", fontsize=8)
    ax.set(xlim=(0, columns * width * 1.08), ylim=(rows * height * (1 + head) - head * height, -head * height))
    ax.axis("off")
    return ax


def pixel_values(image: np.ndarray, ax: Axes | None = None) -> Axes:
    """Show one image, or a part of one, with the number of each pixel written into it."""
    image = np.asarray(image)
    ax = ax or new_axes(image.shape[1] * 0.36, image.shape[0] * 0.36)
    pattern = "d" if np.issubdtype(image.dtype, np.integer) else ".1f"
    sns.heatmap(image, annot=True, fmt=pattern, cmap="gray", cbar=False, square=True, annot_kws={"fontsize": 7}, ax=ax)
    ax.tick_params(axis="y", rotation=0)
    ax.set(xlabel="column", ylabel="row")
    return ax


def ink_boxes(images: np.ndarray, columns: int = 5, ax: Axes | None = None) -> Axes:
    """Show images (n, height, width) side by side, with a box around the ink and a cross at its centre of mass."""
    images = np.asarray(images, dtype=float)
    n, height, width = images.shape
    columns, rows = min(columns, n), math.ceil(n / columns)
    ax = digits(images, columns=columns, ax=ax or new_axes(1.7 * columns, 1.75 * rows * height / width))
    for i, image in enumerate(images):
        left, top = i % columns * width * 1.08, i // columns * height * 1.08  # as digits() places them
        y, x = np.nonzero(image)
        low, size = (left + x.min(), top + y.min()), (np.ptp(x) + 1, np.ptp(y) + 1)
        ax.add_patch(plt.Rectangle(low, *size, fill=False, edgecolor=ORANGE, linewidth=1.5))
        middle = np.average([x, y], axis=1, weights=image[y, x]) + 0.5  # a pixel's centre, not its corner
        ax.plot(left + middle[0], top + middle[1], "+", color=RED, markersize=11, markeredgewidth=2)
    return ax


def class_counts(labels: np.ndarray, ax: Axes | None = None) -> Axes:
    """Draw a bar for each digit: how many images there are of it."""
    ax = ax or new_axes()
    bars = ax.bar(range(10), np.bincount(labels, minlength=10), color=BLUE)
    ax.bar_label(bars, fontsize=8)
    ax.set(xlabel="digit", ylabel="images", xticks=range(10))
    return ax


def pixel_histogram(images: np.ndarray, ax: Axes | None = None) -> Axes:
    """Draw how often each pixel value from 0 to 255 occurs, on a logarithmic axis."""
    ax = ax or new_axes()
    ax.stairs(np.bincount(images.ravel(), minlength=256), np.arange(257), fill=True, color=BLUE)
    ax.set(xlabel="pixel value", ylabel="pixels", yscale="log", xlim=(-5, 260))
    return ax


def map_2d(points: np.ndarray, labels: np.ndarray, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw each image as its digit, coloured by digit, at its place on a map.

    Parameters
    ----------
    points : numpy.ndarray
        (n, 2) places.
    labels : numpy.ndarray
        (n,) digits.
    title : str
        Of the Axes.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(6, 6)
    for digit, colour in enumerate(sns.color_palette("colorblind", 10)):
        here = points[labels == digit]
        ax.scatter(here[:, 0], here[:, 1], marker=f"${digit}$", color=colour, s=30, linewidths=0.3)
    ax.set(title=title, xlabel="first direction", ylabel="second direction", xticks=[], yticks=[])
    return ax


def layer_costs(table: list[dict], title: str = "", ax: Axes | None = None) -> Axes:
    """Draw each layer's share of a network's parameters and of its multiply-adds; the counts stand at the bars.

    Parameters
    ----------
    table : list of dict
        As `mnist_utils.networks.layer_table` gives it; only layers with multiply-adds get a bar.
    title : str
        Of the Axes.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    rows = [row for row in table if row["multiply_adds"]]
    ax = ax or new_axes(7, 0.8 + 0.42 * len(rows))
    for key, colour, offset in (("parameters", BLUE, -0.2), ("multiply_adds", ORANGE, 0.2)):
        counts = np.array([row[key] for row in rows])
        label = key.replace("_", "-")
        shares = 100 * counts / sum(row[key] for row in table)
        bars = ax.barh(np.arange(len(rows)) + offset, shares, 0.4, color=colour, label=label)
        ax.bar_label(bars, [f"{count:,}" for count in counts], padding=3, fontsize=8)
    ax.set(title=title, xlabel="share of the whole network (%)", ylabel="layer", xlim=(0, 100))
    ax.set(yticks=range(len(rows)), yticklabels=[row["layer"] for row in rows])
    ax.invert_yaxis()
    ax.legend(loc="lower right")
    return ax


def learning_curve(history: dict, epochs: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw accuracy on training and validation images over the epochs.

    Parameters
    ----------
    history : dict
        Lists "accuracy" and "val_accuracy", a number each epoch, as Keras's History.history has them.
    epochs : int, optional
        Length of the whole run, for the axis of one that still goes on.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    steps = range(1, len(history["accuracy"]) + 1)
    ax.plot(steps, history["accuracy"], "o--", color=ORANGE, label="training")
    ax.plot(steps, history["val_accuracy"], "o-", color=BLUE, label="validation")
    ax.set(xlabel="epoch", ylabel="accuracy", xlim=(0.8, (epochs or len(steps)) + 0.2))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


def ladder(rungs: dict, xlabel: str, ax: Axes | None = None) -> Axes:
    """Draw one number of several runs of each rung, a dot a run and a bar at their mean, the first rung on top.

    Parameters
    ----------
    rungs : dict
        Name of each rung, and the number that each of its runs reached.
    xlabel : str
        What the number is.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(7, 0.9 + 0.45 * len(rungs))
    for row, values in enumerate(rungs.values()):
        ax.plot(values, [row] * len(values), "o", color=BLUE, alpha=0.6)
        ax.plot(np.mean(values), row, "|", color=RED, markersize=20, markeredgewidth=3)
    ax.set(xlabel=xlabel, ylabel="", yticks=range(len(rungs)), yticklabels=list(rungs))
    ax.margins(y=0.1)
    ax.grid(axis="x", alpha=0.4)
    ax.invert_yaxis()
    return ax


def probabilities(values: np.ndarray, ax: Axes | None = None) -> Axes:
    """Draw the ten probabilities (10,) of one image as bars; the greatest one stands out."""
    ax = ax or new_axes(5, 2.5)
    colours = [RED if value == max(values) else GREY for value in values]
    ax.bar(range(len(values)), values, color=colours)
    ax.set(xlabel="digit", ylabel="probability", ylim=(0, 1), xticks=range(len(values)))
    return ax


def confusion_matrix(matrix: np.ndarray, by_row: bool = False, ax: Axes | None = None) -> Axes:
    """Draw a confusion matrix as a heat map with a number in each cell.

    Parameters
    ----------
    matrix : numpy.ndarray
        Counts (10, 10): rows the true digit, columns what was read.
    by_row : bool
        Show percent of each row instead of counts.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    matrix = np.asarray(matrix)
    ax = ax or new_axes(6.5, 5.5)
    shown = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1) if by_row else matrix
    mistakes = shown * (1 - np.eye(len(matrix)))  # colour by mistakes: nearly all images are on the diagonal
    labels = np.char.mod("%.1f" if by_row else "%d", shown)
    labels[matrix == 0] = ""
    sns.heatmap(shown, vmax=max(mistakes.max(), 1e-9), annot=labels, fmt="", cmap="Blues", cbar=False, square=True,
                linewidths=0.5, annot_kws={"fontsize": 8}, ax=ax)  # fmt: skip
    ax.tick_params(axis="y", rotation=0)
    unit = "percent of each row" if by_row else "images"
    ax.set(xlabel="read as", ylabel="true digit", title=f"Confusion matrix, {unit}")
    return ax


def accuracy_by_digit(result: dict, ax: Axes | None = None) -> Axes:
    """Draw each digit's accuracy with its 95% interval, and the accuracy over all as a line.

    Parameters
    ----------
    result : dict
        As `mnist_utils.evaluation.evaluate` gives it.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    accuracy = np.array([row["accuracy"] for row in result["per_digit"]])
    low, high = np.array([row["interval"] for row in result["per_digit"]]).T
    names = range(len(accuracy))
    ax.errorbar(names, 100 * accuracy, 100 * np.array([accuracy - low, high - accuracy]), fmt="o", color=BLUE,
                capsize=3, label="each digit, with its 95% interval")  # fmt: skip
    ax.axhline(100 * result["accuracy"], color=ORANGE, linestyle="--", label="all digits")
    ax.set(xlabel="digit", ylabel="accuracy (%)", xticks=names)
    ax.legend()
    return ax


def lines(series: dict, xlabel: str, ylabel: str, ax: Axes | None = None) -> Axes:
    """Draw several lines, each named in the legend and with a dash pattern of its own.

    Parameters
    ----------
    series : dict
        Name of each line, and its values (n,), drawn over 1 to n.
    xlabel, ylabel : str
        Names of the axes.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    styles = zip([BLUE, ORANGE, GREEN, RED, GREY], ["-", "--", ":", "-.", (0, (1, 2))], strict=True)
    for (name, values), (colour, dashes) in zip(series.items(), styles, strict=False):
        ax.plot(range(1, len(values) + 1), values, color=colour, linestyle=dashes, linewidth=2, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.get_major_locator().set_params(integer=True)
    if len(series) > 1:
        ax.legend()
    return ax
