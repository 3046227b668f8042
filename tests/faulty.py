"""Small pictures of drawn digits with the faults that real ones have, each kind with known answers."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

SIDE = 160
PAPER, INK = 235.0, 35.0


def draw(strokes: list, rng: np.random.Generator, pen: float = 0.09, size: float = 0.6, side: int = SIDE) -> np.ndarray:
    """Draw strokes near the middle of a square: float (side, side), 0 paper to 1 ink; pen and size in sides."""
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
    low, extent = points.min(axis=0), max(np.ptp(points, axis=0).max(), 1e-9)
    fine = 4
    scale = size * side * fine / extent
    shift = side * fine / 2 + rng.uniform(-0.04, 0.04, 2) * side * fine - np.ptp(points, axis=0) * scale / 2
    mask = Image.new("L", (side * fine, side * fine))
    brush, width = ImageDraw.Draw(mask), max(1, round(pen * side * fine))
    for stroke in strokes:
        line = [tuple((np.asarray(point, float) - low) * scale + shift) for point in stroke]
        brush.line(line, fill=255, width=width, joint="curve")
        for x, y in line:
            brush.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=255)
    return np.asarray(mask.resize((side, side), Image.Resampling.BOX)) / 255


def on_paper(ink: np.ndarray, paper=PAPER, colour=INK) -> np.ndarray:
    """Put ink on paper: both a grey value, a colour or an array."""
    ink = ink[..., None] if np.ndim(paper) == 3 or np.ndim(colour) == 1 else ink
    return paper + ink * (np.asarray(colour, float) - paper)


def crop(ink: np.ndarray, margin: int = 0) -> np.ndarray:
    rows, columns = np.flatnonzero((ink > 0.3).any(axis=1)), np.flatnonzero((ink > 0.3).any(axis=0))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(box, margin + max(0, 10 - min(box.shape)))


def lines(spacing: int, phase: int, upright: bool, strength: float = 70, side: int = SIDE) -> np.ndarray:
    page = np.full((side, side), PAPER)
    page[phase::spacing] -= strength
    if upright:
        page[:, phase::spacing] -= strength
    return page


def _shape(rng: np.random.Generator, kind: str, ink: np.ndarray) -> np.ndarray:
    """Ink with a box, circle or underline that does not touch it."""
    mask = Image.new("L", (SIDE, SIDE))
    pen = ImageDraw.Draw(mask)
    rows, columns = (np.flatnonzero((ink > 0.3).any(axis=axis)) for axis in (1, 0))
    left, top, right, bottom = columns[0], rows[0], columns[-1], rows[-1]
    gap, width = rng.integers(8, 16), int(rng.integers(2, 6))
    if kind == "box":
        pen.rectangle([left - gap, top - gap, right + gap, bottom + gap], outline=255, width=width)
    elif kind == "circle":
        radius = np.hypot(right - left, bottom - top) / 2 + gap / 2
        x, y = (left + right) / 2, (top + bottom) / 2
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], outline=255, width=width)
    else:
        pen.line([5, bottom + gap, SIDE - 6, bottom + gap + rng.integers(-3, 4)], fill=255, width=width)
    return np.maximum(ink, np.asarray(mask) / 255)


def _cell(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    page = on_paper(ink, colour=rng.uniform(20, 120))
    for axis in (0, 1):
        for end in (0, 1):
            if rng.random() < 0.8:
                at, width = int(rng.integers(0, 14)), int(rng.integers(2, 5))
                line = slice(at, at + width) if end == 0 else slice(SIDE - at - width, SIDE - at)
                page[line if axis == 0 else slice(None), line if axis == 1 else slice(None)] = 25
    return page


def _shadow(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[: len(ink), : len(ink)] / len(ink) - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    light = 1 - 0.45 / (1 + np.exp((along - rng.uniform(-0.2, 0.2)) / 0.03)) - 0.2 * along
    return on_paper(ink, 215, 60) * light


def _table(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    large = Image.fromarray(on_paper(ink).clip(0, 255).astype(np.uint8))
    page = large.rotate(rng.uniform(-8, 8), Image.Resampling.BICUBIC, fillcolor=int(PAPER))
    table = Image.new("L", (SIDE + 60, SIDE + 50), int(rng.uniform(50, 110)))
    table.paste(page, (int(rng.integers(0, 60)), int(rng.integers(0, 50))))
    return np.asarray(table, float)


def _screenshot(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    shown = Image.new("L", (SIDE + 90, SIDE + 80), 255)
    pen = ImageDraw.Draw(shown)
    dark = rng.random() < 0.5
    shown.paste(Image.fromarray((255 * ink if dark else 255 - 255 * ink).astype(np.uint8)), (55, 35))
    pen.rectangle([54, 34, 55 + SIDE, 35 + SIDE], outline=0)
    pen.text((70, 8), "Prediction: 3 (98%)", fill=0, font_size=14)
    for tick in range(5):
        pen.text((30, 32 + tick * 36), str(tick * 5), fill=0, font_size=12)
        pen.text((55 + tick * 36, SIDE + 42), str(tick * 5), fill=0, font_size=12)
        pen.line([50, 40 + tick * 36, 54, 40 + tick * 36], fill=0)
    return np.asarray(shown, float)


def _pencil(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    x = np.linspace(0, 1, len(ink))
    pressure = 0.45 + 0.55 * (x if rng.random() < 0.5 else 1 - x)[:, None]
    grain = 1 - 0.3 * rng.random(ink.shape)
    return on_paper(ink * pressure * grain, 225, 110) + rng.normal(0, 3, ink.shape)


def _white_on_nothing(ink: np.ndarray, rng: np.random.Generator) -> Image.Image:
    picture = Image.new("RGBA", ink.shape[::-1], (255, 255, 255, 0))
    picture.putalpha(Image.fromarray((255 * ink).astype(np.uint8)))
    return picture


def _small(side: int):
    def make(strokes: list, rng: np.random.Generator) -> np.ndarray:
        ink = draw(strokes, rng, 0.1, 0.7, side)
        return on_paper(ink) if rng.random() < 0.5 else 255 * ink

    return make


KINDS = {
    "pen": lambda s, r: on_paper(draw(s, r)),
    "thin pen": lambda s, r: on_paper(draw(s, r, 0.015, 0.8)),
    "small on a large page": lambda s, r: on_paper(draw(s, r, 0.012, 0.12, 320)),
    "brush": lambda s, r: on_paper(draw(s, r, 0.17, 0.6), 255, 0),
    "soft grey brush": lambda s, r: on_paper(ndimage.gaussian_filter(draw(s, r, 0.12), 5), 255, 120),
    "tight": lambda s, r: on_paper(crop(draw(s, r, 0.1))),
    "tight, white on black": lambda s, r: 255 * crop(draw(s, r, 0.12)),
    "28 pixels": _small(28),
    "20 pixels": _small(20),
    "pencil": lambda s, r: _pencil(draw(s, r, 0.03), r),
    "shadow": lambda s, r: _shadow(draw(s, r, 0.05), r),
    "ruled": lambda s, r: on_paper(draw(s, r, 0.04), lines(int(r.integers(22, 50)), int(r.integers(3, 20)), False)),
    "squared": lambda s, r: on_paper(draw(s, r, 0.04), lines(int(r.integers(16, 32)), int(r.integers(3, 16)), True)),
    "box": lambda s, r: on_paper(_shape(r, "box", draw(s, r, 0.05, 0.5))),
    "circle": lambda s, r: on_paper(_shape(r, "circle", draw(s, r, 0.05, 0.4))),
    "underline": lambda s, r: on_paper(_shape(r, "underline", draw(s, r, 0.05, 0.5))),
    "cell": lambda s, r: _cell(draw(s, r, 0.05, 0.5), r),
    "white on black": lambda s, r: 255 * draw(s, r, 0.06),
    "white on nothing": lambda s, r: _white_on_nothing(draw(s, r), r),
    "colour on colour": lambda s, r: on_paper(
        draw(s, r, 0.06), np.full((SIDE, SIDE, 3), (90.0, 150, 90)), (205, 85, 95)
    ),
    "table": lambda s, r: _table(draw(s, r, 0.05, 0.45), r),
    "screenshot": lambda s, r: _screenshot(draw(s, r, 0.1), r),
}


def picture(kind: str, strokes: list, rng: np.random.Generator) -> Image.Image:
    """Make a picture of one kind; strokes are a list of (k, 2) lists of points."""
    made = KINDS[kind](strokes, rng)
    if isinstance(made, Image.Image):
        return made
    noisy = made + rng.normal(0, 1, made.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def number_ink(digits: list, rng: np.random.Generator, gap: tuple = (0.15, 0.4), pen: float = 0.07) -> np.ndarray:
    """Draw digits (a list of strokes each) side by side, gaps in heights: float, 0 paper to 1 ink, 60 pixels high."""
    drawn = [crop(draw(strokes, rng, pen, rng.uniform(0.3, 0.36)), 0) for strokes in digits]
    height, at, canvas = 100, 25, np.zeros((100, 80 * len(drawn) + 60))
    for ink in drawn:
        top = int((height - ink.shape[0]) / 2 + rng.integers(-4, 5))
        there = canvas[top : top + ink.shape[0], at : at + ink.shape[1]]
        np.maximum(there, ink[:, : there.shape[1]], out=there)
        at += ink.shape[1] + round(rng.uniform(*gap) * 55)
    return canvas[:, : at + 15]
