"""What comes onto the pad without drawing, sample digits, a photo, the camera, and which network reads it."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets as widgets

from mnist_utils.classes import DIGITS, are_digits
from mnist_utils.widgets.menu import NetworkMenu
from mnist_utils.widgets.pictures import PictureButtons

if TYPE_CHECKING:
    from mnist_utils.classifier import DigitClassifier  # it would import TensorFlow


class Sources(widgets.HBox):
    """A row of buttons that calls sample(digit), picture(content, name) and network(classifier), and say(text)."""

    def __init__(
        self,
        classifier: "DigitClassifier",
        sample: Callable[[int], None],
        picture: Callable[[bytes, str], None],
        network: "Callable[[DigitClassifier], None]",
        say: Callable[[str], None],
    ):
        self.samples = []
        for digit in DIGITS:
            tooltip = f"Draw a sample of the digit {digit}"
            self.samples.append(widgets.Button(description=digit, tooltip=tooltip, layout={"width": "30px"}))
            self.samples[-1].on_click(functools.partial(lambda number, _: sample(number), int(digit)))
        self.pictures = PictureButtons(picture, say)
        self.menu = NetworkMenu(classifier, network, say)
        super().__init__(layout={"flex_flow": "row wrap"})  # what has no room in a narrow window goes below
        self.offer_samples(are_digits(classifier.classes))

    def offer_samples(self, offered: bool) -> None:
        """Offer sample digits, or not: to a network that reads something else."""
        samples = [widgets.Label("Samples"), *self.samples] if offered else []
        self.children = [*samples, self.pictures, self.menu]
