"""The web page and its visitors, in a real Chromium: kernels that end, how many there may be, what a page may reach."""

import concurrent.futures
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect

from browser import jupyter_in_chromium as chromium
from browser.conftest import KERNEL

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CODE = """
from ipywidgets import Button, VBox

from mnist_utils.widgets.alive import Alive

VBox([Alive(), Button(description="Here I am")])
"""
MOST, CLOSED, FORGOTTEN = 3, 8, 20  # places; seconds: voila.json has minutes
PROMPTLY, SOON, LATE = 6, CLOSED + 20, FORGOTTEN + 20  # seconds; a busy machine may be slow
# How a page can go, and in how many seconds its kernel is gone.
WAYS_TO_GO: dict[str, tuple[Callable[[Page], object], float]] = {
    "left": (lambda page: page.goto("about:blank"), PROMPTLY),
    "loaded anew": (lambda page: page.reload(), PROMPTLY),
    "closed without a word": (lambda page: page.close(), SOON),
}
# What a program that got into the page would try.
FORBIDDEN = {
    "a socket": "new WebSocket('ws://127.0.0.1:9/')",
    "a safe socket": "new WebSocket('wss://example.org/')",
    "a request": "fetch('https://example.org/').catch(() => null)",
    "a picture": "new Image().src = 'https://example.org/'",
    "a script": "document.head.append(Object.assign(document.createElement('script'), {src: 'https://example.org/'}))",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[str]:
    """The address of a small notebook that Voila shows as voila.json says, but with less patience."""
    if "CI" not in os.environ:
        pytest.importorskip("voila", reason="the web app needs the extra: pip install -e '.[app]'")
    home = tmp_path_factory.mktemp("served")
    (home / "notebooks").mkdir()
    shutil.copy(ROOT / "voila.json", home)
    notebook = new_notebook(cells=[new_code_cell(CODE)], metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, home / "notebooks" / "small.ipynb")
    settings = {"most": MOST, "cull_idle_timeout": CLOSED, "cull_interval": 1, "forgotten_timeout": FORGOTTEN}
    options = [f"--VisitorKernels.{name}={value}" for name, value in settings.items()]
    with chromium.voila_server(home / "notebooks" / "small.ipynb", home, options) as url:
        yield url


@pytest.fixture
def page(served) -> Iterator[Page]:
    with chromium.browser_page() as page:
        yield page


def ask(url: str) -> tuple[int, str]:
    """Ask as a program does that is no browser: status and text of the answer."""
    try:
        with urllib.request.urlopen(url, timeout=chromium.PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def kernel_of(html: str) -> str:
    return re.search(r'"kernelId": "([\w-]+)"', html)[1]


def visit(page: Page, url: str) -> str:
    """Open the page, wait until it can be used, and give its kernel."""
    page.goto(url)
    expect(page.get_by_role("button", name="Here I am")).to_be_visible()
    return kernel_of(page.content())


def lives(url: str, kernel: str) -> bool:
    return ask(f"{url}api/kernels/{kernel}")[0] == 200


def is_gone_within(seconds: float, url: str, kernel: str) -> bool:
    end = time.monotonic() + seconds
    while lives(url, kernel):
        if time.monotonic() > end:
            return False
        time.sleep(0.3)
    return True


@pytest.mark.parametrize("way", WAYS_TO_GO)
def test_a_kernel_ends_with_its_page(served, page, way):
    go, limit = WAYS_TO_GO[way]
    kernel = visit(page, served)
    assert not is_gone_within(CLOSED + 3, served, kernel)  # an open page keeps its kernel for longer
    page.get_by_role("button", name="Here I am").click()
    page.wait_for_timeout(500)
    go(page)
    assert is_gone_within(limit, served, kernel)


def test_a_page_that_is_open_but_forgotten_ends_its_kernel_and_says_so_when_it_is_used_again(served, page):
    kernel = visit(page, served)
    for _ in range(FORGOTTEN // 4):  # it is used
        page.get_by_role("button", name="Here I am").click()
        page.wait_for_timeout(5000)
    assert lives(served, kernel)
    assert is_gone_within(LATE, served, kernel)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Here I am").click()
    expect(page.get_by_role("alert")).to_have_text(
        "This pad is switched off because its kernel was restarted or has ended. Load this page again."
    )
    kernel = visit(page, served)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.goto("about:blank")
    assert is_gone_within(PROMPTLY, served, kernel)  # or the next test would find a place taken


def test_above_the_most_visitors_each_gets_a_sentence_until_a_place_is_free(served, page):
    with concurrent.futures.ThreadPoolExecutor(2 * MOST) as threads:  # all at once, and none of them a browser
        answers = list(threads.map(ask, [served] * 2 * MOST))
    kernels = [kernel_of(html) for status, html in answers if status == 200]
    assert len(kernels) == MOST
    assert sorted(status for status, _ in answers) == MOST * [200] + MOST * [503]
    page.goto(served)
    sentence = f"All {MOST} places are taken. Please load this page again in a few minutes."
    expect(page.locator("body")).to_contain_text(sentence)
    assert all(is_gone_within(SOON, served, kernel) for kernel in kernels)
    visit(page, served)


def test_a_page_reaches_its_own_server_only(served, page):
    visit(page, served)  # the button comes through a socket
    page.evaluate("""() => {
        globalThis.blocked = [];
        document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.blockedURI));
    }""")
    for program in FORBIDDEN.values():
        page.evaluate("program => { globalThis.count = blocked.length; eval(program); }", program)
        page.wait_for_function("() => blocked.length === count + 1", timeout=30_000)


def test_a_page_of_another_site_cannot_show_this_one_in_a_frame(served, page):
    with page.expect_console_message(lambda message: "frame-ancestors 'self'" in message.text):
        page.set_content(f"<iframe src='{served}'></iframe>")
    expect(page.frame_locator("iframe").get_by_role("button", name="Here I am")).to_have_count(0)
