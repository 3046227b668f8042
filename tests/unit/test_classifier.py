"""DigitClassifier reads what its network reads; load_classifier explains what it can't load."""

import json
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from mnist_utils import classifier, networks
from mnist_utils.classifier import DigitClassifier, load_classifier
from mnist_utils.corruptions import CORRUPTIONS, corrupt
from mnist_utils.data import load_dataset
from mnist_utils.networks import evidence
from mnist_utils.preprocess import preprocess_digits
from mnist_utils.training import handwriting

SHIPPED = sorted(file.parent.name for file in classifier.ASSETS.glob("*/metrics.json"))


@pytest.fixture(scope="module")
def images(mnist) -> np.ndarray:
    return mnist[2][:600]  # more than the classifier reads at once


@pytest.fixture(scope="module")
def unsure(shipped, images) -> tuple[np.ndarray, float]:
    """The image for which the shipped classifier finds least evidence, and that evidence."""
    found = evidence(shipped.predict(images))
    return images[found.argmin()], float(found.min())


def test_many_images_give_a_row_each_that_sums_to_1(shipped, images):
    probabilities = shipped.predict(images)
    assert (probabilities.shape, probabilities.dtype) == ((600, 10), np.float32)
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_one_image_gives_ten_numbers(shipped, images):
    one = shipped.predict(images[0])
    assert one.shape == (10,)
    np.testing.assert_allclose(one, shipped.predict(images[:1])[0], atol=1e-6)


def test_no_images_give_no_rows(shipped):
    assert shipped.predict(np.zeros((0, 28, 28), np.uint8)).shape == (0, 10)


def test_predict_agrees_with_keras(shipped, images):
    expected = shipped.model.predict(images[..., None] / 255, verbose=0)
    np.testing.assert_allclose(shipped.predict(images), expected, atol=1e-5)


def test_damaged_images_are_preprocessed_first_by_a_model_that_expects_it(shipped, mnist):
    images, labels = mnist[0][:200], mnist[1][:200]
    damaged = [corrupt(images, name) for name in CORRUPTIONS]
    with_it, alone = (
        np.mean([reader.predict(few).argmax(axis=1) == labels for few in damaged], axis=1)
        for reader in (shipped, DigitClassifier(shipped.model))
    )
    assert with_it.mean() > 0.92
    assert with_it.min() > 0.75
    assert alone.mean() < 0.85


@pytest.mark.parametrize("value", [1, 128, 255])
def test_an_image_of_one_colour_is_no_digit(shipped, value):
    assert shipped.read(np.full((28, 28), value, np.uint8)).digit is None


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_bytes_and_floats_are_read_alike(shipped, images, kind):
    few = images[:20]
    np.testing.assert_allclose(shipped.predict((few / 255).astype(kind)), shipped.predict(few), atol=1e-6)


def test_predict_explains_bad_images(shipped):
    with pytest.raises(ValueError, match="images must have the shape"):
        shipped.predict(np.zeros((3, 20, 20)))


def test_read_gives_digit_confidence_and_probabilities(shipped, mnist):
    answer = shipped.read(mnist[2][0])
    assert answer.digit == mnist[3][0] == 7
    assert type(answer.digit) is int
    assert answer.confidence == pytest.approx(shipped.predict(mnist[2][0])[7], abs=1e-6)
    np.testing.assert_allclose(answer.probabilities, shipped.predict(mnist[2][0]), atol=1e-6)


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
@pytest.mark.parametrize("threshold", [0, 5])
def test_a_blank_image_is_no_digit(shipped, kind, threshold):
    answer = DigitClassifier(shipped.model, threshold).read(np.zeros((28, 28), kind))
    assert answer.digit is None
    assert answer.confidence == pytest.approx(0.1)
    np.testing.assert_allclose(answer.probabilities, 0.1, atol=1e-6)


@pytest.mark.parametrize(("step", "known"), [(-1e-2, True), (1e-2, False)])
def test_the_threshold_decides_what_is_no_digit(shipped, unsure, step, known):
    image, least = unsure
    answer = DigitClassifier(shipped.model, rejection_threshold=least + step).read(image)
    assert (answer.digit is not None) == known
    assert answer.confidence == pytest.approx(shipped.predict(image).max(), abs=1e-5)


@pytest.mark.parametrize("threshold", [-0.1, float("nan")])
def test_an_impossible_threshold_is_refused(shipped, threshold):
    with pytest.raises(ValueError, match="threshold must be 0 or more"):
        DigitClassifier(shipped.model, threshold)


