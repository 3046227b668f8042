"""What holds for whatever comes in: hypothesis makes it up, over 2,000 cases a run.

PROPERTIES=10000 in the environment makes about as many, and other ones each time; without it, they are the same on
every machine. Where the network does not matter, a tiny one with weights by chance stands in.
"""

import json

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from made_up import (
    ANYTHING,
    ARRAYS,
    CASES,
    DRAWINGS,
    IMAGE,
    JSON,
    METRICS,
    NESTED,
    SMALL,
    cases,
    datasets,
    judged,
    written,
)

from mnist_utils import evaluation
from mnist_utils.classifier import DigitClassifier, load_classifier
from mnist_utils.data import check_dataset, load_dataset, load_strokes, save_strokes
from mnist_utils.images import check_images, is_speck
from mnist_utils.networks import evidence
from mnist_utils.preprocess import PREPROCESS, photo_to_image, strokes_to_image
from mnist_utils.preprocess.segment import split_strokes
from mnist_utils.quiet_tensorflow import keras


@pytest.fixture(scope="module")
def tiny() -> DigitClassifier:
    """A network of one layer, which reads in no time, and digits' preprocessing before it."""
    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    keras.utils.set_random_seed(0)
    return DigitClassifier(keras.Sequential(layers), rejection_threshold=0.5, metrics={"preprocess": "digits"})


def refused_or(function, *given):
    """Call a function; what it gives, or None where it refuses in one sentence with a documented error."""
    try:
        return function(*given)
    except (ValueError, FileNotFoundError) as error:
        said = str(error)
    assert said
    assert "\n" not in said or any(
        "\n" in text for text in given if isinstance(text, str)
    )  # a file's name, said as it is
    return None


def same(answers: list, others: list, threshold: float) -> None:
    """Whether answers are the same but for rounding, which may decide a tie or what is just at the threshold."""
    for one, other in zip(answers, others, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)
        second, first = np.sort(one.probabilities)[-2:]
        if first - second > 1e-4 and abs(evidence(one.probabilities) - threshold) > 1e-3:
            assert one.digit == other.digit


# ---- strokes


@cases(9)
@given(DRAWINGS, st.sampled_from([1e-60, 1e-3, 1.0, 7.0, 1e60]), SMALL, SMALL)
def test_moving_and_scaling_a_drawing_changes_no_image(drawing, scale, x, y):
    side = np.ptp(np.concatenate(drawing), axis=0).max()
    assume(side == 0 or side > 0.01)  # beside a smaller one, moving it would already round it
    image = strokes_to_image(drawing)
    moved = [[(scale * (px + x), scale * (py + y)) for px, py in stroke] for stroke in drawing]
    assert (image.shape, image.dtype, np.isfinite(image).all()) == ((28, 28), np.float32, True)
    assert 0 <= image.min() <= image.max() <= 1
    assert image.any()
    np.testing.assert_allclose(strokes_to_image(moved), image, atol=0.02)


@cases(8)
@given(DRAWINGS, st.randoms(use_true_random=False))
def test_the_order_of_strokes_changes_no_image(drawing, random):
    other = [*drawing, []]
    random.shuffle(other)
    np.testing.assert_allclose(strokes_to_image(other), strokes_to_image(drawing), atol=1e-3)


@cases(6)
@given(DRAWINGS, st.sampled_from([2.0**-200, 0.125, 4.0, 2.0**200]))  # powers of two, which round nothing
@example([[(0.0, 5.0), (1000.0, 5.0)]], 4.0)
def test_a_number_is_cut_into_the_same_digits_at_any_scale(drawing, scale):
    groups = split_strokes(drawing)
    assert sum(map(len, groups)) <= len(drawing)
    scaled = split_strokes([[(scale * x, scale * y) for x, y in stroke] for stroke in drawing])
    assert [len(group) for group in scaled] == [len(group) for group in groups]


@cases(4)
@given(DRAWINGS)
def test_any_strokes_are_read_as_a_number_or_none(tiny, drawing):
    answer = tiny.read_number(drawing)
    assert 0 <= answer.confidence <= 1
    assert (answer.number is None) == (answer.answers == []) == (answer.confidence == 0)
    assert len(answer.number or "") == len(answer.answers) <= len(drawing)


