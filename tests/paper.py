"""Pictures of drawn digits as a phone takes them: blank, ruled or squared paper, pen or pencil, uneven light."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage

WIDTH, HEIGHT = 640, 480
INKS = {
    "blue": (40, 50, 140),
    "black": (35, 35, 40),
    "red": (170, 40, 40),
    "green": (30, 100, 60),
    "pencil": (105, 105, 108),
}
PAPERS = ("blank", "ruled", "squared")


def photograph(strokes: list, severity: int, rng: np.random.Generator) -> Image.Image:
    """Draw strokes on paper and take a picture.

    Parameters
    ----------
    strokes : list
        One list of (x, y) points a stroke, in any units.
    severity : int
        1 to 3: how faint the ink, how strong lines, shadow, blur, noise, turn and compression.
    rng : numpy.random.Generator
        Decides the rest.

    Returns
    -------
    PIL.Image.Image
        RGB, 640 by 480.
    """
    page = _paper(rng.choice(PAPERS), severity, rng)
    ink = np.array(INKS[rng.choice(list(INKS)[: 4 if severity == 1 else 5])], float)
    mask = _ink_mask(strokes, rng)
    grain = 1 - 0.1 * severity * rng.random((HEIGHT, WIDTH))  # a pen skips, a pencil leaves paper between its grains
    page = page + (mask * grain)[..., None] * (ink - page)
    page = page * _light(severity, rng)[..., None]
    page += rng.normal(0, 1.5 * severity, page.shape)
    picture = Image.fromarray(page.clip(0, 255).astype(np.uint8))
    picture = picture.rotate(rng.uniform(-3, 3) * severity, Image.Resampling.BICUBIC, fillcolor=_corner(page))
    picture = picture.filter(ImageFilter.GaussianBlur(0.5 * severity))
    file = io.BytesIO()
    picture.save(file, format="jpeg", quality=95 - 20 * severity)
    return Image.open(file)


def _paper(kind: str, severity: int, rng: np.random.Generator) -> np.ndarray:
    page = np.full((HEIGHT, WIDTH, 3), rng.uniform(205, 245, 1)) + rng.uniform(-8, 8, 3)
    page += 3 * severity * ndimage.gaussian_filter(rng.normal(0, 20, (HEIGHT, WIDTH)), 12)[..., None]
    spacing, line = rng.integers(28, 60), np.array([150, 175, 215]) + 15 * (2 - severity)
    if kind != "blank":
        page[rng.integers(spacing) :: spacing] = line
    if kind == "squared":
        page[:, rng.integers(spacing) :: spacing] = line
    return page


def _ink_mask(strokes: list, rng: np.random.Generator) -> np.ndarray:
    """Where the ink is, 0 to 1: 110 to 300 pixels high, anywhere on the page, 4 to 9 pixels wide."""
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
    low, extent = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-9)
    scale = rng.uniform(110, 300) / extent.max()
    place = rng.uniform([60, 60], np.maximum([WIDTH - 60, HEIGHT - 60] - extent * scale, 61))
    mask = Image.new("L", (2 * WIDTH, 2 * HEIGHT))  # drawn twice as large, then made smaller: smooth edges
    pen, width = ImageDraw.Draw(mask), int(rng.integers(8, 19))
    for stroke in strokes:
        line = [tuple(2 * ((np.asarray(point, float) - low) * scale + place)) for point in stroke]
        pen.line(line, fill=255, width=width, joint="curve")
        for x, y in (line[0], line[-1]):
            pen.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=255)
    return np.asarray(mask.resize((WIDTH, HEIGHT), Image.Resampling.BOX)) / 255


def _light(severity: int, rng: np.random.Generator) -> np.ndarray:
    """A slope of light across the page, and from severity 2 on the soft edge of a shadow."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] / WIDTH
    angle = rng.uniform(0, 2 * np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    light = 1 - 0.12 * severity * (along - along.min()) / np.ptp(along)
    if severity > 1:
        edge = rng.uniform(along.min(), along.max())
        light *= 1 - 0.12 * severity / (1 + np.exp((along - edge) / 0.03))
    return light


def _corner(page: np.ndarray) -> tuple[int, ...]:
    return tuple(int(value) for value in page[5:30, 5:30].mean(axis=(0, 1)).clip(0, 255))
