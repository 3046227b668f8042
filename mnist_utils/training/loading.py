"""What a training learns from: MNIST, or pictures of one's own, and pens, checked, split and preprocessed."""

import dataclasses
from pathlib import Path

import numpy as np

from mnist_utils.data import Arrays, check_dataset, load_dataset, load_mnist, split_validation
from mnist_utils.images import check_images
from mnist_utils.preprocess import PREPROCESS, has_light_edge
from mnist_utils.preprocess.ink import find_placement
from mnist_utils.training.pens import Pens, load_pens
from mnist_utils.training.recipes import Recipe

LOOKED_AT = 10_000  # images, at most, whose edges say whether they are dark on light: all of them as floats take room


@dataclasses.dataclass(frozen=True)
class Data:
    """Images float32 (n, 28, 28) or uint8, and labels (n,): to learn from, to choose by, and to judge the result."""

    x: np.ndarray
    y: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    classes: list[str]
    pens: Pens | None
    learned_from: list[dict]  # every set that a network learns from, with its licence and how much of it there is


def load(data: Arrays | str | Path | None, recipe: Recipe, pens: str | Path | None) -> tuple[Data, Recipe]:
    """Load, check, split and preprocess the images; gives the recipe with the validation size that fits them.

    It has the preprocessing that fits them, too: pictures that are dark on light are turned.
    """
    arrays = load_mnist() if data is None else load_dataset(data) if isinstance(data, str | Path) else data
    dataset = check_dataset(arrays)
    (x, y, x_test, y_test), classes = dataset, dataset.classes
    if data is not None:
        recipe = dataclasses.replace(recipe, validation_size=min(recipe.validation_size, max(1, len(x) // 10)))
        if recipe.preprocess == "none" and has_light_edge(check_images(x[:: -(-len(x) // LOOKED_AT)])).mean() >= 0.9:
            recipe = dataclasses.replace(recipe, preprocess="turned")
    x, y, x_validation, y_validation = split_validation(x, y, recipe.validation_size)
    if recipe.preprocess == "digits" and len(classes) != 10:
        raise ValueError(f"data must have labels of the ten digits where digits=True, not of {len(classes)} classes.")
    prepare = PREPROCESS[recipe.preprocess]
    x_validation, x_test = (prepare(check_images(images)) for images in (x_validation, x_test))
    if data is not None and recipe.preprocess != "none":  # MNIST's own need none of it
        x = np.round(255 * prepare(check_images(x))).astype(np.uint8)
    drawn = _load_pens(recipe, pens)
    own = {"name": "MNIST", "licence": "CC BY-SA 3.0"} if data is None else {"name": "pictures of your own"}
    learned_from = [own | {"count": len(x)}, *(drawn.learned_from if drawn else [])]
    return Data(x, y, x_validation, y_validation, x_test, y_test, classes, drawn, learned_from), recipe


def _load_pens(recipe: Recipe, folder: str | Path | None) -> Pens | None:
    if not (recipe.pens_share or recipe.letters_share):
        return None
    if folder is None:
        get = "get them with: python -m mnist_utils.assets.get_pens --out DIR, and give that folder (--pens DIR)"
        raise ValueError(f"pens must be given for this recipe, which trains on real people's pens, too; {get}.")
    return load_pens(folder, recipe.held_out)


def place_of_ink(data: Data, recipe: Recipe) -> dict:
    """Say how large the ink is that a network learns from, and where, so that strokes are drawn alike."""
    if recipe.preprocess == "digits":  # which brings all ink to MNIST's place
        return {}
    return {"ink": dataclasses.asdict(find_placement(data.x))}
