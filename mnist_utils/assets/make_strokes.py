"""Make strokes.json.gz: 200 drawings of digits as pen strokes on a 280x280 pad, by this script's own hand.

    python mnist_utils/assets/make_strokes.py

Each digit has two or three variants, given below as `mnist_utils.training.handwriting` takes them. Each drawing is
one of them, as by hand, at some size and place.
"""

import gzip
import json
from pathlib import Path

import numpy as np

from mnist_utils.training.handwriting import write

VARIANTS = {
    0: ["5,0 1,3 0,8 3,13 7,13 10,8 9,3 6,0 4.5,0.5", "6,0.5 2,2 1,8 4,13.5 8,12 9,5 7,1 5.5,0.3"],
    1: ["5,0 5,7 5,14", "6.5,0 5.5,7 4.5,14", "3,3 6,0 6,0 6,7 6,14"],
    2: [
        "1,3 3,0.3 7,0.3 9,3.5 6,8 1,13.5 1,13.5 5,13.5 10,13.5",
        "1,2.5 4,0 8,1.5 8,5 4,10 1,13 2,11.5 4,12 7,14 10,12.5",
    ],
    3: [
        "1,1.5 5,0 8.5,2.5 7,5.5 4,6.5 4,6.5 8,7.5 9,11 5.5,14 1,12.5",
        "1,0.5 5,0.3 9,0.5 9,0.5 6,3 4,5.5 4,5.5 8,6.5 9,10.5 6,13.8 1,12.5",
    ],
    4: ["3,0 2,4 1,8 1,8 5,8 10,8 / 8,3 8,8 7.5,14", "7,0 4,4.5 1,9 1,9 5,9 10,9 / 7,0 7,7 7,14"],
    5: [
        "2,0 1.7,3 1.5,6 1.5,6 5,5 9,7.5 8.5,12 4.5,14 1,12.5 / 2,0 5,0 9,0",
        "9,0.3 6,0.2 2.5,0.5 2.5,0.5 2,3 1.7,6 1.7,6 5,5.2 8.8,8 8,12.3 4.5,13.8 1,12.8",
    ],
    6: ["7,0 3.5,3 1,8 2,13 6,14 9,11 7,8 4,8 1.5,10.5", "6,0 2.5,5 1,10 3.5,14 8,12.5 8,8.5 4.5,7.5 1.8,10"],
    7: ["1,0.5 5,0.3 9.5,0.5 9.5,0.5 6.5,6 4,14", "1,1 5,0.5 9,0.7 9,0.7 6,7 4,14 / 2.5,7 5,6.8 8.5,6.8"],
    8: [
        "8,2 5,0 2,2 4,5.5 7.5,8.5 8,12 5,14 2,12 3,8.5 6.5,5.5 8.3,2.5 7,0.5",
        "7.5,1.5 4,0.3 2,3 4.5,6.5 8,9.5 7,13.3 3,13.3 2,10 5,6.8 8,4 7.8,1.7",
    ],
    9: [
        "8.5,3 6,0.3 2,2 2,6 6,6.8 8.7,3 8.7,3 8.5,8 7.5,14",
        "8,2 4.5,0.2 1.5,3.5 4,7 7.5,5 8.3,2.3 8,7 6.5,11 3.5,13.5",
    ],
}


def drawing(variant: str, rng: np.random.Generator) -> list[list[list[float]]]:
    """Write one variant at some size and place on the pad."""
    strokes = write(variant, rng, sizes=(5, 15))  # in pad pixels: the digit is 70 to 210 high
    points = np.concatenate(strokes)
    low, room = points.min(axis=0), 280 - np.ptp(points, axis=0)
    place = 10 + rng.uniform(0, 1, 2) * np.maximum(room - 20, 0)
    return [(stroke - low + place).clip(0, 280).round(1).tolist() for stroke in strokes]


if __name__ == "__main__":
    rng = np.random.default_rng(2026)
    drawings = [
        {"label": digit, "strokes": drawing(variants[i % len(variants)], rng)}
        for digit, variants in VARIANTS.items()
        for i in range(20)
    ]
    target = Path(__file__).with_name("strokes.json.gz")
    target.write_bytes(gzip.compress(json.dumps(drawings, separators=(",", ":")).encode(), mtime=0))
    print(f"{target}: {len(drawings)} drawings, {target.stat().st_size:,} bytes")
