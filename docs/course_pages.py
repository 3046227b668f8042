"""Makes pages of what the course has: notebooks, glossary, the README's table, teachers' plans, slides, and a network.

Nothing is written twice: the notebooks are copied to docs/notebooks with what a page needs and a notebook doesn't.
"""

import re
import shutil
from pathlib import Path

import nbformat
import repository
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
ENTRY = re.compile(r"^\*\*(.+?)\*\* \(\[(\d\d)\]\((\S+)\)\): (.+)$", re.MULTILINE)
# Code is matched first, so that its asterisks are not taken for bold.
CODE_OR_BOLD = re.compile(r"```.*?```|`[^`]*`|\*\*(.+?)\*\*", re.DOTALL)
NOT_HERE = re.compile(r"^\*\*Before you begin:\*\*.*?\n\n", re.MULTILINE | re.DOTALL)  # how to clear the outputs
WIDGET = "application/vnd.jupyter.widget-view+json"
WIDGET_NOTE = "*A picture of something that you can use in the notebook.*"
PAD_NOTE = "*A picture of the pad, which you can use in the notebook. Or draw on [the start page](../index.md).*"
NETWORK = "mine"  # reads on the start page: the one that notebooks 02 and 03 make, in a file of 0.2 MB
# What axe-core finds in the theme's pages, and what it says instead; a second time changes nothing.
MARKUP = {
    '<p class="caption" role="heading">': '<p class="caption">',  # a heading of no level
    ' aria-label="Toggle hidden content"': "",  # the same name for all, in place of the text
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    '<div id="search-results"></div>': '<h1>Search</h1>\n<div class="results" id="search-results"></div>',
}


def heading_anchor(title: str) -> str:
    """The anchor of a heading as Jupyter makes it, which the notebooks' own links use."""
    return title.replace(" ", "-")


def glossary_terms() -> dict[str, dict[str, str]]:
    """For each notebook, by its number: the names of its terms in lower case, and the entry that each belongs to."""
    terms: dict[str, dict[str, str]] = {}
    for entry, number, *_ in ENTRY.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")):
        names = re.split(r" \(|\)|, ", entry.removesuffix(")"))
        terms.setdefault(number, {}).update({name.lower(): entry for name in [entry, *names]})
    return terms


def link_terms(texts: list[str], terms: dict[str, str]) -> list[str]:
    """Make each term a link to the glossary where it first stands in bold."""
    waiting = dict(terms)

    def link(match: re.Match) -> str:
        words = " ".join((match[1] or "").split())
        singular = (words.lower(), re.sub("s$", "", words.lower()), re.sub("es$", "", words.lower()))
        entry = next((waiting[name] for name in singular if name in waiting), None)
        if entry is None:
            return match[0]
        for name in [name for name in waiting if waiting[name] == entry]:
            del waiting[name]
        return f"{{term}}`{words} <{entry}>`"

    return [CODE_OR_BOLD.sub(link, text) for text in texts]


def for_a_page(notebook: NotebookNode, terms: dict[str, str], ways_in: str = "") -> NotebookNode:
    """What a page needs: folded solutions, alternative texts where they are looked for, links to the glossary.

    `ways_in` says where the notebook can be run.
    """
    prose = [cell for cell in notebook.cells[1:-1] if cell.cell_type == "markdown"]
    for cell, text in zip(prose, link_terms([cell.source for cell in prose], terms), strict=True):
        cell.source = re.sub(r"`docs/(\w+\.md)`", r"[`docs/\1`](../\1)", text)
        # MyST drops the ends of lines within an alternative text.
        cell.source = re.sub(r"!\[[^\]]+\]", lambda match: " ".join(match[0].split()), cell.source)
    notebook.cells[0].source = NOT_HERE.sub(lambda _: ways_in, notebook.cells[0].source)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        tags = cell.metadata.setdefault("tags", [])
        if "solution" in tags:
            tags.append("hide-cell")
        if not any("  " in output.get("text", "") for output in cell.get("outputs", [])):
            tags.append("sentences")  # no table: lines may be broken
        for output in cell.get("outputs", []):
            if WIDGET in output.get("data", {}):
                del output.data[WIDGET]  # it needs a kernel
                if "image/png" in output.data:
                    note = PAD_NOTE if "DigitPad" in output.data["text/plain"] else WIDGET_NOTE
                    cells.append(new_markdown_cell(note))
            if "image/png" in output.get("data", {}):
                cell.metadata["mystnb"] = {"image": {"alt": output.metadata["image/png"]["alt"]}}
    notebook.cells = cells
    return notebook


def copy_notebooks(app: Sphinx) -> None:
    """Write the pages' notebooks and their drawn pictures; what is there and the same is left as it is."""
    folder, terms = Path(app.srcdir) / "notebooks", glossary_terms()
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    sources = sorted((ROOT / "notebooks").glob("*.ipynb"))
    for old in {file.name for file in folder.glob("*.ipynb")} - {file.name for file in sources}:
        (folder / old).unlink()
    for source in sources:
        ways_in = repository.ways_in(source.name, repository.address())
        page = for_a_page(nbformat.read(source, as_version=4), terms.get(source.name[:2], {}), ways_in)
        text, copy = nbformat.writes(page), folder / source.name
        if not copy.exists() or copy.read_text(encoding="utf-8") != text:
            copy.write_text(text, encoding="utf-8")
    for picture in (ROOT / "notebooks" / "figures").glob("*.svg"):
        shutil.copy2(picture, folder / "figures")


