"""A pad whose kernel has gone, in JupyterLab: it says so and takes no ink. For Voila see test_serving.py."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from browser import jupyter_in_chromium as chromium
from browser.pad_in_page import Pad, draw

pytestmark = pytest.mark.slow

KERNEL = "jupyterapp.shell.currentWidget.sessionContext"
GONE = "This pad is switched off because its kernel was restarted or has ended. Run its cell again."


def restart(page: Page) -> None:
    chromium.choose(page, "Kernel", "Restart Kernel…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()


def crash(page: Page) -> None:
    # Not at once: JupyterLab would ask the next kernel for what it got no answer to, again and again.
    code = "import os, signal, threading; threading.Timer(1, os.kill, (os.getpid(), signal.SIGKILL)).start()"
    page.evaluate(f"code => {{ {KERNEL}.session.kernel.requestExecute({{code}}) }}", code)
    ok = page.locator(".jp-Dialog .jp-mod-accept")  # JupyterLab tells of it, too, once or twice
    ok.last.click()
    page.wait_for_timeout(3000)
    while ok.count():
        ok.last.click()
        page.wait_for_timeout(500)


def shut_down(page: Page) -> None:
    chromium.choose(page, "Kernel", "Shut Down Kernel")


@pytest.fixture
def page(jupyter) -> Iterator[Page]:
    with chromium.browser_page() as page:
        chromium.open_notebook(page, jupyter.format("pad.ipynb"))
        yield page


@pytest.mark.parametrize("end", [restart, crash, shut_down])
def test_a_pad_whose_kernel_has_gone_says_so_and_one_made_anew_works(page, end: Callable[[Page], None]):
    assert chromium.errors(chromium.run_all(page)) == []
    pad = Pad(page)
    draw(pad, 4)
    expect(pad.output.get_by_role("alert")).to_have_count(0)
    end(page)
    expect(pad.output.get_by_role("alert")).to_have_text(GONE)
    expect(pad.canvas.locator("xpath=ancestor::*[@inert]")).to_have_count(1)
    if end is shut_down:
        return  # JupyterLab asks for a kernel before it runs anything
    page.wait_for_function(f"() => {KERNEL}.session.kernel?.status === 'idle'")
    assert chromium.errors(chromium.run_all(page)) == []
    again = Pad(page)
    again.wait_for_ink(draw(again, 2))
    expect(again.output.get_by_role("alert")).to_have_count(0)
