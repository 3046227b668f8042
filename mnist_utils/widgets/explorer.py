"""What the explorers share: controls above a figure that answers them."""

import base64
from typing import Any

import ipywidgets as widgets
from matplotlib.figure import Figure

from mnist_utils.widgets.answers import to_png


class Explorer(widgets.VBox):
    """Controls, by name, and a figure that is drawn anew when one of them changes; a subclass has draw(figure, ...).

    A reader without a kernel sees the figure as a picture.
    """

    size = (7.0, 3.0)  # of the figure, inches
    alt = ""  # what the figure shows, for those who don't see it

    def __init__(self, **controls: widgets.ValueWidget):
        self.controls = controls
        self.image = widgets.Image(format="png")
        for control in controls.values():
            control.observe(lambda change: self.update(), names="value")
        super().__init__([widgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"}), self.image])
        self.update()

    def draw(self, figure: Figure, **values: Any) -> None:
        """Draw into an empty figure what the values of the controls, by their names, stand for."""
        raise NotImplementedError

    def update(self) -> None:
        """Draw the figure once more."""
        self.image.value = self.picture()

    def picture(self) -> bytes:
        """Give the figure as a PNG."""
        figure = Figure(figsize=self.size, layout="constrained", facecolor="white")
        self.draw(figure, **{name: control.value for name, control in self.controls.items()})
        return to_png(figure)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict:
        bundle = super()._repr_mimebundle_(**kwargs)
        return bundle | {"image/png": base64.b64encode(self.image.value).decode()}

    def __repr__(self) -> str:
        values = ", ".join(f"{name} {control.value}" for name, control in self.controls.items())
        return f"{type(self).__name__}: {values}"
