"""What the checks say in one notebook, by its stored outputs or by running it."""

import os
import re
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mnist_utils.exercises import CHECKS

CALL = re.compile(r"^(?!\s*#).*\bcheck\(\s*[\"']([\w-]+)[\"']", re.MULTILINE)
# What a check prints, and what that means; the best of several cells counts, and this is the order.
SAID = {
    "Right.": "right",
    "Not yet. Your function returns nothing yet.": "no answer",
    "Not yet.": "wrong",
    "No answer yet.": "no answer",
}
ORDER = ("right", "wrong", "error", "no answer", "not run")
DRAWN = {"00-not-sure", "05-sure-answer"}  # by hand: a notebook does not keep the strokes, so they can't be run again
PATIENCE = 900  # seconds that one cell may take, as in the course's own tests


@dataclass(frozen=True)
class Grade:
    """What the checks of a notebook said, exercise by exercise, or why it can't be graded."""

    path: Path
    outcomes: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def number(self) -> str:
        """The notebook of the course that it is, such as "02"; empty where it is none."""
        return next(iter(self.outcomes), "")[:2]

    @property
    def right(self) -> int:
        """How many exercises are right, by what the table says."""
        return list(self.outcomes.values()).count("right")


def grade(path: str | Path, execute: bool = False) -> Grade:
    """Find out which exercises of a learner's notebook are right.

    Parameters
    ----------
    path : str or Path
        The notebook, under any name: its exercises tell which one of the course it is.
    execute : bool
        Whether to run it in a fresh kernel, in a temporary folder, rather than believe its stored outputs.

    Returns
    -------
    Grade
        With `outcomes`, for each exercise of that notebook "right", "wrong", "error" (the cell stopped), "no answer",
        "not run" or "missing" (there is no such cell), and "wrong (stored: right)" where running it says otherwise
        than the outputs do. What goes wrong with the notebook is a sentence in `problem`.
    """
    path = Path(path)
    try:
        notebook = _read(path)
        stored = _outcomes(notebook)
        if not execute:
            return Grade(path, stored)
        _run(notebook, path.parent)
        fresh = _outcomes(notebook) | {name: said for name, said in stored.items() if name in DRAWN}
    except ValueError as error:
        return Grade(path, problem=str(error))
    lost = {name for name in fresh if stored[name] == "right" != fresh[name]}
    return Grade(path, {name: f"{said} (stored: right)" if name in lost else said for name, said in fresh.items()})


def _read(path: Path) -> Any:
    """Open a notebook; a ValueError says in a sentence why it is none."""
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)
        # `read` only logs what is malformed. What is there beyond the format, as other programs write it, does no harm.
        nbformat.validate(notebook, relax_add_props=True)
        return notebook
    except OSError as error:
        raise ValueError(f"can't be read ({error.strerror or error}).") from None
    except Exception as error:  # a file may be broken in any way, and must not keep the others from being graded
        raise ValueError(f"is no notebook ({type(error).__name__}: {' '.join(str(error).split())[:80]}).") from None


def _outcomes(notebook: Any) -> dict[str, str]:
    """Give what the checks said, for each exercise of the notebook that this is."""
    asked = [(name, cell) for cell in notebook.cells if cell.cell_type == "code" for name in CALL.findall(cell.source)]
    numbers = Counter(name[:2] for name, _ in asked if name in CHECKS)
    if not numbers:
        raise ValueError("is no notebook of the course: no cell of it checks an exercise.")
    number = numbers.most_common(1)[0][0]
    answers: dict[str, list] = {name: [] for name in CHECKS if name.startswith(f"{number}-")}
    for name, cell in asked:
        if name in answers and not _is_solution(cell):
            answers[name].append(_said(cell))
    if not any(_is_solution(cell) for _, cell in asked):
        # The tags were lost, or solutions removed before the notebook was handed out: a second cell may be a solution.
        answers = {name: said[:1] for name, said in answers.items()}
    return {name: min(said, key=ORDER.index) if said else "missing" for name, said in answers.items()}


def _is_solution(cell: Any) -> bool:
    return "solution" in cell.metadata.get("tags", [])


def _said(cell: Any) -> str:
    """Give what the check in a cell said at last, by the cell's outputs."""
    outputs = cell.get("outputs", [])
    text = "".join(each.text for each in outputs if each.output_type == "stream" and each.name == "stdout")
    for line in reversed(text.splitlines()):
        for beginning, meaning in SAID.items():
            if line.startswith(beginning):
                return meaning
    return "error" if any(output.output_type == "error" for output in outputs) else "not run"


def _run(notebook: Any, folder: Path) -> None:
    """Run a notebook up to its last check, beside a copy of the learner's trainings, and keep the new outputs in it."""
    from nbclient import NotebookClient

    last = max(at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code" and CALL.search(cell.source))
    del notebook.cells[last + 1 :]
    with tempfile.TemporaryDirectory() as place:
        runs = Path(place) / "runs"
        if (folder / "runs").is_dir():
            _copy(folder / "runs", runs)
        resources = {"metadata": {"path": place}}
        client = NotebookClient(
            notebook, timeout=PATIENCE, allow_errors=True, kernel_name="python3", resources=resources
        )
        try:
            client.execute(env={**os.environ, "MNIST_RUNS": str(runs)})
        except Exception as error:  # its kernel died, or a cell took too long
            raise ValueError(f"can't be run to its end ({type(error).__name__}).") from None


def _copy(folder: Path, target: Path) -> None:
    """Copy a folder; a ValueError names the first file that can't be."""
    try:
        shutil.copytree(folder, target)
    except OSError as error:
        # A shutil.Error lists the files, each with its copy and the reason.
        file = error.args[0][0][0] if isinstance(error, shutil.Error) else error.filename
        raise ValueError(f"can't be run, as {file} can't be copied.") from None
