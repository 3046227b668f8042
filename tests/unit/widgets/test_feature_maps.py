"""The feature maps beside the pad are those of the network that reads, and follow the drawing and the menu."""

import numpy as np
import pytest
from unit.widgets.pad_by_hand import draw

from mnist_utils import explain, load_classifier
from mnist_utils.widgets import DigitPad, FeatureMaps
from mnist_utils.widgets.feature_maps import GAP, SIDE, row_of_maps

LAYERS = {"mine": ["conv_1", "pool_1", "conv_2", "pool_2", "conv_3"]}


@pytest.fixture(scope="module")
def mine():
    return load_classifier(name="mine")


@pytest.mark.parametrize("name", ["mine", "quick", "best", "classic"])
def test_all_layers_that_give_maps_are_run_at_once_as_one_by_one(name, mnist):
    model, image = load_classifier(name=name).model, mnist[2][0]
    found = explain.all_feature_maps(model, image)
    for layer, maps in found.items():
        np.testing.assert_allclose(maps, explain.feature_maps(model, image, layer)[0], atol=1e-4)
    assert list(found) == LAYERS.get(name, list(found))
    assert len(found) >= 4


def test_rows_follow_the_drawing_and_the_network(mine):
    pad = DigitPad(mine)
    maps = FeatureMaps(pad)
    assert len(maps.rows.children) == 10
    before = maps.rows.children[1].value
    draw(pad, (200, 100), (200, 400))
    assert maps.rows.children[1].value != before
    assert maps.rows.children[0].value == "conv_1: 16 maps of 26x26"
    pad._sources.menu.value = "quick"
    assert maps.rows.children[0].value == "conv_1: 16 maps of 12x12"
    bundle, metadata = maps._repr_mimebundle_()
    assert bundle["image/png"].startswith("iVBOR")
    assert metadata["image/png"]["alt"].endswith("the feature maps of 4 layers, a row each.")
    assert repr(maps).startswith("FeatureMaps: 4 layers, DigitPad: 1 stroke, ")


def test_each_map_is_scaled_on_its_own():
    ramp = np.arange(4.0).reshape(2, 2)
    row = np.asarray(row_of_maps(np.stack([ramp, 100 * ramp - 7, 0 * ramp])))
    first, second, flat = (row[:SIDE, i * (SIDE + GAP) : i * (SIDE + GAP) + SIDE] for i in range(3))
    np.testing.assert_array_equal(first, second)
    assert (first[0, 0], first[-1, -1], flat.max()) == (0, 255, 0)
