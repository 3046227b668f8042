"""What the explorers share: controls above a figure that answers them."""

import base64
import html
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from mnist_utils.images import SIZE, check_images
from mnist_utils.widgets.answers import to_png

WIDE = {"description_width": "initial"}  # the style of a control whose name is long
UNSEEN = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)"


class Explorer(widgets.VBox):
    """Controls, by name, and a figure that is drawn anew when one of them changes; draw(figure, ...), which a
    subclass has, says in `alt` what it draws.

    A reader without a kernel sees the figure as a picture. An argument of another form is a ValueError.
    """

    size = (7.0, 3.0)  # of the figure, inches
    alt = ""  # what the figure shows, for those who don't see it

    def __init__(self, **controls: widgets.ValueWidget):
        self.controls = controls
        self.image = widgets.Image(format="png", layout={"align_self": "flex-start", "max_width": "100%"})
        self.words = widgets.HTML(layout={"height": "0", "margin": "0"})  # for screen readers: an Image has no alt
        for control in controls.values():
            control.observe(lambda change: self.update(), names="value")
        row = widgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"})
        super().__init__([row, self.image, self.words])
        self.update()

    def draw(self, figure: Figure, **values: Any) -> None:
        """Draw into an empty figure what the values of the controls, by their names, stand for."""
        raise NotImplementedError

    def update(self) -> None:
        """Draw the figure once more."""
        self.image.value = self.picture()
        self.words.value = f'<span role="status" style="{UNSEEN}">{html.escape(self.alt)}</span>'

    def picture(self) -> bytes:
        """Give the figure as a PNG."""
        figure = Figure(figsize=self.size, facecolor="white")  # a constrained layout would take as long once more
        self.draw(figure, **{name: control.value for name, control in self.controls.items()})
        return to_png(figure)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        bundle = super()._repr_mimebundle_(**kwargs) | {"image/png": base64.b64encode(self.image.value).decode()}
        return bundle, {"image/png": {"alt": self.alt}}

    def __repr__(self) -> str:
        values = ", ".join(f"{name} {control.value}" for name, control in self.controls.items())
        return f"{type(self).__name__}: {values}"


def expect(condition: bool, message: str) -> None:
    """Raise ValueError with a message unless a condition holds."""
    if not condition:
        raise ValueError(message)


def one_image(image: np.ndarray) -> np.ndarray:
    """Bring the argument `image` of an explorer, one image, to float32 (28, 28), 0 to 1, or say what is wrong."""
    expect(np.shape(image) == (SIZE, SIZE), f"image must have the shape (28, 28), not {np.shape(image)}.")
    return check_images(image, "image")[0]