@cases(8)
@given(NESTED)
def test_whatever_is_given_for_strokes_is_drawn_or_refused(given_strokes):
    for function in (strokes_to_image, split_strokes):
        refused_or(function, given_strokes)


@cases(3)
@given(NESTED | DRAWINGS, ANYTHING | st.integers(0, 9))
def test_what_is_saved_as_drawings_is_loaded_again(tmp_path_factory, drawing, label):
    file = tmp_path_factory.mktemp("drawings") / "mine.json"
    refused_or(save_strokes, file, drawing, label)
    if file.exists():
        (loaded,), labels = load_strokes(file)
        assert labels.tolist() == [label]
        np.testing.assert_allclose(strokes_to_image(loaded), strokes_to_image(drawing), atol=1e-6)


# ---- images


@cases(6)
@given(st.lists(IMAGE | written(), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_images_are_read_alike_alone_and_in_any_order(tiny, images, random):
    images = [image if image.dtype != np.uint8 else (image / 255).astype(np.float32) for image in images]
    answers, rows = tiny.answers(np.stack(images)), tiny.predict(np.stack(images))
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose([answer.probabilities for answer in answers], rows)
    assert [answer.confidence for answer in answers] == rows.max(axis=1).tolist()
    same(answers, [tiny.read(image) for image in images], tiny.rejection_threshold)
    order = list(range(len(images)))
    random.shuffle(order)
    others = tiny.answers(np.stack([images[number] for number in order]))
    same([answers[number] for number in order], others, tiny.rejection_threshold)


@cases(10)
@given(IMAGE | written(), st.sampled_from(sorted(PREPROCESS)))
def test_preprocessing_gives_images_and_changes_none_of_those_given(image, name):
    checked = check_images(image)
    before = checked.copy()
    made = PREPROCESS[name](checked)
    np.testing.assert_array_equal(checked, before)
    assert made.shape == (1, 28, 28)
    np.testing.assert_array_equal(check_images(made), made)  # finite, 0 to 1


@cases(6)
@given(IMAGE | written())
def test_a_speck_is_no_digit_and_all_else_has_ink(tiny, image):
    speck = is_speck(PREPROCESS["digits"](check_images(image)))[0]
    answer = tiny.read(image)
    assert (np.ptp(answer.probabilities) == 0) or not speck
    assert answer.digit is None or not speck
    if not image.any():
        assert speck


@cases(8)
@given(ARRAYS | NESTED)
def test_whatever_is_given_for_images_is_read_or_refused(tiny, images):
    rows = refused_or(tiny.predict, images)
    assert rows is None or np.isfinite(rows).all()
    refused_or(tiny.read, images)


# ---- pictures


@cases(5)
@given(written(), st.sampled_from([1, 2, 4]), st.integers(0, 30), st.integers(0, 200), st.integers(20, 255))
def test_pictures_are_read_to_the_end(tiny, image, grow, margin, paper, contrast):
    picture = np.pad(np.kron(image, np.ones((grow, grow))), margin)
    picture = np.clip(paper + contrast * (0.5 - picture), 0, 255).astype(np.uint8)
    answer = tiny.read_photo(picture)
    assert 0 <= answer.confidence <= 1 + 1e-6
    assert answer.probabilities.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(check_images(answer.image)[0], answer.image)
    number = tiny.read_number(picture)
    assert 0 <= number.confidence <= 1 + 1e-6
    assert len((number.number or "").replace("\n", "")) == len(number.answers)


@cases(4)
@given(ARRAYS | ANYTHING)
def test_whatever_is_given_for_a_picture_is_read_or_refused(tiny, picture):
    for function in (tiny.read_photo, photo_to_image):
        refused_or(function, picture)


# ---- probabilities, labels and counts


@cases(10)
@given(judged())
def test_measures_are_finite_and_fit_each_other(given_both):
    probabilities, labels = given_both
    result = evaluation.evaluate(probabilities, labels)
    assert np.isfinite([result["loss"], *result["interval"]]).all()
    assert result["interval"][0] <= result["accuracy"] <= result["interval"][1]
    matrix = evaluation.confusion_matrix(probabilities, labels)
    assert (matrix.sum(), np.trace(matrix)) == (result["count"], result["count"] - result["errors"])
    assert [row["count"] for row in result["per_digit"]] == matrix.sum(axis=1).tolist()
    assert sum(times for _, _, times in evaluation.most_confused(matrix, matrix.size)) == result["errors"]
    assert 0 <= evaluation.calibration_error(probabilities, labels) <= 1
    assert sum(group["count"] for group in evaluation.reliability(probabilities, labels)) == result["count"]
    temperature = evaluation.fit_temperature(probabilities, labels)
    assert 0.1 <= temperature <= 10
    cooled = evaluation.at_temperature(probabilities, temperature)
    np.testing.assert_allclose(cooled.sum(axis=-1), 1)
    assert evaluation.mcnemar(probabilities, probabilities, labels)["p_value"] == 1
    assert "95% intervals" in evaluation.format_table(result)


@cases(6)
@given(judged(), st.randoms(use_true_random=False))
def test_the_order_of_images_changes_no_measure(given_both, random):
    probabilities, labels = given_both
    order = list(range(len(labels)))
    random.shuffle(order)
    one, other = (
        evaluation.evaluate(p, y) for p, y in ((probabilities, labels), (probabilities[order], labels[order]))
    )
    assert one.pop("loss") == pytest.approx(other.pop("loss"))
    np.testing.assert_equal(one, other)


@cases(6)
@given(ARRAYS | NESTED | judged().map(lambda both: both[0]), ARRAYS | NESTED | judged().map(lambda both: both[1]))
def test_whatever_is_given_for_probabilities_and_labels_is_measured_or_refused(probabilities, labels):
    result = refused_or(evaluation.evaluate, probabilities, labels)
    assert result is None or np.isfinite(result["loss"])
    refused_or(evaluation.at_temperature, probabilities, 2)


@cases(6)
@given(
    ANYTHING | st.integers(0, 300).map(np.uint16), ANYTHING | st.integers(0, 300).map(np.int32), st.floats(0.5, 0.99)
)
def test_an_interval_holds_the_rate_or_is_refused(successes, trials, confidence):
    interval = refused_or(evaluation.wilson_interval, successes, trials, confidence)
    if interval is not None:
        assert 0 <= interval[0] <= int(successes) / int(trials) <= interval[1] <= 1


# ---- data sets, models and their metrics


@cases(4)
@given(datasets())
def test_a_data_set_is_taken_whole_or_refused(tmp_path_factory, given_arrays):
    checked = refused_or(check_dataset, given_arrays)
    file = tmp_path_factory.mktemp("data") / "own.npz"
    np.savez(file, **dict(zip(("x_train", "y_train", "x_test", "y_test"), given_arrays, strict=True)))
    loaded = refused_or(load_dataset, file)
    assert (checked is None) == (loaded is None)
    if checked is not None:
        for one, other, first in zip(checked, loaded, given_arrays, strict=True):
            np.testing.assert_array_equal(one, other)
            named = first.astype(str) if first.ndim == 1 else first
            np.testing.assert_array_equal(np.array(checked.classes)[one] if first.ndim == 1 else one, named)


@cases(6)
@given(METRICS)
def test_metrics_fit_a_model_or_are_refused(tiny, metrics):
    reader = refused_or(lambda: DigitClassifier(tiny.model, metrics=metrics))
    if reader is not None:
        assert reader.preprocess in PREPROCESS
        assert reader.rejection_threshold >= 0
        assert len(reader.classes) == 10


@pytest.fixture(scope="module")
def saved(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    tiny.model.save(folder / "model.keras")
    return folder


@settings(cases(1), max_examples=max(10, CASES // 100))
@given(JSON.map(json.dumps) | METRICS.map(json.dumps) | st.text(max_size=20))
def test_a_metrics_file_fits_its_model_or_is_named(saved, text):
    (saved / "metrics.json").write_text(text, encoding="utf-8", errors="replace")
    reader = refused_or(load_classifier, saved)
    assert reader is None or len(reader.classes) == 10
