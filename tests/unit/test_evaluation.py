"""Numbers agree with scikit-learn and with cases worked by hand."""

import math

import numpy as np
import pytest
from sklearn import metrics as reference

from mnist_utils import evaluation
from mnist_utils.evaluation import wilson_interval

# Five images of three classes. Read as 0, 1, 1, 0, 1; the third is wrong, and so are the last two. No 2 is read.
PROBABILITIES = np.array([[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.3, 0.6, 0.1], [0.5, 0.25, 0.25], [0.1, 0.7, 0.2]])
LABELS = np.array([0, 1, 0, 1, 2])


@pytest.fixture(scope="module")
def random_case() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    probabilities = rng.dirichlet(np.full(10, 0.3), 500).astype(np.float32)
    labels = np.where(rng.random(500) < 0.7, probabilities.argmax(axis=1), rng.integers(0, 10, 500))
    return probabilities, labels


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(8, 10, 0.490, 0.943), (0, 10, 0, 0.278), (10, 10, 0.722, 1), (0, 1, 0, 0.793), (50, 100, 0.404, 0.596)],
)
def test_wilson_interval_has_its_published_values(successes, trials, low, high):
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-4)


@pytest.mark.parametrize(
    ("confidence", "low", "high"), [(0.5, 0.7025, 0.8714), (0.9, 0.5408, 0.9315), (0.99, 0.4008, 0.9599)]
)
def test_wilson_interval_takes_any_confidence(confidence, low, high):
    assert wilson_interval(np.int64(8), np.uint16(10), confidence) == pytest.approx((low, high), abs=5e-4)


@pytest.mark.parametrize(
    ("successes", "trials"), [(np.uint8(250), np.uint16(255)), (np.float32(250), 255), (True, np.int8(1)), (250, 300.0)]
)
def test_wilson_interval_takes_counts_of_any_type(successes, trials):
    assert wilson_interval(successes, trials) == wilson_interval(int(successes), int(trials))


@pytest.mark.parametrize(
    ("successes", "trials"),
    [(-1, 5), (6, 5), (0, 0), (0.5, 5), (float("nan"), 5), (1, float("inf")), (2**64, 2**65), ("1", 5), (1, None)],
)
def test_wilson_interval_refuses_impossible_counts(successes, trials):
    with pytest.raises(ValueError, match=f"not {successes!r} and {trials!r}"):
        wilson_interval(successes, trials)


@pytest.mark.parametrize("confidence", [95, 0, 1, float("nan")])
def test_wilson_interval_refuses_a_confidence_that_is_none(confidence):
    with pytest.raises(ValueError, match=f"confidence must lie between 0 and 1, not {confidence}"):
        wilson_interval(8, 10, confidence)


def test_evaluate_agrees_with_a_case_worked_by_hand():
    result = evaluation.evaluate(PROBABILITIES, LABELS)
    assert (result["count"], result["errors"], result["accuracy"]) == (5, 3, 0.4)
    assert result["loss"] == pytest.approx(-(math.log(0.8 * 0.5 * 0.3 * 0.25 * 0.2)) / 5)
    assert result["interval"] == wilson_interval(2, 5)
    zero, one, two = result["per_digit"]
    assert (zero["digit"], zero["count"], zero["accuracy"], zero["precision"]) == (0, 2, 1 / 2, 1 / 2)
    assert (one["digit"], one["count"], one["accuracy"], one["precision"]) == (1, 2, 1 / 2, pytest.approx(1 / 3))
    assert (two["digit"], two["count"], two["accuracy"]) == (2, 1, 0)
    assert math.isnan(two["precision"])  # nothing was read as a two
    assert zero["interval"] == wilson_interval(1, 2)
    assert one["precision_interval"] == wilson_interval(1, 3)
    # Of the three images that are a 0 or read as one, one is both: J = 1/3, so F1 = 2/3 / (4/3).
    assert zero["f1"] == pytest.approx(1 / 2)
    low, high = wilson_interval(1, 3)
    assert zero["f1_interval"] == pytest.approx((2 * low / (1 + low), 2 * high / (1 + high)))


