"""Draw pen strokes with a real mouse on the pad in JupyterLab: is the answer that of the strokes themselves?

    cd tests && python -m benchmarks.replay [STROKES.json.gz] [--count N] [--seed N]

STROKES.json.gz is a file as `load_strokes` reads it; without it, the course's own drawings are taken. N of them, drawn
by lot, are brought to the pad's size, drawn in Chromium over each of their points, and read. Prints how many get the
answer that `strokes_to_image` and `DigitClassifier.read` give for the strokes of the file, and each that does not.
"""

import argparse
import tempfile
from pathlib import Path

import nbformat
import numpy as np
from browser import jupyter_in_chromium as chromium
from browser.pad_in_page import SIDE, Pad, replay
from nbformat.v4 import new_code_cell, new_notebook

from mnist_utils import load_classifier, strokes_to_image
from mnist_utils.data import STROKES_FILE, load_strokes


def on_the_pad(strokes: list) -> list:
    """Bring strokes to the middle of the pad, their longer side 200 pixels."""
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
    scale = 200 / (np.ptp(points, axis=0).max() or 1.0)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return [((np.asarray(stroke, float) - middle) * scale + SIDE / 2).tolist() for stroke in strokes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("strokes", type=Path, nargs="?", default=STROKES_FILE)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    drawings, labels = load_strokes(options.strokes)
    chosen = np.random.default_rng(options.seed).permutation(len(drawings))[: options.count]
    classifier = load_classifier()
    same = right = 0
    with tempfile.TemporaryDirectory() as home:
        home = Path(home)
        (home / "notebooks").mkdir()
        notebook = new_notebook(cells=[new_code_cell("from mnist_utils import DigitPad\n\nDigitPad()")])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, home / "notebooks" / "pad.ipynb")
        with chromium.jupyter_server(home / "notebooks", home) as url, chromium.browser_page() as page:
            chromium.open_notebook(page, url.format("pad.ipynb"))
            chromium.run_all(page)
            pad = Pad(page)
            for i in chosen:
                expected = classifier.read(strokes_to_image(drawings[i])).digit
                seen = replay(pad, on_the_pad(drawings[i]))
                same, right = same + (seen == expected), right + (seen == labels[i])
                if seen != expected:
                    words = f"read as {seen} on the page, as {expected} without it"
                    print(f"drawing {i}, labelled {labels[i]}: {words}", flush=True)
    print(f"the same answer: {same} of {len(chosen)}; right on the page: {right} of {len(chosen)}")


if __name__ == "__main__":
    main()
