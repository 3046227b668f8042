"""Drawn digits as pen strokes: those of the course, and those that a pad has saved."""

import gzip
import json
import zlib
from pathlib import Path

import numpy as np

from mnist_utils.checks import check_labels, check_strokes
from mnist_utils.files import writing

STROKES_FILE = Path(__file__).parents[1] / "assets" / "strokes.json.gz"


def load_strokes(path: str | Path = STROKES_FILE) -> tuple[list, np.ndarray]:
    """Load drawn digits as pen strokes: 200 that come with the course, or those that a pad has saved.

    Parameters
    ----------
    path : str or Path
        A file as `save_strokes` writes it. Without it, 20 drawings of each digit, made by assets/make_strokes.py.

    Returns
    -------
    drawings : list
        Each a list of strokes; a stroke is a list of [x, y], y down, in pixels of the pad (the course's: 280x280).
    labels : numpy.ndarray
        uint8 (n,), 0 to 9.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"path: there is no file of drawings at {path}.")
    try:
        raw = path.read_bytes()
        entries = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
        drawings = [entry["strokes"] for entry in entries]
        labels = check_labels([entry["label"] for entry in entries], 10, len(drawings))
        for number, strokes in enumerate(drawings):
            check_strokes(strokes, f"strokes of drawing {number}")
        return drawings, labels.astype(np.uint8)
    except (ValueError, KeyError, TypeError, OSError, EOFError, RecursionError, zlib.error) as error:
        raise ValueError(f"path: {path} holds no drawings as save_strokes writes them ({error}).") from None


def save_strokes(path: str | Path, strokes: list, label: int) -> None:
    """Add one drawing, with the digit it shows, to a file that `load_strokes` reads; the file is made if missing.

    It is written whole or left as it was. Strokes that are none or hold no point, a label that is no digit, or a file
    that holds something else is a ValueError.
    """
    path = Path(path)
    if label not in range(10):
        raise ValueError(f"label must be a whole number from 0 to 9, not {label!r}.")
    checked = check_strokes(strokes)
    if not checked:
        raise ValueError("strokes must hold at least one stroke.")
    entries: list[dict] = []
    if path.exists():
        drawings, labels = load_strokes(path)
        entries = [{"label": int(old), "strokes": drawing} for old, drawing in zip(labels, drawings, strict=True)]
    entries.append({"label": int(label), "strokes": [stroke.tolist() for stroke in checked]})
    with writing(path) as [unfinished]:
        unfinished.write_text(json.dumps(entries), encoding="utf-8")
