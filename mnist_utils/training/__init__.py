"""A network is trained: recipes, batches, augmentation, and the run that writes model.keras and metrics.json."""

from mnist_utils.training.recipes import RECIPES, Recipe, learning_rate
from mnist_utils.training.run import train

__all__ = ["RECIPES", "Recipe", "learning_rate", "train"]
