"""Digits and letters that real people wrote with pens, to train on: `mnist_utils.assets.get_pens` brings them."""

import dataclasses
import gzip
import json
from pathlib import Path

import numpy as np

from mnist_utils.preprocess.ink import PEN, strokes_to_image
from mnist_utils.training.handwriting import LIKE_DIGITS

WIDTHS = (1.8, PEN, 3.2)  # of the pens that each drawing is drawn with, in pixels of the image
NO_OUTLIERS = set(LIKE_DIGITS) | {"Q"}  # letters that are digits to some eyes


@dataclasses.dataclass(frozen=True)
class Pens:
    """Drawings as images uint8 (n, 28, 28), labels (n,), and the sources they come from.

    Each drawing stands three times in a row, drawn with the pens of `WIDTHS`. What was held out by its source, to make
    choices on, is drawn once, with MNIST's pen.
    """

    images: np.ndarray
    labels: np.ndarray
    letters: np.ndarray
    held_images: np.ndarray
    held_labels: np.ndarray
    held_sources: np.ndarray
    learned_from: list[dict]


def load_pens(folder: str | Path, held_out: str = "") -> Pens:
    """Draw what is in a folder of `get_pens`, without letters that look like digits.

    Drawings whose source (a site of UNIPEN, or a writer of pendigits) is among those that are held out, separated by
    commas, are not for training. A folder without such files, or a source without drawings, is an error that names it.
    """
    digits, letters = (_read(Path(folder) / f"{kind}.json.gz") for kind in ("digits", "letters"))
    sources, out = {drawing["source"] for drawing in digits}, set(held_out.split(",")) - {""}
    if not out <= sources:
        raise ValueError(f"held_out must be among the sources in {folder}, {', '.join(sorted(sources))}: {held_out!r}.")
    kept = [drawing for drawing in digits if drawing["source"] not in out]
    held = [drawing for drawing in digits if drawing["source"] in out]
    outliers = [letter for letter in letters if letter["source"] not in out and letter["label"] not in NO_OUTLIERS]
    return Pens(
        _draw(kept, WIDTHS),
        np.repeat([drawing["label"] for drawing in kept], len(WIDTHS)),
        _draw(outliers, WIDTHS),
        _draw(held, (PEN,)),
        np.array([drawing["label"] for drawing in held], int),
        np.array([drawing["source"] for drawing in held]),
        [_counted(entry, len(outliers)) for entry in _read(Path(folder) / "sources.json")],
    )


def _counted(entry: dict, outliers: int) -> dict:
    """Give what is known of a set, of whose letters only some are taken."""
    return entry | {"count": outliers} if entry.get("file") == "letters.json.gz" else entry


def _read(file: Path) -> list[dict]:
    try:
        raw = file.read_bytes()
        return json.loads(gzip.decompress(raw) if file.suffix == ".gz" else raw)
    except FileNotFoundError:
        get = f"get it with: python -m mnist_utils.assets.get_pens --out {file.parent}"
        raise FileNotFoundError(f"pens: {file} is missing; {get}") from None
    except (OSError, EOFError, ValueError) as error:
        raise ValueError(f"pens: {file} is not as get_pens writes it ({error}).") from None


def _draw(drawings: list[dict], widths: tuple[float, ...]) -> np.ndarray:
    """Draw each drawing with each pen: uint8 (len(drawings) * len(widths), 28, 28)."""
    images = [strokes_to_image(drawing["strokes"], pen=width) for drawing in drawings for width in widths]
    return np.round(255 * np.reshape(images, (-1, 28, 28))).astype(np.uint8)
