"""What people on GitHub and PyPI meet says what the project does: citation, changelog, forms, release, cures."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.licenses import canonicalize_license_expression

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# What the Citation File Format, 1.2.0, knows: of its file, of a reference to a data set, and of who made it. A
# file with another key is invalid, and programs that read it refuse it.
CFF = {
    "file": "abstract authors cff-version commit contact date-released doi identifiers keywords license license-url "
    "message preferred-citation references repository repository-artifact repository-code title type url version",
    "reference": "abstract authors contact copyright data-type database date-accessed date-published date-released doi "
    "editors format identifiers institution keywords license license-url medium month notes publisher repository scope "
    "status title type url version year",
    "person": "affiliation alias email family-names given-names name-particle name-suffix orcid website",
    "entity": "address alias city country email location name orcid region website",
}
FORMS = sorted(file for file in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if file.name != "config.yml")


def text(*names: str) -> str:
    return ROOT.joinpath(*names).read_text(encoding="utf-8")


def sources() -> str:
    """All that the package and the browser tests say."""
    patterns = ("mnist_utils/**/*.py", "mnist_utils/**/*.js", "tests/browser/*.py")
    return "\n".join(file.read_text(encoding="utf-8") for pattern in patterns for file in ROOT.glob(pattern))


def test_citation_has_the_version_licence_and_authors_of_the_project():
    citation = yaml.safe_load(text("CITATION.cff"))
    assert citation["version"] == PROJECT["version"]
    assert PROJECT["license"].split(" AND ") == [citation["license"], "CC-BY-SA-3.0"]  # MNIST's images come along
    assert [author["name"].lower() for author in citation["authors"]] == [
        re.search(r"Copyright \(c\) \d+ (.+)", text("LICENSE"))[1].lower()
    ]


def test_citation_is_in_the_citation_file_format():
    citation = yaml.safe_load(text("CITATION.cff"))
    references = citation["references"]
    parts = [("file", citation), *(("reference", each) for each in references)]
    authors = [author for _, part in parts for author in part["authors"]]
    parts += [("entity" if "name" in author else "person", author) for author in authors]
    assert [key for kind, part in parts for key in set(part) - set(CFF[kind].split())] == []
    assert {"authors", "cff-version", "message", "title"} <= set(citation)
    assert all({"authors", "title", "type"} <= set(each) for each in references)
    assert (citation["cff-version"], citation["type"]) == ("1.2.0", "software")
    assert {each["type"] for each in references} == {"data"}
    licences = [part["license"] for _, part in parts if "license" in part]
    assert [canonicalize_license_expression(each) for each in licences] == licences
    dois = [each["doi"] for each in references if "doi" in each]
    assert [doi for doi in dois if not re.fullmatch(r"10\.\d{4,9}/[\w.-]+", doi)] == []


def test_citation_names_each_doi_of_the_readme():
    cited = {reference.get("doi") for reference in yaml.safe_load(text("CITATION.cff"))["references"]} - {None}
    assert len(cited) == 4
    assert cited == set(re.findall(r"https://doi\.org/([^)]+)\)", text("README.md")))


def test_changelog_has_versions_in_order_with_unreleased_on_top():
    headings = re.findall(r"^## \[(.+?)\]( - \d{4}-\d\d-\d\d)?$", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == ("Unreleased", "")
    versions = [tuple(map(int, version.split("."))) for version, _ in headings[1:]]
    assert versions == sorted(versions, reverse=True)
    assert all(day for _, day in headings[1:])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_asks_in_fields_that_github_knows(form):
    asked = yaml.safe_load(form.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(asked)
    fields = [field for field in asked["body"] if field["type"] != "markdown"]
    assert {field["type"] for field in fields} <= {"textarea", "input", "dropdown", "checkboxes"}
    assert len({field["id"] for field in fields}) == len(fields)
    assert any(field.get("validations", {}).get("required") for field in fields)


def test_a_bug_comes_with_what_the_environment_check_prints():
    assert "mnist_utils/environment.py" in text(".github", "ISSUE_TEMPLATE", "bug.yml")
    words = " ".join((text(".github", "ISSUE_TEMPLATE", "bug.yml") + text("docs", "troubleshooting.md")).split())
    named = re.findall(r'under "(.+?)"', words)
    assert len(named) == 2
    assert all(f"## {heading}" in text("notebooks", "00_start_here.ipynb") for heading in named)


def test_only_the_job_that_publishes_may_more_than_read_and_only_after_the_wheel_was_tried():
    workflow = yaml.safe_load(text(".github", "workflows", "release.yml"))
    jobs = workflow["jobs"]
    assert workflow["permissions"] == {"contents": "read"}
    assert {name: job["permissions"] for name, job in jobs.items() if "permissions" in job} == {
        "publish": {"id-token": "write"}
    }
    assert (jobs["smoke"]["needs"], jobs["publish"]["needs"]) == ("build", "smoke")
    assert "tests/smoke.py" in jobs["smoke"]["steps"][-1]["run"]
    matrix = jobs["smoke"]["strategy"]["matrix"]  # with the pinned packages, and with those that anybody gets
    assert [matrix["versions"], [each["versions"] for each in matrix["include"]]] == [["-c constraints.txt"], [""]]
    assert jobs["smoke"]["steps"][-2]["run"] == "python -m pip install ${{ matrix.versions }} dist/*.whl"
    assert "secrets." not in text(".github", "workflows", "release.yml")


def test_links_to_other_sites_are_followed_once_a_week():
    workflow = yaml.load(text(".github", "workflows", "links.yml"), yaml.BaseLoader)  # or `on` is taken for True
    (when,) = workflow["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \d", when["cron"])
    target = re.search(r"make -C docs (\w+)", workflow["jobs"]["check"]["steps"][-1]["run"])[1]
    assert re.search(rf"^{target}:\n\t.* -W .*-b linkcheck ", text("docs", "Makefile"), re.MULTILINE)


@pytest.mark.parametrize(
    "said",
    [
        "This pad is switched off because its kernel was restarted or has ended.",
        "There is no Chromium on PATH.",
        "is truncated or altered",
        "can't be made (",
        "Nothing can be saved in this folder (",
    ],
)
def test_what_the_course_says_of_a_fault_is_quoted_as_it_is_said(said):
    assert said in text("docs", "troubleshooting.md")
    assert said in sources()


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/troubleshooting.md", "CHANGELOG.md"])
def test_links_and_named_files_exist(page):
    words = text(*page.split("/"))
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", words) if not link.startswith("http")]
    named = re.findall(r"\b((?:tests|figures|docs|mnist_utils|\.github|\.ci)/[\w./-]*\w)", words)
    paths = [(ROOT / page).parent / link for link in links if link] + [
        ROOT / name for name in named if not name.startswith("docs/_build")
    ]
    assert [str(path) for path in paths if not path.exists()] == []
