"""A menu of the networks that can read: the one that is given, the shipped ones, and those trained into runs/."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets as widgets

from mnist_utils.files import runs

if TYPE_CHECKING:
    from mnist_utils.classifier import DigitClassifier  # it would import TensorFlow

SHIPPED = ("best", "ensemble", "quick", "classic", "mine")


class NetworkMenu(widgets.Dropdown):
    """Offer networks by name; calls chosen(classifier) when another one is chosen, and say(text) where it can't be."""

    def __init__(
        self,
        given: "DigitClassifier",
        chosen: "Callable[[DigitClassifier], None]",
        say: Callable[[str], None],
    ):
        self._chosen, self._say = chosen, say
        name = getattr(given, "name", "this network")
        self._loaded = {name: given}
        trained = sorted(str(file.parent) for file in runs().glob("*/model.keras"))
        names = dict.fromkeys([name, *SHIPPED, *trained])
        super().__init__(
            options=list(names),
            value=name,
            description="Network",
            tooltip="The network that reads",
            style={"description_width": "initial"},
            layout={"width": "200px"},
        )
        self.observe(self._choose, "value")

    def _choose(self, change: dict) -> None:
        """Load what was chosen, once, and hand it on; where that fails, go back to the one before."""
        from mnist_utils.classifier import load_classifier  # imports TensorFlow

        name = change["new"]
        try:
            if name not in self._loaded:
                shipped = name in SHIPPED
                self._loaded[name] = load_classifier(name=name) if shipped else load_classifier(name)
            self._chosen(self._loaded[name])
        except Exception as error:  # a run that is being written, or a file of another program
            with self.hold_trait_notifications():
                self.unobserve(self._choose, "value")
                self.value = change["old"]
                self.observe(self._choose, "value")
            self._say(f"{name} can't be used: {error}")
