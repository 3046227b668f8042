"""Bring 28x28 images of digits that were taken under other conditions back to white ink on a black background.

Each step looks for one kind of damage and leaves images without it as they are, so that images made as MNIST's
come out unchanged. Images are float (n, 28, 28), 0 to 1.
"""

import numpy as np
from scipy import ndimage

from mnist_utils.images import BOX, CENTRE, centre_of_mass, longer_side, to_size_and_place

AROUND = np.ones((1, 3, 3))
FAINT = 0.08  # an image with nothing brighter is blank, as a photo is whose contrast is less
# The ink's longer side and the distance of its centre from MNIST's that are left as they are: MNIST's training
# images all lie within.
SHORTEST, LONGEST, AWAY = 16, 25, 3.0  # pixels


def preprocess_digits(images: np.ndarray) -> np.ndarray:
    """Find what is ink, take away noise, blur and outlines, and bring the ink to MNIST's size and place.

    Float images (n, 28, 28), 0 to 1, come back as float32; those that need none of it, as they were.
    """
    images = np.asarray(images, np.float32)
    if not images.size:
        return images
    images = images * (images.max(axis=(1, 2), keepdims=True) >= FAINT)
    for step in (darken_background, remove_background, remove_specks, sharpen, fill_outlines):
        images = step(images)
    erased = remove_line(images)
    crossed = (erased != images).any(axis=(1, 2), keepdims=True)
    return np.where(crossed, erased, fit_frame(erased))  # what is left of a line would mislead size and place


def has_light_edge(images: np.ndarray) -> np.ndarray:
    """Say of each image (n, 28, 28), float 0 to 1, whether most of its edge is light, as if it were dark on light."""
    edges = [images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]]
    return np.median(np.concatenate(edges, axis=1), axis=1) > 0.5


def turn_dark_on_light(images: np.ndarray) -> np.ndarray:
    """Swap black and white in those images, float (n, 28, 28), 0 to 1, that are dark on light."""
    return np.where(has_light_edge(images)[:, None, None], 1 - images, images).astype(np.float32)


def darken_background(images: np.ndarray) -> np.ndarray:
    """Swap black and white in those columns, or rows, that begin and end white: ink does not reach the edges."""
    for axis in (1, 2):
        lines = np.moveaxis(images, axis, 1)
        if lines[:, [0, 1, -2, -1]].max() <= 0.9:  # so it is with nearly all, and this is soon seen
            continue
        ends = np.median(np.concatenate([lines[:, :2], lines[:, -2:]], axis=1), axis=1, keepdims=True)
        ends = ndimage.median_filter(ends, (1, 1, 9), mode="nearest")  # a few may be ink that reaches the edge
        images = np.moveaxis(np.where(ends > 0.9, 1 - lines, lines), 1, axis)
    return images


def remove_background(images: np.ndarray) -> np.ndarray:
    """Take away a grey or cloudy background: what is left when all that is narrower than 9 pixels is wiped out."""
    grey = (images > 0.05).mean(axis=(1, 2), keepdims=True) > 0.75
    if not grey.any():
        return images
    wide = 9  # pixels: more than any stroke
    background = ndimage.grey_opening(
        np.pad(images, ((0, 0), (wide, wide), (wide, wide)), mode="edge"), (1, wide, wide)
    )
    background = ndimage.gaussian_filter(background[:, wide:-wide, wide:-wide], (0, 1, 1))
    ink = np.maximum(images - background, 0)
    ink = np.minimum(ink / np.maximum(_quantile(ink, 0.97), 0.02), 1)
    return np.where(grey, np.clip((ink - 0.25) / 0.6, 0, 1), images)  # the background's unevenness is no ink


