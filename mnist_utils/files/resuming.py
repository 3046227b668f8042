"""A table that is written row by row beside its place, and goes on where it stopped, whatever stopped it."""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from mnist_utils.files.output import TargetError, alone, check_target, writing


class Unfinished:
    """The rows of a table so far, in a file beside its place: OUT.part.

    Each has a "path" and an "error", which is None where there was none. The file's first line says what it is of, and
    each further line is a row, both as JSON.

    Attributes
    ----------
    kept : int
        How many rows were there.
    failed : int
        In how many of them "error" says something.
    dropped : bool
        Whether there were rows, but of another table.
    """

    def __init__(self, path: str | Path, of: dict, names: Sequence[Path]):
        self.path, self.name = Path(path), f"{path}.part"
        target = check_target(path)
        self.part = target.with_name(f"{target.name}.part")
        check_target(self.part)
        self.kept, self.failed, self.dropped = 0, 0, False
        with self._told():
            self.file = self.part.open("r+b" if self.part.exists() else "w+b")
            end = self._keep(of, names)
            self.file.truncate(end)
            self.file.seek(end)
            if not end:
                self._write(of)

    def _keep(self, of: dict, names: Sequence[Path]) -> int:
        """Go through the rows that are there as long as they are of this table; gives where they end, in bytes."""
        end = 0
        for number, line in enumerate(self.file):
            row = _parsed(line)
            if number == 0:
                fits = row == of
            else:
                fits = number <= len(names) and isinstance(row, dict) and row.get("path") == str(names[number - 1])
                self.kept += fits
                self.failed += fits and row["error"] is not None
            if not fits:
                self.dropped = not self.kept and row is not None  # a torn row is none of another table
                break
            end += len(line)
        return end

    def add(self, row: dict) -> None:
        """Write a row, so that it is there even if this program ends now."""
        with self._told():
            self._write(row)

    def finish(self, write: Callable[[IO[str], Iterator[dict]], None]) -> None:
        """Let `write` make the table of all rows, put it in its place, and remove what was unfinished."""
        with (
            writing(self.path) as [new],
            new.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file,
        ):
            self.file.seek(0)
            next(self.file)
            write(file, (json.loads(line) for line in self.file))
        self.file.close()
        self.part.unlink(missing_ok=True)

    def _write(self, value: dict) -> None:
        self.file.write(json.dumps(value).encode() + b"\n")  # in ASCII, which has a place for names that are no text
        self.file.flush()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TargetError(f"{self.name} can't be written ({error.strerror or error}).") from None


@contextlib.contextmanager
def going_on(path: str | Path, of: dict, names: Sequence[Path]) -> Iterator[Unfinished]:
    """Begin a table for a file, or go on behind the rows that are there of the same one; one program at a time.

    `of` is what else its rows depend on, for JSON; `names` is the "path" of each row, in their order. Rows that are
    torn, or of another table, are dropped. What keeps a file from being written is an OSError that names it.
    """
    target = check_target(path)
    lock = target.with_name(f"{target.name}.lock")
    with alone(lock, f"another program writes {path} now.", str(path)):
        table = Unfinished(path, of, names)
        try:
            yield table
        finally:
            empty = not table.file.closed and table.file.tell() == len(json.dumps(of)) + 1
            table.file.close()
            if empty:  # there is nothing to go on with
                table.part.unlink(missing_ok=True)


def _parsed(line: bytes) -> Any:
    """What a line of JSON says, or None for one that is torn."""
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
