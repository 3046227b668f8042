"""Which parts of what looks like ink are the digit: without frames, rules, lines at the border, specks.

Ink is bool (height, width). Each function leaves out one kind of thing; `choices` gives all of them a try.
Constants were chosen on half of the sources of real pictures (HALF_A in tests/benchmarks/real_photos.py).
"""

import numpy as np
from scipy import ndimage

ALL = np.ones((3, 3), bool)  # pixels that touch at a corner belong together


def choices(ink: np.ndarray, dark: np.ndarray, contrast: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Choose from what looks like ink in several ways: gives what is taken, and what is left out knowingly."""
    unruled = without_lines(ink)
    if (unruled != ink).any():  # a dark stroke on a faint line stays
        unruled |= without_lines(dark)
    left = {
        "": ink,
        ", no border": without_border(ink),
        ", no frame": inside_frame(ink),
        ", no lines": unruled,
        ", no lines, no border": without_border(unruled),
    }
    found, seen = {}, set()
    for name, kept in left.items():
        if kept.any() and kept.tobytes() not in seen:
            seen.add(kept.tobytes())
            whole = without_specks(kept, contrast)
            found[name] = whole, ink & ~kept
            found[name + ", alone"] = largest(whole), ink & ~kept
    return found


def without_specks(ink: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """Leave out parts that are much smaller or fainter than the largest: the same pen is about as dark everywhere."""
    parts, count = ndimage.label(ink, ALL)
    if count < 2:
        return ink
    flat = parts.ravel()
    weights = np.bincount(flat, contrast.ravel())
    darkness = weights / np.maximum(np.bincount(flat), 1)
    weights[0] = darkness[0] = 0
    large = weights >= 0.04 * weights.max()
    return (large & (darkness > 0.5 * darkness[large].max()))[parts]


def without_border(ink: np.ndarray, touching: np.ndarray | None = ALL) -> np.ndarray:
    """Leave out the parts that run over the edge of the picture: the table, a shadow, a line, the next digit."""
    parts, count = ndimage.label(ink, touching)
    inside = np.ones(count + 1, bool)
    inside[np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])] = False
    return inside[parts] & ink


def inside_frame(ink: np.ndarray) -> np.ndarray:
    """Leave out all but what a box or circle encloses; nothing is left where there is none with ink inside."""
    parts, count = ndimage.label(ink, ALL)
    if count < 2:
        return np.zeros_like(ink)
    places = ndimage.find_objects(parts)
    widest = max(range(count), key=lambda i: np.prod([k.stop - k.start for k in places[i]]))
    where, frame = places[widest], parts[places[widest]] == widest + 1
    inside = ~frame & without_border(np.pad(~frame, 1, constant_values=True), None)[1:-1, 1:-1]
    kept = np.zeros_like(ink)
    if inside.mean() > 0.5:
        kept[where] = inside & ink[where]
    return kept


def largest(ink: np.ndarray) -> np.ndarray:
    """Leave out all that is farther from the largest part than a fifth of its longer side."""
    parts, count = ndimage.label(ink, ALL)
    if count < 2:
        return ink
    places = ndimage.find_objects(parts)
    first = places[np.bincount(parts.ravel())[1:].argmax()]
    reach = 0.2 * max(k.stop - k.start for k in first)
    near = [
        all(p.start - reach < q.stop and q.start < p.stop + reach for p, q in zip(place, first, strict=True))
        for place in places
    ]
    return np.array([False, *near])[parts]


def without_lines(ink: np.ndarray) -> np.ndarray:
    """Erase straight lines, level or upright, that run through most of the picture."""
    return _without_level_lines(_without_level_lines(ink).T, upright=True).T


def _without_level_lines(ink: np.ndarray, upright: bool = False) -> np.ndarray:
    width = ink.shape[1]
    runs = _opening(ink, max(5, width // 12), axis=1)
    if runs.any(axis=0).sum() < 0.6 * width:
        return ink
    parts, _ = ndimage.label(ndimage.maximum_filter1d(runs, 3, axis=0), ALL)
    kept = ink.copy()
    for number, (rows, columns) in enumerate(ndimage.find_objects(parts), 1):
        length, rise = columns.stop - columns.start, rows.stop - rows.start
        if length < 0.6 * width or rise > 0.2 * length:
            continue
        rows = slice(max(0, rows.start - 2 * rise), rows.stop + 2 * rise)
        line = runs[rows, columns] & (parts[rows, columns] == number)
        # A stroke that crosses the line goes on above or below it, and stays. So does what ends inside the picture,
        # if it is upright, as a 1, or has a stroke on it, as the foot of a 2.
        crossing = _opening(ink[rows, columns], int(2 * line.sum() / length) + 2, axis=0)
        ends_inside = columns.start > 0.04 * width and columns.stop < 0.96 * width
        if not (ends_inside and (upright or crossing.any())):
            kept[rows, columns] &= ~ndimage.maximum_filter1d(line, 3, axis=0) | crossing
    return kept


def _opening(ink: np.ndarray, length: int, axis: int) -> np.ndarray:
    """Keep runs of ink of at least so many pixels."""
    narrow = ndimage.minimum_filter1d(ink.astype(np.uint8), length, axis)
    return ndimage.maximum_filter1d(narrow, length, axis, origin=-1 if length % 2 == 0 else 0).astype(bool)
