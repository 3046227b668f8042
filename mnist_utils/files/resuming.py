"""A table that is written row by row beside its place, and goes on where it stopped, whatever stopped it."""

import contextlib
import json
import shutil
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
    rows : int
        How many rows are there.
    kept : int
        How many of them were there before.
    failed : int
        In how many of these "error" says something.
    old : str or None
        Where the file was copied to, OUT.part.old, if it held rows of another table.
    """

    def __init__(self, path: str | Path, of: dict, names: Sequence[Path]):
        self.path, self.name = Path(path), f"{path}.part"
        target = check_target(path)
        self.part = target.with_name(f"{target.name}.part")
        check_target(self.part)
        self.rows, self.kept, self.failed = 0, 0, 0
        self.old: str | None = None
        there = self.part.exists()
        with self._told():
            self.file = self.part.open("r+b" if there else "w+b")
        try:
            with self._told():
                self._begin(of, names)
        except BaseException:
            self.close(keep=there)
            raise

    def _begin(self, of: dict, names: Sequence[Path]) -> None:
        """Go behind the rows that are there of this table, and drop others, but for a copy."""
        end, others = self._keep(of, names)
        if others:
            self.old = f"{self.name}.old"
            copy = self.part.with_name(f"{self.part.name}.old")
            if copy.exists():  # perhaps hours of work, which a mistyped command must not cost
                raise TargetError(f"{self.name} is of another table, and {self.old} is there: move one of them away.")
            with writing(copy) as [new]:
                shutil.copyfile(self.part, new)
        self.file.truncate(end)
        self.file.seek(end)
        if not end:
            self._write(of)
        self.rows = self.kept

    def _keep(self, of: dict, names: Sequence[Path]) -> tuple[int, bool]:
        """Count the rows from the first on that are of this table; gives their end, in bytes, and if others follow."""
        end = 0
        for number, line in enumerate(self.file):
            row = _parsed(line)
            if number == 0:
                fits = row == of
                if not fits and not _is_header(row, line, of):
                    raise TargetError(f"{self.name} is there and is no unfinished table: move it away.")
            else:
                fits = number <= len(names) and _is_row(row, names[number - 1])
                self.kept += fits
                self.failed += fits and row["error"] is not None
            if not fits:
                return end, row is not None  # a torn row is none of another table
            end += len(line)
        return end, False

    def add(self, row: dict) -> None:
        """Write a row, so that it is there even if this program ends now."""
        with self._told():
            self._write(row)
        self.rows += 1

    def finish(self, write: Callable[[IO[str], Iterator[dict]], None]) -> None:
        """Let `write` make the table of all rows, put it in its place, and remove what was unfinished."""
        with (
            writing(self.path) as [new],
            new.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file,
        ):
            self.file.seek(0)
            next(self.file)
            write(file, (json.loads(line) for line in self.file))
        self.close(keep=False)

    def close(self, keep: bool) -> None:
        """Close the file, and remove it unless it is to be kept."""
        with contextlib.suppress(OSError):  # it tries again to write what the disk had no room for, which was told
            self.file.close()
        if not keep:
            self.part.unlink(missing_ok=True)

    def _write(self, value: dict) -> None:
        self.file.write(_line(value))
        self.file.flush()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except TargetError:
            raise
        except OSError as error:
            raise TargetError(f"{self.name} can't be written ({error.strerror or error}).") from None


@contextlib.contextmanager
def going_on(path: str | Path, of: dict, names: Sequence[Path]) -> Iterator[Unfinished]:
    """Begin a table for a file, or go on behind the rows that are there of the same one; one program at a time.

    `of` is what else its rows depend on, for JSON; `names` is the "path" of each row, in their order. Rows that are
    torn are dropped, and so are those of another table, of which a copy is kept. What keeps a file from being written
    is a TargetError that names it; a ValueError says that another program writes it.
    """
    target = check_target(path)
    lock = target.with_name(f"{target.name}.lock")
    with alone(lock, f"another program writes {path} now.", str(path)):
        table = Unfinished(path, of, names)
        try:
            yield table
        finally:
            table.close(keep=table.rows > 0)  # without a row there is nothing to go on with


def _line(value: dict) -> bytes:
    return json.dumps(value).encode() + b"\n"  # in ASCII, which has a place for names that are no text


def _parsed(line: bytes) -> Any:
    """What a line of JSON says, or None for one that is torn."""
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None


def _is_header(value: Any, line: bytes, of: dict) -> bool:
    """Tell whether a first line says what a table is of, another than this perhaps, or is the beginning of `of`."""
    return _line(of).startswith(line) or (isinstance(value, dict) and value.keys() == of.keys())


def _is_row(value: Any, name: Path) -> bool:
    return isinstance(value, dict) and value.get("path") == str(name) and "error" in value
