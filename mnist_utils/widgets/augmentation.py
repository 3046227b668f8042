"""The explorer of augmentation: a digit before and after the changes that training makes at random."""

from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from mnist_utils.widgets.explorer import Explorer, one_image

# By name: what the slider is called, how far it goes to both sides, its step, and how its number is written.
SLIDERS = {
    "rotation": ("rotation (°)", 45.0, 1.0, ".0f"),
    "zoom": ("zoom", 0.5, 0.02, "+.0%"),
    "shear": ("shear", 0.5, 0.02, ".2f"),
    "shift_right": ("shift right", 6.0, 0.5, ".1f"),
    "shift_down": ("shift down", 6.0, 0.5, ".1f"),
    "stroke_width": ("stroke width", 1.0, 0.1, ".1f"),
}


class AugmentationExplorer(Explorer):
    """Turn, zoom, slant and shift a digit, and make its strokes wider or narrower, as training does at random.

    Parameters
    ----------
    image : numpy.ndarray
        (28, 28), uint8 0-255 or float 0-1, white ink on black.
    **amounts : float
        Where sliders begin, by name: rotation (degrees, anticlockwise), zoom (a fraction), shear (pixels sideways per
        pixel of height), shift_right and shift_down (pixels), stroke_width (parts of a pixel on each side). Without
        any, rotation is 15.
    """

    size = (5.6, 2.8)

    def __init__(self, image: np.ndarray, **amounts: float):
        self._pixels = one_image(image)
        amounts = amounts or {"rotation": 15.0}
        for name, amount in amounts.items():
            if name not in SLIDERS:
                raise ValueError(f"amounts must be called {', '.join(SLIDERS)}, not {name}.")
            if not abs(amount) <= SLIDERS[name][1]:
                raise ValueError(f"{name} must lie in {-SLIDERS[name][1]} to {SLIDERS[name][1]}, not be {amount}.")
        super().__init__(
            **{
                name: widgets.FloatSlider(
                    amounts.get(name, 0.0),
                    min=-most,
                    max=most,
                    step=step,
                    readout_format=form,
                    description=text,
                    style={"description_width": "100px"},
                )
                for name, (text, most, step, form) in SLIDERS.items()
            }
        )

    def changed(self, **amounts: float) -> np.ndarray:
        """Give the digit after changes by these amounts: float32 (28, 28), 0 to 1."""
        from mnist_utils.training import augment  # imports TensorFlow

        images = augment.change_stroke_width(self._pixels[None, ..., None], np.float32(amounts["stroke_width"]))
        turn, zoom = np.radians(amounts["rotation"]), amounts["zoom"]
        row = [turn, zoom, zoom, amounts["shear"], amounts["shift_right"], amounts["shift_down"]]
        return augment.transform(images, np.array([row], np.float32)).numpy()[0, ..., 0]

    def draw(self, figure: Figure, **values: Any) -> None:
        """Draw the digit before and after."""
        figure.subplots_adjust(left=0.01, right=0.99, bottom=0.02, top=0.9, wspace=0.04)
        both = figure.subplots(1, 2, subplot_kw={"xticks": [], "yticks": []})
        for axes, title, picture in zip(both, ("before", "after"), (self._pixels, self.changed(**values)), strict=True):
            axes.imshow(picture, cmap="gray", vmin=0, vmax=1)
            axes.set_title(title)
        changes = [f"{name.replace('_', ' ')} {value:.3g}" for name, value in values.items() if value]
        self.alt = f"A digit before and after augmentation: {', '.join(changes) or 'no change'}."
