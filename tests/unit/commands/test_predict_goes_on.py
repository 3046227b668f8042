"""python -m mnist_utils predict: a table goes on where it stopped, and is never half written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mnist_utils.__main__ import main
from mnist_utils.files import going_on

NAMES = ["a.png", "b.png", "c.png", "d.png"]
OLD = "an older table"


@pytest.fixture
def stopped(pictures, tmp_path):
    """A folder of four pictures, and the table of them, which Ctrl-C stopped after two."""
    folder, out = pictures(NAMES, c=KeyboardInterrupt()), tmp_path / "out.csv"
    assert main(["predict", str(folder), "--csv", str(out)]) == 130
    return folder, out


def table(out: Path) -> list[str]:
    return out.read_text(encoding="utf-8").replace(f"{out.parent / 'in'}{os.sep}", "").splitlines()


WHOLE = ["path,digit,confidence,error", *(f"{name},7,0.9000," for name in NAMES)]


def test_ctrl_c_says_how_it_goes_on_and_leaves_the_older_table_alone(pictures, tmp_path, capsys):
    folder, out = pictures(NAMES, c=KeyboardInterrupt()), tmp_path / "out.csv"
    out.write_text(OLD, encoding="utf-8")
    assert main(["predict", str(folder), "--csv", str(out)]) == 130
    said = f"mnist_utils: stopped; {out}.part holds 2 of 4 pictures: the same command reads the rest.\n"
    assert capsys.readouterr() == ("", said)
    assert out.read_text(encoding="utf-8") == OLD
    assert {file.name for file in tmp_path.iterdir()} == {"in", "out.csv", "out.csv.part"}


def test_the_same_command_reads_only_what_is_left(stopped, pictures, tmp_path, capsys):
    folder, out = stopped
    pictures([], a=ValueError("must not be read again"))
    assert main(["predict", str(folder), "--csv", str(out)]) == 0
    assert table(out) == WHOLE
    shown, said = capsys.readouterr()
    assert shown == f"4 pictures read, 0 failed; wrote {out}\n"
    assert said == f"mnist_utils: 2 of 4 pictures are already in {out}.part: reading the rest.\n"
    assert {file.name for file in tmp_path.iterdir()} == {"in", "out.csv"}


def test_what_failed_before_the_stop_counts(pictures, tmp_path, capsys):
    folder, out = pictures(NAMES, a=ValueError("is none"), c=KeyboardInterrupt()), tmp_path / "out.json"
    main(["predict", str(folder), "--json", str(out)])
    pictures([])
    assert main(["predict", str(folder), "--json", str(out)]) == 1
    assert capsys.readouterr().out == f"3 pictures read, 1 failed; wrote {out}\n"
    errors = [json.loads(line)["error"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert errors == ["is none", None, None, None]


@pytest.mark.parametrize("change", ["model", "option", "folder", "pictures"])
def test_answers_of_another_command_are_not_mixed_in(stopped, pictures, monkeypatch, capsys, change):
    folder, out = stopped
    pictures(["0.png"] if change == "pictures" else [], weight=float(change == "model"))
    if change == "folder":
        monkeypatch.chdir(folder)
    option = ["--number"] if change == "option" else []
    assert main(["predict", str(folder), "--csv", str(out), *option]) == 0
    said = (
        f"mnist_utils: {out}.part was for other pictures or options or another model: it is kept as {out}.part.old.\n"
    )
    assert capsys.readouterr().err == said
    assert len(out.with_name("out.csv.part.old").read_bytes().splitlines()) == 3
    assert len(table(out)) == (6 if change == "pictures" else 5)
    assert all(("12/34" if option else ",7,") in line for line in table(out)[1:])


def test_rows_behind_a_new_picture_are_read_again(stopped, pictures, capsys):
    folder, out = stopped
    pictures(["a2.png"])
    assert main(["predict", str(folder), "--csv", str(out)]) == 0
    assert table(out) == [*WHOLE[:2], "a2.png,7,0.9000,", *WHOLE[2:]]
    assert "1 of 5 pictures are already in" in capsys.readouterr().err
    assert len(out.with_name("out.csv.part.old").read_bytes().splitlines()) == 3


@pytest.mark.parametrize("torn", [b'{"path": "c', b"\0" * 9999 + b"\n", b'{"path": "c.png"', b"7\n", b"\xff\n"])
def test_a_torn_row_is_dropped(stopped, pictures, torn):
    folder, out = stopped
    with out.with_name("out.csv.part").open("ab") as file:
        file.write(torn)
    pictures([])
    assert main(["predict", str(folder), "--csv", str(out)]) == 0
    assert table(out) == WHOLE


def test_a_row_without_its_end_is_dropped(stopped, pictures, capsys):
    folder, out = stopped
    part = out.with_name("out.csv.part")
    part.write_bytes(part.read_bytes()[:-1])
    pictures([])
    assert main(["predict", str(folder), "--csv", str(out)]) == 0
    assert table(out) == WHOLE
    assert "1 of 4 pictures are already in" in capsys.readouterr().err


def test_a_stop_before_the_first_picture_leaves_nothing(pictures, tmp_path, capsys):
    folder = pictures(NAMES, a=KeyboardInterrupt())
    assert main(["predict", str(folder), "--csv", str(tmp_path / "out.csv")]) == 130
    assert capsys.readouterr().err == "mnist_utils: stopped.\n"
    assert {file.name for file in tmp_path.iterdir()} == {"in"}


def test_each_row_is_on_the_disk_before_the_next_picture_is_read(tmp_path):
    part = tmp_path / "out.csv.part"
    with going_on(tmp_path / "out.csv", {}, [Path("a"), Path("b")]) as rows:
        for name in "ab":
            rows.add({"path": name, "error": None})
            assert json.loads(part.read_text(encoding="utf-8").splitlines()[-1])["path"] == name


def test_two_programs_do_not_write_one_table(tmp_path, pictures, capsys):
    folder, out = pictures(NAMES), tmp_path / "out.csv"
    with going_on(tmp_path / "other.csv", {}, []), going_on(out, {}, []):
        assert main(["predict", str(folder), "--csv", str(out)]) == 2
    assert capsys.readouterr().err == f"mnist_utils: another program writes {out} now.\n"


KILLED = """
import os, signal, sys
from types import SimpleNamespace
from mnist_utils.__main__ import main
from mnist_utils.commands import predict

