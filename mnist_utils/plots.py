"""Every figure of the course: one function each, which draws into Axes and returns them.

Common to all: `ax` says where to draw; without it, there is a new figure. `names` are those of the classes, in their
order; without them, the classes are called by their numbers.

Colours are those of Okabe and Ito ("Color universal design", 2008), which colour-blind readers tell apart, and the maps
viridis and blues. Orange speaks for an answer and purple against it. The figure's background is white, so that it
reads in both themes.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator
from PIL import Image, ImageColor

from mnist_utils.classes import kind_of
from mnist_utils.images import centre_of_mass

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#666666"
# One colour for one role in the whole course.
TRAINING, VALIDATION, TEST = BLUE, ORANGE, GREEN
YOURS, SHIPPED = "#56B4E9", "#CC79A7"  # sky blue, pink
STYLES = list(zip([BLUE, ORANGE, GREEN, RED, "black", GREY], "os^Dvx", ["-", "--", ":", "-.", "-", "--"], strict=True))
FOR_AGAINST = "PuOr_r"
MANY = 30  # classes: of more, names stand upright and small, and a matrix has no numbers
LONGEST = 20  # characters of a class's name that are written beside an axis
LIKELIEST = 10  # so many bars of probabilities, where there are more classes


def new_axes(width: float = 7, height: float = 3.5) -> Axes:
    """Make a white figure of one Axes, sizes in inches."""
    return plt.figure(figsize=(width, height), layout="constrained", facecolor="white").add_subplot()


def digits(
    images: np.ndarray,
    titles: Sequence | None = None,
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
    titles : sequence, optional
        A line above each image; in a new figure, one that would run into the next is cut off.
    columns : int
        Images a row.
    cmap : str
        Matplotlib's name of a colour map.
    limits : tuple, optional
        Values that get the first and the last colour; without it, the least and the greatest.
    """
    images = np.asarray(images, dtype=float)
    n, height, width = images.shape
    columns = min(columns, n)
    rows = math.ceil(n / columns)
    head = 0.32 if titles is not None else 0.08  # the room above an image, in parts of its height
    room = None  # for a title
    if ax is None:
        size = 2.4 if n == 1 else min(1.2, 9.6 / columns)  # inches
        room = 72 * size  # points
        ax = new_axes(columns * size, rows * size * (height / width) * (1 + head))
    low, high = limits or (images.min(), images.max())
    for i, image in enumerate(images):
        left, top = i % columns * width * 1.08, i // columns * height * (1 + head)
        extent = (left, left + width, top + height, top)
        ax.imshow(image, cmap=cmap, vmin=low, vmax=high, extent=extent, interpolation="nearest")
        if titles is not None:
            title = str(titles[i]) if room is None else _fitting(str(titles[i]), room)
            ax.text(
                left + width / 2, top - 0.05 * height, title, ha="center", va="bottom", fontsize=8, parse_math=False
            )
    ax.set(xlim=(0, columns * width * 1.08), ylim=(rows * height * (1 + head) - head * height, -head * height))
    ax.axis("off")
    return ax


def pixel_values(image: np.ndarray, ax: Axes | None = None) -> Axes:
    """Show one image (height, width), or a part of one, with the number of each pixel written into it."""
    image = np.asarray(image)
    ax = ax or new_axes(image.shape[1] * 0.36, image.shape[0] * 0.36)
    pattern = "d" if np.issubdtype(image.dtype, np.integer) else ".1f"
    sns.heatmap(image, annot=True, fmt=pattern, cmap="gray", cbar=False, square=True, annot_kws={"fontsize": 7}, ax=ax)
    ax.tick_params(axis="y", rotation=0)
    ax.set(xlabel="column", ylabel="row")
    return ax


def ink_boxes(images: np.ndarray, ax: Axes | None = None) -> Axes:
    """Show images (n, height, width), five a row, with a box around the ink and a cross at its centre of mass."""
    images = np.asarray(images, dtype=float)
    n, height, width = images.shape
    columns, rows = min(5, n), math.ceil(n / 5)
    ax = digits(images, columns=columns, ax=ax or new_axes(1.7 * columns, 1.75 * rows * height / width))
    for i, image in enumerate(images):
        left, top = i % columns * width * 1.08, i // columns * height * 1.08  # as digits() places them
        y, x = np.nonzero(image)
        corner, across, down = (left + x.min(), top + y.min()), float(np.ptp(x) + 1), float(np.ptp(y) + 1)
        ax.add_patch(plt.Rectangle(corner, across, down, fill=False, edgecolor=ORANGE, linewidth=1.5))
        row, column = centre_of_mass(image) + 0.5  # a pixel's centre, not its corner
        ax.plot(left + column, top + row, "+", color=RED, markersize=11, markeredgewidth=2)
    return ax


