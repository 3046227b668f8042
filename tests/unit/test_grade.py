"""What the checks said in learners' notebooks: read from small ones made here, and from two that are run."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mnist_utils.__main__ import main
from mnist_utils.grade import grade
from mnist_utils.grade.__main__ import parser

RIGHT, WRONG = "Right. A one is a single stroke.\n", "Not yet. Think of how far the pen travels to write it.\n"
FAILED = new_output("error", ename="NameError", evalue="name 'x' is not defined", traceback=[])


def printed(text):
    return [new_output("stream", name="stdout", text=text)]


def cell(name, outputs=(), source="answer = 1", tags=()):
    return new_code_cell(f'{source}\ncheck("{name}", answer)', outputs=list(outputs), metadata={"tags": list(tags)})


def solution(name):
    return cell(name, printed(RIGHT), tags=["solution"])


@pytest.fixture
def hand_in(tmp_path):
    """A function that saves cells as a learner's notebook."""

    def save(*cells, name="ana.ipynb"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        nbformat.write(new_notebook(cells=[new_markdown_cell("# Explore"), *cells]), path)
        return path

    return save


INK = "01-least-ink"
CASES = {
    "right": ([cell(INK, printed(RIGHT))], "right"),
    "wrong": ([cell(INK, printed(WRONG))], "wrong"),
    "right after other lines": ([cell(INK, printed("read as: 1 7 7\n" + RIGHT))], "right"),
    "the last of two answers in a cell": ([cell(INK, printed(RIGHT + WRONG))], "wrong"),
    "in pieces": ([cell(INK, [*printed("Rig"), *printed("ht. So.\n")])], "right"),
    "not run": ([cell(INK)], "not run"),
    "stopped": ([cell(INK, [FAILED])], "error"),
    "said by something else": ([cell(INK, [new_output("stream", name="stderr", text=RIGHT)])], "not run"),
    "missing": ([], "missing"),
    "its call commented out": ([new_code_cell(f'# check("{INK}", 1)', outputs=printed(RIGHT))], "missing"),
    "renamed": ([cell("01-most-ink", printed(RIGHT))], "missing"),
    "tried again in a new cell": ([cell(INK, printed(WRONG)), cell(INK, printed(RIGHT)), cell(INK)], "right"),
    "in text": ([new_markdown_cell(f'check("{INK}", 1) says\nRight.')], "missing"),
}


@pytest.mark.parametrize(("cells", "outcome"), CASES.values(), ids=CASES)
def test_an_exercise_is_as_its_cells_say(hand_in, cells, outcome):
    graded = grade(hand_in(*cells, solution(INK), cell("01-mean-image", printed(RIGHT))))
    assert graded.outcomes == {INK: outcome, "01-mean-image": "right", "01-zero-or-one": "missing"}
    assert (graded.number, graded.right, graded.problem) == ("01", 1 + (outcome == "right"), "")


def test_where_the_solutions_lost_their_tags_the_first_cell_is_the_answer(hand_in):
    cells = [cell(INK, printed(WRONG)), cell(INK, printed(RIGHT))]
    assert grade(hand_in(*cells)).outcomes[INK] == "wrong"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (None, "no answer"),
        (lambda *given: None, "no answer"),
        (lambda images, labels, digit: images[0], "wrong"),
        (lambda *given: 1 / 0, "wrong"),
        (lambda images, labels, digit: np.mean(images[labels == digit], axis=0), "right"),
    ],
)
def test_what_checks_print_is_understood(said, hand_in, answer, outcome):
    name = "01-mean-image"
    assert grade(hand_in(cell(name, printed(said(name, answer))), solution(name))).outcomes[name] == outcome


