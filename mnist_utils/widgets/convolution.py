"""The explorer of a convolution: a kernel that lies on a digit, the products under it, and the map that they fill."""

from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mnist_utils.plots import FOR_AGAINST, GREEN
from mnist_utils.widgets.explorer import Explorer, expect, one_image


class ConvolutionExplorer(Explorer):
    """Move a kernel over a digit: its products with the pixels, their sum, and the feature map so far.

    It begins at the strongest value in the lower half of the map.

    Parameters
    ----------
    image : numpy.ndarray
        (28, 28), uint8 0-255 or float 0-1, white ink on black.
    kernel : numpy.ndarray
        (size, size) weights, the size odd: 3, 5, ...
    """

    size = (8.4, 3.2)

    def __init__(self, image: np.ndarray, kernel: np.ndarray):
        self._pixels, self._kernel = one_image(image), np.asarray(kernel, dtype=float)
        side = len(np.atleast_1d(self._kernel))
        fits = self._kernel.shape == (side, side) and side % 2 == 1 and side <= len(self._pixels)
        expect(fits, f"kernel must be square with an odd side of at most 27, not of shape {np.shape(kernel)}.")
        expect(bool(np.isfinite(self._kernel).all()), "kernel must hold finite numbers, not nan or infinity.")
        self._patches = np.lib.stride_tricks.sliding_window_view(self._pixels, (side, side))
        self.feature_map = (self._patches * self._kernel).sum(axis=(2, 3))
        last = len(self.feature_map) - 1
        row, column = divmod(int(np.abs(self.feature_map[last // 2 :]).argmax()), last + 1)
        super().__init__(
            row=widgets.IntSlider(row + last // 2, 0, last, description="row"),
            column=widgets.IntSlider(column, 0, last, description="column"),
        )

    def draw(self, figure: Figure, **values: Any) -> None:
        """Draw the digit with the kernel's frame, the products, and the feature map up to this place."""
        row, column, side = values["row"], values["column"], len(self._kernel)
        total = self.feature_map[row, column]
        figure.subplots_adjust(left=0.01, right=0.99, bottom=0.12, top=0.9, wspace=0.06)
        digit, products, result = figure.subplots(1, 3, subplot_kw={"xticks": [], "yticks": []})
        digit.imshow(self._pixels, cmap="gray", vmin=0, vmax=1)
        digit.set_title("the kernel on the digit")
        self._write_products(products, self._patches[row, column])
        products.set(title="pixel times weight")
        products.set_xlabel(f"sum: {total:.2f}  →", fontsize=14)
        so_far = self.feature_map.copy()
        so_far[row, column + 1 :] = so_far[row + 1 :] = np.nan
        _show(result, so_far, np.abs(self.feature_map).max())
        result.set(title="the feature map so far", facecolor="#DDDDDD")
        for axes, width in ((digit, side), (result, 1)):
            frame = Rectangle((column - 0.5, row - 0.5), width, width, fill=False, edgecolor=GREEN, linewidth=2.5)
            axes.add_patch(frame)
        lies = f"A {side} by {side} kernel lies on a digit at row {row}, column {column}."
        self.alt = f"{lies} Its products with the pixels add up to {total:.2f}, the newest value of the feature map."

    def _write_products(self, axes: Axes, pixels: np.ndarray) -> None:
        products, most = pixels * self._kernel, np.abs(self._kernel).max()
        _show(axes, products, most)
        for (i, j), product in np.ndenumerate(products if len(products) <= 7 else products[:0]):  # or there is no room
            text = f"{product:.2f}".replace("-0.00", "0.00")
            if len(products) == 3:  # there is room for where it comes from
                text = f"{pixels[i, j]:.2f} \N{MULTIPLICATION SIGN} {self._kernel[i, j]:.3g}\n= {text}"
            axes.text(j, i, text, ha="center", va="center", color="w" if abs(product) > 0.7 * most else "k", fontsize=9)


def _show(axes: Axes, values: np.ndarray, most: float) -> None:
    axes.imshow(values, cmap=FOR_AGAINST, vmin=-most or -1, vmax=most or 1)  # 0 has the middle colour
