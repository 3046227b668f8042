"""Measure how long the page that `export --html` writes takes for one image, in Chromium.

    PYTHONPATH=tests python tests/benchmarks/exported_page.py [quick mine best ...]

Prints the median and the fastest quarter over the course's own drawings, in milliseconds, and how many times as long
as `quick` each network takes.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from browser.jupyter_in_chromium import browser_page

from mnist_utils.classifier import load_classifier
from mnist_utils.data import load_strokes
from mnist_utils.export import write_html

TIMES = """strokes => strokes.map(each => {
    const image = fitFrame(strokesToImage(each)), start = performance.now();
    classify(networks, image);
    return performance.now() - start;
})"""


def main() -> None:
    drawings = [[np.asarray(stroke).tolist() for stroke in strokes] for strokes in load_strokes()[0]]
    names, first = sys.argv[1:] or ["quick", "mine", "best"], None
    with tempfile.TemporaryDirectory() as folder, browser_page() as page:
        for name in names:
            file = write_html(load_classifier(name=name), Path(folder) / f"{name}.html")
            page.goto(file.as_uri())
            median, quarter = np.quantile(page.evaluate(TIMES, drawings), [0.5, 0.25])
            first = first or median
            print(
                f"{name:10} median {median:5.1f} ms, quarter {quarter:5.1f} ms, {median / first:.1f} times", flush=True
            )


if __name__ == "__main__":
    main()
