"""Checks of the exercises of notebook 05, draw and predict."""

from typing import Any

import numpy as np

from mnist_utils.exercises.checking import exercise, number, require, result_of, word
from mnist_utils.images import centre_of_mass

SURE = 0.99


@exercise("05-inverted")
def _(answer: object) -> str:
    said = word(answer, "as before", "a little worse", "less than half")
    require(
        said != "as before",
        "To you it is the same digit. To the network, nearly every number has changed.",
        "Four of five pixels were 0 and are now 1. Where the network looked for ink, there is none.",
    )
    require(
        said == "less than half",
        "It has never seen a white background: hardly one of its filters fits. Go lower.",
        "A network with ten digits to choose from can fall to one right answer in ten. It gets near that.",
    )
    return "The next cell measures it."


@exercise("05-centre-of-mass")
def _(centre: object) -> str:
    image = np.zeros((28, 28))
    image[4:9, 10:12], image[20, 3] = 0.5, 1.0
    right, unweighted = centre_of_mass(image), centre_of_mass(image > 0)
    result = result_of(centre, image)
    require(
        result.size == 2,
        f"Return two numbers, row and column, not shape {result.shape}.",
        "End with return row, column: each of them is one number.",
    )
    place = np.array([number(value) for value in result.ravel()])

    def is_near(other: np.ndarray) -> bool:
        return bool(np.abs(place - other).max() < 0.01)

    require(
        not is_near(right[::-1]),
        "Both numbers are right, in the other order: row first.",
        "Swap the two numbers that you return.",
    )
    require(
        not is_near(unweighted),
        "You count each inked pixel alike. Weigh it by how much ink it has.",
        "Multiply each row number by the pixel's value before you add up, and divide by the sum of all values.",
    )
    require(
        not is_near(right + 1),
        "You count rows and columns from 1. The first one is number 0.",
        "np.arange(28) begins at 0, as the pixels do.",
    )
    require(
        is_near(right),
        "Weigh each row number by the ink in that row, and divide by all the ink.",
        "np.indices(image.shape) gives the row and column of each pixel. Multiply by image, sum, divide by its sum.",
    )
    return "Bright pixels pull the centre towards them."


@exercise("05-costliest-step")
def _(answer: object) -> str:
    said = word(answer, "size", "proportions", "place", "centre of mass", "stroke width")
    require(
        said != "centre of mass",
        "The box's middle is at most a few pixels from it. Which steps change the image more?",
        "A step that changes little when it is left out can't cost much.",
    )
    require(
        said != "stroke width",
        "Among MNIST's own digits there are thin strokes and broad ones. What do all of them have in common?",
        "Think of what is the same in MNIST, whoever wrote and with whatever pen.",
    )
    require(
        said != "proportions",
        "It costs something, but two others cost about twice as much. Augmentation showed the network slimmer digits.",
        "What is the same for all of MNIST's digits? Their proportions are not: a 1 is slim, and a 0 is round.",
    )
    return "The next cell measures it."


@exercise("05-sure-answer")
def _(pad: Any) -> str:
    require(
        hasattr(pad, "strokes"),
        "The answer is the pad itself.",
        "Write my_pad = pad, without quotation marks or brackets.",
    )
    require(
        bool(pad.strokes),
        "The pad is empty. Draw a digit, then run this cell again.",
        "This pad has no strokes. The pad at the top of the notebook is called pad.",
    )
    require(
        pad.answer.digit is not None,
        "The network takes your drawing for no digit. Draw a clearer one.",
        "Clear the pad and draw a single digit, large, in one or two strokes. A plain 0 or 1 is easy.",
    )
    require(
        pad.answer.confidence >= SURE,
        f"It is {pad.answer.confidence:.0%} sure. Ask for 99%: draw a clearer one.",
        "Look at the second highest bar: which part of your drawing speaks for that digit? Leave it out.",
    )
    return "It is at least 99% sure."
