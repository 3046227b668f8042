"""What a classifier says of an image: in words, as bars, and as a picture for the page."""

import html
import io
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from mnist_utils import plots
from mnist_utils.classes import are_digits
from mnist_utils.reading import Answer

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
CLOSE = 0.2  # the second likeliest class is named, too, where it is so likely
OUTSTANDING = 0.5  # a bar is red where its class is likelier than all others together


def sentence(answer: Answer, classes: Sequence[str]) -> str:
    """Say in one sentence what was read; digits are named in words, too."""
    digits = are_digits(classes)
    first = int(answer.probabilities.argmax())
    second = int(np.delete(answer.probabilities, first).argmax())
    second += second >= first  # the place among all of them
    name, other = (_called(classes[number], digits) for number in (first, second))
    if answer.digit is None and np.ptp(answer.probabilities) == 0:  # a speck, of which no network is asked
        return f"There is too little ink for a {'digit' if digits else 'picture'}."
    if answer.digit is None:
        known = "a digit; of the ten" if digits else f"any of the {len(classes)} classes; of these"
        return f"This does not look like {known}, it is most like {name}."
    # Never "100% sure": no rounding makes a network certain.
    sure = "over 99%" if answer.confidence > 0.99 else f"{answer.confidence:.0%}"
    perhaps = f", or perhaps {other}" if answer.probabilities[second] >= CLOSE else ""
    said = f"This is {name} ({WORDS[answer.digit]})" if digits else f"Read as {name}"
    return f"{said}{perhaps}, {sure} sure."


def _called(name: str, digit: bool) -> str:
    return f"{'an' if name == '8' else 'a'} {name}" if digit else name


def bars(probabilities: np.ndarray, classes: Sequence[str]) -> str:
    """Draw the probability of each class, or of the ten likeliest (`plots.shown_first`), as a table in HTML.

    A name too long for it is shown by its tooltip.
    """
    shown = plots.shown_first(probabilities)
    label = "digit" if are_digits(classes) else "class"
    few = len(shown) < len(classes)
    what = f"The {len(shown)} likeliest of {len(classes)} classes" if few else f"Probability of each {label}"
    caption = f'<caption style="caption-side: bottom; font-size: 0.8em">{what}</caption>' if few else ""
    rows = []
    for name, value in ((html.escape(classes[number]), probabilities[number]) for number in shown):
        colour = plots.RED if value == probabilities.max() and value > OUTSTANDING else plots.GREY
        rows.append(
            f'<tr title="{name}: {value:.1%}"><td style="max-width: 120px; overflow: hidden; text-overflow: ellipsis; '
            f'white-space: nowrap">{name}</td><td style="width: 170px"><div style="background: {colour}; height: 18px; '
            f'width: {max(value, 0.005):.1%}"></div></td><td style="text-align: right">{value:.1%}</td></tr>'
        )
    return f'<table aria-label="{what}" style="margin: 0 16px; font-size: 1.15em">{caption}{"".join(rows)}</table>'


def to_png(picture: Image.Image | Figure) -> bytes:
    """Give a picture or a figure as what would be in a PNG file."""
    file = io.BytesIO()
    if isinstance(picture, Figure):
        picture.savefig(file, format="png", dpi=80)
    else:
        picture.save(file, format="png")
    return file.getvalue()
