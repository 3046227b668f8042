"""What notebooks/README.md tells teachers is there: files, sections, exercises, and the minutes of its plans."""

import json
import re
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PAGE = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
MARKDOWN = {
    path.name[:2]: "\n\n".join(
        "".join(cell["source"])
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    )
    for path in NOTEBOOKS.glob("*.ipynb")
}


def headings(number: str) -> list[str]:
    return re.findall(r"^##+ (.+)$", MARKDOWN[number], re.MULTILINE)


def section(title: str) -> str:
    return re.search(rf"^## {title}$(.+?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]


def test_links_lead_to_files():
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", PAGE)]
    assert len(links) >= 3
    assert [link for link in links if not (NOTEBOOKS / link).is_file()] == []


def test_the_sections_that_plans_name_are_in_the_notebooks():
    there = {heading for number in MARKDOWN for heading in headings(number)}
    named = [name for name in re.findall(r'"([^"]+)"', section("Plans")) if name != "Going deeper"]
    assert len(named) > 20
    assert [name for name in named if name not in there] == []


def test_what_to_skip_first_is_all_that_goes_deeper():
    said = {number: names.split("; ") for number, names in re.findall(r"^- (\d\d): (.+)$", PAGE, re.MULTILINE)}
    deeper = {
        number: [h.removeprefix("Going deeper: ") for h in headings(number) if h.startswith("Going deeper: ")]
        for number in MARKDOWN
    }
    assert said == {number: names for number, names in deeper.items() if names}


def test_the_minutes_of_each_timed_plan_add_up():
    rows = re.findall(r"^\| (.+) \| ([\d, ]+) \|$", section("Plans"), re.MULTILINE)
    sums = [sum(map(int, minutes.split(", "))) for _, minutes in rows]
    assert sums[:3] == [90, 90, 90]
    assert sum(sums[3:]) == 150


def test_every_exercise_is_spoken_of_once_as_closed_or_as_open():
    kinds = {
        f"{number}.{exercise}": kind
        for number in MARKDOWN
        for exercise, kind in re.findall(r"^### Exercise (\d): (\w+)", MARKDOWN[number], re.MULTILINE)
    }
    closed = re.findall(r"^\| (\d\d\.\d) \|", section("Where people get stuck"), re.MULTILINE)
    opened = re.findall(r"^- \*\*(\d\d\.\d),", section("Open exercises: what a good answer says"), re.MULTILINE)
    # 01.3 is open and has a usual mistake, too.
    assert sorted(set(closed) - {"01.3"}) == sorted(name for name, kind in kinds.items() if kind != "open")
    assert sorted(opened) == sorted(name for name, kind in kinds.items() if kind == "open")


def test_seconds_and_memory_of_a_seat_are_those_that_were_measured():
    lines = (Path(__file__).parents[1] / "benchmarks" / "notebooks.txt").read_text(encoding="utf-8").splitlines()[1:]
    measured = {line[:2]: line.split()[1:] for line in lines}
    assert list(measured) == sorted(MARKDOWN)
    for place, name in enumerate(["Run All, seconds", "memory, MB"]):
        row = re.search(rf"^\| {name} \| (.+) \|$", PAGE, re.MULTILINE)[1]
        assert row.split(" | ") == [numbers[place] for numbers in measured.values()]
    assert max(int(memory) for _, memory in measured.values()) < 2000  # what the page tells teachers to count
