"""The web edition as a browser shows it: what it asks for, on a phone, in the dark, searched, drawn on."""

import functools
import http.server
import re
import threading
from collections.abc import Callable, Iterator

import pytest
from browser.jupyter_in_chromium import browser_page
from browser.pad_in_page import contrast
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow
NOTEBOOK = "notebooks/02_build_the_cnn.html"
TEXTS = {
    "index.html": ["article p", "article p a", ".notebooks li em", ".sidebar-tree a", ".sidebar-tree .caption"],
    NOTEBOOK: ["h2", "article code", "summary p", ".cell_output pre", ".text_html span[style*=color]", ".toc-tree a"],
    "one_file.html": ["th", "td"],
    "glossary.html": ["dl.glossary dt", "dl.glossary dd p"],
    "api.html": [".sig-name", ".sig-param"],
}
KINDS = "all => [...new Set(all.map(each => each.className))]"
WORD = re.compile(r"\w\w")  # the strokes of a sign alone may be too thin for a picture of them to have their colour
WIDER = "() => document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def address(web_edition) -> Iterator[str]:
    """Where a server on this machine gives out the web edition."""
    handler = functools.partial(QuietHandler, directory=web_edition)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def browser(address) -> Iterator[Page]:
    """A page on which no script may fail, and which may ask for nothing but what the server has."""
    with browser_page() as page:
        faults, ours = [], (address, "data:", "blob:")
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda each: faults.append(each) if each.type == "error" else None)
        page.on("request", lambda request: None if request.url.startswith(ours) else faults.append(request.url))
        yield page
        said = [each if isinstance(each, str) else f"{each.location['url']}: {each.text}" for each in faults]
    assert said == []


@pytest.fixture
def show(browser, address) -> Callable[[str], Page]:
    """A function that opens a page of the web edition."""
    browser.set_viewport_size({"width": 1200, "height": 900})
    browser.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce")

    def open_page(name: str) -> Page:
        browser.goto(address + name)
        return browser

    return open_page


@pytest.mark.parametrize("name", ["index.html", NOTEBOOK, "glossary.html"])
def test_a_page_has_all_that_it_asks_for(name, browser, show):
    browser.goto("about:blank")  # what the last page still waits for is not missing here
    asked, missing = [], []
    browser.on("request", lambda request: asked.append(request.url))
    browser.on("requestfailed", lambda request: missing.append(request.url))
    page = show(name)
    page.wait_for_load_state("networkidle")
    assert len(asked) > 5
    assert page.evaluate("() => [...document.images].filter(each => each.complete && !each.naturalWidth).length") == 0
    assert missing == []


def test_nothing_but_code_scrolls_sideways_on_a_phone(show, pages):
    show("index.html").set_viewport_size({"width": 375, "height": 667})
    wide = {name: show(name).evaluate(WIDER) for name in pages}
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}
    assert len(wide) > 12


def test_the_reader_on_the_start_page_reads_in_the_theme_of_the_page(show):
    page = show("index.html")
    reader = page.frame_locator("iframe")
    sheet = reader.locator("#sheet")
    box = sheet.bounding_box()
    x, y, side = box["x"], box["y"], box["width"]
    page.mouse.move(x + 0.5 * side, y + 0.2 * side)
    page.mouse.down()
    page.mouse.move(x + 0.48 * side, y + 0.8 * side, steps=20)
    page.mouse.up()
    expect(reader.locator("#answer")).to_contain_text("1 (one)")
    assert reader.locator("html").evaluate("html => html.scrollHeight - html.clientHeight") <= 0
    colours = [reader.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")]
    page.emulate_media(color_scheme="dark")
    colours.append(reader.locator("body").evaluate("body => getComputedStyle(body).backgroundColor"))
    assert len(set(colours)) == 2


def test_a_search_finds_the_glossary(show):
    page = show("search.html?q=softmax")
    expect(page.locator("#search-results li a").first).to_be_visible()
    found = page.locator("#search-results li a").evaluate_all("links => links.map(each => each.getAttribute('href'))")
    assert any("glossary.html" in target for target in found)
    assert any(NOTEBOOK in target for target in found)


def test_a_click_shows_why_a_choice_of_the_quiz_is_wrong_and_what_solves_an_exercise(show):
    page = show(NOTEBOOK)
    for summary, inside in ((".text_html summary", ".text_html details > div"), ("details.hide summary", ".hide pre")):
        expect(page.locator(inside).first).to_be_hidden()
        page.locator(summary).first.click()
        expect(page.locator(inside).first).to_be_visible()


def test_solutions_and_reasons_are_unfolded_on_paper(show):
    page = show(NOTEBOOK)
    page.emulate_media(media="print")
    for inside in (".text_html details > div", ".hide pre"):
        expect(page.locator(inside).first).to_be_visible()
    expect(page.locator(".sidebar-drawer")).to_be_hidden()


def test_formulas_are_drawn_by_the_browser_itself(show):
    page = show(NOTEBOOK)
    assert page.locator("math").count() >= 3
    expect(page.locator("math[display=block]")).to_be_visible()


def test_what_scrolls_sideways_is_reached_by_keyboard(show):
    page = show(NOTEBOOK)
    page.set_viewport_size({"width": 375, "height": 667})
    page.wait_for_function("() => [...document.querySelectorAll('pre')].some(each => each.tabIndex === 0)")
    unreached = "all => all.filter(each => (each.scrollWidth > each.clientWidth) !== (each.tabIndex === 0)).length"
    assert page.locator("pre, .table-wrapper, .math").evaluate_all(unreached) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_its_background(theme, show):
    found = {}
    for name, selectors in TEXTS.items():
        page = show(name)
        page.set_viewport_size({"width": 1400, "height": 900})  # room for the page's table of contents
        page.emulate_media(color_scheme=theme)
        for selector in selectors:
            text = page.locator(selector).filter(visible=True, has_text=WORD)
            assert text.count(), f"{name} has no {selector}"
            found[name, selector] = contrast(text.first)
    page = show(NOTEBOOK)
    page.emulate_media(color_scheme=theme)
    for kind in page.locator(".highlight span[class]").evaluate_all(KINDS):
        code = page.locator(f".highlight span[class={kind}]").filter(visible=True, has_text=WORD)
        if code.count():  # some kinds are of signs alone
            found["code", kind] = contrast(code.first)
    assert {place: ratio for place, ratio in found.items() if ratio < 4.5} == {}  # WCAG 2.2, level AA
    assert len(found) > 28