def glossary_page(text: str) -> str:
    """Make the entries a glossary of Sphinx's, one for each first letter, each below a heading."""
    head, parts, letter = text[: ENTRY.search(text).start()], [], ""
    for entry, number, notebook, meaning in ENTRY.findall(text):
        if entry[0].upper() != letter:
            letter = entry[0].upper()
            parts.append(f"## {letter}\n")
        parts.append(f":::{{glossary}}\n{entry}\n  {meaning} [Notebook {number}]({notebook})\n:::\n")
    return head + "\n".join(parts)


def notebook_rows() -> list[tuple[str, str, str, str]]:
    """The README's table of notebooks: title, file, what you do, minutes."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^\| \[(.+?)\]\((notebooks/\S+)\) \| (.+) \| (\d+) \|$", readme, re.MULTILINE)


def start_page(text: str) -> str:
    """Put the README's list of abilities, its notebooks and its first command where the start page wants them."""
    readme, rows = (ROOT / "README.md").read_text(encoding="utf-8"), notebook_rows()
    card = "- [{}]({})\n\n  {}{}.\n\n  *{} minutes*\n"
    cards = [card.format(title, file, what[0].upper(), what[1:], minutes) for title, file, what, minutes in rows]
    parts = {
        "abilities": re.search(r"^## What you will be able to do\n.*?(?=\n\n## )", readme, re.MULTILINE | re.DOTALL)[0],
        "notebooks": "\n".join(cards),
        "toctree of notebooks": "\n".join(f"{title} <{file}>" for title, file, *_ in rows),
        "first command": re.search("^python3 -m venv .*$", readme, re.MULTILINE)[0],
    }
    return re.sub(r"\{\{ (.+?) \}\}", lambda match: parts[match[1]], text)


def teachers_page() -> str:
    """The page for teachers, which lies beside the notebooks."""
    text = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    text = re.sub(r"\[([^\]]+)\]\(\.\./docs/(slides\.html)\)", r'<a href="\2">\1</a>', text)  # no page of Sphinx's
    return text.replace("](../docs/", "](")


def read_source(app: Sphinx, name: str, source: list[str]) -> None:
    """Change a page as it is read; links to files beside docs lead to the repository, or become plain text."""
    if name == "index":
        app.env.note_dependency(ROOT / "README.md")
        source[0] = start_page(source[0])
    if name.startswith("notebooks/"):
        return
    if name == "teachers":
        app.env.note_dependency(ROOT / "notebooks" / "README.md")
        source[0] = teachers_page()
    source[0] = source[0].replace("](../notebooks/", "](notebooks/")
    if name == "glossary":
        source[0] = glossary_page(source[0])
    address = repository.address()
    link = rf"[\1]({address}/blob/main/\2)" if address else r"\1"
    source[0] = re.sub(r"\[([^\]]+)\]\(\.\./(\S+)\)", link, source[0])


def make_accessible(app: Sphinx, error: Exception | None) -> None:
    """Put right what the theme gets wrong for those who hear the pages."""
    for file in Path(app.outdir).rglob("*.html") if error is None and app.builder.name == "html" else []:
        page = file.read_text(encoding="utf-8")
        for wrong, right in MARKUP.items():
            page = page.replace(wrong, right)
        file.write_text(page, encoding="utf-8")


def copy_slides(app: Sphinx, error: Exception | None) -> None:
    """Put the slides among the pages, and beside them their pictures, and all that notebooks in Colab show."""
    if error or app.builder.name != "html":
        return
    text, out = (ROOT / "docs" / "slides.html").read_text(encoding="utf-8"), Path(app.outdir)
    ours = [file.relative_to(ROOT).as_posix() for file in (ROOT / "notebooks" / "figures").glob("*.svg")]
    for picture in {*ours, *re.findall(r'src="\.\./(\S+)"', text)}:
        (out / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / picture, out / picture)
    icon = '<link rel="icon" href="_static/favicon.svg">'  # or browsers would ask for one that is not there
    text = text.replace('src="../', 'src="').replace("</title>", f"</title>\n{icon}", 1)
    (out / "slides.html").write_text(text, encoding="utf-8")


def write_reader(app: Sphinx, error: Exception | None) -> None:
    """Write the page that reads what is drawn, which the start page shows."""
    if error is None and app.builder.name == "html":
        from mnist_utils import load_classifier
        from mnist_utils.export import write_html

        write_html(load_classifier(name=NETWORK), Path(app.outdir) / "reader.html")


def setup(app: Sphinx) -> dict:
    """Tell Sphinx what to call when."""
    app.connect("builder-inited", copy_notebooks)
    app.connect("source-read", read_source)
    app.connect("build-finished", make_accessible)
    app.connect("build-finished", copy_slides)
    app.connect("build-finished", write_reader)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
