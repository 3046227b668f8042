"""What `predict` says of a picture: a row of a table, a line of JSON or a line on the screen."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from mnist_utils.reading import Answer, NumberAnswer

PLACES = 4  # of what is behind the point: more would depend on which pictures are read together


def row_of(picture: Path, answer: "Answer | NumberAnswer | Exception", classes: list[str], number: bool) -> dict:
    """Give what is said of a picture, with the same keys whether it could be read or not.

    Those are path, digit, confidence, probabilities by class and error, or path, number, confidence and error. The
    lines of a number on several lines are parted by a slash, so that each picture has one line in every table.
    """
    from mnist_utils.reading import NumberAnswer  # imports SciPy, which no other command must wait for

    row: dict = {"path": str(picture), "number" if number else "digit": None, "confidence": None}
    if not number:
        row["probabilities"] = None
    row["error"] = None
    if isinstance(answer, Exception):
        return row | {"error": " ".join(str(answer).split())}
    row["confidence"] = round(answer.confidence, PLACES)
    if isinstance(answer, NumberAnswer):
        return row | {"number": answer.number and answer.number.replace("\n", "/")}
    probabilities = {name: round(float(p), PLACES) for name, p in zip(classes, answer.probabilities, strict=True)}
    return row | {"digit": answer.name, "probabilities": probabilities}


def write_csv(file: IO[str], rows: Iterator[dict], number: bool) -> None:
    """Write a table: path, digit or number, confidence, and why it could not be read."""
    read = "number" if number else "digit"
    table = csv.writer(file)
    table.writerow(("path", read, "confidence", "error"))
    for row in rows:
        confidence = "" if row["confidence"] is None else f"{row['confidence']:.{PLACES}f}"
        table.writerow((row["path"], row[read] or "", confidence, row["error"] or ""))


def write_json(file: IO[str], rows: Iterator[dict]) -> None:
    """Write JSON Lines: an object for each picture."""
    for row in rows:
        file.write(json.dumps(row) + "\n")


def line_of(row: dict) -> str:
    """Put the answer to a picture into one line for the screen."""
    path = row["path"].translate({9: r"\t", 10: r"\n", 13: r"\r"})
    return f"{path}\t{row.get('digit') or row.get('number') or 'none'}\t{row['confidence']:.1%}"