def test_a_notebook_is_run_beside_the_learners_trainings_and_leaves_them_alone(hand_in):
    pasted = cell("00-half-drawn", printed(RIGHT), "from mnist_utils.exercises import check\nanswer = 9")
    trained = """import os, pathlib
runs = pathlib.Path(os.environ["MNIST_RUNS"])
assert (runs / "mine").is_dir() and runs.resolve() == pathlib.Path("runs").resolve()
(runs / "mine" / "model.keras").write_text("other")
check("00-pen-lifted", 0.8, lambda share: 9 if share > 0.75 else 5)"""
    cells = [
        new_code_cell("a mistake"),
        pasted,
        solution("00-half-drawn"),
        new_code_cell(trained, outputs=printed(WRONG)),
        cell("00-not-sure", printed(RIGHT), "answer = 0"),
        new_code_cell("import os; os._exit(1)"),  # behind the last check: not run
    ]
    path = hand_in(*cells, name="ana/hello.ipynb")
    model = path.parent / "runs" / "mine" / "model.keras"
    model.parent.mkdir(parents=True)
    model.write_text("hers", encoding="utf-8")
    before = path.read_bytes()
    graded = grade(path, execute=True)
    assert graded.problem == ""
    assert graded.outcomes == {
        "00-half-drawn": "wrong (stored: right)",
        "00-pen-lifted": "right",
        "00-not-sure": "right",  # drawn by hand: as stored
    }
    assert (path.read_bytes(), model.read_text(encoding="utf-8")) == (before, "hers")


def test_a_notebook_that_ends_its_kernel_is_said_in_its_line(hand_in):
    path = hand_in(new_code_cell("import os; os._exit(1)"), cell(INK, printed(RIGHT)))
    assert grade(path, execute=True).problem == "can't be run to its end (DeadKernelError)."


def malformed(**changes):
    """A notebook of one cell, in some way other than nbformat has it; None leaves a part of the cell out."""
    cell = {"cell_type": "code", "source": f'check("{INK}", 1)', "metadata": {}, "outputs": [], "execution_count": 1}
    cell = {name: value for name, value in (cell | changes).items() if value is not None}
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}).encode()


STREAM, INVALID = {"output_type": "stream", "name": "stdout"}, "is no notebook (NotebookValidationError: "
BROKEN = {
    "no JSON": (b"hello", "is no notebook (NotJSONError: Notebook does not appear to be JSON: 'hello')."),
    "empty": (b"", "is no notebook (NotJSONError: "),
    "bytes": (b"\xff\xfe\x00", "is no notebook (UnicodeDecodeError: "),
    "a list": (b"[]", "is no notebook (AttributeError: "),
    "no cells": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "is no notebook (ValidationError: "),
    "brackets": (b"[" * 100_000, "is no notebook (RecursionError: "),
    "half": (b'{"cells": [{"cell_type": "code",', "is no notebook (NotJSONError: "),
    "an empty output": (malformed(outputs=[{}]), INVALID + "{} is not valid "),
    "an output without a type": (malformed(outputs=[{"name": "stdout", "text": RIGHT}]), INVALID),
    "a number printed": (malformed(outputs=[{**STREAM, "text": 5}]), INVALID + "5 is not valid "),
    "null printed": (malformed(outputs=[{**STREAM, "text": None}]), INVALID + "None is not valid "),
    "no source": (malformed(source=None), INVALID + "'source' is a required property"),
    "no type": (malformed(cell_type=None), INVALID),
    "no metadata": (malformed(metadata=None), "is no notebook (ValidationError: "),
    "tags null": (malformed(metadata={"tags": None}), INVALID + "None is not of type 'array'"),
}