def test_the_threshold_comes_from_the_metrics_beside_the_model():
    folder = classifier.ASSETS / "quick"
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["rejection_threshold"] > 0
    for path in (folder, folder / "model.keras"):
        assert load_classifier(path).rejection_threshold == metrics["rejection_threshold"]


@pytest.mark.parametrize("name", ["best", "ensemble"])
def test_digits_are_taken_for_digits_and_letters_and_scribbles_are_not(mnist, name):
    """In pen strokes of real people, 98% of the digits and a fifth of the letters are: tests/benchmarks/ink.py."""
    reader = load_classifier(name=name)
    outliers = handwriting.outliers(300, seed=7)
    for images, low, high in ((outliers, 0.9, 1), (mnist[2][:500], 0, 0.03)):
        assert low <= np.mean([answer.digit is None for answer in reader.answers(images)]) <= high


@pytest.mark.parametrize("shape", [(1, 28, 28), (784,), (28, 29)])
def test_read_wants_one_image(shipped, shape):
    with pytest.raises(ValueError, match=r"image must have the shape \(28, 28\), not"):
        shipped.read(np.zeros(shape))


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_model_reads_the_test_set_as_its_metrics_say(mnist, name):
    metrics = json.loads((classifier.ASSETS / name / "metrics.json").read_text(encoding="utf-8"))
    reader = load_classifier(name=name)
    right = int((reader.predict(mnist[2]).argmax(axis=1) == mnist[3]).sum())
    assert abs(right - 10_000 * metrics["test_accuracy"]) < 2.5  # another machine may round two images differently
    assert metrics["parameters"] == reader.model.count_params()


@pytest.mark.slow
def test_an_ensemble_gives_the_mean_of_its_members(images):
    folder = classifier.ASSETS / "ensemble"
    members = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["members"]
    mean = np.mean([load_classifier(name=name).predict(images[:9]) for name in members], axis=0)
    assert len(members) >= 3
    for loaded in (load_classifier(name="ensemble"), load_classifier(folder)):
        np.testing.assert_allclose(loaded.predict(images[:9]), mean, atol=1e-6)


def test_an_ensemble_without_one_of_its_members_names_the_missing_file(tmp_path):
    (tmp_path / "ensemble").mkdir()
    (tmp_path / "ensemble" / "metrics.json").write_text('{"members": ["gone"]}', encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"there is no model at .*gone"):
        load_classifier(tmp_path / "ensemble")


def test_all_that_is_shipped_is_small():
    sizes = [file.stat().st_size for file in classifier.ASSETS.glob("*/*") if file.is_file()]
    assert sum(sizes) < 5.7e6


def test_a_trained_folder_or_its_file_is_loaded(trained, images):
    model, _, folder = trained
    expected = DigitClassifier(model, metrics=trained[1]).predict(images[:9])
    for path in (folder, str(folder), folder / "model.keras"):
        np.testing.assert_allclose(load_classifier(path).predict(images[:9]), expected, atol=1e-6)


def test_a_missing_model_says_how_to_train_one(tmp_path):
    for path in (tmp_path, tmp_path / "gone.keras"):
        with pytest.raises(FileNotFoundError, match=r"there is no model at .*.keras; train one with: python -m"):
            load_classifier(path)


@pytest.mark.parametrize("name", ["clasic", "", ".."])
def test_an_unknown_shipped_name_lists_the_known_ones(name):
    with pytest.raises(ValueError, match=f"name must be one of the shipped models .*classic.*, not {name!r}"):
        load_classifier(name=name)


def test_a_classifier_knows_what_its_training_wrote_down(shipped):
    written = json.loads((classifier.ASSETS / "best" / "metrics.json").read_text(encoding="utf-8"))
    assert shipped.metrics == written
    assert DigitClassifier(shipped.model).metrics == {}


@pytest.fixture(scope="module")
def of_things(tmp_path_factory):
    """A network trained for moments on pictures of three things, which preprocessing for digits would change."""
    from mnist_utils.training import Recipe, train

    folder, rng = tmp_path_factory.mktemp("things"), np.random.default_rng(0)
    for shift, name in enumerate(("boot", "coat", "dress")):
        (folder / "in" / name).mkdir(parents=True)
        for number in range(20):
            image = np.clip(rng.normal(90 + 40 * shift, 40, (28, 28)), 0, 255).astype(np.uint8)
            Image.fromarray(image).save(folder / "in" / name / f"{number}.png")
    train(Recipe("quick", epochs=1, batch_size=20), data=folder / "in", out=folder / "out", progress="none")
    return folder


