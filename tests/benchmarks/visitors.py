"""Measure the pad as a web page with many visitors at a time: waits, memory, and what is left when they have gone.

    cd tests && python -m benchmarks.visitors [--visitors N] [--notebook PATH]

Needs Voila and Chromium, and about 1 GB of memory a visitor. As many visitors as asked for come at once to a Voila that
is set as voila.json says, with a place for each; all wait for the pad, then have samples drawn and read in turn.
"""

import argparse
import json
import re
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
from browser import jupyter_in_chromium as chromium
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
DIGITS = 10  # samples that each visitor asks for
LIMIT = 600_000  # milliseconds


def kernels() -> list[Path]:
    """The processes of kernels that a Voila started, in /proc."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        if b"ipykernel_launcher" in command and b"/voila_" in command:
            found.append(folder)
    return found


def megabytes(process: Path) -> tuple[float, float]:
    """Memory of a process: all of it (RSS), and with its fair share of what several use together (PSS)."""
    text = (process / "smaps_rollup").read_text(encoding="ascii")
    return tuple(int(re.search(rf"^{name}: +(\d+) kB", text, re.MULTILINE)[1]) / 1000 for name in ("Rss", "Pss"))


def answer_time(page: Page, digit: int) -> float:
    """Milliseconds from a click on a sample until the answer to it is on the page."""
    before = page.get_by_role("status").first.inner_text()
    start = time.perf_counter()
    page.get_by_role("button", name=str(digit), exact=True).first.click()
    page.wait_for_function(
        "before => document.querySelector('[role=status]').innerText !== before", arg=before, timeout=LIMIT
    )
    return 1000 * (time.perf_counter() - start)


def describe(name: str, values: list[float], unit: str) -> None:
    print(f"{name}: median {np.median(values):.0f} {unit}, most {max(values):.0f} {unit}")


def come(pages: list[Page], url: str) -> None:
    """All open the page at once, and wait until each has a pad."""
    start, waits = time.monotonic(), []
    for page in pages:
        page.goto(url, wait_until="commit")
    for page in pages:
        expect(page.get_by_role("status").first).to_be_visible(timeout=LIMIT)
        waits.append(time.monotonic() - start)
    describe("until the pad is there", waits, "s")


def refused(url: str) -> str:
    """What one visitor too many is told."""
    try:
        urllib.request.urlopen(url).close()
    except urllib.error.HTTPError as refusal:
        return f"{refusal.code} {refusal.reason}"
    return "nobody was refused"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--visitors", type=int, default=10)
    options.add_argument("--notebook", type=Path, default=ROOT / "docs" / "pad.ipynb")
    given = options.parse_args()
    settings = json.loads((ROOT / "voila.json").read_text(encoding="utf-8"))["VisitorKernels"]
    places, home = [f"--VisitorKernels.most={given.visitors}"], Path(tempfile.mkdtemp())
    others = set(kernels())
    with chromium.voila_server(given.notebook.resolve(), home, places) as url, chromium.browser_page() as first:
        pages = [first, *(first.context.browser.new_page() for _ in range(given.visitors - 1))]
        come(pages, url)
        print("one more:", refused(url))
        describe("a sample read", [answer_time(page, k % 10) for k in range(DIGITS) for page in pages], "ms")
        memory = np.array([megabytes(process) for process in set(kernels()) - others])
        print(f"{len(memory)} kernels: {memory[:, 0].max():.0f} MB at most, {memory[:, 1].sum():.0f} MB together")
        for number, page in enumerate(pages):  # every second one goes without a word
            page.close() if number % 2 else page.goto("about:blank")
        start = time.monotonic()
        while set(kernels()) - others and time.monotonic() - start < 3 * settings["cull_idle_timeout"]:
            time.sleep(1)
        print(f"{len(set(kernels()) - others)} kernels {time.monotonic() - start:.0f} s after all have gone")


if __name__ == "__main__":
    main()
