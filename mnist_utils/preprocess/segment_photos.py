"""A picture of several digits to its lines of digits: several readings of the picture, many ways to cut each.

Parts of ink are put into lines, from left to right. What stands near may be one digit in several parts; what is
wide may be several that touch. All of it is offered to the network, and the cuts that it likes best win.
Constants were chosen on half of the sources of real pictures (HALF_A in tests/benchmarks/real_photos.py).
"""

import dataclasses

import numpy as np
from scipy import ndimage

from mnist_utils.preprocess.binarise import binarised, distinct, edge_strength, explained, rim
from mnist_utils.preprocess.parts import ALL, choices
from mnist_utils.preprocess.photos import box_of, ink_to_image, is_dot, like_strokes, without_specks

LONGEST = 640  # pixels of the longer side that pictures of numbers are read at
SMALL = 0.35  # parts that are smaller than this, in heights of a digit, belong to a neighbour or are specks
NEAR = 0.25  # parts that are not farther apart than this, in heights, may be one digit
# The price of a cut on either side, in nats, and what more it is for each height of ink beyond THICK that is cut
# through: a blot is no row of ones. Chosen on lines of our own touching digits, others than those of the tests.
CUT, THROUGH, THICK = 0.3, 3.0, 0.35
# Evidence of a reading; with less, there is no ink: dust has up to 0.11, the least of 221 real pictures that are read
# right 0.23.
LEAST_EVIDENCE = 0.15
MOST = 4  # readings: the network is asked of all that may be a digit in each
WIDE = 0.75  # parts that are wider than this, in heights, may be several digits


@dataclasses.dataclass(frozen=True)
class Piece:
    """What may be one digit: the atoms `start` to `end` of a line, the price of taking it, its image and its box."""

    line: int
    start: int
    end: int
    price: float
    image: np.ndarray
    box: tuple[int, int, int, int]
    like: float  # as `like_strokes` gives it


@dataclasses.dataclass(frozen=True)
class NumberReading:
    """One way to read a picture of several digits: what may be a digit, how much it explains, the edges to explain."""

    name: str
    pieces: list[Piece]
    evidence: float
    edges: np.ndarray


def number_readings(grey: np.ndarray) -> list[NumberReading]:
    """Read a picture of digits, float (height, width), 0 to 1, in several ways; the most evident first."""
    edges = edge_strength(grey)
    found: dict[bytes, tuple] = {}
    for name, ink, dark, contrast in binarised(grey):
        chosen = choices(ink, dark, contrast)
        ruled = chosen[", no lines"][1] if ", no lines" in chosen else np.zeros_like(ink)
        for choice, (kept, out) in chosen.items():
            if kept.any() and "alone" not in choice:
                # Digits at the border are to be read too: what is left out there counts as not explained.
                left_out = out if "frame" in choice else out & ruled
                evidence = explained(edges, kept, left_out, ruled) * distinct(grey, kept, out) ** 0.5
                unexplained = edges * ~rim(left_out) if left_out.any() else edges
                if evidence > found.get(kept.tobytes(), (0,))[0]:
                    found[kept.tobytes()] = evidence, name + choice, kept, unexplained
    ranked = sorted(found.values(), key=lambda item: -item[0])[:MOST]
    likely = [each for each in ranked if each[0] >= LEAST_EVIDENCE]
    made = [NumberReading(name, pieces_of(ink), evidence, left) for evidence, name, ink, left in likely]
    return without_specks(made, [np.array([piece.image for piece in reading.pieces]) for reading in made])


def pieces_of(ink: np.ndarray) -> list[Piece]:
    """Give all that may be a digit in the ink, bool (height, width)."""
    parts, count = ndimage.label(ink, ALL)
    if not count:
        return []
    boxes = np.array([(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(parts)])
    height = typical_height(boxes)
    owner, large = attach_small(boxes, height)
    pieces = []
    for line, members in enumerate(text_lines(boxes, large)):
        atoms = []
        for group in overlapping(boxes, members):
            mask = np.isin(parts, 1 + np.flatnonzero(np.isin(owner, group)))
            atoms += cut(mask, height)
        pieces += line_pieces(atoms, line, height)
    return pieces


def typical_height(boxes: np.ndarray) -> float:
    """The height of most digits: the median of the parts' longer sides, long ones counting more."""
    sides = np.sort(np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]))
    heights = np.sort(boxes[:, 3] - boxes[:, 1])
    weights = np.cumsum(heights**2)
    return float(min(heights[np.searchsorted(weights, weights[-1] / 2)], sides[-1]))