def test_evaluate_agrees_with_scikit_learn(random_case):
    probabilities, labels = random_case
    read = probabilities.argmax(axis=1)
    result = evaluation.evaluate(probabilities, labels)
    rows = result["per_digit"]
    assert result["accuracy"] == reference.accuracy_score(labels, read)
    assert result["loss"] == pytest.approx(np.mean(-np.log(probabilities[range(500), labels])), rel=1e-5)
    assert [row["count"] for row in rows] == np.bincount(labels).tolist()
    for row, recall in zip(rows, reference.recall_score(labels, read, average=None), strict=True):
        assert row["accuracy"] == pytest.approx(recall)
        assert row["interval"][0] < recall < row["interval"][1]
    precision = reference.precision_score(labels, read, average=None)
    assert [row["precision"] for row in rows] == pytest.approx(precision)
    assert [row["f1"] for row in rows] == pytest.approx(reference.f1_score(labels, read, average=None))
    assert all(row["f1_interval"][0] < row["f1"] < row["f1_interval"][1] for row in rows)


def test_evaluate_takes_float32_without_a_warning(random_case, recwarn):
    evaluation.evaluate(*random_case)
    assert not recwarn.list


def test_a_class_without_images_has_no_accuracy():
    absent = evaluation.evaluate(PROBABILITIES[:4], LABELS[:4])["per_digit"][2]
    assert absent["count"] == 0
    assert all(math.isnan(value) for value in (absent["accuracy"], absent["precision"], *absent["interval"]))


