"""The command line: python -m mnist_utils.grade NOTEBOOK_OR_FOLDER..."""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from mnist_utils.__main__ import main
from mnist_utils.commands.messages import complain
from mnist_utils.exercises import CHECKS
from mnist_utils.files import check_target, is_hidden, writing
from mnist_utils.grade import Grade, grade


def _notebooks(names: list[str]) -> Iterator[Path]:
    """Give the notebooks that are named, and all in folders, however deep."""
    for path in map(Path, names):
        inside = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        seen = [each for each in inside if not any(is_hidden(Path(part)) for part in each.relative_to(path).parts)]
        if not seen:
            raise ValueError(f"notebooks: {path} holds no notebook (.ipynb).")
        yield from seen


def _print_tables(grades: list[Grade]) -> None:
    """Print a table for each notebook of the course, and then what could not be graded."""
    width = max(len(str(each.path)) for each in grades)
    for number in sorted({each.number for each in grades if not each.problem}):
        rows = [each for each in grades if each.number == number]
        columns = {name: max(len(name) - 3, *(len(row.outcomes[name]) for row in rows)) for name in rows[0].outcomes}
        print(f"{number:<{width}}", *(f"{name[3:]:<{wide}}" for name, wide in columns.items()), "right", sep="  ")
        for row in rows:
            said = (f"{row.outcomes[name]:<{wide}}" for name, wide in columns.items())
            print(f"{row.path!s:<{width}}", *said, f"{row.right} of {len(columns)}", sep="  ")
        print()
    for row in grades:
        if row.problem:
            print(f"{row.path!s:<{width}}  {row.problem}")


def _write_table(grades: list[Grade], path: str) -> None:
    """Write one table of all notebooks as CSV: a row for each, a column for each exercise of any of them."""
    names = [name for name in CHECKS if any(name in each.outcomes for each in grades)]
    with writing(path) as [new], new.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        table = csv.writer(file)
        table.writerow(("path", "notebook", *names, "right", "problem"))
        for each in grades:
            right = "" if each.problem else each.right
            said = (each.outcomes.get(name, "") for name in names)
            table.writerow((each.path, each.number, *said, right, each.problem))


def _grade_all(options: argparse.Namespace) -> int:
    """Print which exercises are right in learners' notebooks; 1 where some could not be graded."""
    paths, grades = list(_notebooks(options.notebooks)), []
    if options.csv is not None:
        check_target(options.csv)  # before notebooks are run for minutes
    for count, path in enumerate(paths, 1):
        if options.execute:
            complain(f"running {path}, {count} of {len(paths)}")
        grades.append(grade(path, options.execute))
    if options.csv is not None:
        _write_table(grades, options.csv)
    _print_tables(grades)
    return 1 if any(each.problem for each in grades) else 0


def parser() -> argparse.ArgumentParser:
    """Give the parser of the command's arguments."""
    command = argparse.ArgumentParser(prog="python -m mnist_utils.grade", description=_grade_all.__doc__)
    command.add_argument("notebooks", nargs="+", metavar="NOTEBOOK_OR_FOLDER")
    command.add_argument("--run", dest="execute", action="store_true", help="run them, rather than read their outputs")
    command.add_argument("--csv", metavar="OUT", help="write the table to a file, too")
    command.add_argument("--debug", action="store_true", help="show where a fault was")
    command.set_defaults(run=_grade_all)
    return command


if __name__ == "__main__":
    sys.exit(main(parser=parser()))
