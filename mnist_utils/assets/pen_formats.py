"""Read pen strokes from the archives of UNIPEN, pendigits and UJI, in memory: nothing of them is unpacked to disk.

A drawing is {"label": 7, "source": "val", "strokes": [[[x, y], ...], ...]}: one list of points a stroke in writing
order, x right, y down, the longer side scaled to 1, rounded. Its source is a site of UNIPEN, a writer of pendigits, or
"uji". Labels of fragments, and those without strokes, are left out.
"""

import gzip
import re
import tarfile
import zipfile
from pathlib import Path

import numpy as np

LIMIT = 500_000_000  # bytes that an archive, or the text read from it, may have: UNIPEN, the largest, fits on a CD-ROM
LETTERS_STEP = 4  # every fourth letter: a few more outliers than UNIPEN has digits
# Labels of single digits (1a), capitals (1b) and small letters (1c) of the five sites to train on, and their ink.
UNIPEN_FILE = re.compile(r"(?:^|/)(?:(data/1[abc]/{0}/.+)|include/({0}/.+))\.dat$".format("(?:aga|apb|ced|lou|val)"))
INCLUDE = re.compile(r"^\.INCLUDE\s+(\S+)\.dat", re.MULTILINE)
# Components, label, pendigits' writer. Fragments, such as 405:7-406 (from a component's eighth point on), don't match.
SEGMENT = re.compile(
    r'^\.SEGMENT\s+\w+\s+([\d,-]+)\s+\S+\s+"([0-9A-Za-z])"(?:\s+\.COMMENT\s+\d+\s+(\d+))?', re.MULTILINE | re.ASCII
)
UJI_DIGIT = re.compile(r"^WORD (\d) .*\s+NUMSTROKES \d+((?:\s+POINTS \d+ # [-\d ]+)+)", re.MULTILINE | re.ASCII)


def read_unipen(archive: Path) -> dict[str, list[dict]]:
    """Read the digits and every fourth letter of five sites, in the order of their files' names, as two lists."""
    labels, ink, room = {}, {}, LIMIT
    with gzip.open(archive) as stream, tarfile.open(fileobj=stream, mode="r:") as members:
        for member in members:
            match = UNIPEN_FILE.search(member.name) if member.isfile() else None
            if not match:
                continue
            room -= member.size
            if room < 0:
                raise ValueError(f"with {member.name}, it holds more than {LIMIT:,} bytes of text")
            text = members.extractfile(member).read().decode("latin-1")  # type: ignore[union-attr]
            if match[1]:
                labels[match[1]] = text
            else:
                ink[match[2]] = read_components(text)
        while stream.read(1 << 20):  # to gzip's checksum, at the end
            pass
    digits: list[dict] = []
    letters: list[dict] = []
    for name, text in sorted(labels.items()):
        _, category, site, *_ = name.split("/")
        components = [component for included in INCLUDE.findall(text) for component in ink.get(included, [])]
        for place, label, _ in SEGMENT.findall(text):
            strokes = _strokes(components, place)
            if strokes and label.isdigit() == (category == "1a"):
                (digits if label.isdigit() else letters).append(_drawing(label, site, strokes, decimals=4))
    return {"digits": digits, "letters": letters[::LETTERS_STEP]}


def read_pendigits(archive: Path) -> dict[str, list[dict]]:
    """Read the digits of pendigits' training writers."""
    with zipfile.ZipFile(archive) as members, members.open("pendigits-orig.tra.Z") as stream:
        text = unpack_z(stream.read(LIMIT)).decode("latin-1")
    components = read_components(text)
    digits = []
    for place, label, writer in SEGMENT.findall(text):
        if strokes := _strokes(components, place):
            digits.append(_drawing(label, f"writer {writer}", strokes, decimals=3, repeats=False))
    return {"digits": digits}


