"""What every notebook of the course keeps to: its parts, its exercises, its words, and outputs that nbval compares.

A rule is a function that takes a notebook and gives a list of faults. Each is tried on a small good notebook, too,
and on the same notebook with one thing broken.
"""

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import teaching
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval.plugin import find_comment_markers, find_metadata_tags

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
QUIZZES = ROOT / "mnist_utils" / "assets" / "quizzes"
GLOSSARY = ROOT / "docs" / "glossary.md"
README = ROOT / "README.md"
PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
NAMES = [path.name for path in PATHS]
MOST_VERDICTS = 5  # where the truth value itself is the lesson
MOST_LINES = 15
WIDEST = 88  # characters; a page cuts off what is wider
MOST_BYTES = 1_000_000
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:tmp|work|home|root|Users)\b|\b[A-Z]:\\+Users\b")
EMBEDDED = re.compile(r"base64,[\w+/=]+")
LINK = re.compile(r"\]\(([^)\s]+)\)")
CHECK = re.compile(r'check\(\s*"([^"]+)"')
READS_IMAGES = re.compile(r"(^|_)fit(_|$)|^train_on_batch$")  # names of functions that learn from what they are given
# What the course once said (DESIGN.md, "Words"), and says now. "Others", "average" and "threshold" are words, too.
OLD_WORDS = {
    r"mend(s|ed|ing)?|restor(es?|ed|ing)(?!_best_weights)|repair(s|ed|ing)?": "preprocess",
    r"grounds?(?! truth)": "background",
    r"no_digits|`others`|others *=": "outliers",
    r"forms|other_forms": "pen variants",
    r"thickness|thickened": "stroke width",
    r"find_ink": "binarise",
    r"classifier\.threshold": "rejection threshold",
    r"ladders?|rungs?": "ablation",
    r"change_into": "counterfactual",
    r"acceptance": "ROC curve",
    r"`average`": "EMA momentum",
}


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
    for output in cell.get("outputs", []):
        texts += [output.get("text", ""), *output.get("traceback", [])]
        data = output.get("data", {})
        contents = [data[kind] for kind in data if kind not in ("image/png", "image/jpeg")]
        texts += [content if isinstance(content, str) else repr(content) for content in contents]
    return [EMBEDDED.sub("", text) for text in texts]


def all_texts(notebook: NotebookNode) -> list[str]:
    """The source of each cell, and all text in its outputs."""
    return [text for cell in notebook.cells for text in (cell.source, *output_texts(cell))]


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
    missing = [target for target in targets if not (NOTEBOOKS / target).is_file()]
    return [f"a link leads to {target}, which is not there" for target in missing]


def short_cells(notebook: NotebookNode) -> list[str]:
    lengths = [(cell.execution_count, len(cell.source.splitlines())) for cell in code_cells(notebook)]
    return [f"cell [{count}] has {lines} lines" for count, lines in lengths if lines > MOST_LINES]


def narrow_code(notebook: NotebookNode) -> list[str]:
    widths = [
        (cell.execution_count, max(map(len, cell.source.splitlines()), default=0)) for cell in code_cells(notebook)
    ]
    return [f"cell [{count}] has a line of {width} characters" for count, width in widths if width > WIDEST]


def nothing_of_the_tests(notebook: NotebookNode) -> list[str]:
    """Who has only notebooks and package, installed, has no tests."""
    return [f"a cell mentions tests/: {text.strip()[:60]}" for text in all_texts(notebook) if "tests/" in text]


def words_of_the_course(notebook: NotebookNode) -> list[str]:
    faults, texts = [], all_texts(notebook)
    for old, new in OLD_WORDS.items():
        whole = re.compile(rf"(?<![a-z])({old})(?![a-z])", re.IGNORECASE)
        faults += [f'"{match[0]}": say {new}' for text in texts for match in whole.finditer(text)]
    return faults


def package_first(notebook: NotebookNode) -> list[str]:
    """Importing mnist_utils silences what scikit-learn would write to stderr on some machines."""
    lines = [line for cell in code_cells(notebook) for line in cell.source.splitlines()]
    imported = [match[1] for line in lines if (match := re.match(r"\s*(?:from|import) (mnist_utils|sklearn)\b", line))]
    return ["scikit-learn is imported before mnist_utils"] if imported[:1] == ["sklearn"] else []


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


