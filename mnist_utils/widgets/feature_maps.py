"""FeatureMaps: what each layer of a network makes of what is being drawn, live beside the pad."""

import base64
import html
import io
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np
from PIL import Image

from mnist_utils.widgets.answers import to_png

if TYPE_CHECKING:
    from mnist_utils.widgets.pad import DigitPad

SIDE, GAP, MOST = 40, 4, 10  # pixels of a map and between two; maps of each layer


class FeatureMaps(widgets.HBox):
    """A pad, and beside it the feature maps of the network that reads it: a row for each layer, while you draw.

    Each row shows the first maps of a layer that has maps, each scaled on its own: black is the least value, white the
    greatest.

    Parameters
    ----------
    pad : DigitPad
        What is drawn on, with the network that is chosen there.
    """

    def __init__(self, pad: "DigitPad"):
        self.pad = pad
        self.rows = widgets.VBox()
        super().__init__([pad, self.rows], layout={"flex_flow": "row wrap"})
        pad.on_read(self.update)
        self.update()

    def update(self) -> None:
        """Show the maps of what is on the pad."""
        from mnist_utils.explain import all_feature_maps  # imports TensorFlow

        found = all_feature_maps(self.pad.classifier.model, self.pad.image)
        if len(self.rows.children) != 2 * len(found):
            images = [widgets.Image(format="png") for _ in found]
            self.rows.children = [widget for image in images for widget in (widgets.HTML(), image)]
        self._pictures = [row_of_maps(maps) for maps in found.values()]
        for (name, maps), picture, number in zip(found.items(), self._pictures, range(len(found)), strict=True):
            says, image = self.rows.children[2 * number : 2 * number + 2]
            says.value = html.escape(f"{name}: {len(maps)} maps of {maps.shape[1]}x{maps.shape[2]}")
            image.value = to_png(picture)

    def picture(self) -> bytes:
        """Give all rows, one below the other, as a PNG."""
        high, wide = sum(row.height for row in self._pictures), max(row.width for row in self._pictures)
        whole, top = Image.new("L", (wide, high), 255), 0
        for row in self._pictures:
            whole.paste(row, (0, top))
            top += row.height
        return to_png(whole)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        bundle = super()._repr_mimebundle_(**kwargs)
        both = [Image.open(io.BytesIO(png)).convert("RGB") for png in (self.pad.picture(), self.picture())]
        whole = Image.new("RGB", (max(each.width for each in both), sum(each.height for each in both)), "white")
        whole.paste(both[0], (0, 0))
        whole.paste(both[1], (0, both[0].height))
        alt = f"{self.pad.alt} Below it, the feature maps of {len(self._pictures)} layers, a row each."
        return bundle | {"image/png": base64.b64encode(to_png(whole)).decode()}, {"image/png": {"alt": alt}}

    def __repr__(self) -> str:
        return f"FeatureMaps: {len(self._pictures)} layers, {self.pad!r}"


def row_of_maps(maps: np.ndarray) -> Image.Image:
    """Draw the first maps (n, height, width) of a layer side by side, each from black (its least value) to white."""
    shown = maps[:MOST]
    least, most = shown.min(axis=(1, 2), keepdims=True), shown.max(axis=(1, 2), keepdims=True)
    grey = (255 * (shown - least) / np.maximum(most - least, 1e-9)).astype(np.uint8)
    row = Image.new("L", (MOST * (SIDE + GAP), SIDE + GAP), 255)
    for number, one in enumerate(grey):
        row.paste(Image.fromarray(one).resize((SIDE, SIDE), Image.Resampling.NEAREST), (number * (SIDE + GAP), 0))
    return row
