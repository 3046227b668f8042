"""IDX files: the format that MNIST was published in, and Fashion-MNIST, KMNIST and EMNIST after it.

A header says what follows: two zeros, 08 for unsigned bytes, the number of dimensions, and the length of each, a big
endian number of four bytes (yann.lecun.com/exdb/mnist). Labels have one dimension and images three.
"""

import re
import struct
from pathlib import Path

import numpy as np

from mnist_utils.data.arrays import MOST_IMAGES, Dataset, Names, check_dataset, names_beside
from mnist_utils.data.packed import opened
from mnist_utils.images import SIZE

NAME = re.compile(r"(?P<set>.*?)(?P<part>train|t10k|test)-(?P<kind>images|labels)[-.]idx[13]-ubyte(\.gz)?")
PARTS = [(part, kind) for part in ("train", "test") for kind in ("images", "labels")]
AT_ONCE = 1 << 20  # bytes read: a header may promise more than there is, and room for it is not made before it comes


def is_there(path: Path) -> bool:
    """Tell whether a path is an IDX file by its name, or a folder with one."""
    return bool(NAME.fullmatch(path.name)) if path.is_file() else bool(_names(path))


def load(path: Path) -> Dataset:
    """Load a set of four IDX files from a folder, or that which a file is one of."""
    folder = path if path.is_dir() else path.parent
    found = _names(folder)
    sets = sorted({name["set"] for name in found if path.is_dir() or name.string == path.name})
    if len(sets) > 1:
        raise ValueError(f"data: {folder} holds several sets of IDX files ({', '.join(sets)}): give a file of one.")
    files: dict[tuple[str, str], Path] = {}
    for name in found:  # a plain file comes before the same one packed
        if name["set"] == sets[0]:
            part = "train" if name["part"] == "train" else "test"
            files.setdefault((part, name["kind"]), folder / name.string)
    missing = [f"the {kind} of the {part} part" for part, kind in PARTS if (part, kind) not in files]
    if missing:
        raise ValueError(f"data: {folder} must hold four IDX files, and {missing[0]} are missing.")
    x_train, y_train, x_test, y_test = (_read(files[each], each[1]) for each in PARTS)
    names: Names | None = names_beside(folder)
    if sets[0].startswith("emnist"):
        x_train, x_test = (np.ascontiguousarray(x.transpose(0, 2, 1)) for x in (x_train, x_test))
        names = _mapping(folder / f"{sets[0]}mapping.txt") or names
    return check_dataset((x_train, y_train, x_test, y_test), f" in {folder}", names)


def _names(folder: Path) -> list[re.Match]:
    matches = (NAME.fullmatch(file.name) for file in sorted(folder.iterdir()) if file.is_file())
    return [match for match in matches if match]


def _read(file: Path, kind: str) -> np.ndarray:
    """Read images, uint8 (n, 28, 28), or labels, uint8 (n,)."""
    dimensions = 3 if kind == "images" else 1
    with opened(file) as stream:
        head = stream.read(4 + 4 * dimensions)
        if head[:4] != bytes([0, 0, 8, dimensions]) or len(head) < 4 + 4 * dimensions:
            begins = head[:4].hex(" ") or "nothing"
            raise ValueError(
                f"data: {file} is no IDX file of {kind}: it begins with {begins}, not 00 00 08 0{dimensions}."
            )
        shape = struct.unpack(f">{dimensions}I", head[4:])
        if shape[1:] not in ((), (SIZE, SIZE)):
            raise ValueError(f"data: {file} must hold images of {SIZE} x {SIZE} pixels, not {shape[1]} x {shape[2]}.")
        if not 0 < shape[0] <= MOST_IMAGES:
            raise ValueError(f"data: {file} must hold 1 to {MOST_IMAGES:,} {kind}, not {shape[0]:,}.")
        size, content = int(np.prod(shape)), bytearray()
        while len(content) <= size and (piece := stream.read(min(AT_ONCE, size + 1 - len(content)))):
            content += piece
    if len(content) != size:
        held = f"{len(content):,}" if len(content) < size else "more"
        raise ValueError(f"data: {file} must hold {size:,} bytes for its {shape[0]:,} {kind}, not {held}.")
    return np.frombuffer(content, np.uint8).reshape(shape)


def _mapping(file: Path) -> dict[int, str] | None:
    """Read which character each label of EMNIST is: a line has the label and the number of one character or two."""
    if not file.is_file():
        return None
    try:
        rows = [line.split() for line in file.read_text(encoding="ascii").splitlines() if line.strip()]
        return {int(row[0]): chr(int(row[1])) for row in rows}
    except (OSError, ValueError, IndexError, OverflowError):
        raise ValueError(f"data: {file} must have lines of a label and the number of its character.") from None
