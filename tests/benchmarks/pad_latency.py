"""Measure how long the pad takes to answer: in the kernel, and on the page in a real JupyterLab in Chromium.

    cd tests && python -m benchmarks.pad_latency [--strokes N]

Run nothing else meanwhile. In the kernel: from strokes to answer, beside `model.predict` for the same image. On the
page: from the mouse button's release to the last change that it makes to the pad's answer, for N strokes of the
course's own drawings.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]

WATCH = """() => {
    const pad = document.querySelector('.jp-OutputArea-output:has(canvas)');
    window.released = window.changed = null;
    document.addEventListener('mouseup', () => { window.released = performance.now(); window.changed = null; }, true);
    new MutationObserver(() => { if (window.released !== null) window.changed = performance.now(); })
        .observe(pad, {subtree: true, childList: true, characterData: true, attributes: true});
}"""


def describe(name: str, milliseconds: list[float]) -> None:
    print(f"{name}: median {np.median(milliseconds):.1f} ms, 95% within {np.percentile(milliseconds, 95):.1f} ms")


def milliseconds(call) -> float:
    start = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - start)


def in_the_kernel() -> None:
    from mnist_utils import load_classifier, strokes_to_image
    from mnist_utils.data import load_strokes

    classifier, (drawings, _) = load_classifier(), load_strokes()
    image = strokes_to_image(drawings[0])[None, ..., None]
    classifier.read(image[0, ..., 0])
    classifier.model.predict(image, verbose=0)
    ours, network, keras_way = [], [], []
    for drawing in drawings:  # in turn, so that a machine that slows down slows all
        ours.append(milliseconds(lambda d=drawing: classifier.read(strokes_to_image(d))))
        network.append(milliseconds(lambda: classifier.predict(image[0, ..., 0])))
        keras_way.append(milliseconds(lambda: classifier.model.predict(image, verbose=0)))
    describe("strokes to answer in the kernel", ours)
    describe("of that, image to probabilities", network)
    describe("model.predict for one image", keras_way)
    ratios = [np.median(keras_way) / np.median(times) for times in (ours, network)]
    print(f"model.predict takes {ratios[0]:.0f} times as long as all, {ratios[1]:.0f} times as long as that part")


def on_the_page(count: int) -> None:
    from browser import jupyter_in_chromium as chromium
    from browser.pad_in_page import Pad

    from mnist_utils.data import load_strokes

    drawings, _ = load_strokes()
    with tempfile.TemporaryDirectory() as home:
        home = Path(home)
        shutil.copytree(ROOT / "notebooks", home / "notebooks")
        with chromium.jupyter_server(home / "notebooks", home) as url, chromium.browser_page() as page:
            chromium.open_notebook(page, url.format("05_draw_and_predict.ipynb"))
            chromium.run_all(page)
            pad, times = Pad(page), []
            page.evaluate(WATCH)
            for strokes in drawings[:: max(1, len(drawings) // count)]:
                pad.wipe()
                for stroke in strokes:
                    pad.stroke(stroke)
                    page.wait_for_timeout(600)
                    took = page.evaluate("() => window.changed === null ? null : window.changed - window.released")
                    times += [] if took is None else [took]
    describe(f"release of the button to the answer on the page, {len(times)} strokes", times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strokes", type=int, default=60, help="0 leaves out the page")
    options = parser.parse_args()
    in_the_kernel()
    if options.strokes:
        on_the_page(options.strokes)


if __name__ == "__main__":
    main()
