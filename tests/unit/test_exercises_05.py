"""The checks of notebook 05 accept right answers in any form, and each plausible mistake gets a hint of its own."""

from types import SimpleNamespace

import numpy as np

from mnist_utils.images import centre_of_mass


def _centre(image):
    rows, columns = np.indices(image.shape)
    return (rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()


def _by_sums(image):
    places, total = np.arange(28), image.sum()
    return [image.sum(axis=1) @ places / total, image.sum(axis=0) @ places / total]


def _pad(strokes=("a stroke",), digit=3, confidence=0.995):
    return SimpleNamespace(strokes=list(strokes), answer=SimpleNamespace(digit=digit, confidence=confidence))


# For each exercise: right answers, the solution first, then wrong ones with a part of the hint that they get.
CASES = {
    "05-inverted": (
        ["less than half", "Less than half.", " LESS THAN HALF!"],
        [
            ("as before", "nearly every number has changed"),
            ("a little worse", "Go lower"),
            (50, "Answer one of 'as before', 'a little worse', 'less than half'"),
            ("less", "Answer one of"),
        ],
    ),
    "05-centre-of-mass": (
        [
            _centre,
            _by_sums,
            centre_of_mass,
            lambda image: np.array(_centre(image), np.float32),
            lambda image: np.round([_centre(image)], 2),
            lambda image: tuple(str(value) for value in _centre(image)),
        ],
        [
            (lambda image: _centre(image)[::-1], "row first"),
            (lambda image: _centre(image > 0), "count each inked pixel alike"),
            (lambda image: np.add(_centre(image), 1), "from 1"),
            (lambda image: (13.5, 13.5), "Weigh each row number"),
            (lambda image: _centre(image)[0], "Return two numbers"),
            (lambda image: image, "Return two numbers"),
            (lambda image: ("up", "left"), "is a number"),
        ],
    ),
    "05-costliest-step": (
        ["place", "Place.", " SIZE "],
        [
            ("centre of mass", "Which steps change the image more"),
            ("stroke width", "What do all of them have in common"),
            ("proportions", "two others cost about twice as much"),
            ("position", "Answer one of 'size', 'proportions', 'place'"),
            (3, "Answer one of"),
        ],
    ),
    "05-sure-answer": (
        [_pad(), _pad(digit=np.int64(0), confidence=np.float32(1.0)), _pad(confidence=0.99)],
        [
            (_pad([], None, 0.1), "The pad is empty"),
            (_pad(digit=None, confidence=0.3), "for no digit"),
            (_pad(confidence=0.9), "90% sure"),
            (3, "the pad itself"),
            ("pad", "the pad itself"),
        ],
    ),
}


# What the second wrong answer is told, and the first one not.
NEARER = [
    ("05-inverted", "as before", "there is none"),
    ("05-inverted", "a little worse", "one right answer in ten"),
    ("05-centre-of-mass", lambda image: _centre(image)[::-1], "Swap the two"),
    ("05-centre-of-mass", lambda image: _centre(image > 0), "divide by the sum of all values"),
    ("05-centre-of-mass", lambda image: (0, 0), "np.indices"),
    ("05-centre-of-mass", lambda image: 0, "return row, column"),
    ("05-costliest-step", "centre of mass", "A step that changes little"),
    ("05-costliest-step", "stroke width", "whoever wrote"),
    ("05-costliest-step", "proportions", "a 1 is slim"),
    ("05-sure-answer", 3, "my_pad = pad"),
    ("05-sure-answer", _pad([]), "is called pad"),
    ("05-sure-answer", _pad(digit=None), "in one or two strokes"),
    ("05-sure-answer", _pad(confidence=0.5), "second highest bar"),
]
