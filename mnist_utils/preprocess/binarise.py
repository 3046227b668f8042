"""Tell ink from background in a grey picture in several ways, and say how much of the picture each explains.

Pictures are float (height, width), 0 (black) to 1 (white); ink is bool (height, width). Constants were chosen on half
of the sources of real pictures (HALF_A in tests/benchmarks/real_photos.py).
"""

from collections.abc import Iterator

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage.filters import apply_hysteresis_threshold, threshold_otsu

BACKGROUNDS = {"plain": None, "uneven": 0.3}  # windows, in longer sides of the picture
LEVELS = {"": 0.5, "faint ": 0.25}  # ink is at least so dark, in parts of the darkest


def binarised(grey: np.ndarray) -> Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """Tell ink from background in every way: a name, the ink, its dark part, and the contrast to the background."""
    smooth, seen = ndimage.gaussian_filter(grey, max(grey.shape) / 400), set()
    for polarity, light, least in (("dark", smooth, 0.2), ("light", 1 - smooth, 0.5)):
        for background, window in BACKGROUNDS.items():
            contrast = contrast_to_background(light, window, least)
            darkest = np.percentile(contrast, 99.95)
            if darkest < 0.08:  # less than 8% of the way from black to white: paper, not ink
                continue
            high = max(threshold_otsu(np.clip(contrast, 0, None)), 0.5 * darkest)
            for level, share in LEVELS.items():
                ink = apply_hysteresis_threshold(contrast, min(2 * share, 1) * high, high)
                if ink.tobytes() not in seen:
                    seen.add(ink.tobytes())
                    yield f"{level}{polarity}, {background}", ink, contrast > high, contrast


def contrast_to_background(light: np.ndarray, window: float | None, least: float) -> np.ndarray:
    """How much darker than the background each pixel is, as a share: ink in a shadow is as dark as in the light."""
    if window is None:
        background = np.percentile(light, 95)
    else:
        # The background is what is left when all that is narrower than the window is filled; it needs few pixels.
        picture = Image.fromarray(light)
        small = picture.copy()
        small.thumbnail((64, 64), Image.Resampling.BOX)
        size = round(window * max(small.size))
        # Beyond the edge, light that falls off goes on falling, or the darkest edge would look like ink.
        beyond = np.pad(np.asarray(small), size, mode="reflect", reflect_type="odd")
        filled = ndimage.grey_closing(beyond, size=(size, size))[size:-size, size:-size]
        background = np.asarray(Image.fromarray(filled).resize(picture.size, Image.Resampling.BILINEAR))
    return (background - light) / np.maximum(background, least)


def edge_strength(grey: np.ndarray) -> np.ndarray:
    """How steep a picture is at each pixel, beyond what noise does."""
    smooth = ndimage.gaussian_filter(grey, 1)
    slope = np.hypot(ndimage.sobel(smooth, 0), ndimage.sobel(smooth, 1))
    return np.maximum(slope - 2 * np.median(slope), 0)


def explained(edges: np.ndarray, ink: np.ndarray, out: np.ndarray, doubtful: np.ndarray) -> float:
    """How much of a picture's edges lies at the rim of the ink, beyond what would by chance.

    What was left out knowingly, such as lines and frames, counts a tenth; where it is taken for ink, it explains less.
    """
    around, whole = rim(ink), edges.sum()
    explains = edges[around].sum()
    if out.any():
        near = ndimage.uniform_filter(out.astype(np.float32), 9, mode="nearest") > 0.001  # smoothing spreads its edges
        whole -= 0.9 * edges[near & ~around].sum()
    if (ink & doubtful).any():
        explains -= 0.4 * edges[rim(ink & doubtful) & ~rim(ink & ~doubtful)].sum()
    share, chance = explains / max(whole, 1e-9), around.mean()
    return float(max(share - chance, 0) / max(1 - chance, 1e-9))


def rim(mask: np.ndarray) -> np.ndarray:
    """Where a mask begins and ends, two pixels to both sides."""
    around = ndimage.uniform_filter(mask.astype(np.float32), 5, mode="nearest")
    return (around > 0.01) & (around < 0.99)


def distinct(grey: np.ndarray, ink: np.ndarray, out: np.ndarray) -> float:
    """How much of the variance of grey around the ink is that between ink and background (Otsu's measure)."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    margin = max(3, max(np.ptp(rows), np.ptp(columns)) // 5)
    where = tuple(slice(max(0, k[0] - margin), k[-1] + 1 + margin) for k in (rows, columns))
    here = ~out[where] if not out.any() else ndimage.uniform_filter(out[where].astype(np.float32), 7) < 0.01
    values, inked = grey[where][here], ink[where][here]
    share = inked.mean() if inked.size else 0.0
    if share in (0, 1):
        return 0.0
    between = share * (1 - share) * (values[inked].mean() - values[~inked].mean()) ** 2
    return float(between / max(values.var(), 1e-9))
