"""The web edition, built once for all its tests."""

import dataclasses
import importlib.util
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclasses.dataclass
class Tag:
    """A tag of a page, its attributes, the text in it, and the names of the tags around it."""

    name: str
    attributes: dict[str, str]
    around: tuple[str, ...]
    text: str = ""


class Page(HTMLParser):
    """All tags of a page, in their order."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[Tag] = []
        self._open: list[Tag] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        found = Tag(tag, {name: value or "" for name, value in attrs}, tuple(each.name for each in self._open))
        self.tags.append(found)
        if tag not in VOID:
            self._open.append(found)

    def handle_endtag(self, tag: str) -> None:
        while any(each.name == tag for each in self._open) and self._open.pop().name != tag:
            pass  # what was left open inside

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            tag.text += data

    def all(self, *names: str) -> list[Tag]:
        return [tag for tag in self.tags if tag.name in names]

    def ids(self) -> set[str]:
        return {tag.attributes["id"] for tag in self.tags if "id" in tag.attributes}


@pytest.fixture(scope="session")
def web_edition(tmp_path_factory) -> Path:
    """The folder of a build as the README's command makes it; a warning is an error."""
    if "CI" not in os.environ and not importlib.util.find_spec("sphinx"):  # in CI it must be installed
        pytest.skip("the web edition needs the extra: pip install -e '.[docs]'")
    out = tmp_path_factory.mktemp("web")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", out / "doctrees", "docs", out / "html"]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return out / "html"


@pytest.fixture(scope="session")
def pages(web_edition) -> dict[str, Page]:
    """Each page of the web edition by its path in it, without the reader, which has tests of its own."""
    files = [file for file in sorted(web_edition.rglob("*.html")) if file.name != "reader.html"]
    return {file.relative_to(web_edition).as_posix(): Page(file.read_text(encoding="utf-8")) for file in files}