def attach_small(boxes: np.ndarray, height: float) -> tuple[np.ndarray, np.ndarray]:
    """Give each part the large part that it belongs to (-1 for specks), and the numbers of the large ones."""
    sides = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    tall = (boxes[:, 3] - boxes[:, 1]) >= SMALL * height
    large = np.flatnonzero(tall)
    owner = np.where(tall, np.arange(len(boxes)), -1)
    for number in np.flatnonzero(~tall & (sides > 0.1 * height)):
        gaps = np.maximum(boxes[large, :2] - boxes[number, 2:], boxes[number, :2] - boxes[large, 2:])
        distance = np.hypot(*np.maximum(gaps, 0).T)
        if distance.min() < NEAR * height:
            owner[number] = large[distance.argmin()]
    return owner, large


def text_lines(boxes: np.ndarray, large: np.ndarray) -> list[list[int]]:
    """Put parts into lines, from top to bottom: each follows the nearest one to its left that is as high up."""
    lines: list[list[int]] = []
    for number in large[np.argsort(boxes[large, 0] + boxes[large, 2])]:
        _, top, _, bottom = boxes[number]
        best = None
        for members in lines:
            high, low = boxes[members[-3:], 1].min(), boxes[members[-3:], 3].max()
            shared = min(bottom, low) - max(top, high)
            if shared > 0.4 * min(bottom - top, low - high) and (best is None or shared > best[0]):
                best = shared, members
        if best:
            best[1].append(int(number))
        else:
            lines.append([int(number)])
    return sorted(lines, key=lambda members: np.median(boxes[members][:, [1, 3]]))


def overlapping(boxes: np.ndarray, members: list[int]) -> list[list[int]]:
    """Group the parts of a line that lie above each other by half of the narrower one's width."""
    groups: list[list[int]] = []
    for number in members:
        left, _, right, _ = boxes[number]
        for group in groups:
            shared = min(right, boxes[group, 2].max()) - max(left, boxes[group, 0].min())
            if shared > 0.5 * min(right - left, np.ptp(boxes[group][:, [0, 2]])):
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def cut(mask: np.ndarray, height: float) -> list[tuple[np.ndarray, float]]:
    """Cut wide ink where it is thinnest or least high; gives the atoms, and how much ink parts each from the last.

    That is in heights, and 0 where nothing was cut. Round digits that touch have most ink where they do, but are
    least high there.
    """
    columns = np.flatnonzero(mask.any(axis=0))
    left, right = columns[0], columns[-1] + 1
    if right - left < WIDE * height or is_dot(mask):
        return [(mask, 0.0)]
    inside = mask[:, left:right]
    amount = ndimage.gaussian_filter1d(inside.sum(axis=0).astype(float), 0.03 * height)
    extent = len(mask) - inside.argmax(axis=0) - inside[::-1].argmax(axis=0).astype(float)
    extent = ndimage.gaussian_filter1d(extent, 0.03 * height)
    reach = max(2, int(0.1 * height))
    least = [line == ndimage.minimum_filter1d(line, 2 * reach + 1) for line in (amount, extent)]
    places: list[int] = []
    for x in np.flatnonzero(least[0] | least[1]):
        if x - (places or [0])[-1] > 0.2 * height and x < right - left - 0.2 * height:
            places.append(int(x))
    atoms: list[tuple[np.ndarray, float]] = []
    for start, end in zip([0, *places], [*places, right - left], strict=True):
        atom = np.zeros_like(mask)
        atom[:, left + start : left + end] = mask[:, left + start : left + end]
        if atom.any():
            atoms.append((atom, max(amount[start], 1) / height if atoms else 0.0))
    return atoms


