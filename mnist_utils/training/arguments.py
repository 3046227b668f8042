"""What `train` is given, checked before anything is loaded or trained."""

import dataclasses
import math
import numbers

from mnist_utils.preprocess import PREPROCESS
from mnist_utils.training.recipes import RECIPES, Recipe

# The numbers of a recipe: whole or not, from where on, and up to where; beyond the ends is refused, and NaN.
WHOLE = {"epochs": 1, "batch_size": 1, "patience": 0, "validation_size": 1, "outliers": 0, "plain_epochs": 0}
ABOVE_0 = ("learning_rate", "doubt")
SHARES = ("label_smoothing", "ema_momentum", "pens_share", "letters_share", "outlier_share")  # 0 to below 1
AMOUNTS = ("rotation", "zoom", "shear", "shift", "pen_variants", "random_erasing", "thinner", "thicker")  # from 0 on
OPTIONAL = ("patience", "ema_momentum")  # may be None


def check_recipe(recipe: str | Recipe, epochs: int | None) -> Recipe:
    """Give the recipe of a name, with so many epochs, or say in a sentence what is wrong with it."""
    if isinstance(recipe, str):
        if recipe not in RECIPES:
            raise ValueError(f"recipe must be one of {', '.join(RECIPES)}, not {recipe!r}.")
        recipe = RECIPES[recipe]
    if not isinstance(recipe, Recipe):
        raise ValueError(f"recipe must be a name or a Recipe, not {type(recipe).__name__}.")
    if epochs is not None:
        recipe = dataclasses.replace(recipe, epochs=epochs)
    for name, value in dataclasses.asdict(recipe).items():
        if not (value is None and name in OPTIONAL):
            _check_number(name, value)
    if recipe.ema_momentum and recipe.patience is not None:  # early stopping brings back weights, not their average
        raise ValueError("recipe must have ema_momentum or patience, not both.")
    if recipe.preprocess not in PREPROCESS:
        raise ValueError(f"recipe.preprocess must be one of {', '.join(PREPROCESS)}, not {recipe.preprocess!r}.")
    return recipe


def _check_number(name: str, value: object) -> None:
    """Refuse a field of a recipe that is a number and out of its range."""
    called = name if name == "epochs" else f"recipe.{name}"
    if name in WHOLE:
        if type(value) is not int or value < WHOLE[name]:
            raise ValueError(f"{called} must be a whole number of {WHOLE[name]} or more, not {value!r}.")
    elif name in ABOVE_0 + SHARES + AMOUNTS:
        number = float(value) if isinstance(value, numbers.Real) else math.nan
        if name in ABOVE_0 and not 0 < number < math.inf:
            raise ValueError(f"{called} must be a number above 0, not {value!r}.")
        if name in SHARES and not 0 <= number < 1:
            raise ValueError(f"{called} must be a number from 0 to below 1, not {value!r}.")
        if name in AMOUNTS and not 0 <= number < math.inf:
            raise ValueError(f"{called} must be a number of 0 or more, not {value!r}.")


def check_seed(seed: int) -> None:
    """Refuse a seed that is not one for both Keras and NumPy."""
    if type(seed) is not int or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be a whole number from 0 to 4294967295, not {seed!r}.")


def check_progress(progress: str) -> str:
    """Give how progress is shown: "widget", "bar" or "none"."""
    if progress not in ("auto", "widget", "bar", "none"):
        raise ValueError(f"progress must be auto, widget, bar or none, not {progress!r}.")
    if progress == "auto":
        return "widget" if _in_notebook() else "bar"
    return progress


def _in_notebook() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")
