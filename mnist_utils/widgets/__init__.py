"""What a person sees and touches in a notebook: the pad to draw on, and the browser of answers."""

from mnist_utils.widgets.browse import AnswerBrowser
from mnist_utils.widgets.pad import DigitPad

__all__ = ["AnswerBrowser", "DigitPad"]
