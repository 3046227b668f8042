"""The recipes: all that decides a training run, but for its seed and data."""

import dataclasses
from typing import Any

from mnist_utils.quiet_tensorflow import keras


@dataclasses.dataclass(frozen=True)
class Recipe:
    """All that decides a training run, but for its seed and data.

    Attributes
    ----------
    network : str
        A name that `networks.build` knows.
    epochs : int
        Passes over the training images, at most.
    batch_size : int
        Images a step.
    learning_rate : float
        Adam's; the highest one where `one_cycle` is set.
    one_cycle : bool
        Raise the learning rate over the first tenth of the run, then lower it to zero along a cosine (after Smith and
        Topin 2018, "Super-convergence").
    patience : int or None
        Stop after this many epochs without a lower validation loss, and go back to the best one.
    label_smoothing : float
        How much of each label is shared out among all classes, 0 to 1 (Szegedy et al. 2016, "Rethinking the Inception
        architecture", section 7). The doubt this teaches is taken back at the end: see `results.cool`.
    ema_momentum : float or None
        Keep a moving average of the weights with this momentum, 0 to 1: the average is what is validated and kept
        (Polyak and Juditsky 1992, "Acceleration of stochastic approximation").
    validation_size : int
        Training images held out to make choices on.
    preprocess : str
        What images go through before the network reads them, a name in `preprocess.PREPROCESS`: "digits",
        "turned" or "none".
    rotation, zoom, shear, shift : float
        The largest turn (degrees), change of size (a fraction), slant (pixels a pixel) and shift (pixels) of each
        training image, drawn anew in each epoch: see `augment.affine`.
    pen_variants : float
        Share of the zeros, ones and sevens that get a slash, a flag or foot, or a bar: see `augment.pen_variants`.
    random_erasing : float
        Share of the images that lose a spot of ink: see `augment.random_erasing`.
    thinner, thicker : float
        The largest change of the stroke width, in pixels on each side: see `augment.stroke_width`.
    pens_share, letters_share : float
        Share of a batch that is added of digits and of letters that real people wrote (`train`'s `pens`); letters are
        outliers, as below.
    held_out : str
        Sources of pens, sites or writers, separated by commas, that are not trained on but measured: to choose by.
    outliers, outlier_share : int, float
        So many drawings that are no digit; this share of a batch is added of them, with all classes equally likely: a
        network that has seen only digits takes everything for one (after Hendrycks, Mazeika and Dietterich 2019, "Deep
        anomaly detection with outlier exposure").
    plain_epochs : int
        So many last epochs, half of all at most, show the images as they are, not augmented; what other people wrote
        and outliers are added as before.
    doubt : float
        How many times the temperature that fits validation images the network is cooled by: people's ink, of which a
        network has a right to be less sure, is not among them. Metrics of a run with `held_out` say what fits those.
    """

    network: str
    epochs: int
    batch_size: int = 128
    learning_rate: float = 1e-3
    one_cycle: bool = False
    patience: int | None = None
    label_smoothing: float = 0.0
    ema_momentum: float | None = None
    validation_size: int = 6000
    preprocess: str = "digits"
    rotation: float = 0.0
    zoom: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    pen_variants: float = 0.0
    random_erasing: float = 0.0
    thinner: float = 0.0
    thicker: float = 0.0
    pens_share: float = 0.0
    letters_share: float = 0.0
    held_out: str = ""
    outliers: int = 0
    outlier_share: float = 0.0
    plain_epochs: int = 0
    doubt: float = 1.0

    @property
    def draws_digits(self) -> bool:
        """Whether it changes or adds images in a way that makes sense for the ten digits only."""
        return bool(self.pen_variants or self.outliers or self.pens_share or self.letters_share)

    def for_pictures(self) -> "Recipe":
        """Give the same recipe for pictures of other things: read as they are, and without what is for pen strokes."""
        names = "pen_variants random_erasing thinner thicker outliers pens_share letters_share"
        off: dict[str, Any] = dict.fromkeys(names.split(), 0)
        return dataclasses.replace(self, preprocess="none", held_out="", doubt=1.0, **off)


# What quick and best share. The amounts of augmentation were chosen on validation images, 8 epochs of best each.
OURS: dict[str, Any] = dict(one_cycle=True, label_smoothing=0.1, rotation=10.0, zoom=0.1, shear=0.15, shift=1.5)
RECIPES = {
    "quick": Recipe("quick", epochs=5, batch_size=192, learning_rate=1.2e-2, ema_momentum=0.98, **OURS),
    "classic": Recipe("classic", epochs=20, patience=5),
    # The last run of notebook 03, and what trains a model of the learner's own.
    "mine": Recipe(
        "mine", epochs=8, learning_rate=5e-3, ema_momentum=0.98, plain_epochs=1, **(OURS | {"label_smoothing": 0.0})
    ),
    # What is for ink was tried, not tuned, on validation images and on writers that were held out (site val of UNIPEN,
    # eight writers of pendigits): other shares of pens did not differ by more than another seed does, more letters as
    # outliers let more letters be refused, and plain epochs at the end took a seventh off the validation loss.
    "best": Recipe(
        "best",
        epochs=24,
        learning_rate=1e-2,
        ema_momentum=0.99,
        pen_variants=0.4,
        random_erasing=0.15,
        thinner=0.4,
        thicker=0.6,
        pens_share=1 / 3,
        letters_share=3 / 32,
        outliers=2000,
        outlier_share=1 / 32,
        plain_epochs=3,
        doubt=1.2,  # of writers that were held out: 1.19
        **OURS,
    ),
}


def learning_rate(recipe: Recipe, steps: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Give the recipe's learning rate: a number, or a schedule over all steps of the run (`steps` an epoch)."""
    if not recipe.one_cycle:
        return recipe.learning_rate
    warmup = max(1, steps * recipe.epochs // 10)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=recipe.learning_rate / 25,
        warmup_target=recipe.learning_rate,
        warmup_steps=warmup,
        decay_steps=max(1, steps * recipe.epochs - warmup),
    )