def no_times(notebook: NotebookNode) -> list[str]:
    """The hour at which each cell ran would change with each run; record_timing=False leaves it out."""
    timed = [cell.execution_count for cell in code_cells(notebook) if "execution" in cell.metadata]
    return [f"the cells {timed} have times of their run"] if timed else []


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
        if links(text) != [wanted] * bool(wanted):
            faults.append(f"{where} leads to {links(text)}, not to {wanted}")
    return faults


RULES = [
    opening,
    closing,
    links_lead_somewhere,
    short_cells,
    narrow_code,
    nothing_of_the_tests,
    words_of_the_course,
    package_first,
    counts_in_order,
    no_errors,
    small_file,
    no_widget_states,
    no_times,
    no_machine_paths,
    exercises,
    figures_are_described,
    comparison_is_on,
    no_fit_on_the_test_set,
    teaching.abouts_have_asserts,
    teaching.something_to_compare,
    teaching.figures_have_alternative_text,
    teaching.time_is_as_counted,
    teaching.few_links,
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


def test_numbers_not_verdicts():
    found = [fault for path in PATHS for fault in teaching.verdicts(nbformat.read(path, as_version=4))]
    assert len(found) <= MOST_VERDICTS, found


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_notebook_ends_with_a_quiz(path):
    number = path.name[:2]
    assert teaching.quiz_cell(nbformat.read(path, as_version=4), number) == []
    assert teaching.quiz_questions((QUIZZES / f"{number}.json").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_notebook_introduces_its_terms_of_the_glossary(path):
    entries = teaching.glossary_entries(GLOSSARY.read_text(encoding="utf-8"))[0][path.name[:2]]
    earlier, notebook = PATHS[: PATHS.index(path)], nbformat.read(path, as_version=4)
    assert teaching.terms_in_order(entries, [nbformat.read(one, as_version=4) for one in earlier], notebook) == []


def test_each_term_has_one_entry_in_the_glossary():
    text = GLOSSARY.read_text(encoding="utf-8")
    entries, faults = teaching.glossary_entries(text)
    assert faults == []
    terms = [name.lower() for each in entries.values() for names in each for name in names]
    assert sorted(terms) == sorted(set(terms))
    assert [target for target in links(text) if not (GLOSSARY.parent / target).is_file()] == []


# Below, the rules themselves: none has anything against a good notebook, each has against a broken one.


def solved(source: str, **metadata: object) -> NotebookNode:
    return new_code_cell(source, metadata=metadata, outputs=[new_output("stream", name="stdout", text="Right. So.\n")])


def picture(alt: str) -> NotebookNode:
    return new_output("display_data", data={"image/png": "iVBORw0KGgo="}, metadata={"image/png": {"alt": alt}})


@pytest.fixture
def notebook() -> NotebookNode:
    """Cells: 0 opening, 1 code, 2 figure, 3 its text, then heading, student and solution three times, 13 closing."""
    points, following = "- load\n- draw\n- count to three,\n  and on\n", "Next: [Build](02_build_the_cnn.ipynb)"
    opened = (
        f"# Do a thing\n\n**You will learn to**\n\n{points}\n**Time:** about 10 minutes.\n\n**You need:** Python.\n\n"
    )
    cells = [
        new_markdown_cell(f"{opened}Previous: none | {following}"),
        new_code_cell(
            "from mnist_utils import load_mnist\nx_train, y_train, x_test, y_test = load_mnist()\nfit(x_train)"
        ),
        new_code_cell("plot(images)", outputs=[picture("A dot on a black background.")]),
        new_markdown_cell("The figure shows a dot on a black background. It is one **pixel**. Pixels are many."),
    ]
    for number in (1, 2, 3):
        check = f'answer = None\ncheck("0{number}", answer)'
        cells += [new_markdown_cell(f"### Exercise {number}: predict"), new_code_cell(check)]
        cells.append(solved(check.replace("None", "1"), jupyter={"source_hidden": True}, tags=["solution"]))
    cells.append(new_markdown_cell(f"## You can now\n\n{points}\n{following}"))
    for count, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), 1):
        cell.execution_count = count
    return new_notebook(cells=cells)


def replaced(at: int, old: str, new: str) -> Callable[[NotebookNode], None]:
    """Give a function that replaces some source of cell `at`."""

    def change(notebook: NotebookNode) -> None:
        assert old in notebook.cells[at].source
        notebook.cells[at].source = notebook.cells[at].source.replace(old, new)

    return change


def printed(text: str, name: str = "stdout") -> Callable[[NotebookNode], None]:
    """Give a function that lets cell 1 print a text."""
    return lambda notebook: notebook.cells[1].update(outputs=[new_output("stream", name=name, text=text)])