def remove_specks(images: np.ndarray) -> np.ndarray:
    """Where 15 pixels or more are white all alone, remove them and all small spots, and fill pinholes."""
    white = images > 0.5
    noisy = ((white & (_white_around(white) <= 1)).sum(axis=(1, 2)) >= 15).nonzero()[0]
    if not len(noisy):
        return images
    white = white[noisy]
    for _ in range(2):
        around = _white_around(white)
        white = np.where(white, around >= 2, around >= 6)
    for image in white:
        parts, count = ndimage.label(image, np.ones((3, 3)))
        sizes = ndimage.sum_labels(image, parts, range(1, count + 1))
        image &= np.isin(parts, 1 + np.flatnonzero(sizes >= max(6, 0.12 * sizes.max(initial=0))))
    images = images.copy()
    images[noisy] = _soft(np.where(white, np.maximum(images[noisy], 0.8), 0), 0.5)
    return images


def sharpen(images: np.ndarray) -> np.ndarray:
    """Make ink crisp and white again where no two neighbouring pixels differ by half the range or more."""
    steps = [np.abs(np.diff(images, axis=axis)).max(axis=(1, 2)) for axis in (1, 2)]
    soft = np.maximum(*steps)[:, None, None] < 0.5
    if not soft.any():
        return images
    crisp = np.maximum(3 * images - 2 * ndimage.gaussian_filter(images, (0, 1.5, 1.5)), 0)
    crisp = crisp / np.maximum(_quantile(crisp, 0.95), 0.05)
    return np.where(soft, np.clip((crisp - 0.2) / 0.8, 0, 1), images)


def fill_outlines(images: np.ndarray) -> np.ndarray:
    """Where all ink is a thin hard line around narrow areas, fill those inside: the line was a digit's outline."""
    white = images > 0.5
    grey = ((images > 0.1) & (images < 0.9)).sum(axis=(1, 2))
    images = images.copy()
    for number in np.flatnonzero(3 * grey < 0.35 * white.sum(axis=(1, 2))):
        if ndimage.binary_opening(white[number], np.ones((2, 2))).sum() >= 0.35 * white[number].sum():
            continue
        line = np.pad(white[number], 3)
        inside = _inside(line)
        if (line & ndimage.binary_dilation(inside, np.ones((3, 3)))).sum() > 0.6 * line.sum():
            filled = ndimage.binary_closing(line | inside, np.ones((3, 3)))
            images[number] = _soft(filled[None, 3:-3, 3:-3].astype(np.float32), 0.6)[0]
    return images


def fit_frame(images: np.ndarray) -> np.ndarray:
    """Bring ink to MNIST's size where its longer side is not `SHORTEST` to `LONGEST` pixels, and to its place.

    Ink whose centre of mass is no more than `AWAY` pixels from MNIST's stays where it is, and so does what is
    smaller than half of MNIST's digits: it is a dot or a speck, and would only become a large one.
    """
    images = images.copy()
    for number in np.flatnonzero(~_in_frame(images)):
        image = images[number]
        digit = _large_parts(image)
        if not digit.any():
            continue
        side, centre = longer_side(digit), centre_of_mass(image * digit)
        if side < SHORTEST:  # perhaps the rest is faint, or in small parts: only what is small with them is enlarged
            side = min(longer_side(image > 0.1), LONGEST)
        step = 1.0 if SHORTEST <= side <= LONGEST else side / BOX
        if side < BOX / 2 or (step == 1 and np.hypot(*(centre - CENTRE)) <= AWAY):
            continue
        if step > 1:  # or thin lines would fall between the pixels
            image = ndimage.gaussian_filter(image, 0.35 * step)
        images[number] = to_size_and_place(image, centre, step)
    return images


def _in_frame(images: np.ndarray) -> np.ndarray:
    """Whether all ink of each image, specks as well, is of MNIST's size and place: (n,). It is soon seen."""
    ink = images > 0.1
    sides = [last - first + 1 for first, last in (_extent(ink, axis) for axis in (1, 2))]
    side, amount = np.maximum(*sides), np.maximum(images.sum(axis=(1, 2)), 1e-6)
    along = np.arange(images.shape[1]) - CENTRE
    off = np.hypot(images.sum(axis=1) @ along, images.sum(axis=2) @ along) / amount
    return ink.any(axis=(1, 2)) & (side >= SHORTEST) & (side <= LONGEST) & (off <= AWAY)