def line_pieces(atoms: list[tuple[np.ndarray, float]], line: int, height: float) -> list[Piece]:
    """Offer each atom of a line, and neighbours that may be one digit: those that were cut, or have a small gap."""
    pieces = []
    extents = [box_of(mask) for mask, _ in atoms]
    for start in range(len(atoms)):
        ink, gaps = np.zeros_like(atoms[start][0]), 0.0
        for end in range(start, min(start + 6, len(atoms))):
            if end > start and not atoms[end][1]:
                gap = (extents[end][0] - extents[end - 1][2]) / height
                if gap > NEAR:
                    break
                gaps += 1 + 10 * max(gap, 0)
            ink = ink | atoms[end][0]
            box = box_of(ink)
            if box[2] - box[0] > 1.6 * height and end > start:
                break
            # Each cut has its price, and so has ink that is much smaller than a digit, or wider than high.
            cuts = [atoms[start][1], atoms[end + 1][1] if end + 1 < len(atoms) else 0.0]
            cutting = sum(CUT + THROUGH * max(0.0, through - THICK) for through in cuts if through)
            wide, high = (box[2] - box[0]) / height, (box[3] - box[1]) / height
            odd = 10 * max(0.0, 0.6 - max(wide, high)) + 3 * max(0.0, wide / high - 0.8)
            image = ink_to_image(ink[box[1] : box[3], box[0] : box[2]])
            like = like_strokes(ink, image, box)
            odd += 5 * (1 - like)
            pieces.append(Piece(line, start, end + 1, gaps + cutting + odd, image, box, like))
    return pieces


def likeliest(pieces: list[Piece], scores: np.ndarray) -> tuple[list[list[int]], float]:
    """Choose the pieces of each line that are together most like digits: their numbers by line, and their score."""
    lines, total = [], 0.0
    for line in range(1 + max((piece.line for piece in pieces), default=-1)):
        best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
        for number in sorted(range(len(pieces)), key=lambda i: (pieces[i].start, pieces[i].end)):
            piece = pieces[number]
            if piece.line == line and piece.start in best:
                score = best[piece.start][0] + scores[number] - piece.price
                if piece.end not in best or score > best[piece.end][0]:
                    best[piece.end] = score, [*best[piece.start][1], number]
        score, chosen = best[max(best)]
        lines.append(chosen)
        total += score
    return lines, total


def choose(
    found: list[NumberReading], probabilities: list[np.ndarray], margins: list[np.ndarray]
) -> tuple[list[list[Piece]], list[np.ndarray], float]:
    """Choose a reading, and the pieces of it that are most like digits; gives them line by line, and the confidence.

    `probabilities` (n, classes) are what a network says of the images of a reading's pieces, and `margins` (n,) how
    much more evidence there is for a class in each than the network's rejection threshold, in nats. The confidence is
    the product of the digits' confidences, of how far their ink is like strokes, of the share of the ink's edges that
    lies in their boxes, and of how far the readings agree. The second of the results are the rows of the
    probabilities, line by line.
    """
    answers = []
    for reading, rows, margin in zip(found, probabilities, margins, strict=True):
        if reading.pieces:
            lines, score = likeliest(reading.pieces, np.log(rows.max(axis=1)) - np.log1p(np.exp(-margin)))
            chosen = [number for line in lines for number in line]
            digits = rows[chosen].argmax(axis=1).tolist()
            like = np.prod([reading.pieces[number].like for number in chosen])
            sure = like * np.prod(rows[chosen].max(axis=1)) * _share_in_boxes(reading, chosen)
            answers.append((score, np.log(max(reading.evidence, 1e-3)), sure, digits, reading, rows, lines))
    if not answers:
        return [], [], 0.0
    # What is not explained costs half as much as that many digits would: some of it is noise.
    count = max(len(answer[3]) for answer in answers)
    weights = np.array([score + count / 2 * evidence for score, evidence, *_ in answers])
    weights = np.exp(weights - weights.max())
    _, _, sure, digits, reading, rows, lines = answers[weights.argmax()]
    agreeing = sum(weight for weight, answer in zip(weights, answers, strict=True) if answer[3] == digits)
    pieces = [[reading.pieces[number] for number in line] for line in lines]
    return pieces, [rows[line] for line in lines], float(sure * agreeing / weights.sum())


def _share_in_boxes(reading: NumberReading, chosen: list[int]) -> float:
    inside = np.zeros(reading.edges.shape, bool)
    for number in chosen:
        left, top, right, bottom = reading.pieces[number].box
        inside[max(0, top - 4) : bottom + 4, max(0, left - 4) : right + 4] = True
    return float(reading.edges[inside].sum() / max(reading.edges.sum(), 1e-9))
