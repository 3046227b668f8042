"""Pictures read many at a time: the same answers as one by one, in order, in little memory."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from mnist_utils import classifier, reading
from mnist_utils.classifier import DigitClassifier


@pytest.fixture(scope="module")
def files(grey_page, mnist, tmp_path_factory) -> list:
    """Pages, small and blank pictures and noise, and two that can't be read."""
    folder = tmp_path_factory.mktemp("pictures")
    arrays = [np.asarray(grey_page(number)) for number in (3, 17, 18)]
    arrays += [mnist[2][5], 255 - mnist[2][6], np.full((40, 50), 255, np.uint8)]
    arrays += [np.random.default_rng(0).integers(0, 256, (60, 60), dtype=np.uint8), np.hstack([255 - mnist[2][7]] * 3)]
    for number, array in enumerate(arrays):
        Image.fromarray(array).save(folder / f"{number}.png")
    (folder / "3b.png").write_text("no picture", encoding="utf-8")
    return [*sorted(folder.iterdir()), folder / "gone.png"]


def same(given: object, expected: object) -> None:
    """Check that two answers are alike, but for how a network rounds with other images beside."""
    assert type(given) is type(expected)
    for field in dataclasses.fields(expected):
        one, other = getattr(given, field.name), getattr(expected, field.name)
        if field.name == "answers":
            assert len(one) == len(other)
            for each in zip(one, other, strict=True):
                same(*each)
        elif isinstance(other, float | np.ndarray):
            np.testing.assert_allclose(one, other, atol=1e-5)
        else:
            assert one == other


def alone(read, file) -> object:
    try:
        return read(file)
    except (ValueError, OSError) as error:
        return error


@pytest.mark.parametrize("number", [False, True], ids=["digits", "numbers"])
@pytest.mark.parametrize(("images", "most"), [(500, 64), (9, 64), (500, 2)])
def test_answers_are_those_of_each_picture_alone(shipped, files, monkeypatch, number, images, most):
    monkeypatch.setattr(reading, "IMAGES", images)
    monkeypatch.setattr(reading, "MOST", most)
    answers = list(shipped.read_photos(files, number))
    assert len(answers) == len(files)
    for file, answer in zip(files, answers, strict=True):
        expected = alone(shipped.read_number if number else shipped.read_photo, file)
        if isinstance(expected, Exception):
            assert (type(answer), str(answer)) == (type(expected), str(expected))
        else:
            same(answer, expected)
    assert [type(answer) for answer in answers].count(ValueError) == 1
    assert isinstance(answers[-1], FileNotFoundError)


def test_answers_from_other_processes_are_the_same(shipped, files):
    for one, other in zip(shipped.read_photos(files), shipped.read_photos(files, workers=2), strict=True):
        if isinstance(one, Exception):
            assert (type(one), str(one)) == (type(other), str(other))
        else:
            same(other, one)


@pytest.mark.parametrize("preprocess", ["none", "turned"])
def test_pictures_of_things_are_read_as_alone(shipped, files, preprocess):
    things = DigitClassifier(shipped.model, metrics={"preprocess": preprocess}, rejection_threshold=1.0)
    read = [answer for answer in things.read_photos(files) if not isinstance(answer, Exception)]
    assert {answer.digit is None for answer in read} == {True, False}
    for file, answer in zip((file for file in files if file.stem not in ("3b", "gone")), read, strict=True):
        same(answer, things.read_photo(file))
        same(dataclasses.replace(answer, image=None), things.read(answer.image))


def test_the_network_is_asked_about_many_pictures_at_once_and_never_about_too_many(shipped, files, monkeypatch):
    asked, own = [], shipped.predict
    monkeypatch.setattr(shipped, "predict", lambda images: asked.append(len(images)) or own(images))
    monkeypatch.setattr(reading, "IMAGES", 30)
    assert len(list(shipped.read_photos(files * 5))) == 5 * len(files)
    assert len(asked) < 5 * len(files) / 3
    assert 20 < max(asked) <= 30


def test_pictures_are_taken_when_they_are_needed(shipped, files):
    taken = []

    def endless():
        while True:
            taken.append(files[3])
            yield files[3]

    answers = shipped.read_photos(endless())
    assert taken == []
    for _ in range(3):
        next(answers)
    assert len(taken) <= reading.MOST + 1


def test_whatever_is_wrong_with_a_picture_is_said_and_the_rest_goes_on(shipped, files, monkeypatch):
    opened = reading.opened

    def fail(photo, kind, name=""):
        if photo == files[1]:
            raise KeyError("x")
        return opened(photo, kind, name)

    monkeypatch.setattr(reading, "opened", fail)
    first, bad, last = shipped.read_photos(files[:3])
    assert (first.digit, last.digit) == (0, 3)
    assert type(bad) is ValueError
    assert str(bad) == f"photo: {files[1]} can't be read (KeyError: 'x')."


@pytest.mark.parametrize("kind", ["DigitPicture", "NumberPicture", "ThingPicture"])
def test_whatever_is_wrong_with_an_answer_is_said_and_the_rest_goes_on(shipped, files, monkeypatch, kind):
    choose = getattr(reading, kind).answer

    def fail(picture, said):
        if picture.name == f"photo: {files[1]}":
            raise IndexError("x")
        return choose(picture, said)

    monkeypatch.setattr(getattr(reading, kind), "answer", fail)
    reader = DigitClassifier(shipped.model, metrics={"preprocess": "none"} if kind == "ThingPicture" else None)
    first, bad, last = reader.read_photos(files[:3], number=kind == "NumberPicture")
    assert not isinstance(first, Exception)
    assert not isinstance(last, Exception)
    assert type(bad) is ValueError
    assert str(bad) == f"photo: {files[1]} can't be read (IndexError: x)."
    with pytest.raises(ValueError, match=r"can't be read \(IndexError: x\)\.$"):
        (reader.read_number if kind == "NumberPicture" else reader.read_photo)(files[1])


def test_less_than_one_process_is_refused_at_once(shipped, files):
    with pytest.raises(ValueError, match=r"^workers must be 1 or more, not 0\.$"):
        shipped.read_photos(files, workers=0)


def test_no_process_lives_on_while_an_error_of_the_network_is_kept(shipped, files, monkeypatch):
    ended = []

    def opening(function, things, count):
        try:
            yield from map(function, things)
        finally:
            ended.append(count)

    def fail(images):
        raise MemoryError

    monkeypatch.setattr(classifier, "in_processes", opening)
    monkeypatch.setattr(shipped, "predict", fail)
    monkeypatch.setattr(reading, "MOST", 1)
    with pytest.raises(MemoryError) as kept:
        next(shipped.read_photos(files[:3], workers=2))
    assert (kept.type, ended) == (MemoryError, [2])
