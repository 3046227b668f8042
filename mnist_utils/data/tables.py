"""Tables of images, a row each: the label, then 784 pixels, as in Kaggle's digit-recognizer."""

import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from mnist_utils.data.arrays import MOST_IMAGES, Dataset, check_dataset, names_beside, split_test
from mnist_utils.data.packed import opened
from mnist_utils.images import SIZE

NAME = re.compile(r"(?P<set>.+_)?(?P<part>train|test)\.csv(\.gz|\.zip)?", re.IGNORECASE)
TABLE = re.compile(r".+\.csv(\.gz|\.zip)?", re.IGNORECASE)
COLUMNS = 1 + SIZE * SIZE
LONGEST = 100_000  # characters of a line; the longest header of such a table has some 7,000
AT_ONCE = 5_000  # rows: some 10 MB of text


def is_there(path: Path) -> bool:
    """Tell whether a path is a table by its name, or a folder with one that is called train.csv or ..._train.csv."""
    return bool(TABLE.fullmatch(path.name)) if path.is_file() else bool(_named(path, "train"))


def load(path: Path) -> tuple[Dataset, bool]:
    """Load a table from a file or a folder; says, too, whether it came with a test part."""
    if path.is_dir():
        found = _named(path, "train")
        if len(found) > 1:
            several = ", ".join(match.string for match in found)
            raise ValueError(f"data: {path} holds several tables to train on ({several}): give one of them.")
        path = path / found[0].string
    x, y = _read(path)
    where, names = f" in {path}", names_beside(path.parent)
    test = _test_beside(path)
    if test is None:
        return check_dataset(split_test(x, y, where, names), where, names), False
    return check_dataset((x, y, *_read(test)), where, names), True


def _named(folder: Path, part: str) -> list[re.Match]:
    matches = (NAME.fullmatch(file.name) for file in sorted(folder.iterdir()) if file.is_file())
    return [match for match in matches if match and match["part"].lower() == part]


def _test_beside(path: Path) -> Path | None:
    """Find the table of the test part that belongs to a train.csv; one without labels is left out, and said so."""
    own = NAME.fullmatch(path.name)
    if not own or own["part"].lower() != "train":
        return None
    files = [path.parent / match.string for match in _named(path.parent, "test") if match["set"] == own["set"]]
    if not files:
        return None
    with opened(files[0]) as stream:
        if _header(_text(stream))[0] == "label":
            return files[0]
    print(f"data: {files[0].name} has no labels, so every seventh row of {path.name} is for the test.")
    return None


def _read(file: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a table: images uint8 (n, 28, 28) and labels uint8 (n,)."""
    blocks: list[np.ndarray] = []
    with opened(file) as stream:
        text = _text(stream)
        columns = _header(text)
        if columns[0] != "label":
            raise ValueError(
                f"data: {file} has no column label in front, so there is nothing to learn or to measure by."
            )
        if len(columns) != COLUMNS:
            raise ValueError(
                f"data: {file} must have {COLUMNS} columns, label and {COLUMNS - 1} pixels, not {len(columns)}."
            )
        lines = ((number, line) for number, line in enumerate(_lines(text), 2) if line.strip())
        while some := list(itertools.islice(lines, AT_ONCE)):
            blocks.append(_block(some, file))
            if len(blocks) * AT_ONCE > MOST_IMAGES:
                raise ValueError(f"data: {file} must hold at most {MOST_IMAGES:,} images.")
    if not blocks:
        raise ValueError(f"data: {file} must hold an image or more.")
    rows = np.concatenate(blocks)
    return np.ascontiguousarray(rows[:, 1:]).reshape(-1, SIZE, SIZE), rows[:, 0].copy()


def _text(stream: IO[bytes]) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace")


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Give line by line, none longer than `LONGEST`."""
    return iter(lambda: text.readline(LONGEST), "")


def _header(text: io.TextIOWrapper) -> list[str]:
    return [name.strip().strip('"').lower() for name in text.readline(LONGEST).split(",")]


def _block(lines: list[tuple[int, str]], file: Path) -> np.ndarray:
    """Read numbered lines: uint8 (n, 785)."""
    try:
        rows = np.loadtxt([line for _, line in lines], np.uint8, delimiter=",", comments=None, ndmin=2)
        if rows.shape[1] == COLUMNS:
            return rows
    except ValueError:
        pass
    if len(lines) > 1:  # which one is it
        half = len(lines) // 2
        return np.concatenate([_block(lines[:half], file), _block(lines[half:], file)])
    number, line = lines[0]
    raise ValueError(
        f"data: {file}, line {number}, must be {COLUMNS} whole numbers from 0 to 255 with commas between them, not "
        f"{line.strip()!r:.60}."
    )
