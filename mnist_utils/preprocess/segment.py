"""A number written in strokes to its digits: which strokes belong to one digit."""

import itertools
from collections.abc import Callable

import numpy as np
from scipy.spatial import cKDTree

from mnist_utils.checks import check_strokes
from mnist_utils.images import is_speck
from mnist_utils.preprocess.ink import SMALLEST, strokes_to_image

OVERLAP = 0.1  # parts that lie over each other by this share of the narrower one's width belong together
NEAR = 0.07  # so do strokes that come this near to each other, in heights of the number
TINY = 0.1  # what is smaller than this, in sizes of the largest digit, is a point or a slip of the pen
MAYBE = 0.4  # groups that are not farther apart than this, in heights of the number, may be one digit


def split_strokes(strokes: list) -> list[list[np.ndarray]]:
    """Group the strokes of a number, as `strokes_to_image` takes them and in any order, by digit, from left to right.

    Strokes of one digit lie above each other or touch: the bar of a 5, the two lines of a 4. Specks are left out.
    """
    strokes = check_strokes(strokes)
    if not strokes:
        return []
    height = _height(strokes)
    trees = [cKDTree(_fill(stroke, NEAR * height / 2)) for stroke in strokes]

    def near(a: int, b: int) -> bool:
        return trees[a].query(trees[b].data)[0].min() < NEAR * height

    extents = np.array([(stroke[:, 0].min(), stroke[:, 0].max()) for stroke in strokes])
    groups = [[strokes[i] for i in group] for group in group_parts(extents, 0.1 * height, near)]
    sizes = [np.ptp(np.concatenate(group), axis=0).max() for group in groups]
    large = [group for group, size in zip(groups, sizes, strict=True) if size > TINY * max(sizes)]
    return [group for group in large if not is_speck(strokes_to_image(group)[None])[0]]


def joined(groups: list[list[np.ndarray]]) -> dict[tuple[int, int], tuple[list[np.ndarray], float]]:
    """Give the strokes of each group, and of each two neighbours that may be one digit in spite of a gap.

    By (first group, one after the last): the strokes, and the gap between them in heights of the number.
    """
    candidates = {(i, i + 1): (strokes, 0.0) for i, strokes in enumerate(groups)}
    height = _height([stroke for strokes in groups for stroke in strokes]) if groups else 0
    for i, (left, right) in enumerate(itertools.pairwise(groups)):
        gap = min(stroke[:, 0].min() for stroke in right) - max(stroke[:, 0].max() for stroke in left)
        if gap < MAYBE * height:
            candidates[i, i + 2] = left + right, max(0.0, gap / height)
    return candidates


def group_parts(extents: np.ndarray, least: float, near: Callable[[int, int], bool]) -> list[list[int]]:
    """Group parts that lie above each other or are near: numbers of each group's parts, groups from left to right.

    `extents` (n, 2) is where each part begins and ends from left to right; narrower ones count as `least` wide. `near`
    says of two parts, by number, whether they are near.
    """
    group = list(range(len(extents)))
    for a in range(len(extents)):
        for b in range(a):
            shared = min(extents[a, 1], extents[b, 1]) - max(extents[a, 0], extents[b, 0])
            narrower = max(min(np.ptp(extents[a]), np.ptp(extents[b])), least)
            if group[a] != group[b] and (shared > OVERLAP * narrower or near(a, b)):
                old, new = group[a], group[b]
                group = [new if name == old else name for name in group]
    groups = [[part for part in range(len(extents)) if group[part] == name] for name in sorted(set(group))]
    return sorted(groups, key=lambda parts: extents[parts].mean())


def _height(strokes: list[np.ndarray]) -> float:
    """The height of a number; of a level stroke, which has none, a twentieth of its width."""
    width, height = np.ptp(np.concatenate(strokes), axis=0)
    return float(max(height, width / 20, SMALLEST))


def _fill(stroke: np.ndarray, step: float) -> np.ndarray:
    """Add points to a stroke, so that none is farther than `step` from the next."""
    pieces = [stroke[:1]]
    for start, end in itertools.pairwise(stroke):
        n = int(np.ceil(np.hypot(*(end - start)) / step))
        pieces.append(start + (end - start) * np.linspace(0, 1, n + 1)[1:, None])
    return np.concatenate(pieces)