@pytest.mark.parametrize(("content", "said"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_notebook_is_said_in_its_line(tmp_path, content, said):
    path = tmp_path / "ana.ipynb"
    path.write_bytes(content)
    graded = grade(path)
    assert (graded.outcomes, graded.number) == ({}, "")
    assert graded.problem.startswith(said)
    assert "\n" not in graded.problem


def test_a_cell_with_more_than_the_format_has_is_graded(tmp_path):
    path = tmp_path / "ana.ipynb"
    shown = {"output_type": "display_data", "data": {}, "metadata": {}, "name": "stdout", "text": 5}
    path.write_bytes(malformed(id="from another program", outputs=[shown, {**STREAM, "text": RIGHT}]))
    assert (grade(path).problem, grade(path).outcomes[INK]) == ("", "right")


@pytest.mark.skipif(sys.platform == "win32", reason="not everybody may make links there")
def test_a_training_that_can_not_be_copied_is_said_in_the_notebooks_line(hand_in, tmp_path):
    path = hand_in(cell(INK, printed(RIGHT)))
    (tmp_path / "runs").mkdir()
    gone = tmp_path / "runs" / "model.keras"
    gone.symlink_to(tmp_path / "gone")
    assert grade(path, execute=True).problem == f"can't be run, as {gone} can't be copied."


def test_a_notebook_of_another_course_is_said_in_its_line(hand_in):
    another = [new_code_cell("print('Right.')", outputs=printed(RIGHT)), cell("99-other", printed(RIGHT))]
    assert grade(hand_in(*another)).problem == "is no notebook of the course: no cell of it checks an exercise."


def test_one_broken_notebook_does_not_keep_the_others_from_being_graded(hand_in, tmp_path, capsys):
    hand_in(cell(INK, printed(RIGHT)), solution(INK), name="class/ana.ipynb")
    hand_in(cell("02-max-pool", printed(WRONG)), name="class/cem.ipynb")
    hand_in(cell(INK, printed(WRONG)), name="class/.ipynb_checkpoints/ana-checkpoint.ipynb")
    (tmp_path / "class" / "ben.ipynb").write_text("hello", encoding="utf-8")
    table = tmp_path / "table.csv"
    assert main([str(tmp_path / "class"), str(tmp_path / "dora.ipynb"), "--csv", str(table)], parser()) == 1
    with table.open(newline="", encoding="utf-8") as file:
        rows = {row["path"].rsplit("/", 1)[-1]: row for row in csv.DictReader(file)}
    assert [(name, row["notebook"], row["right"]) for name, row in rows.items()] == [
        ("ana.ipynb", "01", "1"),
        ("ben.ipynb", "", ""),
        ("cem.ipynb", "02", "0"),
        ("dora.ipynb", "", ""),
    ]
    assert (rows["ana.ipynb"][INK], rows["ana.ipynb"]["02-max-pool"]) == ("right", "")
    assert rows["dora.ipynb"]["problem"] == "can't be read (No such file or directory)."
    shown = capsys.readouterr().out.replace(str(tmp_path), "").splitlines()
    assert [line.split() for line in shown[:2]] == [
        ["01", "least-ink", "mean-image", "zero-or-one", "right"],
        ["/class/ana.ipynb", "right", "missing", "missing", "1", "of", "3"],
    ]
    assert shown[-2].split() == ["/class/ben.ipynb", *BROKEN["no JSON"][1].split()]


def test_the_command_line_grades_and_says_in_one_line_what_is_wrong_with_its_arguments(hand_in, tmp_path):
    def run(*arguments):
        return subprocess.run([sys.executable, "-m", "mnist_utils.grade", *arguments], capture_output=True, text=True)

    graded = run(hand_in(cell(INK, printed(RIGHT)), solution(INK)))
    assert (graded.returncode, graded.stderr) == (0, "")
    assert "1 of 3" in graded.stdout
    (tmp_path / "empty").mkdir()
    refused = run(tmp_path / "empty")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == f"mnist_utils: notebooks: {tmp_path / 'empty'} holds no notebook (.ipynb).\n"


def test_a_table_that_can_not_be_written_is_said_before_notebooks_are_run(hand_in, tmp_path, capsys):
    assert main([str(hand_in(cell(INK))), "--run", "--csv", str(tmp_path / "no" / "table.csv")], parser()) == 2
    said = capsys.readouterr().err
    assert "no/table.csv must lie in a folder that is there" in said
    assert "running" not in said
    assert main([str(hand_in(cell(INK))), "--csv", ""], parser()) == 2
    assert "must be a file, not a folder" in capsys.readouterr().err


@pytest.mark.parametrize("number", [f"{number:02}" for number in range(9)])
def test_the_courses_notebooks_are_graded_by_their_exercises_and_none_is_answered(number):
    (path,) = (Path(__file__).parents[2] / "notebooks").glob(f"{number}_*.ipynb")
    graded = grade(path)
    assert (graded.number, graded.problem, graded.right) == (number, "", 0)
    assert set(graded.outcomes.values()) <= {"no answer", "wrong"}
