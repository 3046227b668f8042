"""Checks of the exercises of notebook 00, start here."""

from collections.abc import Callable
from typing import Any

from mnist_utils.exercises.checking import Hint, exercise, number, require

ENOUGH = 9  # of ten
SURE = 0.9


@exercise("00-half-drawn")
def _(answer: object) -> str:
    count = number(answer)
    require(count in range(11), "The answer is how many of the ten: a whole number, 0 to 10.")
    require(
        count < 5,
        "You know what the pen was going to write. The network doesn't. Go lower.",
        "Cover the digits above them. Which ones could be another digit, or none? Those don't count.",
    )
    require(count > 0, "Some digits look much the same when they are half done. What is half a 1?")
    return "That is a good guess. The next cell counts them."


@exercise("00-pen-lifted")
def _(answer: object, count_read: Callable[[float], int]) -> str:
    share = number(answer)
    require(0 < share <= 1, f"A share is more than 0 and at most 1: half of the line is 0.5, not {answer}.")
    tenths = round(10 * share)
    require(abs(10 * share - tenths) < 1e-6, "Go in steps of 0.1: 0.9, 0.8 and so on.")
    read = count_read(tenths / 10)
    are = "is" if read == 1 else "are"
    require(read >= ENOUGH, f"Only {read} of 10 {are} read there. The pen was lifted too early.")
    require(
        count_read((tenths - 1) / 10) < ENOUGH,
        f"{read} of 10 are read there. Can the pen be lifted earlier?",
        f"{read} of 10 are read there. Make share smaller by 0.1, and run the cell again, until fewer than 9 are read.",
    )
    return f"{read} of 10 are read there, and a tenth less of the line is too little."


@exercise("00-not-sure")
def _(pad: Any) -> str:
    if not hasattr(pad, "answer") or not hasattr(pad, "strokes"):
        raise Hint("The answer is the pad itself: draw on it, and run this cell again.")
    require(pad.image.any(), "The pad is empty. Draw a digit, then run this cell again.")
    answer = pad.answer
    if answer.digit is None:
        return "The network takes it for no digit at all, rather than guess."
    require(
        answer.confidence < SURE,
        "The network is at least 90% sure. Try something between two digits: is it a 4 or a 9, a 1 or a 7?",
        "It is still at least 90% sure. Leave out a part of the digit, or draw half of one on top of another.",
    )
    return "The network hesitates: it is less than 90% sure."