def test_pictures_of_things_are_read_as_they_are_and_as_they_were_measured(of_things):
    reader = load_classifier(of_things / "out")
    _, _, images, labels = load_dataset(of_things / "in")
    assert reader.preprocess == "none"
    np.testing.assert_array_equal(reader.predict(images), networks.probabilities(reader.model, images))
    assert reader.metrics["test_accuracy"] == pytest.approx((reader.predict(images).argmax(axis=1) == labels).mean())
    assert (DigitClassifier(reader.model).predict(images) == reader.predict(images)).all()
    assert (
        np.abs(preprocess_digits(images / 255) - images / 255).max(axis=(1, 2)).min() > 0.1
    )  # it would have changed all


def test_the_names_of_the_classes_come_out_in_answers(of_things):
    reader = load_classifier(of_things / "out")
    assert reader.classes == ["boot", "coat", "dress"]
    for answer in DigitClassifier(reader.model, 0.0, reader.metrics).answers(load_dataset(of_things / "in")[2]):
        assert answer.name == reader.classes[answer.digit]


def test_a_model_without_metrics_reads_images_as_they_are_and_refuses_nothing_but_a_blank_one(trained, tmp_path):
    (tmp_path / "model.keras").write_bytes((trained[2] / "model.keras").read_bytes())
    reader = load_classifier(tmp_path)
    assert (reader.preprocess, reader.rejection_threshold, reader.metrics) == ("none", 0, {})
    noise = np.random.default_rng(0).random((20, 28, 28))
    assert all(answer.digit is not None for answer in reader.answers(noise))
    assert reader.read(np.zeros((28, 28))).digit is None


def test_many_answers_are_those_of_each_image_alone(shipped, images):
    images = np.concatenate([images[:5], np.zeros((1, 28, 28), np.uint8)])
    for answer, image in zip(shipped.answers(images), images, strict=True):
        alone = shipped.read(image)
        assert (answer.digit, answer.name) == (alone.digit, alone.name)
        np.testing.assert_allclose(answer.probabilities, alone.probabilities, atol=1e-6)
    assert shipped.answers(images[:0]) == []


@pytest.mark.parametrize("read", ["read", "read_number"])
def test_what_is_read_is_preprocessed_and_run_once(shipped, mnist, monkeypatch, read):
    seen, run = [], networks.run
    checked, check = [], classifier.check_images

    def note(model, inputs):
        seen.append(len(inputs))
        return run(model, inputs)

    monkeypatch.setattr(networks, "run", note)
    monkeypatch.setattr(classifier, "check_images", lambda images: checked.append(len(images)) or check(images))
    getattr(shipped, read)(mnist[2][0])
    assert (len(seen), len(checked)) == (1, 1)


def test_a_level_stroke_is_read_as_a_number_in_little_memory(shipped):
    level = [[(0.0, 5.0), (1000.0, 5.0)]]
    tracemalloc.start()
    answer = shipped.read_number(level)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(answer.answers) == 1
    assert most < 50e6


def test_a_photo_is_read_with_the_image_that_was_read(shipped, grey_page, tmp_path):
    grey_page(18).save(tmp_path / "three.jpg")
    for photo in (tmp_path / "three.jpg", (tmp_path / "three.jpg").read_bytes(), grey_page(18)):
        answer = shipped.read_photo(photo)
        assert (answer.digit, answer.image.shape) == (3, (28, 28))
        assert answer.confidence > 0.9
    blank = shipped.read_photo(np.full((50, 60), 255, np.uint8))
    assert (blank.digit, blank.image.any()) == (None, False)
    with pytest.raises(ValueError, match=r"^upload is no picture that can be read"):
        shipped.read_photo(b"no picture", "upload")


def test_a_network_trained_on_things_gets_a_photo_as_it_is(of_things):
    reader, file = load_classifier(of_things / "out"), of_things / "in" / "coat" / "1.png"
    expected = reader.read(np.asarray(Image.open(file)))
    answer = reader.read_photo(file)
    np.testing.assert_allclose(answer.probabilities, expected.probabilities, atol=1e-5)
    large = Image.open(file).resize((280, 280), Image.Resampling.NEAREST)
    np.testing.assert_allclose(reader.read_photo(large).image, answer.image, atol=0.01)
