"""What the pages of the web edition hold: whole notebooks, no dead link, nothing from elsewhere."""

import importlib
import inspect
import json
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag

import nbformat
import pytest

import mnist_utils

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ENTRY = re.compile(r"^\*\*(.+?)\*\* \(\[(\d\d)\]", re.MULTILINE)
MARKDOWN_PICTURE = re.compile(r"!\[([^\]]+)\]\(figures/")
ELSEWHERE = re.compile(r"^(\w+:)?//")
SAYS_NOTHING = {"", "here", "link", "this", "this page", "click here", "more", "read more"}

pytestmark = pytest.mark.slow


def words(text: str) -> str:
    return " ".join(text.split())


def cells_of(notebook: Path) -> list:
    return nbformat.read(notebook, as_version=4).cells


def page_of(notebook: Path, pages: dict):
    return pages[f"notebooks/{notebook.stem}.html"]


def test_every_page_is_there(pages, web_edition):
    expected = {f"notebooks/{notebook.stem}.html" for notebook in NOTEBOOKS}
    expected |= {f"{file.stem}.html" for file in (ROOT / "docs").glob("*.md")} | {"search.html"}
    assert expected <= set(pages)
    assert "slides.html" in pages
    figures = {file.name for file in (ROOT / "notebooks" / "figures").glob("*.svg")}
    assert {file.name for file in (web_edition / "notebooks" / "figures").iterdir()} == figures  # for Colab
    assert "pad.html" not in pages
    assert len(NOTEBOOKS) == 9


def test_every_link_within_the_pages_leads_to_a_file_and_a_place_that_exist(pages, web_edition):
    dead, counted = [], 0
    for name, page in pages.items():
        for tag in page.tags:
            target = tag.attributes.get("href", tag.attributes.get("src", ""))
            if not target or re.match(r"\w+:", target):
                continue
            counted += 1
            path, anchor = urldefrag(unquote(re.sub(r"\?[^#]*", "", target)))
            file = (web_edition / name).parent / path if path else web_edition / name
            leads_to = file.resolve().relative_to(web_edition.resolve()).as_posix()
            if not file.is_file() or (anchor and leads_to in pages and anchor not in pages[leads_to].ids()):
                dead.append(f"{name}: {target}")
    assert dead == []
    assert counted > 1000


def test_nothing_is_loaded_from_elsewhere(pages, web_edition):
    loaded = [
        (name, tag.attributes.get("src", tag.attributes.get("href", "")))
        for name, page in pages.items()
        for tag in page.all("script", "link", "img", "iframe", "source", "video", "audio")
    ]
    assert [(name, target) for name, target in loaded if ELSEWHERE.match(target)] == []
    styles = "".join(file.read_text(encoding="utf-8") for file in web_edition.rglob("*.css"))
    assert re.findall(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""", styles) == []
    assert len(loaded) > 100


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_page_has_each_picture_of_its_notebook_with_its_alternative_text(notebook, pages):
    expected = []
    for cell in cells_of(notebook):
        if cell.cell_type == "markdown":
            expected += MARKDOWN_PICTURE.findall(cell.source)
        figures = [output for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
        expected += [figure.metadata["image/png"]["alt"] for figure in figures]
    shown = [words(tag.attributes["alt"]) for tag in page_of(notebook, pages).all("img")]
    assert shown == [words(text) for text in expected]
    assert len(expected) >= 3


def test_a_page_says_where_its_notebook_can_be_run(web_edition, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    import course_pages

    page = course_pages.for_a_page(nbformat.read(NOTEBOOKS[2], as_version=4), {}, "**Run it** in Binder.\n\n")
    assert "**Run it** in Binder." in page.cells[0].source
    assert "**Before you begin:**" not in page.cells[0].source


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_solutions_are_folded_and_the_quiz_unfolds_its_reasons(notebook, pages):
    page = page_of(notebook, pages)
    solutions = [cell for cell in cells_of(notebook) if "solution" in cell.metadata.get("tags", [])]
    folded = [tag.text for tag in page.all("details") if "hide" in tag.attributes.get("class", "").split()]
    assert len(folded) == len(solutions) >= 3
    for cell, text in zip(solutions, folded, strict=True):
        assert "Show the solution" in text
        assert words(cell.source) in words(text)
    quiz = json.loads((Path(mnist_utils.__file__).parent / "assets/quizzes" / f"{notebook.name[:2]}.json").read_text())
    choices = [choice for question in quiz for choice in question["choices"]]
    assert len(page.all("details")) == len(folded) + len(choices)
    assert not any("open" in tag.attributes for tag in page.all("details"))


def test_each_term_of_the_glossary_is_linked_once_from_the_notebook_that_introduces_it(pages):
    entries = ENTRY.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    places = [tag for tag in pages["glossary.html"].all("dt") if tag.attributes.get("id", "").startswith("term-")]
    anchors = {words(tag.text).rstrip("¶"): tag.attributes["id"] for tag in places}
    assert sorted(anchors) == sorted(entry for entry, _ in entries)
    for notebook in NOTEBOOKS:
        introduced = sorted(anchors[entry] for entry, number in entries if number == notebook.name[:2])
        links = [tag.attributes["href"] for tag in page_of(notebook, pages).all("a") if "href" in tag.attributes]
        assert sorted(re.findall(r"glossary\.html#(term-[^\s]+)", "\n".join(links))) == introduced


def test_the_api_page_has_every_public_name_and_no_path_of_this_machine(pages):
    ids = pages["api.html"].ids()
    for name in mnist_utils.__all__:
        assert any(each.endswith(f".{name}") for each in ids), name
    assert str(ROOT) not in pages["api.html"].all("body")[0].text


def test_the_api_page_has_each_function_and_class_that_the_notebooks_use(pages):
    used = set()
    for cell in [cell for notebook in NOTEBOOKS for cell in cells_of(notebook) if cell.cell_type == "code"]:
        used |= set(re.findall(r"\b(plots|explain|evaluation)\.([a-z]\w+)\(", cell.source))
        for module, names in re.findall(r"^from mnist_utils\.([\w.]+) import (.+)$", cell.source, re.MULTILINE):
            used |= {(module, name.split(" as ")[0].strip()) for name in names.split(",")}
    found = [(f"mnist_utils.{module}", name) for module, name in sorted(used)]
    objects = {f"{module}.{name}": getattr(importlib.import_module(module), name) for module, name in found}
    described = {name for name, each in objects.items() if inspect.isfunction(each) or inspect.isclass(each)}
    assert described - pages["api.html"].ids() == set()
    assert len(described) > 40


def test_headings_are_in_order_pictures_have_texts_and_links_say_where_they_lead(pages):
    faults = []
    for name, page in pages.items():
        levels = [int(tag.name[1]) for tag in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
        if levels.count(1) != 1 or levels[0] != 1:
            faults.append(f"{name} does not begin with its only h1: {levels}")
        faults += [f"{name}: h{lower} comes after h{upper}" for upper, lower in pairwise(levels) if lower > upper + 1]
        faults += [f"{name}: {tag.attributes}" for tag in page.all("img") if not tag.attributes.get("alt", "").strip()]
        for tag in page.all("a"):
            said = tag.text.strip().lower() or tag.attributes.get("aria-label", tag.attributes.get("title", ""))
            if "href" in tag.attributes and said in SAYS_NOTHING:
                faults.append(f"{name}: a link says {said!r}")
        faults += [f"{name}: a frame has no title" for tag in page.all("iframe") if not tag.attributes.get("title")]
        faults += [f"{name}: a heading has no level" for tag in page.tags if tag.attributes.get("role") == "heading"]
    assert faults == []