def with_assert(text: str) -> Callable[[NotebookNode], None]:
    """Give a function that lets cell 1 print a text and hold a range."""

    def change(notebook: NotebookNode) -> None:
        notebook.cells[1].source += "\nassert 0.98 < accuracy < 1"
        printed(text)(notebook)

    return change


BREAKS = {
    opening: replaced(0, "- draw\n", ""),
    closing: replaced(13, "and on", "and back"),
    links_lead_somewhere: replaced(3, "a dot", "[a dot](dot.png)"),
    short_cells: replaced(6, "answer = 1", "answer = 1\n" * 15),
    narrow_code: replaced(1, "fit(x_train)", "fit(x_train)  # " + "-" * 73),
    nothing_of_the_tests: replaced(3, "a dot", "a dot of `../tests/dot.json`"),
    words_of_the_course: replaced(3, "background", "ground"),
    package_first: replaced(1, "from mnist_utils", "from sklearn import metrics\nfrom mnist_utils"),
    counts_in_order: lambda notebook: notebook.cells[12].update(execution_count=None),
    no_errors: printed("Warning", name="stderr"),
    small_file: printed("A" * MOST_BYTES),
    no_widget_states: lambda notebook: notebook.metadata.update(widgets={}),
    no_times: lambda notebook: notebook.cells[1].metadata.update(execution={}),
    no_machine_paths: printed("saved to /tmp/model.keras"),
    exercises: lambda notebook: notebook.cells[6].update(outputs=[]),
    figures_are_described: lambda notebook: notebook.cells.insert(2, notebook.cells.pop(1)),
    comparison_is_on: replaced(1, "fit(", "# NBVAL_IGNORE_OUTPUT\nfit("),
    no_fit_on_the_test_set: replaced(1, "fit(x_train)", "images = x_test / 255\nmodel.fit(images[:10])"),
    teaching.abouts_have_asserts: printed("accuracy: about 99.4%"),
    teaching.figures_have_alternative_text: lambda notebook: notebook.cells[2].outputs[0].update(metadata={}),
    teaching.time_is_as_counted: replaced(0, "about 10", "about 15"),
    teaching.few_links: replaced(3, "a dot", "[a dot](https://example.org) " * 11),
    teaching.something_to_compare: with_assert("accuracy\nabout 99.4%, about -0.5"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_accepts_a_good_notebook_and_complains_of_a_broken_one(rule, notebook):
    assert rule(notebook) == []
    BREAKS[rule](notebook)
    assert len(rule(notebook)) == 1


def test_neighbours_accepts_right_links_and_complains_of_a_wrong_one(notebook):
    assert neighbours(notebook, None, "02_build_the_cnn.ipynb") == []
    assert len(neighbours(notebook, "00_start.ipynb", "02_build_the_cnn.ipynb")) == 1


def test_words_that_only_look_old_are_fine(notebook):
    notebook.cells[1].source = "EarlyStopping(restore_best_weights=True)  # others recommend it"
    notebook.cells[3].source = "The ground truth of the background in this form: on average, others differ."
    assert words_of_the_course(notebook) == []


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ('print(f"about {accuracy:.1%}")\nassert accuracy > 0.9', 0),
        ('print(f"{count} right (about {right / count:.1%})")\nassert 590 < right < 600', 0),
        ('print("about", accuracy)\nassert accuracy > 0.9', 0),
        ('for name, loss in losses:\n    print(f"{name}: about {loss:.1f}")\nassert max(losses) < 1', 0),
        ('first = results["a"]\nprint(f"about {first:.1f}")\nassert results["a"] < 1', 0),
        ('print(f"about {accuracy:.1%}, about {loss:.1f}")\nassert loss < 1', 1),
        ('print("about", accuracy)\nassert loss < 1', 1),
        ('print(f"about {accuracy:.1%}, about {loss:.1f}")', 1),
    ],
)
def test_each_number_after_about_needs_an_assert_of_its_own(source, faults, notebook):
    notebook.cells[1].source = source
    printed("12 images: about 99.4%")(notebook)
    assert len(teaching.abouts_have_asserts(notebook)) == faults


@pytest.mark.parametrize("line", ["the same: True", "one_cycle        False", "changed: True, wrong: False."])
def test_verdicts_accepts_numbers_and_complains_of_a_truth_value(line, notebook):
    printed("True positives: 12\nabout 592 right\n")(notebook)
    assert teaching.verdicts(notebook) == []
    printed(f"12 images\n{line}\n")(notebook)
    assert len(teaching.verdicts(notebook)) == 1