def class_counts(labels: np.ndarray, names: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw a bar for each class, ten without names: how many of the labels (n,) it has."""
    counts = np.bincount(labels, minlength=10 if names is None else len(names))
    ax = ax or new_axes(_width(len(counts)))
    look: dict[str, Any] = {"fontsize": 6, "rotation": 90, "padding": 2} if len(counts) > MANY else {"fontsize": 8}
    ax.bar_label(ax.bar(range(len(counts)), counts, color=BLUE), **look)
    ax.margins(y=0.15 if len(counts) > MANY else 0.1)
    _name_classes(ax, len(counts), names)
    ax.set(ylabel="images")
    return ax


def pixel_histogram(images: np.ndarray, ax: Axes | None = None) -> Axes:
    """Draw how often each pixel value of uint8 images occurs, on a logarithmic axis."""
    ax = ax or new_axes()
    ax.stairs(np.bincount(images.ravel(), minlength=256), np.arange(257), fill=True, color=BLUE)
    ax.set(xlabel="pixel value", ylabel="pixels", yscale="log", xlim=(-5, 260))
    return ax


def map_2d(
    points: np.ndarray,
    labels: np.ndarray,
    title: str = "",
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each image as its label (n,) or its class's name, coloured by label, at its place (n, 2) on a map.

    Where a name is longer than two characters, images are dots, and the names stand in the middle of theirs.
    """
    ax = ax or new_axes(6, 6)
    called = {label: str(label) if names is None else names[label] for label in np.unique(labels)}
    written = all(len(name) <= 2 and name.isalnum() for name in called.values())
    for label, colour in _colours(labels).items():
        here, name = points[labels == label], called[label]
        look: dict[str, Any] = {"marker": f"${name}$", "s": 30} if written else {"marker": "o", "s": 8}
        ax.scatter(here[:, 0], here[:, 1], color=colour, linewidths=0.3, **look)
        if not written:
            x, y = np.median(here, axis=0)
            ax.text(x, y, name, fontsize=8, ha="center", va="center", parse_math=False, zorder=4,
                    bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 1})  # fmt: skip
    ax.set(title=title, xlabel="first direction", ylabel="second direction", xticks=[], yticks=[])
    return ax


