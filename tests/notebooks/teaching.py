"""What COURSE.md asks of a notebook's numbers, quiz and words. A rule gives a list of faults, as all rules do."""

import ast
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from nbformat import NotebookNode
from nbval.plugin import get_sanitize_patterns

SANITISING = get_sanitize_patterns((Path(__file__).parent / "sanitize.cfg").read_text(encoding="utf-8"))
VERDICT = re.compile(r"\b(True|False)\W*$")
ENTRY = re.compile(r"\*\*(.+?)\*\* \(\[(\d\d)\]\((\S+)\)\): \S.*\.")
TIME = re.compile(r"\*\*Time:\*\* about (\d+) minutes(?:, and (\d+) more for \"Going deeper\")?\.")
NOT_PROSE = re.compile(r"^#[^\n]*|```.*?```|`[^`]*`|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|<[^>]+>", re.MULTILINE | re.DOTALL)
# They mean something else in everyday English, too (or in Jupyter): nobody waits with them for their notebook.
NOT_TIMED = re.compile(r"^\$\$.*?\$\$|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|<[^>]+>", re.MULTILINE | re.DOTALL)
EVERYDAY = {"step", "kernel", "unit", "class", "label", "feature", "weight", "recall"}


def printed_lines(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, str]]:
    """Each code cell with each line of text that it printed, or gave as its value."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            yield from ((cell, line) for line in text.splitlines())


def sanitised(line: str) -> str:
    """What nbval compares of a line."""
    for pattern, replacement in SANITISING:
        line = re.sub(pattern, replacement, line)
    return line


def verdicts(notebook: NotebookNode) -> list[str]:
    """Numbers, not verdicts: what merely must hold is a silent assert."""
    return [f"a printed line ends in a verdict: {line}" for _, line in printed_lines(notebook) if VERDICT.search(line)]


def names_in(*trees: ast.AST) -> set[str]:
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


def abouts(tree: ast.AST) -> Iterator[ast.AST]:
    """What a cell prints right after the word "about": a part of an f-string, or the next argument of print."""
    for node in ast.walk(tree):
        parts = node.values if isinstance(node, ast.JoinedStr) else node.args if isinstance(node, ast.Call) else []
        for before, part in pairwise(parts):
            text = before.values[-1] if getattr(before, "values", []) else before
            if re.search(r"\babout *$", str(getattr(text, "value", ""))):
                yield part


def abouts_have_asserts(notebook: NotebookNode) -> list[str]:
    """A number that nbval leaves out is held by an assert about one of its names, or what they were taken from."""
    faults = []
    about = {id(cell): cell for cell, line in printed_lines(notebook) if sanitised(line) != line}
    for cell in (cell for cell in notebook.cells if id(cell) in about):
        tree = ast.parse("\n".join(line for line in cell.source.splitlines() if not line.lstrip().startswith("%")))
        held = names_in(*(node.test for node in ast.walk(tree) if isinstance(node, ast.Assert)))
        assigned = [(node.targets, node.value) for node in ast.walk(tree) if isinstance(node, ast.Assign)]
        assigned += [([node.target], node.iter) for node in ast.walk(tree) if isinstance(node, ast.For)]
        where = f"cell [{cell.execution_count}]"
        if not held:
            faults.append(f'{where} prints a number after "about", and has no assert')
            continue
        for part in abouts(tree):
            names = names_in(part)
            names |= names_in(*(value for targets, value in assigned if names & names_in(*targets)))
            if not names & held:
                faults.append(f"{where} has no assert about {ast.unparse(part)}")
    return faults


def something_to_compare(notebook: NotebookNode) -> list[str]:
    """A line of which nbval compares no word and no other number says nothing to a reader either."""
    lines = [(line, sanitised(line)) for _, line in printed_lines(notebook)]
    bare = [line for line, left in lines if left != line and not re.search(r"\w", left.replace("about N", ""))]
    return [f'a line is nothing but numbers after "about": {line}' for line in bare]


def figures_have_alternative_text(notebook: NotebookNode) -> list[str]:
    """One figure a cell at most, and a text for those who don't see it, kept in the cell's metadata for the next run.

    A widget gives its picture a text of its own.
    """
    faults = []
    for cell in notebook.cells:
        outputs = [output for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
        where = f"cell [{cell.get('execution_count')}]"
        if len(outputs) > 1:
            faults.append(f"{where} shows {len(outputs)} figures")
        for output in outputs:
            text = output.metadata.get("image/png", {}).get("alt", "")
            if len(text.split()) < 5:
                faults.append(f"{where} shows a figure without alternative text")
            elif cell.metadata.get("alt", text) != text:
                faults.append(f"{where} shows a figure with another alternative text than the cell's")
    return faults


def minutes(cells: list[NotebookNode]) -> float:
    """How long some cells take: 150 words a minute, 30 s a cell of code to read and run, 3 minutes an exercise."""
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    words = sum(len(re.findall(r"[^\W_]+", NOT_TIMED.sub("", text))) for text in texts)
    exercises = sum(len(re.findall("^### Exercise", text, re.MULTILINE)) for text in texts)
    code = sum("solution" not in cell.metadata.get("tags", []) for cell in cells if cell.cell_type == "code")
    return words / 150 + code / 2 + 3 * exercises


def time_is_as_counted(notebook: NotebookNode) -> list[str]:
    """The first cell says the minutes, to the next five, without what stands below "## Going deeper"."""
    told = TIME.search(notebook.cells[0].source)
    if not told:
        return ['the first cell does not say "**Time:** about N minutes", with "Going deeper" or without']
    core: list[NotebookNode] = []
    deeper: list[NotebookNode] = []
    part = core
    for cell in notebook.cells:
        if cell.source.startswith("## "):
            part = deeper if cell.source.startswith("## Going deeper") else core
        part.append(cell)
    counted = [5 * max(1, round(minutes(cells) / 5)) if cells else 0 for cells in (core, deeper)]
    return [] if [int(part or 0) for part in told.groups()] == counted else [f"time is {told[0]} counted: {counted}"]


def few_links(notebook: NotebookNode) -> list[str]:
    """At most ten links lead out of the course."""
    found = [link for cell in notebook.cells for link in re.findall(r"\]\((https?://[^)\s]+)", cell.source)]
    return [f"{len(found)} links lead out of the course"] if len(found) > 10 else []


def quiz_cell(notebook: NotebookNode, number: str) -> list[str]:
    asked = [re.findall(r'quiz\("([^"]+)"\)', cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    found = [name for names in asked for name in names]
    return [] if found == [number] else [f"the notebook asks the quizzes {found}, not {number}"]


def quiz_questions(text: str) -> list[str]:
    """Five questions; three or four choices each, one of them right and not always the same, all with a reason."""
    questions, faults = json.loads(text), []
    if len(questions) != 5:
        faults.append(f"there are {len(questions)} questions, not 5")
    for question in questions:
        choices = question["choices"]
        if [choice["right"] for choice in choices].count(True) != 1 or len(choices) not in (3, 4):
            faults.append(f"not three or four choices, of which one is right: {question['question']}")
        if not all(choice["text"].strip() and choice["reason"].strip() for choice in choices):
            faults.append(f"a choice has no text or no reason: {question['question']}")
    places = {[choice["right"] for choice in question["choices"]].index(True) for question in questions if not faults}
    if len(places) == 1:
        faults.append("the right choices all stand in one place")
    return faults


def glossary_entries(text: str) -> tuple[dict[str, list[list[str]]], list[str]]:
    """The terms of each notebook, by its number, each with its other names ("kernel (filter)"); and faults.

    Below a heading and a sentence, each paragraph is an entry, in the order of the alphabet.
    """
    lines = [line for line in text.splitlines() if line.strip()][2:]
    matches = [ENTRY.fullmatch(line) for line in lines]
    faults = [f"no entry: {line}" for line, match in zip(lines, matches, strict=True) if not match]
    found = [match for match in matches if match]
    faults += [f"{match[3]} is not notebook {match[2]}" for match in found if f"/{match[2]}_" not in match[3]]
    order = [match[1].lower() for match in found]
    faults += [f"{after} stands after {before}" for before, after in pairwise(order) if before > after]
    entries: dict[str, list[list[str]]] = {}
    for match in found:
        entries.setdefault(match[2], []).append(re.split(r" \(|\)|, ", match[1].removesuffix(")")))
    return entries, faults


def prose(notebook: NotebookNode) -> list[str]:
    """Its paragraphs, without headings, pictures and code; the first and the last cell list what is learned."""
    cells = [cell.source for cell in notebook.cells[1:-1] if cell.cell_type == "markdown"]
    return [text for cell in cells for text in re.split(r"\n\s*\n", NOT_PROSE.sub("", cell))]


def terms_in_order(entries: list[list[str]], earlier: list[NotebookNode], notebook: NotebookNode) -> list[str]:
    """A notebook introduces each term of its own page in bold, and nobody has used the term before that."""
    faults, before, here = [], [text for one in earlier for text in prose(one)], prose(notebook)
    for names in entries:
        word = rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?:e?s)?(?![\w-])"
        bold = re.compile(rf"\*\*[^*]*{word}[^*]*\*\*", re.IGNORECASE)
        introduced = next((number for number, text in enumerate(here) if bold.search(text)), None)
        if introduced is None:
            faults.append(f"{names[0]} is nowhere in bold")
        elif not EVERYDAY.intersection(names):
            used = [text for text in before + here[:introduced] if re.search(word, text, re.IGNORECASE)]
            faults += [f"{names[0]} is used before it is introduced: {' '.join(text.split())[:60]}" for text in used]
    return faults