@pytest.mark.parametrize(("classes", "heading"), [(2, "digit"), (10, "digit"), (12, "class")])
def test_any_number_of_classes_can_be_evaluated(classes, heading):
    labels = np.arange(120) % classes
    result = evaluation.evaluate(np.eye(classes)[labels], labels)
    assert (result["errors"], [row["f1"] for row in result["per_digit"]]) == (0, [1.0] * classes)
    assert [row["count"] for row in result["per_digit"]] == [120 // classes] * classes
    assert evaluation.format_table(result).split()[0] == heading


def test_confusion_matrix_has_the_true_digit_in_rows():
    matrix = evaluation.confusion_matrix(PROBABILITIES, LABELS)
    assert matrix.tolist() == [[1, 1, 0], [1, 1, 0], [0, 1, 0]]
    assert np.issubdtype(matrix.dtype, np.integer)


def test_most_confused_lists_mistakes_by_how_often():
    matrix = np.array([[90, 2, 0], [5, 80, 1], [0, 7, 99]])
    before = matrix.copy()
    assert evaluation.most_confused(matrix, 3) == [(2, 1, 7), (1, 0, 5), (0, 1, 2)]
    assert (matrix == before).all()


def test_most_confused_leaves_out_what_never_happened():
    assert evaluation.most_confused(np.array([[9, 0, 3], [0, 9, 0], [3, 0, 9]])) == [(0, 2, 3), (2, 0, 3)]
    assert evaluation.most_confused(np.eye(10, dtype=int)) == []


def test_format_table_has_a_line_for_each_digit_and_one_for_all():
    lines = evaluation.format_table(evaluation.evaluate(PROBABILITIES, LABELS)).splitlines()
    assert len(lines) == 6
    assert lines[0].split() == ["digit", "count", "accuracy", "precision", "F1"]
    assert {line.index(" ", 4) for line in lines[:5]} == {5}  # after the heading, however short the names
    assert lines[0].index("count") + 5 == lines[1].index(" 2 ") + 2
    # 1 of 2: (0.5 + z2/4) / (1 + z2/2) -+ z / (1 + z2/2) * sqrt(1/8 + z2/16) with z2 = 3.8415
    assert lines[1].split() == ["0", "2", *["50.00%", "(9.45-90.55)"] * 2, "50.00%", lines[1].split()[-1]]
    assert lines[3].split()[:3] == ["2", "1", "0.00%"]
    assert lines[4].split()[:3] == ["all", "5", "40.00%"]
    # (0.2231 + 0.6931 + 1.2040 + 1.3863 + 1.6094) / 5
    assert lines[5] == "3 errors, loss 1.0232; in brackets: 95% intervals"


def test_format_table_has_room_for_the_names_of_classes():
    result = evaluation.evaluate(PROBABILITIES, LABELS)
    assert evaluation.format_table(result, ["0", "1", "2"]) == evaluation.format_table(result)
    lines = evaluation.format_table(result, ["ankle boot", "bag", "coat"]).splitlines()
    assert [line[:10].strip() for line in lines[:5]] == ["class", "ankle boot", "bag", "coat", "all"]
    assert len({line.index("%") - len(line.split("%")[0].split()[-1]) for line in lines[1:5]}) == 1  # columns in line
    with pytest.raises(ValueError, match="names must be 3, one for each class, not 2"):
        evaluation.format_table(result, ["ankle boot", "bag"])


@pytest.mark.parametrize(
    ("probabilities", "labels", "why"),
    [
        (PROBABILITIES, LABELS[:4], r"labels must be 5 whole numbers, not int64 \(4,\)"),
        (PROBABILITIES, LABELS + 0.5, r"labels must be 5 whole numbers, not float64 \(5,\)"),
        (PROBABILITIES, LABELS * np.nan, r"labels must be 5 whole numbers, not float64 \(5,\)"),
        (PROBABILITIES, LABELS.astype(str), r"labels must be 5 whole numbers, not <U21 \(5,\)"),
        (PROBABILITIES, [[0], [1, 2], 0, 1, 2], r"labels must be an array of numbers, not \[\[0\], \[1, 2\]"),
        (PROBABILITIES, None, r"labels must be 5 whole numbers, not object \(\)"),
        (PROBABILITIES[0], LABELS[:1], r"one image or more, not \(3,\)"),
        (PROBABILITIES[:0], LABELS[:0], r"one image or more, not \(0, 3\)"),
        (PROBABILITIES[:, :1], LABELS, r"of two classes or more, not float64 \(5, 1\)"),
        (PROBABILITIES.astype(str), LABELS, "probabilities must be numbers"),
        (np.log(PROBABILITIES), LABELS, "add up to 1 as softmax's does, not -2.3 to -0.223 with sums -4.83 to -3.47"),
        (100 * PROBABILITIES, LABELS, "add up to 1 as softmax's does, not 10 to 80 with sums 100 to 100"),
        (np.add(PROBABILITIES, [-1, 1, 0]), LABELS, "probabilities must be 0 or more"),
        (PROBABILITIES * np.nan, LABELS, "not nan to nan with sums nan to nan"),
        (PROBABILITIES, LABELS + 1, "labels must be 0 to 2, not 1 to 3"),
        (PROBABILITIES, LABELS - 1, "labels must be 0 to 2, not -1 to 1"),
    ],
)
@pytest.mark.parametrize(
    "function",
    [
        evaluation.evaluate,
        evaluation.confusion_matrix,
        evaluation.reliability,
        evaluation.fit_temperature,
        evaluation.calibration_error,
        lambda probabilities, labels: evaluation.mcnemar(probabilities, PROBABILITIES, labels),
    ],
)
def test_arrays_that_do_not_go_together_are_refused(function, probabilities, labels, why):
    with pytest.raises(ValueError, match=why):
        function(probabilities, labels)


def test_reliability_agrees_with_a_case_worked_by_hand():
    # Confidences 0.81, 0.5, 0.82, 0.52; right: yes, yes, no, no. Of fifteen groups, two have images.
    confidence = np.array([0.81, 0.5, 0.82, 0.52])
    probabilities, labels = np.stack([confidence, 1 - confidence], axis=1), np.array([0, 0, 1, 1])
    unsure, sure = evaluation.reliability(probabilities, labels)
    assert (unsure["low"], unsure["high"], unsure["count"]) == (7 / 15, 8 / 15, 2)
    assert (unsure["accuracy"], unsure["confidence"]) == (0.5, pytest.approx(0.51))
    assert (sure["low"], sure["accuracy"], sure["confidence"]) == (12 / 15, 0.5, pytest.approx(0.815))
    assert sure["interval"] == wilson_interval(1, 2)
    error = (2 * 0.01 + 2 * 0.315) / 4
    assert evaluation.calibration_error(probabilities, labels) == pytest.approx(error)


def test_reliability_agrees_with_scikit_learn(random_case):
    from sklearn.calibration import calibration_curve

    probabilities, labels = random_case
    right = probabilities.argmax(axis=1) == labels
    accuracy, confidence = calibration_curve(right, probabilities.max(axis=1), n_bins=15)
    groups = evaluation.reliability(probabilities, labels)
    assert [row["accuracy"] for row in groups] == pytest.approx(accuracy)
    assert [row["confidence"] for row in groups] == pytest.approx(confidence, abs=1e-6)
    assert sum(row["count"] for row in groups) == len(labels)


def test_a_sure_answer_belongs_to_the_last_group():
    (row,) = evaluation.reliability(np.eye(3), np.arange(3))
    assert (row["high"], row["accuracy"], evaluation.calibration_error(np.eye(3), np.arange(3))) == (1, 1, 0)


@pytest.mark.parametrize("temperature", [0.5, 1, 3])
def test_the_temperature_that_spoiled_probabilities_is_found(temperature):
    rng = np.random.default_rng(4)
    honest = rng.dirichlet(np.full(10, 0.3), 20_000)
    labels = (honest.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    spoiled = evaluation.at_temperature(honest, 1 / temperature)
    found = evaluation.fit_temperature(spoiled, labels)
    assert found == pytest.approx(temperature, rel=0.05)
    scaled = evaluation.at_temperature(spoiled, found)
    assert evaluation.calibration_error(scaled, labels) < 0.015
    np.testing.assert_array_equal(scaled.argmax(axis=1), spoiled.argmax(axis=1))


def test_temperature_divides_logits():
    # Logits 0 and ln 9 are probabilities 0.1 and 0.9; at temperature 2, ln 9 becomes ln 3.
    np.testing.assert_allclose(evaluation.at_temperature(np.array([[0.1, 0.9]]), 2), [[0.25, 0.75]])
    np.testing.assert_allclose(evaluation.at_temperature(np.array([0.1, 0.9]), 2), [0.25, 0.75])  # of one image


def test_a_class_that_was_ruled_out_spoils_no_temperature():
    certain = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]], np.float32)
    np.testing.assert_allclose(evaluation.at_temperature(certain, 0.01), certain)
    assert evaluation.fit_temperature(certain, np.array([1, 0, 0])) > 5  # far too sure: one of three is wrong