def map_with_images(
    points: np.ndarray,
    labels: np.ndarray,
    wrong: np.ndarray,
    images: np.ndarray,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each image as a dot, coloured by label (n,), at its place (n, 2) on a map, and mark those read wrong (n,).

    Where there is room, the images (n, 28, 28) are shown themselves, the first ones first. The labels, or the names of
    their classes, stand in the middle of theirs.
    """
    ax = ax or new_axes(7.5, 7.5)
    colours = _colours(labels)
    ax.scatter(points[:, 0], points[:, 1], c=[colours[label] for label in labels], s=5, linewidths=0)
    middles = {label: np.median(points[labels == label], axis=0) for label in colours}
    taken, bare = list(middles.values()), []
    for place, image, is_wrong in zip(points, images, wrong, strict=True):
        if np.abs((np.array(taken) - place) / np.ptp(points, axis=0)).max(axis=1).min() > 0.05:
            taken.append(place)
            frame = {"edgecolor": "black", "linewidth": 2} if is_wrong else {"edgecolor": GREY, "linewidth": 0.4}
            picture = OffsetImage(image, zoom=0.7, cmap="gray_r")
            ax.add_artist(AnnotationBbox(picture, place, pad=0.05, bboxprops=frame))
        elif is_wrong:
            bare.append(place)
    ax.plot(*np.reshape(bare, (-1, 2)).T, "kx", markersize=7, markeredgewidth=2, zorder=2, label="read wrong")
    for label, (x, y) in middles.items():
        name = str(label) if names is None else names[label]
        ax.text(x, y, name, fontsize=22 if len(name) <= 2 else 10, weight="bold", color=colours[label], ha="center",
                va="center", parse_math=False, zorder=4,
                bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1})  # fmt: skip
    ax.set(xlabel="first direction", ylabel="second direction", xticks=[], yticks=[])
    ax.legend(loc="upper right")
    return ax


def layer_costs(table: list[dict], title: str = "", ax: Axes | None = None) -> Axes:
    """Draw each layer's share of a network's parameters and multiply-adds, as `networks.layer_table` counts them."""
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
    """Draw "accuracy" and "val_accuracy" of a Keras history; `epochs` is the length of a run that still goes on."""
    ax = ax or new_axes()
    steps = range(1, len(history["accuracy"]) + 1)
    ax.plot(steps, history["accuracy"], "o--", color=TRAINING, label="training")
    ax.plot(steps, history["val_accuracy"], "o-", color=VALIDATION, label="validation")
    ax.set(xlabel="epoch", ylabel="accuracy", xlim=(0.8, (epochs or len(steps)) + 0.2))
    ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))
    ax.legend()
    return ax


def number(picture: np.ndarray, answers: Sequence, ax: Axes | None = None) -> Axes:
    """Show a picture, grey or in colours, with a box around each digit that `read_number` found, and what it says."""
    picture = np.asarray(picture)
    height, width = picture.shape[:2]
    ax = ax or new_axes(7, 0.3 + 7 * height / width)
    ax.imshow(picture, cmap="gray")
    for answer in answers:
        left, top, right, bottom = answer.box
        ax.add_patch(plt.Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=ORANGE, linewidth=2))
        text = f"{answer.name or 'none'}, {answer.confidence:.0%}"
        ax.text(left, top, text, color=RED, va="bottom", fontsize=9, parse_math=False)
    ax.axis("off")
    return ax


def lines(series: dict, xlabel: str, ylabel: str, ax: Axes | None = None) -> Axes:
    """Draw up to six lines: the name of each in the legend, and its values (n,) over 1 to n."""
    ax = ax or new_axes()
    for name, values, colour, _, dashes in _styled(series):
        ax.plot(range(1, len(values) + 1), values, color=colour, linestyle=dashes, linewidth=2, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))
    if len(series) > 1:
        ax.legend()
    return ax


def ablation(runs: dict, xlabel: str, ax: Axes | None = None) -> Axes:
    """Draw what the runs of each variant reached, a dot a run and a bar at their mean, the first variant on top.

    `runs` has the name of each variant and a number for each of its runs; `xlabel` says what that is.
    """
    ax = ax or new_axes(7, 0.9 + 0.45 * len(runs))
    for row, values in enumerate(runs.values()):
        ax.plot(values, [row] * len(values), "o", color=BLUE, alpha=0.6)
        ax.plot(np.mean(values), row, "|", color=RED, markersize=20, markeredgewidth=3)
    ax.set(xlabel=xlabel, ylabel="", yticks=range(len(runs)), yticklabels=list(runs))
    ax.margins(y=0.1)
    ax.grid(axis="x", alpha=0.4)
    ax.invert_yaxis()
    return ax


def accuracy_by_size(groups: dict, ax: Axes | None = None) -> Axes:
    """Draw accuracy over the number of parameters, on a logarithmic axis: a dot a run, and a large mark at their mean.

    `groups` has the names of up to six groups of networks, and for each a colour and a dict of parameters and the
    accuracies, 0 to 1, of the runs with so many. The first group's means are joined by a line.
    """
    ax = ax or new_axes(7, 4)
    first = next(iter(groups))
    for name, (colour, sizes), _, marker, _ in _styled(groups):
        for parameters, accuracies in sizes.items():
            ax.plot([parameters] * len(accuracies), 100 * np.asarray(accuracies), ".", color=colour, markersize=4)
        means = [100 * np.mean(accuracies) for accuracies in sizes.values()]
        joined = "-" if name == first else "none"
        ax.plot(list(sizes), means, linestyle=joined, marker=marker, color=colour, markersize=8, alpha=0.7, label=name)
    ax.set(xlabel="parameters", ylabel="accuracy (%)", xscale="log")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.grid(alpha=0.4)
    ax.legend(loc="lower right")
    return ax


def probabilities(values: np.ndarray, names: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw the probabilities (classes,) of one image as bars, as `shown_first` says; the greatest one stands out."""
    ax = ax or new_axes(5, 2.5)
    shown = shown_first(values)
    bars = np.asarray(values)[shown]
    ax.bar(range(len(bars)), bars, color=[RED if value == max(bars) else GREY for value in bars])
    kind = _name_classes(ax, len(values), names, shown)
    if len(bars) < len(values):
        ax.set(xlabel=f"{kind}, the {len(bars)} likeliest of {len(values)}")
    ax.set(ylabel="probability", ylim=(0, 1))
    return ax


def shown_first(probabilities: np.ndarray) -> np.ndarray:
    """Say which classes to show for probabilities (classes,): all of up to ten, else the ten likeliest, sorted."""
    if len(probabilities) <= LIKELIEST:
        return np.arange(len(probabilities))
    return np.argsort(-np.asarray(probabilities), kind="stable")[:LIKELIEST]


def confusion_matrix(
    matrix: np.ndarray, by_row: bool = False, names: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw counts (classes, classes), rows the true class and columns what was read, or percent of each row.

    Of more than 30 classes, the mistakes are told by their colours alone.
    """
    matrix = np.asarray(matrix)
    size, many = min(2.0, max(1.0, len(matrix) / 13)), len(matrix) > MANY
    ax = ax or new_axes(6.5 * size, 5.5 * size)
    names, kind = _names(len(matrix), names)
    shown = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1) if by_row else matrix
    mistakes = shown * (1 - np.eye(len(matrix)))  # their colour alone: nearly all images are on the diagonal
    labels = np.char.mod("%.1f" if by_row else "%d", shown)
    labels[matrix == 0] = ""
    unit, whole = ("percent of each row", None) if by_row else ("images", MaxNLocator(integer=True))
    sns.heatmap(mistakes, vmin=0, vmax=max(mistakes.max(), 1e-9), annot=None if many else labels, fmt="", cmap="Blues",
                cbar=many, cbar_kws={"label": f"mistakes, {unit}", "shrink": 0.5, "ticks": whole}, square=True,
                linewidths=0 if many else 0.5, annot_kws={"fontsize": 8}, xticklabels=names, yticklabels=names,
                ax=ax)  # fmt: skip
    if many:  # a thin line where all that is right would stand
        ax.plot([0, len(matrix)], [0, len(matrix)], color=GREY, linewidth=0.5)
    ax.tick_params(axis="both", labelsize=7 if many else None)
    ax.tick_params(axis="y", rotation=0)
    ax.set(xlabel="read as", ylabel=f"true {kind}", title=f"Confusion matrix, {unit}")
    return ax


def accuracy_by_digit(result: dict, names: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw each class's accuracy with its 95% interval, and that over all, from what `evaluation.evaluate` gives."""
    accuracy, bars = _accuracies(result["per_digit"])
    ax = ax or new_axes(_width(len(accuracy)))
    kind = _name_classes(ax, len(accuracy), names)
    label = f"each {kind}, with its 95% interval"
    ax.errorbar(range(len(accuracy)), 100 * accuracy, 100 * bars, fmt="o", color=BLUE, capsize=3, label=label)
    ax.axhline(100 * result["accuracy"], color=ORANGE, linestyle="--", label="all digits" if kind == "digit" else "all")
    ax.set(ylabel="accuracy (%)")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)  # no place in it is always free
    return ax


def reliability(groups: dict, ax: Axes | None = None) -> Axes:
    """Draw accuracy over confidence, with 95% intervals; on the diagonal, confidence is earned.

    `groups` has the name of each network and what `evaluation.reliability` gives for it.
    """
    ax = ax or new_axes(5, 5)
    ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="confidence is earned")
    for name, rows, colour, marker, _ in _styled(groups):
        accuracy, bars = _accuracies(rows)
        confidence = [row["confidence"] for row in rows]
        ax.errorbar(confidence, accuracy, bars, fmt=marker, color=colour, capsize=3, label=name)
    ax.set(xlabel="mean confidence of the group", ylabel="accuracy of the group", xlim=(0, 1.02), ylim=(0, 1.02))
    ax.legend(loc="upper left")
    return ax


