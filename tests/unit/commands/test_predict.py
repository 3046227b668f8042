"""python -m mnist_utils predict: what it reads, prints and writes."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_utils.__main__ import main


@pytest.fixture
def folder(grey_page, tmp_path):
    """Two pictures, one of them in a folder below, and a file that is no picture."""
    (tmp_path / "in" / "deeper").mkdir(parents=True)
    grey_page(17).save(tmp_path / "in" / "deeper" / "seven.PNG")
    grey_page(3).save(tmp_path / "in" / "zero.jpg")
    (tmp_path / "in" / "notes.txt").write_text("no picture", encoding="utf-8")
    (tmp_path / "in" / "named.png").mkdir()
    return tmp_path / "in"


def test_predict_reads_one_file(folder, capsys):
    assert main(["predict", str(folder / "zero.jpg")]) == 0
    path, digit, confidence = capsys.readouterr().out.rstrip("\n").split("\t")
    assert (path, digit) == (str(folder / "zero.jpg"), "0")
    assert 50 < float(confidence.removesuffix("%")) <= 100


def test_predict_reads_a_folder_and_those_below(folder, capsys):
    assert main(["predict", str(folder)]) == 0
    shown, faults = capsys.readouterr()
    assert [line.split("\t")[:2] for line in shown.splitlines()] == [
        [str(folder / "deeper" / "seven.PNG"), "7"],
        [str(folder / "zero.jpg"), "0"],
    ]
    assert faults == f"mnist_utils: 1 in {folder} left out: hidden, unreadable or not named as pictures.\n"


def test_predict_reads_on_after_a_bad_picture(folder, truncated_png, capsys):
    assert main(["predict", str(truncated_png), str(folder / "notes.txt"), str(folder / "zero.jpg")]) == 1
    shown, faults = capsys.readouterr()
    assert shown.split("\t")[:2] == [str(folder / "zero.jpg"), "0"]
    first, second = faults.splitlines()
    assert first.startswith(f"mnist_utils: photo: {truncated_png} is no picture")
    assert "notes.txt is no picture" in second


def test_predict_says_none_where_there_is_no_digit(tmp_path, capsys):
    Image.new("L", (50, 50), "white").save(tmp_path / "blank.png")
    assert main(["predict", str(tmp_path / "blank.png")]) == 0
    assert capsys.readouterr().out.split("\t")[1:] == ["none", "10.0%\n"]


def test_predict_writes_a_csv_file(folder, truncated_png, tmp_path, capsys):
    out = tmp_path / "out.csv"
    out.write_text("an older table", encoding="utf-8")
    assert main(["predict", str(folder), str(truncated_png), "--csv", str(out)]) == 1
    with out.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["path", "digit", "confidence", "error"]
    expected = [[str(folder / "deeper" / "seven.PNG"), "7"], [str(folder / "zero.jpg"), "0"], [str(truncated_png), ""]]
    assert [row[:2] for row in rows] == expected
    assert all(0.5 < float(row[2]) <= 1 and row[3] == "" for row in rows[:2])
    shown, faults = capsys.readouterr()
    assert rows[2][2] == ""
    assert rows[2][3].startswith(f"photo: {truncated_png} is no picture that can be read (")
    assert f"mnist_utils: {rows[2][3]}\n" in faults
    assert f"2 pictures read, 1 failed; wrote {out}" in shown
    assert {file.name for file in tmp_path.iterdir()} == {"in", "half.png", "out.csv"}


def test_predict_writes_a_line_of_json_for_each_picture(folder, truncated_png, tmp_path, shipped):
    out = tmp_path / "out.json"
    assert main(["predict", str(folder / "zero.jpg"), str(truncated_png), "--json", str(out)]) == 1
    read, failed = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert list(read) == list(failed) == ["path", "digit", "confidence", "probabilities", "error"]
    answer = shipped.read_photo(folder / "zero.jpg")
    assert (read["path"], read["digit"], read["error"]) == (str(folder / "zero.jpg"), "0", None)
    assert read["confidence"] == pytest.approx(answer.confidence, abs=1e-4)
    assert list(read["probabilities"]) == shipped.classes
    assert list(read["probabilities"].values()) == pytest.approx(answer.probabilities, abs=1e-4)
    assert failed.pop("error").startswith(f"photo: {truncated_png} is no picture")
    assert failed == {"path": str(truncated_png), "digit": None, "confidence": None, "probabilities": None}


def test_predict_reads_numbers(mnist, tmp_path, capsys):
    lines = [np.hstack([np.pad(255 - mnist[2][i], 9, constant_values=255) for i in row]) for row in ((0, 1), (2, 3))]
    Image.fromarray(np.kron(np.vstack(lines), np.ones((3, 3), np.uint8))).save(tmp_path / "page.png")
    assert main(["predict", "--number", str(tmp_path / "page.png")]) == 0
    assert capsys.readouterr().out.split("\t")[:2] == [str(tmp_path / "page.png"), "72/10"]


def test_tables_of_numbers_have_one_line_a_picture(pictures, tmp_path, capsys):
    folder = pictures(["a.png", "b.png"], b=ValueError("is none"))
    for kind in ("csv", "json"):
        assert main(["predict", "--number", str(folder), f"--{kind}", str(tmp_path / f"out.{kind}")]) == 1
    table = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{folder / 'a.png'},12/34,0.9000,", f"{folder / 'b.png'},,,is none"]
    assert table == ["path,number,confidence,error", *rows]
    read, failed = map(json.loads, (tmp_path / "out.json").read_text(encoding="utf-8").splitlines())
    assert read == {"path": str(folder / "a.png"), "number": "12/34", "confidence": 0.9, "error": None}
    assert failed == {"path": str(folder / "b.png"), "number": None, "confidence": None, "error": "is none"}


def test_tables_of_several_machines_are_one_when_put_below_each_other(pictures, tmp_path, monkeypatch):
    folder = pictures([f"{name}.png" for name in "abcdef"], b=ValueError('is "none", or\nthe like'))
    monkeypatch.chdir(folder)
    for out, names in (("part_01", "ab"), ("part_02", "cd"), ("part_03", "ef"), ("expected", "abcdef")):
        main(["predict", *(f"{name}.png" for name in names), "--csv", f"{tmp_path / out}.csv"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    with Path("part_03.csv").open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(("g.png", "NA", "0.9000", ""))  # a class's name
    expected = _table("expected.csv") + _table("part_03.csv")[-1:]
    assert len(expected) == 8
    page = (Path(__file__).parents[3] / "docs" / "several_machines.md").read_text(encoding="utf-8")
    in_shell, in_python = re.findall(r"^.*all\.csv.*$", page, re.MULTILINE)
    for command in [in_python] if sys.platform == "win32" else [in_shell, in_python]:
        Path("all.csv").unlink(missing_ok=True)
        subprocess.run(command, shell=True, check=True)
        assert _table("all.csv") == expected, command


def _table(path):
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["--workers", "0"], "workers must be 1 or more, not 0."),
        (["--json", "."], ". must be a file, not a folder"),
        (["--json", "gone/out.json"], "gone/out.json must lie in a folder that is there"),
    ],
)
def test_bad_options_are_told_before_tensorflow_is_imported(monkeypatch, tmp_path, capsys, given, why):
    monkeypatch.setitem(sys.modules, "mnist_utils.classifier", None)  # importing it now raises
    monkeypatch.chdir(tmp_path)
    assert main(["predict", __file__, *given]) == 2
    assert why in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_failure_while_writing_leaves_the_old_table_alone_and_loses_no_row(pictures, tmp_path, monkeypatch, capsys):
    folder, out = pictures(["a.png", "b.png"]), tmp_path / "out.csv"
    out.write_text("an older table", encoding="utf-8")

    def fail(*arguments):
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr("os.replace", fail)
        assert main(["predict", str(folder), "--csv", str(out)]) == 2
    assert out.read_text(encoding="utf-8") == "an older table"
    assert {file.name for file in tmp_path.iterdir()} == {"in", "out.csv", "out.csv.part"}
    assert "disk full" in capsys.readouterr().err
    assert main(["predict", str(folder), "--csv", str(out)]) == 0
    assert read_table(out, folder) == [["a.png", "7"], ["b.png", "7"]]
    assert f"2 of 2 pictures are already in {out}.part" in capsys.readouterr().err


def test_predict_refuses_a_folder_without_pictures(tmp_path, capsys):
    assert main(["predict", str(tmp_path)]) == 2
    assert f"{tmp_path} holds no picture" in capsys.readouterr().err


def test_predict_takes_another_model(trained, folder, capsys):
    from mnist_utils.classifier import load_classifier

    main(["predict", "--model", str(trained[2]), str(folder / "zero.jpg")])
    expected = load_classifier(trained[2]).read_photo(folder / "zero.jpg")
    assert capsys.readouterr().out.split("\t")[2] == f"{expected.confidence:.1%}\n"


def test_predict_says_that_a_model_without_metrics_refuses_nothing(trained, folder, tmp_path, capsys):
    (tmp_path / "bare.keras").write_bytes((trained[2] / "model.keras").read_bytes())
    assert main(["predict", "--model", str(tmp_path / "bare.keras"), str(folder / "zero.jpg")]) == 0
    faults = capsys.readouterr().err
    assert faults.startswith("mnist_utils: there is no metrics.json beside the model")
    assert faults.count("\n") == 1


def read_table(path: Path, folder: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["path", "digit", "confidence", "error"]
    return [[str(Path(row[0]).relative_to(folder)), row[1]] for row in rows]


@pytest.mark.parametrize("fault", [ValueError("is none"), FileNotFoundError("is missing")])
def test_a_picture_that_cannot_be_read_has_a_line_and_the_rest_goes_on(pictures, tmp_path, capsys, fault):
    folder = pictures(["a.png", "b.png", "c.png"], b=fault)
    assert main(["predict", str(folder), "--csv", str(tmp_path / "out.csv")]) == 1
    assert read_table(tmp_path / "out.csv", folder) == [["a.png", "7"], ["b.png", ""], ["c.png", "7"]]
    shown, faults = capsys.readouterr()
    assert shown == f"2 pictures read, 1 failed; wrote {tmp_path / 'out.csv'}\n"
    assert faults.count("\n") == 1


def test_a_name_that_is_missing_has_a_line_and_the_rest_goes_on(folder, capsys):
    assert main(["predict", str(folder / "gone.png"), str(folder / "zero.jpg")]) == 1
    shown, faults = capsys.readouterr()
    assert shown.split("\t")[:2] == [str(folder / "zero.jpg"), "0"]
    assert faults == f"mnist_utils: photo: {folder / 'gone.png'} is missing.\n"


def test_a_process_that_has_ended_is_told_with_how_to_do_without(pictures, capsys):
    folder = pictures(["a.png"], a=ChildProcessError("a process has ended."))
    assert main(["predict", str(folder)]) == 2
    assert capsys.readouterr().err == "mnist_utils: a process has ended. --workers 1 needs none.\n"


def test_large_counts_are_grouped_by_thousands(pictures, tmp_path, capsys):
    folder = pictures([f"{number}.png" for number in range(1000)])
    assert main(["predict", str(folder), "--csv", str(tmp_path / "out.csv")]) == 0
    assert capsys.readouterr().out == f"1,000 pictures read, 0 failed; wrote {tmp_path / 'out.csv'}\n"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names there are text")
def test_a_name_that_is_no_text_loses_nothing(pictures, tmp_path, capsys):
    folder = pictures(["a.png", os.fsdecode(b"caf\xe9.png"), "new\nline.png"])
    assert main(["predict", str(folder), "--csv", str(tmp_path / "out.csv")]) == 0
    expected = [["a.png", "7"], ["caf\\udce9.png", "7"], ["new\nline.png", "7"]]
    assert read_table(tmp_path / "out.csv", folder) == expected
    capsys.readouterr()
    assert main(["predict", str(folder)]) == 0
    names = ["a.png", r"caf\udce9.png", r"new\nline.png"]
    assert capsys.readouterr() == ("".join(f"{folder / name}\t7\t90.0%\n" for name in names), "")


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (["a.png"], 0),
        (["a.png", "below/b.JPG"], 0),
        (["a.png", ".DS_Store", "._a.png", "below/Thumbs.db", "notes.txt"], 4),
        (["a.png", ".hidden/b.png", ".hidden/c.png"], 1),
    ],
)
def test_what_predict_leaves_out_of_a_folder_is_counted_and_said_in_one_line(pictures, capsys, names, count):
    folder = pictures(names)
    assert main(["predict", str(folder)]) == 0
    shown, faults = capsys.readouterr()
    taken = sorted(folder / name for name in names if name in ("a.png", "below/b.JPG"))
    assert shown == "".join(f"{path}\t7\t90.0%\n" for path in taken)
    said = f"mnist_utils: {count} in {folder} left out: hidden, unreadable or not named as pictures.\n"
    assert faults == (said if count else "")
