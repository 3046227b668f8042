"""What every notebook of the course keeps to: its parts, its exercises, and outputs that nbval really compares.

A rule is a function that takes a notebook and gives a list of faults. Each is tried on a small good notebook, too,
in which one thing is broken that it must complain about.
"""

import ast
import copy
import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval.plugin import find_comment_markers, find_metadata_tags

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
NAMES = [path.name for path in PATHS]
COMING = {"06_explain_predictions.ipynb"}  # may be linked to before it is there
MOST_LINES = 15
MOST_BYTES = 1_000_000
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:tmp|work|home|root|Users)\b|\b[A-Z]:\\+Users\b")
EMBEDDED = re.compile(r"base64,[\w+/=]+")
LINK = re.compile(r"\]\(([^)\s]+)\)")
CHECK = re.compile(r'check\(\s*"([^"]+)"')
READS_IMAGES = re.compile(r"(^|_)fit(_|$)|^train_on_batch$")  # names of functions that learn from what they are given


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def points(text: str) -> list[str]:
    """The list in a text: its lines that begin with "- ", with what is continued on the next lines."""
    joined = re.sub(r"\n +", " ", text)
    return [line[2:].strip() for line in joined.splitlines() if line.startswith("- ")]


def links(line: str) -> list[str]:
    """Files that a text links to."""
    return [target.split("#")[0] for target in LINK.findall(line) if not re.match(r"\w+:|#", target)]


def line_with(word: str, text: str) -> str:
    """The first line of a text that has "word:" in it, or nothing."""
    return next((line for line in text.splitlines() if f"{word}:" in line), "")


def stdout(cell: NotebookNode) -> str:
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def output_texts(cell: NotebookNode) -> list[str]:
    """All text in a cell's outputs, of any type, without pictures embedded in it."""
    texts = []
    for output in cell.outputs:
        texts += [output.get("text", ""), *output.get("traceback", [])]
        data = output.get("data", {})
        contents = [data[kind] for kind in data if kind not in ("image/png", "image/jpeg")]
        texts += [content if isinstance(content, str) else repr(content) for content in contents]
    return [EMBEDDED.sub("", text) for text in texts]


def opening(notebook: NotebookNode) -> list[str]:
    first, faults = notebook.cells[0], []
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        faults.append("the first cell does not begin with a title")
    if "You will learn to" not in first.source:
        faults.append('the first cell has no "You will learn to"')
    if not 3 <= len(points(first.source)) <= 5:
        faults.append(f"the first cell lists {len(points(first.source))} points, not 3 to 5")
    for words in ("**Time:**", "**You need:**", "Previous:", "Next:"):
        if words not in first.source:
            faults.append(f"the first cell has no {words}")
    return faults


def closing(notebook: NotebookNode) -> list[str]:
    first, last, faults = notebook.cells[0], notebook.cells[-1], []
    if last.cell_type != "markdown" or not last.source.startswith("## You can now"):
        faults.append('the last cell does not begin with "## You can now"')
    if points(last.source) != points(first.source):
        faults.append("the last cell's points are not those of the first")
    if "Next:" not in last.source:
        faults.append("the last cell has no link to the next notebook")
    return faults


def links_lead_somewhere(notebook: NotebookNode) -> list[str]:
    targets = [target for cell in notebook.cells if cell.cell_type == "markdown" for target in links(cell.source)]
    missing = [target for target in targets if target not in COMING and not (NOTEBOOKS / target).is_file()]
    return [f"a link leads to {target}, which is not there" for target in missing]


def short_cells(notebook: NotebookNode) -> list[str]:
    lengths = [(cell.execution_count, len(cell.source.splitlines())) for cell in code_cells(notebook)]
    return [f"cell [{count}] has {lines} lines" for count, lines in lengths if lines > MOST_LINES]


def counts_in_order(notebook: NotebookNode) -> list[str]:
    """Where a count is null, nbval compares nothing."""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    return [] if counts and counts == list(range(1, len(counts) + 1)) else [f"execution counts are {counts}"]