def roc_curve(scores: dict, ax: Axes | None = None) -> Axes:
    """Draw how many digits are accepted against how many outliers slip through, for every threshold of a score.

    `scores` has the name of each score and a pair, its values for digits (n,) and for outliers (m,). The legend gives
    the area under each curve: 1 tells all apart, 0.5 none.
    """
    from sklearn import metrics  # here, because the import takes as long as all others together

    ax = ax or new_axes(5, 5)
    for name, pair, colour, _, dashes in _styled(scores):
        is_digit = np.repeat([1, 0], [len(values) for values in pair])
        values = np.concatenate(pair)
        slipped, accepted, _ = metrics.roc_curve(is_digit, values)
        label = f"{name}: area {metrics.auc(slipped, accepted):.3f}"
        ax.plot(100 * slipped, 100 * accepted, color=colour, linestyle=dashes, linewidth=2, label=label)
    ax.set(xlabel="outliers accepted (%)", ylabel="digits accepted (%)", title="ROC curve")
    ax.set(xlim=(-2, 102), ylim=(-2, 102))
    ax.legend(loc="lower right")
    return ax


def rejection_curve(answers: dict, ax: Axes | None = None) -> Axes:
    """Draw the accuracy of the answers that are kept, while more and more of the least sure ones are rejected.

    `answers` has the name of each set of images and a pair: confidence (n,), and whether the answer is right (n,).
    """
    ax, least = ax or new_axes(), 100.0
    for name, (confidence, right), colour, _, dashes in _styled(answers):
        order = np.argsort(-np.asarray(confidence), kind="stable")
        kept = np.arange(1, len(order) + 1)
        whole = np.append(np.diff(np.asarray(confidence)[order]) != 0, True)  # equal confidences are kept together
        rejected, accuracy = 100 - 100 * kept / len(order), 100 * np.asarray(right)[order].cumsum() / kept
        ax.plot(rejected[whole], accuracy[whole], color=colour, linestyle=dashes, linewidth=2, label=name)
        least = min(least, accuracy[whole & (rejected <= 30)].min(initial=100))
    ax.set(xlabel="rejected (%)", ylabel="accuracy of the rest (%)", xlim=(-0.5, 30.5), ylim=(least - 0.3, 100.3))
    ax.grid(alpha=0.4)
    ax.legend(loc="lower right")
    return ax


