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
ENTRY = re.compile(r"\*\*(.+?)\*\*: \S.*\.")
NOT_PROSE = re.compile(r"^#[^\n]*|```.*?```|`[^`]*`|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|<[^>]+>", re.MULTILINE | re.DOTALL)
# They mean something else in everyday English, too (or in Jupyter): nobody waits with them for their notebook.
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


def glossary_entries(text: str) -> tuple[list[list[str]], list[str]]:
    """The terms of a glossary's page, each with its other names ("kernel (filter)"), and its faults."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    matches = [ENTRY.fullmatch(line) for line in lines]
    faults = [f"no entry: {line}" for line, match in zip(lines, matches, strict=True) if not match]
    return [re.split(r" \(|\)|, ", match[1].removesuffix(")")) for match in matches if match], faults


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