def read_uji(archive: Path) -> dict[str, list[dict]]:
    """Read the digits of UJI's 60 writers."""
    with zipfile.ZipFile(archive) as members, members.open("ujipenchars2.txt") as stream:
        text = stream.read(LIMIT).decode("latin-1")
    found = []
    for label, lines in UJI_DIGIT.findall(text):
        numbers = [np.array(line.split(), float) for line in re.findall(r"# ([-\d ]+)", lines)]
        components = [points.reshape(-1, 2) * (1, -1) for points in numbers]  # y up, as in the others
        found.append((label, "uji", _strokes(components, f"0-{len(components)}")))
    return {"uji_digits": [_drawing(*digit, decimals=3, repeats=False) for digit in found if digit[2]]}


def read_components(text: str) -> list[np.ndarray]:
    """Read a UNIPEN text's pen-down components, (k, 2) points each, y up; any line that begins with a dot ends one."""
    blocks = [block.splitlines() for block in re.split(r"^\.(?=\D)", text, flags=re.MULTILINE)]
    blocks = [lines[1:] for lines in blocks if lines and lines[0].strip() == "PEN_DOWN"]
    rows = [[line.split()[:2] for line in lines if line.strip()] for lines in blocks]
    return [np.array(points, float).reshape(len(points), 2) for points in rows]


def _strokes(components: list[np.ndarray], place: str) -> list[np.ndarray]:
    """Pick the components that a label names, as 4 or 0-1; none where nothing was written, or a single dot."""
    ends = [part.partition("-")[::2] for part in place.split(",")]
    strokes = [part for first, last in ends for part in components[int(first) : int(last or first) + 1] if len(part)]
    return strokes if strokes and np.ptp(np.concatenate(strokes), axis=0).any() else []


def _drawing(label: str, source: str, strokes: list[np.ndarray], decimals: int, repeats: bool = True) -> dict:
    points = np.concatenate(strokes)
    corner, side = (points[:, 0].min(), points[:, 1].max()), np.ptp(points, axis=0).max()
    strokes = [np.round(np.abs(stroke - corner) / side, decimals) for stroke in strokes]
    if not repeats:  # of a pen at rest
        strokes = [stroke[np.r_[True, np.diff(stroke, axis=0).any(axis=1)]] for stroke in strokes]
    return {
        "label": int(label) if label.isdigit() else label,
        "source": source,
        "strokes": [stroke.tolist() for stroke in strokes],
    }


def unpack_z(data: bytes) -> bytes:
    """Unpack what Unix compress packed (LZW, codes of 9 to 16 bits), to at most `LIMIT` bytes."""
    if len(data) < 3 or data[:2] != b"\x1f\x9d" or not 9 <= data[2] & 31 <= 16:
        raise ValueError("no .Z file of Unix compress")
    longest, clears = data[2] & 31, data[2] & 128
    table = [bytes([value]) for value in range(256)] + [b""] * bool(clears)
    fixed, bits, start, width, before, size, unpacked = len(table), 24, 24, 9, b"", 0, []
    while bits + width <= 8 * len(data):
        code = int.from_bytes(data[bits // 8 : bits // 8 + 3], "little") >> bits % 8 & (1 << width) - 1
        bits += width
        clear = clears and code == 256
        if clear:
            del table[fixed:]
            before = b""
        else:
            if code >= len(table) + bool(before):
                raise ValueError(f"code {code} of the .Z file stands for nothing")
            unpacked.append(table[code] if code < len(table) else before + before[:1])
            size += len(unpacked[-1])
            if size > LIMIT:
                raise ValueError(f"the .Z file holds more than {LIMIT:,} bytes")
            if before and len(table) < 1 << longest:
                table.append(before + unpacked[-1][:1])
            before = unpacked[-1]
        if clear or (len(table) == 1 << width and width < longest):  # codes of one width come in groups of eight
            bits += (start - bits) % (8 * width)
            start, width = bits, 9 if clear else width + 1
    return b"".join(unpacked)