def damage(examples: np.ndarray, accuracies: dict, ax: Axes | None = None) -> Axes:
    """Draw accuracy for each kind of damage as dots in a row, with an image of it (kinds, 28, 28) at the left.

    `accuracies` has the name of each network and a dict of kind and accuracy, 0 to 1, in the order of the examples.
    """
    kinds = list(next(iter(accuracies.values())))
    ax = ax or new_axes(7, 0.8 + 0.42 * len(kinds))
    for row, image in enumerate(examples):
        place = ax.inset_axes((-14, row - 0.46, 9, 0.92), transform=ax.transData)
        place.imshow(image, cmap="gray", vmin=0, vmax=1)
        place.axis("off")
    for name, rates, colour, marker, _ in _styled(accuracies, first=-1):  # grey, then the colours
        ax.plot([100 * rates[kind] for kind in kinds], range(len(kinds)), marker, color=colour, label=name)
    names = [kind.replace("_", " ") for kind in kinds]
    ax.set(xlabel="accuracy (%)", ylabel="", xlim=(-15, 102), ylim=(len(kinds) - 0.4, -0.6))
    ax.set(xticks=range(0, 101, 20), yticks=range(len(kinds)), yticklabels=names)
    ax.grid(axis="x", alpha=0.4)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(accuracies))
    return ax


