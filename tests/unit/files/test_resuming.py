"""A table that goes on where it stopped: no row is lost, and no file of anybody else's."""

import io
import json
from pathlib import Path

import pytest

from mnist_utils.files import TargetError, Unfinished, going_on

OF = {"model": "1"}
NAMES = [Path("a.png"), Path("b.png"), Path("c.png")]


def row(name: str, **more: str) -> dict:
    return {"path": name, "error": None, **more}


def stop_after(out: Path, count: int, of: dict = OF) -> bytes:
    """Write so many rows of a table; gives what is in its unfinished file."""
    with going_on(out, of, NAMES) as table:
        for name in NAMES[table.kept : count]:
            table.add(row(str(name)))
    return out.with_name("out.csv.part").read_bytes()


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "out.csv"


@pytest.fixture
def part(out) -> Path:
    return out.with_name("out.csv.part")


def test_a_stop_while_the_finished_table_is_made_loses_no_row(out, part):
    before = stop_after(out, 3)

    def stop(file, rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), going_on(out, OF, NAMES) as table:
        table.finish(stop)
    assert part.read_bytes() == before
    assert not out.exists()


@pytest.mark.parametrize("content", [b"my notes\n", b"no end", b"\xff\xd8\xff", b'{"a": 1}\n', b"[]\n", b"1\n"])
def test_a_file_of_the_users_with_that_name_is_left_alone(out, part, content):
    part.write_bytes(content)
    why = r"^[^\n]*out\.csv\.part is there and is no unfinished table: move it away\.$"
    with pytest.raises(TargetError, match=why), going_on(out, OF, NAMES):
        pass
    assert part.read_bytes() == content
    assert list(out.parent.iterdir()) == [part]


@pytest.mark.parametrize("content", [b"", b'{"mod', b'{"model": "1"}'])
def test_a_torn_first_line_is_written_anew(out, part, content):
    part.write_bytes(content)
    assert stop_after(out, 1).splitlines()[0] == b'{"model": "1"}'
    assert list(out.parent.iterdir()) == [part]


@pytest.mark.parametrize(("of", "names", "kept"), [({"model": "2"}, NAMES, 0), (OF, NAMES[1:], 0), (OF, NAMES[:1], 1)])
def test_of_the_rows_of_another_table_a_copy_is_kept(out, part, of, names, kept):
    before, old = stop_after(out, 2), out.with_name("out.csv.part.old")
    with going_on(out, of, names) as table:
        assert (table.kept, table.old) == (kept, f"{out}.part.old")
    assert old.read_bytes() == before
    assert part.exists() == bool(kept)


def test_an_older_copy_is_not_replaced(out, part):
    before, old = stop_after(out, 2), out.with_name("out.csv.part.old")
    old.write_text("hours of work", encoding="utf-8")
    with pytest.raises(TargetError, match=r"out\.csv\.part is of another table, and \S+\.old is there: move one of"):
        stop_after(out, 1, {"model": "2"})
    assert (part.read_bytes(), old.read_text(encoding="utf-8")) == (before, "hours of work")


def test_where_there_is_no_room_for_that_copy_nothing_is_dropped(out, part, monkeypatch):
    before = stop_after(out, 2)

    def fail(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", fail)
    with pytest.raises(TargetError, match=r"out\.csv\.part\.old can't be written \(No space left on device\)\.$"):
        stop_after(out, 1, {"model": "2"})
    assert part.read_bytes() == before


@pytest.mark.parametrize("bad", [{"path": "b.png"}, {"error": None}, ["b.png"], row("b.png ")])
def test_a_row_of_another_program_is_read_again(out, part, bad):
    before = stop_after(out, 1)
    part.write_bytes(before + json.dumps(bad).encode() + b"\n")
    with going_on(out, OF, NAMES) as table:
        assert (table.kept, table.failed) == (1, 0)
    assert part.read_bytes() == before


class Full(io.RawIOBase):
    """A file on a full disk."""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        raise OSError(28, "No space left on device")


def test_a_disk_that_fills_up_is_told_with_the_files_name(out, part):
    before = stop_after(out, 1)

    def go_on() -> None:
        with going_on(out, OF, NAMES) as table:
            table.file.close()
            table.file = io.BufferedWriter(Full())  # it keeps what it could not write, and tries again when closed
            table.add(row("b.png"))

    with pytest.raises(TargetError, match=r"out\.csv\.part can't be written \(No space left on device\)\.$"):
        go_on()
    assert part.read_bytes() == before


@pytest.mark.parametrize("there", [False, True])
def test_a_disk_that_is_full_from_the_start_is_told_and_no_empty_file_left(out, part, monkeypatch, there):
    if there:
        part.touch()
    opened = []

    def fail(table, value):
        opened.append(table.file)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Unfinished, "_write", fail)
    with (
        pytest.raises(TargetError, match=r"out\.csv\.part can't be written \(No space left on device\)\.$"),
        going_on(out, OF, NAMES),
    ):
        pass
    assert list(out.parent.iterdir()) == ([part] if there else [])
    assert opened[0].closed


def test_a_folder_in_the_place_of_its_lock_is_told_as_what_keeps_it_from_being_written(out):
    out.with_name("out.csv.lock").mkdir()
    with pytest.raises(TargetError, match=r"out\.csv can't be written to \("), going_on(out, OF, NAMES):
        pass