def no_errors(notebook: NotebookNode) -> list[str]:
    outputs = [(cell, output) for cell in code_cells(notebook) for output in cell.outputs]
    bad = [cell for cell, output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    return [f"cell [{cell.execution_count}] has an error or wrote to stderr" for cell in bad]


def small_file(notebook: NotebookNode) -> list[str]:
    size = len(nbformat.writes(notebook).encode())
    return [f"the file has {size:,} bytes"] if size >= MOST_BYTES else []


def no_widget_states(notebook: NotebookNode) -> list[str]:
    """They belong to a kernel that is gone: thousands of lines that no reader without a kernel is shown."""
    return ["there are stored widget states"] if "widgets" in notebook.metadata else []


def no_machine_paths(notebook: NotebookNode) -> list[str]:
    found = [(cell, MACHINE_PATH.search(text)) for cell in code_cells(notebook) for text in output_texts(cell)]
    return [f"cell [{cell.execution_count}] shows a path: {match[0]}" for cell, match in found if match]


def exercises(notebook: NotebookNode) -> list[str]:
    """Student's cell, then solution: both call the same check, and only the solution is right."""
    cells, faults, solutions = code_cells(notebook), [], 0
    for before, cell in zip([None, *cells], cells, strict=False):
        hidden = bool(cell.metadata.get("jupyter", {}).get("source_hidden"))
        solution = "solution" in cell.metadata.get("tags", [])
        where = f"cell [{cell.execution_count}]"
        if hidden != solution:
            faults.append(f"{where}: source_hidden and the tag solution go together")
        if not solution:
            continue
        solutions += 1
        if not "".join(stdout(cell).splitlines()[-1:]).startswith("Right."):
            faults.append(f'{where}: the last line of the solution\'s output does not begin with "Right."')
        if before is None or "solution" in before.metadata.get("tags", []):
            faults.append(f"{where}: there is no student's cell before this solution")
            continue
        if not CHECK.search(cell.source) or CHECK.findall(cell.source) != CHECK.findall(before.source):
            faults.append(f"{where}: solution and student's cell do not call the same check")
        if "Right." in "".join(output_texts(before)):
            faults.append(f"{where}: the student's cell before it is right already")
    lines = [line for cell in notebook.cells for line in cell.source.splitlines()]
    headings = [line for line in lines if line.startswith("### Exercise ")]
    if solutions < 3:
        faults.append(f"there are {solutions} exercises with a solution, not 3")
    if len(headings) != solutions:
        faults.append(f"{len(headings)} headings begin with ### Exercise, for {solutions} solutions")
    return faults


def figures_are_described(notebook: NotebookNode) -> list[str]:
    faults = []
    for cell, after in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        figure = any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
        if figure and (after is None or after.cell_type != "markdown"):
            faults.append(f"the figure of cell [{cell.execution_count}] has no text after it")
    return faults


def comparison_is_on(notebook: NotebookNode) -> list[str]:
    """Asks nbval itself which of its tags and comments it would obey."""
    faults = []
    for cell in code_cells(notebook):
        options = [*find_metadata_tags(cell.metadata), *find_comment_markers(cell.source)]
        faults += [f"cell [{cell.execution_count}] sets {option} for nbval" for option in options]
    return faults


def no_fit_on_the_test_set(notebook: NotebookNode) -> list[str]:
    """Follows x_test and y_test through assignments, and looks at what fit is given."""
    faults, tainted = [], {"x_test", "y_test"}

    def mentions_test(*trees: ast.AST) -> bool:
        return any(isinstance(node, ast.Name) and node.id in tainted for tree in trees for node in ast.walk(tree))

    for cell in code_cells(notebook):
        source = "\n".join(line for line in cell.source.splitlines() if not line.lstrip().startswith(("%", "!")))
        nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign | ast.Call)]
        nodes.sort(key=lambda node: (node.end_lineno, node.end_col_offset, isinstance(node, ast.Assign)))  # as they run
        for node in nodes:
            if isinstance(node, ast.Assign):
                names = {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
                tainted = tainted | names if mentions_test(node.value) else tainted - (names - {"x_test", "y_test"})
            else:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                if READS_IMAGES.search(name) and mentions_test(*given):
                    faults.append(f"cell [{cell.execution_count}] gives test images to {name}")
    return faults


def neighbours(notebook: NotebookNode, previous: str | None, following: str | None) -> list[str]:
    """The first and the last cell lead to the notebooks before and after; None where there is none."""
    first, last, faults = notebook.cells[0].source, notebook.cells[-1].source, []
    both = line_with("Previous", first)
    found = {
        "Previous in the first cell": (both.partition("Next:")[0], previous),
        "Next in the first cell": (both.partition("Next:")[2], following),
        "Next in the last cell": (line_with("Next", last), following),
    }
    for where, (text, wanted) in found.items():
        allowed = [[wanted]] if wanted else [[], *([name] for name in COMING)]
        if links(text) not in allowed:
            faults.append(f"{where} leads to {links(text)}, not to {wanted}")
    return faults


RULES = [
    opening,
    closing,
    links_lead_somewhere,
    short_cells,
    counts_in_order,
    no_errors,
    small_file,
    no_widget_states,
    no_machine_paths,
    exercises,
    figures_are_described,
    comparison_is_on,
    no_fit_on_the_test_set,
]


def test_the_course_has_its_notebooks():
    assert len(PATHS) >= 5
    assert [name[:2] for name in NAMES] == [f"{n:02}" for n in range(int(NAMES[0][:2]), int(NAMES[0][:2]) + len(NAMES))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_notebook_keeps_to_the_rule(path, rule):
    assert rule(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_notebook_leads_to_its_neighbours(path):
    at = NAMES.index(path.name)
    previous, following = [None, *NAMES][at], [*NAMES, None][at + 1]
    assert neighbours(nbformat.read(path, as_version=4), previous, following) == []


# Below, the rules themselves: none has anything against a good notebook, each has against a broken one.

LIST = "- load the data\n- draw a figure\n- count to three,\n  and on\n"
NEXT = "Next: [Build the CNN](02_build_the_cnn.ipynb)"


def solution(source: str) -> NotebookNode:
    cell = new_code_cell(source, metadata={"jupyter": {"source_hidden": True}, "tags": ["solution"]})
    cell.outputs = [new_output("stream", name="stdout", text="Right. Well done.\n")]
    return cell


def good_notebook() -> NotebookNode:
    """Cells: 0 opening, 1 code, 2 figure, 3 its text, then heading, student and solution three times, 13 closing."""
    figure = new_code_cell("plot(images);", outputs=[new_output("display_data", data={"image/png": "iVBORw0KGgo="})])
    data = new_code_cell(
        "# Load\nx_train, y_train, x_test, y_test = load_mnist()\nmodel.fit(x_train, y_train)\nmodel.evaluate(x_test)",
        outputs=[new_output("execute_result", data={"text/plain": "at https://example.org/home/page"})],
    )
    cells = [
        new_markdown_cell(
            f"# Do a thing\n\nWhy.\n\n**You will learn to**\n\n{LIST}\n"
            "**Time:** about 5 minutes.\n\n**You need:** Python.\n\n"
            f"Previous: none | {NEXT}"
        ),
        data,
        figure,
        new_markdown_cell("The figure shows a dot."),
    ]
    for number in (1, 2, 3):
        check = f'answer = None\ncheck("0{number}", answer)'
        student = new_code_cell(check, outputs=[new_output("stream", name="stdout", text="No answer yet.\n")])
        heading = new_markdown_cell(f"### Exercise {number}: predict\n\nWhat?")
        cells += [heading, student, solution(check.replace("None", "1"))]
    cells.append(new_markdown_cell(f"## You can now\n\n{LIST}\n{NEXT}"))
    notebook = new_notebook(cells=cells)
    for count, cell in enumerate(code_cells(notebook), 1):
        cell.execution_count = count
    return notebook


def replaced(at: int, old: str, new: str):
    """Give a function that replaces some source of cell `at`."""

    def change(notebook):
        assert old in notebook.cells[at].source
        notebook.cells[at].source = notebook.cells[at].source.replace(old, new)

    return change


def with_(at: int, **fields):
    """Give a function that sets fields of cell `at`."""
    return lambda notebook: notebook.cells[at].update(copy.deepcopy(fields))


def printed(text: str, name: str = "stdout") -> list:
    return [new_output("stream", name=name, text=text)]


def shown(kind: str, content) -> list:
    return [new_output("display_data", data={kind: content})]


def moved(at: int, to: int):
    return lambda notebook: notebook.cells.insert(to, notebook.cells.pop(at))


def without(*places: int):
    def change(notebook):
        notebook.cells = [cell for at, cell in enumerate(notebook.cells) if at not in places]

    return change


ERROR = [new_output("error", ename="ValueError", evalue="", traceback=[])]
FIGURE = [new_output("display_data", data={"image/png": "iVBORw0KGgo="})]
HIDDEN = {"jupyter": {"source_hidden": True}}
BREAKS = {
    opening: {
        "no title": replaced(0, "# Do a thing", "Do a thing"),
        "small title": replaced(0, "# Do a thing", "## Do a thing"),
        "no cell before the code": without(0),
        "no learn": replaced(0, "You will learn to", "Today"),
        "two points": replaced(0, "- draw a figure\n", ""),
        "six points": replaced(0, "- draw a figure\n", "- a\n- b\n- c\n- d\n"),
        "no time": replaced(0, "**Time:**", "Time"),
        "no need": replaced(0, "**You need:**", "Needs"),
        "no previous": replaced(0, "Previous: none | ", ""),
        "no next": replaced(0, NEXT, ""),
    },
    closing: {
        "no closing": without(13),
        "other heading": replaced(13, "You can now", "Summary"),
        "other point": replaced(13, "draw a figure", "draw figures"),
        "other order": replaced(13, LIST, "- draw a figure\n- load the data\n- count to three, and on\n"),
        "one point less": replaced(13, "- draw a figure\n", ""),
        "other end of a long point": replaced(13, "and on", "and back"),
        "no next": replaced(13, NEXT, ""),
    },
    links_lead_somewhere: {
        "first cell": replaced(0, "02_build_the_cnn", "02_build_it"),
        "last cell": replaced(13, "02_build_the_cnn", "02_build_it"),
        "a later one": replaced(13, "02_build_the_cnn", "07_ensembles_and_beyond"),
        "in the text": replaced(3, "a dot", "[a dot](dot.png)"),
    },
    short_cells: {
        "16 lines": replaced(1, "# Load", "# Load" + "\n#" * 12),
        "16 lines in a solution": replaced(6, "answer = 1", "answer = 1\n" * 15),
    },
    counts_in_order: {
        "null": with_(1, execution_count=None),
        "null at the end": with_(12, execution_count=None),
        "not from 1": without(1),
        "twice": with_(2, execution_count=1),
        "other order": moved(1, 3),
    },
    no_errors: {
        "error": with_(1, outputs=ERROR),
        "stderr": with_(2, outputs=printed("Warning", "stderr")),
        "stderr after a figure": with_(2, outputs=FIGURE + printed("Warning", "stderr")),
    },
    small_file: {"a large figure": with_(2, outputs=shown("image/png", "A" * 1_000_000))},
    no_widget_states: {"stored": lambda notebook: notebook.metadata.update(widgets={})},
    no_machine_paths: {
        "printed": with_(1, outputs=printed("saved to /tmp/model.keras")),
        "on stderr": with_(1, outputs=printed("/root: denied", "stderr")),
        "result": with_(1, outputs=shown("text/plain", "PosixPath('/home/ada/course')")),
        "html": with_(1, outputs=shown("text/html", '<a href="file:///home/x">x</a>')),
        "after a picture in html": with_(1, outputs=shown("text/html", '<img src="data:base64,AA=="> /Users/ada')),
        "svg": with_(1, outputs=shown("image/svg+xml", "<text>/home</text>")),
        "json": with_(1, outputs=shown("application/json", {"path": ["/tmp/y"]})),
        "windows": with_(1, outputs=shown("text/plain", "C:\\Users\\ada")),
        "windows, written twice": with_(1, outputs=shown("text/plain", "'C:\\\\Users\\\\ada'")),
        "traceback": with_(1, outputs=[new_output("error", ename="E", evalue="", traceback=["in /home/ada/x.py"])]),
    },
    exercises: {
        "two exercises": without(10, 11, 12),
        "no solution": without(12),
        "no student's cell": without(5),
        "no student's cell in the notebook": without(1, 2, 5, 8, 11),
        "no heading": without(4),
        "solution not hidden": with_(6, metadata={"tags": ["solution"]}),
        "solution not tagged": with_(6, metadata=HIDDEN),
        "other code hidden": with_(1, metadata=HIDDEN),
        "solution is wrong": with_(6, outputs=printed("Not yet. It is 1.\n")),
        "solution says nothing": with_(6, outputs=[]),
        "solution goes on": with_(6, outputs=printed("Right.\nNot yet.")),
        "solution says it within a line": with_(6, outputs=printed("That is Right.")),
        "student's cell is right": with_(5, outputs=printed("Right. Well done.\n")),
        "student's cell shows it": with_(5, outputs=shown("text/plain", "'Right.'")),
        "student's cell has another check": replaced(5, '"01"', '"02"'),
        "solution has no check": replaced(6, 'check("01", answer)', 'print("Right.")'),
        "solution first": moved(6, 5),
    },
    figures_are_described: {
        "code after it": moved(1, 2),
        "nothing after it": moved(2, 13),
        "second output": with_(11, outputs=printed("x") + FIGURE),
    },
    comparison_is_on: {
        **{
            f"tag {tag}": with_(1, metadata={"tags": ["other", tag]})
            for tag in ("nbval-ignore-output", "nbval-skip", "nbval-raises-exception", "raises-exception")
        },
        **{
            f"comment {comment}": replaced(1, "# Load", f"# Load\n  {comment}")
            for comment in (
                "# NBVAL_IGNORE_OUTPUT",
                "#NBVAL_SKIP",
                "# NBVAL_RAISES_EXCEPTION",
                "## PYTEST_VALIDATE_IGNORE_OUTPUT",
            )
        },
    },
    no_fit_on_the_test_set: {
        "images": replaced(1, "fit(x_train", "fit(x_test"),
        "labels": replaced(1, "fit(x_train, y_train", "fit(x_train, y_test"),
        "for validation": replaced(1, "y_train)\n", "y_train, validation_data=(x_test / 255, y_test))\n"),
        "by another name": replaced(1, "model.fit(x_train", "images = x_test / 255\nmodel.fit(images[:10]"),
        "by a name that changes": replaced(
            1, "model.fit(x_train", "x = x_test\nmodel.fit(x)\nx = x_train\nmodel.fit(x"
        ),
        "by another function": replaced(1, "model.fit(x_train", "fit_few(x_test"),
        "in an expression": replaced(1, "model.fit(x_train, y_train)", "k = Neighbours().fit(x_test, y_test)"),
        "in a function": replaced(1, "model.fit(x_train, y_train)", "def run():\n    return model.fit(x_test, y_test)"),
        "in a later cell": replaced(5, "answer = None", "answer = None\nmodel.fit(x_test)"),
        "after a magic": replaced(1, "# Load", "%matplotlib inline\nmodel.fit(x_test)"),
    },
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_accepts_a_good_notebook(rule):
    assert rule(good_notebook()) == []


TRIED = [(rule, name, change) for rule, changes in BREAKS.items() for name, change in changes.items()]


@pytest.mark.parametrize(
    "rule, change", [pytest.param(rule, change, id=f"{rule.__name__}-{name}") for rule, name, change in TRIED]
)
def test_rule_complains(rule, change):
    notebook = good_notebook()
    change(notebook)
    assert rule(notebook) != []


def test_each_rule_is_tried():
    assert set(BREAKS) == set(RULES)


@pytest.mark.parametrize(
    "source",
    [
        "images = x_test\nimages = x_train\nmodel.fit(images)",
        "images = x_train\nmodel.fit(images)\nimages = x_test",
        "%matplotlib inline\nmodel.fit(x_train)\nmodel.evaluate(x_test)",
    ],
)
def test_fit_on_other_images_is_fine(source):
    notebook = good_notebook()
    notebook.cells[1].source = source
    assert no_fit_on_the_test_set(notebook) == []


def test_15_lines_are_fine():
    notebook = good_notebook()
    notebook.cells[1].source = "\n".join(["# Load"] * 15)
    assert short_cells(notebook) == []


def test_base64_is_no_path():
    notebook = good_notebook()
    notebook.cells[1].outputs = shown("text/html", '<img src="data:image/png;base64,AA/tmp/+/home/=">')
    notebook.cells[2].outputs = shown("image/png", "/tmp/home")
    assert no_machine_paths(notebook) == []


class TestNeighbours:
    SECOND = "02_build_the_cnn.ipynb"

    def test_good(self):
        assert neighbours(good_notebook(), None, self.SECOND) == []

    def test_last_notebook_may_lead_nowhere_or_to_what_is_coming(self):
        notebook = good_notebook()
        for next_ in ("Next: none", "Next: [Explain](06_explain_predictions.ipynb)"):
            for at in (0, 13):
                notebook.cells[at].source = re.sub("Next:.*", next_, notebook.cells[at].source)
            assert neighbours(notebook, None, None) == []

    @pytest.mark.parametrize(
        "change",
        [
            replaced(0, "Previous: none", "Previous: [x](03_train_the_cnn.ipynb)"),
            replaced(0, "02_build_the_cnn", "03_train_the_cnn"),
            replaced(0, NEXT, "Next: none"),
            replaced(13, "02_build_the_cnn", "03_train_the_cnn"),
            replaced(13, NEXT, "Next: none"),
        ],
    )
    def test_wrong_link(self, change):
        notebook = good_notebook()
        change(notebook)
        assert neighbours(notebook, None, self.SECOND) != []