def attributions(images: np.ndarray, maps: dict, titles: Sequence | None = None, ax: Axes | None = None) -> Axes:
    """Show images (n, 28, 28) in a row, and below each what explains its answer; the edge of the ink is drawn in grey.

    `maps` has the name of each further row and its attributions (n, 28, 28), each coloured up to its own largest size.
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
    words = [line for name in maps for line in name.splitlines()]
    room = 2 + 2.2 * max(map(len, words), default=0)  # for the longest line, in pixels of the images
    ax.set(xlim=(-room, len(images) * step), ylim=((len(maps) + 1) * step, -7), aspect="equal")
    ax.axis("off")
    return ax


def over_ink(image: np.ndarray, attribution: np.ndarray) -> np.ndarray:
    """Colour an image (28, 28), 0 to 1, by what its pixels do to an answer, (28, 28) in any unit.

    Gives uint8 (28, 28, 3): the background black, ink grey, orange for what speaks for the answer, purple against it;
    the largest size gets the full colour.
    """
    strength = np.abs(attribution) / max(np.abs(attribution).max(), 1e-12)
    colour = np.where(attribution[..., None] > 0, (1.0, 0.62, 0.0), (0.72, 0.45, 1.0))
    grey = 0.45 * np.asarray(image, float)[..., None]
    return np.round(255 * (grey + strength[..., None] * (colour - grey))).astype(np.uint8)


def marked_ink(picture: np.ndarray, ink: np.ndarray | None) -> np.ndarray:
    """Colour orange what of a picture, float 0 to 1 (height, width, 3), is ink, bool of any size: uint8, as large."""
    marked = np.round(255 * picture).astype(np.uint8)
    if ink is not None:
        large = Image.fromarray(ink).resize(picture.shape[1::-1], Image.Resampling.NEAREST)
        marked[np.asarray(large)] = ImageColor.getrgb(ORANGE)
    return marked


def deletion(shares: Sequence[float], curves: dict, ax: Axes | None = None) -> Axes:
    """Draw how the probability of the answer falls while these shares of the ink, 0 to 1, are deleted.

    `curves` has the names of up to six curves and their probabilities (len(shares),).
    """
    ax = ax or new_axes()
    percent = 100 * np.asarray(shares)
    for name, values, colour, marker, dashes in _styled(curves):
        ax.plot(percent, values, color=colour, marker=marker, markersize=4, linestyle=dashes, label=name)
    ax.set(xlabel="ink deleted (%)", ylabel="probability of the answer", ylim=(0, 1.03))
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return ax


def _fitting(text: str, room: float) -> str:
    """Cut a title off where it is wider than some points."""
    width = TextPath((0, 0), text.replace("$", "S"), size=8).get_extents().width if text else 0
    return text if width <= room else f"{text[: max(1, int(len(text) * room / width) - 1)]}…"


def _styled(series: dict, first: int = 0) -> Iterator[tuple]:
    """Give name, values, colour, marker and dashes of each line; the first has the style of that number."""
    if len(series) > len(STYLES):
        raise ValueError(f"A figure can tell {len(STYLES)} lines apart, not {len(series)}.")
    for number, (name, values) in enumerate(series.items(), first):
        yield name, values, *STYLES[number]


def _accuracies(rows: list[dict]) -> tuple[np.ndarray, np.ndarray]:
    """Give accuracies (n,), and how far their intervals reach below and above (2, n)."""
    accuracy = np.array([row["accuracy"] for row in rows])
    low, high = np.array([row["interval"] for row in rows]).T
    return accuracy, np.array([accuracy - low, high - accuracy])


def _colours(labels: np.ndarray) -> dict:
    """Give each label that occurs a colour of its own."""
    palette = sns.color_palette("colorblind", max(10, np.max(labels) + 1))
    return {label: palette[label] for label in np.unique(labels)}


def _names(count: int, names: Sequence[str] | None) -> tuple[list[str], str]:
    """Give the names of so many classes, and what one is called."""
    names = [str(number) for number in range(count)] if names is None else list(names)
    if len(names) != count:
        raise ValueError(f"names must be {count}, one for each class, not {len(names)}.")
    short = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names]
    return [name.replace("$", r"\$") for name in short], kind_of(names)  # two dollars would begin and end mathematics


def _name_classes(ax: Axes, count: int, names: Sequence[str] | None, shown: np.ndarray | None = None) -> str:
    """Write the names of so many classes, or of those shown, below the Axes, and say what one is called.

    Where they are long they stand aslant, and many of them upright.
    """
    names, kind = _names(count, names)
    written = names if shown is None else [names[number] for number in shown]
    ax.set(xlabel=kind, xticks=range(len(written)), xticklabels=written)
    if len(written) > MANY:
        plt.setp(ax.get_xticklabels(), rotation=90, fontsize=7)
        ax.margins(x=0.01)
    elif max(map(len, written)) > 2:
        plt.setp(ax.get_xticklabels(), rotation=45, ha="right", rotation_mode="anchor")
    return kind


def _width(count: int) -> float:
    """Give the width in inches of Axes with so many classes side by side."""
    return min(14.0, max(7.0, 0.28 * count))