def test_quiz_cell_accepts_the_notebooks_own_and_complains_of_none_and_of_another(notebook):
    assert len(teaching.quiz_cell(notebook, "01")) == 1
    notebook.cells.insert(-1, new_code_cell('quiz("01")'))
    assert teaching.quiz_cell(notebook, "01") == []
    assert len(teaching.quiz_cell(notebook, "02")) == 1


def test_quiz_questions_accepts_five_good_ones_and_complains_of_each_fault():
    choices = [{"text": "a", "right": number == 1, "reason": "b"} for number in range(3)]
    turned = [choices[1], choices[0], choices[2]]
    good = [{"question": "Why?", "choices": each} for each in [choices] * 4 + [turned]]
    assert teaching.quiz_questions(json.dumps(good)) == []
    assert len(teaching.quiz_questions(json.dumps(good[:4] + good[:1]))) == 1
    wrongs = [[choices[0]] * 3, [choices[1]] * 3, choices[:2], [*choices[:2], choices[2] | {"reason": " "}]]
    for broken in (good[:4], *([*good[:4], {"question": "Why?", "choices": wrong}] for wrong in wrongs)):
        assert len(teaching.quiz_questions(json.dumps(broken))) == 1


def test_glossary_entries_accepts_a_page_and_complains_of_each_fault():
    page = "# Glossary\n\nWords.\n\n**kernel (filter, mask)** ([02](../02_b.ipynb)): A table.\n\n"
    page += "**pixel** ([01](../01_a.ipynb)): One number of an image.\n\n"
    assert teaching.glossary_entries(page) == ({"01": [["pixel"]], "02": [["kernel", "filter", "mask"]]}, [])
    place = "([02](../02_b.ipynb))"
    for line in (
        "unit: One.",
        f"**unit** {place}: One",
        "**unit**: One.",
        f"**pen** {place}: One.",
        "**unit** ([01](02_b)): One.",
    ):
        assert len(teaching.glossary_entries(page + line)[1]) == 1


def test_a_figure_keeps_the_text_of_its_cell_and_a_cell_shows_one_figure(notebook):
    notebook.cells[2].metadata["alt"] = "A dot on a black background."
    assert teaching.figures_have_alternative_text(notebook) == []
    notebook.cells[2].metadata["alt"] = "A dot on a white background."
    assert len(teaching.figures_have_alternative_text(notebook)) == 1
    notebook.cells[2] = new_code_cell("plot(images)", outputs=[picture("A dot, and a dot more.")] * 2)
    assert len(teaching.figures_have_alternative_text(notebook)) == 1


def test_going_deeper_has_a_time_of_its_own(notebook):
    deeper = [new_markdown_cell("## Going deeper: more"), new_markdown_cell("word " * 1500)]
    notebook.cells[-1:-1] = deeper
    assert len(teaching.time_is_as_counted(notebook)) == 1
    replaced(0, "about 10 minutes.", 'about 10 minutes, and 10 more for "Going deeper".')(notebook)
    assert teaching.time_is_as_counted(notebook) == []


def test_terms_in_order_accepts_a_term_in_bold_and_complains_where_it_is_used_before(notebook):
    early = new_notebook(cells=[new_markdown_cell(text) for text in ("# A pixel", "## A pixel\n\n`pixel`", "A pixel")])
    assert teaching.terms_in_order([["pixel"]], [early], notebook) == []
    assert len(teaching.terms_in_order([["dot"]], [early], notebook)) == 1  # nowhere in bold
    early.cells[1].source = "## Two\n\nTwo Pixels."
    assert len(teaching.terms_in_order([["pixel"]], [early], notebook)) == 1
    notebook.cells.insert(1, new_markdown_cell("Not a pixel-art course.\n\nA pixel is a [pixel](pixel.md)."))
    assert len(teaching.terms_in_order([["pixel"]], [], notebook)) == 1
    assert teaching.terms_in_order([["step", "pixel"]], [early], notebook) == []  # an everyday word


def test_the_readme_says_the_minutes_of_each_notebook():
    rows = re.findall(
        r"^\| \[.+?\]\(notebooks/(\S+)\) \|.*\| (\d+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    told = {path.name: teaching.TIME.search(nbformat.read(path, as_version=4).cells[0].source)[1] for path in PATHS}
    assert dict(rows) == told
