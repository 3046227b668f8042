"""Checks of the exercises of notebook 06, explain predictions."""

from typing import Any

import numpy as np

from mnist_utils.exercises.checking import exercise, require, result_of, word
from mnist_utils.images import check_images


@exercise("06-background")
def _(answer: object) -> str:
    said = word(answer, "zero", "not zero")
    asked = "Would a new stroke beside the digit leave the score as it is?"
    require(said == "not zero", f"{asked} Think of a 4 and a 9.", f"{asked} Close the top of a 4, on the background.")
    return "Ink where there is none yet would change the score, too."


@exercise("06-integrated")
def _(integrated: object) -> str:
    weights = np.random.default_rng(6).normal(size=(28, 28))
    image = np.random.default_rng(7).uniform(0.1, 1, (28, 28))

    def gradient(x: np.ndarray) -> np.ndarray:  # of the sum of weights * x**3
        return 3 * weights * x**2

    result, right = result_of(integrated, gradient, image, 100), weights * image**3
    require(result.shape == (28, 28), f"Each pixel has its attribution: (28, 28), not {result.shape}.")
    require(not np.allclose(result, 3 * right), "That is the gradient at the image only. Take it on the whole way.")
    require(not np.allclose(result, right / image, rtol=0.05), "That is the mean gradient. Now multiply by the ink.")
    require(not np.allclose(result, 100 * right, rtol=0.05), "You added the gradients up. Take their mean.")
    rule = "Take the mean of the gradients on the way, and multiply by the ink."
    nearer = f"{rule} On the way the image is brightness * image, with the brightness between 0 and 1."
    require(np.allclose(result, right, rtol=0.05), rule, nearer)
    return "Its attributions add up to the difference of the scores."


@exercise("06-small-change")
def _(path: Any, classifier: Any) -> str:
    from mnist_utils.networks import probabilities

    path = np.asarray(path)
    require(path.size > 0 and path.shape[1:] == (28, 28), f"The answer has the shape (k, 28, 28), not {path.shape}.")
    if path.dtype != np.uint8:
        path = path.astype(float)
        require(path.min() >= 0 and path.max() <= 1, "Pixels must stay in 0 to 1. Divide by 255 first.")
    path = check_images(path)
    # The network alone: what preprocessing would do to so small a change is another question.
    first, last = probabilities(classifier.model, path[[0, -1]]).argmax(axis=1)
    require(first != last, f"The first and the last image are both read as a {first}.")
    length = np.linalg.norm(path[-1] - path[0])
    far = f"The change has a length of {length:.1f}. Find one below 2.5: other digits may be nearer."
    require(length < 2.5, far, f"{far} Try several fours, and ask for a 9.")
    return f"A {first} is read as a {last} after a change of length {length:.1f}."