@pytest.mark.parametrize("temperature", [0, -1, float("nan"), float("inf"), None])
def test_a_temperature_is_more_than_zero(temperature):
    with pytest.raises(ValueError, match=f"temperature must be more than 0, not {temperature}"):
        evaluation.at_temperature(PROBABILITIES, temperature)


def test_logits_are_no_probabilities_at_any_temperature():
    with pytest.raises(ValueError, match="probabilities must be 0 or more, and each row add up to 1"):
        evaluation.at_temperature(np.log(PROBABILITIES), 2)


def test_mcnemar_counts_what_only_one_reads_right():
    sure = np.eye(2)
    labels = np.zeros(20, int)
    one, other = sure[np.repeat([0, 1], [12, 8])], sure[np.repeat([1, 0, 1], [9, 6, 5])]
    result = evaluation.mcnemar(one, other, labels)
    # 9 against 3; two-sided: 2 (C(12,0) + C(12,1) + C(12,2) + C(12,3)) / 2**12
    assert (result["only_one"], result["only_other"]) == (9, 3)
    assert result["p_value"] == pytest.approx(2 * (1 + 12 + 66 + 220) / 4096)


def test_two_networks_that_read_alike_are_no_different():
    result = evaluation.mcnemar(PROBABILITIES, PROBABILITIES, LABELS)
    assert result == {"only_one": 0, "only_other": 0, "p_value": 1.0}