class Reader:
    metrics, classes, model = {}, ["7"], SimpleNamespace(get_weights=list)
    def read_photos(self, pictures, number, workers):
        for count, picture in enumerate(pictures):
            if count == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
            yield SimpleNamespace(name=picture.stem, confidence=0.5, probabilities=[1.0])

predict.load = lambda model: Reader()
sys.exit(main(["predict", "in", "--csv", sys.argv[1]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no kill -9")
def test_a_command_that_was_killed_twice_gives_the_same_table_as_one_that_was_not(tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(9):
        (tmp_path / "in" / f"{number}.png").touch()

    def run(out: str, at: int) -> subprocess.CompletedProcess:
        command = [sys.executable, "-c", KILLED, out, str(at)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    for at, lines in ((4, 5), (3, 8)):
        assert run("killed.csv", at).returncode == -9
        assert not (tmp_path / "killed.csv").exists()
        assert len((tmp_path / "killed.csv.part").read_bytes().splitlines()) == lines
    last = run("killed.csv", 9)
    assert (last.returncode, last.stdout) == (0, "9 pictures read, 0 failed; wrote killed.csv\n")
    assert last.stderr == "mnist_utils: 7 of 9 pictures are already in killed.csv.part: reading the rest.\n"
    assert run("whole.csv", 9).stderr == ""
    assert (tmp_path / "killed.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert {file.name for file in tmp_path.iterdir()} == {"in", "killed.csv", "whole.csv"}
