"""Checks of the exercises of notebook 05, draw and predict."""

from typing import Any

import numpy as np

from mnist_utils.exercises.checking import exercise, require, result_of, word
from mnist_utils.images import centre_of_mass


@exercise("05-inverted")
def _(answer: object) -> str:
    said = word(answer, "as before", "a little worse", "less than half")
    require(said != "as before", "To you it is the same digit. To the network, nearly every number has changed.")
    require(said == "less than half", "It has never seen a white background: hardly one of its filters fits. Go lower.")
    return "The next cell measures it."


@exercise("05-centre-of-mass")
def _(centre: object) -> str:
    image = np.zeros((28, 28))
    image[4:9, 10:12], image[20, 3] = 0.5, 1.0
    right, unweighted = centre_of_mass(image), centre_of_mass(image > 0)
    result = result_of(centre, image)
    require(result.size == 2, f"Return two numbers, row and column, not shape {result.shape}.")

    def is_near(place: np.ndarray) -> bool:
        return bool(np.abs(result.ravel() - place).max() < 0.01)

    require(not is_near(right[::-1]), "Both numbers are right, in the other order: row first.")
    require(not is_near(unweighted), "You count each inked pixel alike. Weigh it by how much ink it has.")
    require(is_near(right), "Weigh each row number by the ink in that row, and divide by all the ink.")
    return "Bright pixels pull the centre towards them."


@exercise("05-sure-answer")
def _(pad: Any) -> str:
    require(hasattr(pad, "strokes"), "The answer is the pad itself.")
    require(bool(pad.strokes), "The pad is empty. Draw a digit, then run this cell again.")
    require(pad.answer.digit is not None, "The network takes your drawing for no digit. Draw a clearer one.")
    require(pad.answer.confidence >= 0.99, f"It is {pad.answer.confidence:.0%} sure. Ask for 99%: draw a clearer one.")
    return "It is at least 99% sure."