def _extent(ink: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the ink of each image begins and ends along the other axis: (n,) and (n,), 0 and 27 without ink."""
    line = np.asarray(ink.any(axis=axis))
    return line.argmax(axis=1), line.shape[1] - 1 - line[:, ::-1].argmax(axis=1)


def _large_parts(image: np.ndarray) -> np.ndarray:
    """Where the ink of an image is, bool, without parts that have less than a tenth of the largest part's ink."""
    parts, count = ndimage.label(image > 0.3 * max(image.max(), 1e-6), np.ones((3, 3)))
    amounts = ndimage.sum_labels(image, parts, range(1, count + 1))
    return np.isin(parts, 1 + np.flatnonzero(amounts >= 0.1 * amounts.max(initial=0)))


def remove_line(images: np.ndarray) -> np.ndarray:
    """Erase a thin line that runs unbroken from left to right over at least 22 columns: no digit is so wide."""
    images, thin = images.copy(), 3  # pixels high
    inked = images > 0.3
    first, last = _extent(inked, 1)
    for number in np.flatnonzero(inked.any(axis=(1, 2)) & (last - first + 1 >= 22)):
        columns = np.arange(first[number], last[number] + 1)
        ink = images[number][:, columns] > 0.3
        rows = _brightest_path(images[number][:, columns])
        if (images[number][rows, columns] <= 0.5).any():
            continue
        # The ink above and below each point of the line, as far as it goes without a gap.
        parts = np.stack([ndimage.label(column)[0] for column in ink.T], axis=1)
        crossed = parts == parts[rows, np.arange(len(columns))]
        heights = crossed.sum(axis=0)
        if (heights <= thin).mean() >= 0.6:  # else most of it is a stroke of the digit
            erased = ndimage.binary_dilation(crossed & (heights <= thin + 1), [[1], [1], [1]])
            images[number][:, columns] *= ~erased
    return images


def _brightest_path(image: np.ndarray) -> np.ndarray:
    """Find the row in each column of the brightest way from left to right, at most 2 rows up or down a column."""
    rows = np.arange(len(image))
    climb = np.abs(rows[:, None] - rows)  # of a step from one row (second axis) to another (first axis)
    price = np.where(climb <= 2, 0.1 * climb, np.inf)
    cost, came_from = 1 - image[:, 0], []
    for column in image.T[1:]:
        came_from.append((cost + price).argmin(axis=1))
        cost = (cost + price).min(axis=1) + 1 - column
    path = [int(cost.argmin())]
    for before in reversed(came_from):
        path.append(before[path[-1]])
    return np.array(path[::-1])


def _inside(line: np.ndarray) -> np.ndarray:
    """Mark narrow areas that an odd number of lines parts from the edge."""
    areas, _ = ndimage.label(~line)
    depth, reached = {areas[0, 0]: 0}, [areas[0, 0]]
    for area in reached:  # grows while it is gone through
        across = ndimage.binary_dilation(areas == area, iterations=2)
        for other in set(np.unique(areas[across])) - {0, *depth}:
            depth[other] = depth[area] + 1
            reached.append(other)
    inside = np.isin(areas, [area for area, lines in depth.items() if lines % 2])
    parts, _ = ndimage.label(inside)
    widest = ndimage.maximum(ndimage.distance_transform_edt(inside), parts, range(parts.max() + 1))
    return inside & (widest[parts] <= 3)


def _white_around(white: np.ndarray) -> np.ndarray:
    """Count the white ones among the eight neighbours of each pixel."""
    return ndimage.convolve(white.astype(int), AROUND.astype(int), mode="constant") - white


def _soft(images: np.ndarray, sigma: float) -> np.ndarray:
    """Give hard edges a soft rim, as MNIST's ink has."""
    return np.minimum(1.12 * ndimage.gaussian_filter(images, (0, sigma, sigma)), 1)


def _quantile(images: np.ndarray, share: float) -> np.ndarray:
    return np.quantile(images, share, axis=(1, 2), keepdims=True)
