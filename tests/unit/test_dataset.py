"""Images of one's own: a folder for each class, or an .npz file in Keras's layout; other files in data/."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from mnist_utils.data import check_dataset, load_dataset
from mnist_utils.preprocess.ink import Placement, find_placement, strokes_to_image


@pytest.fixture
def folders(tmp_path):
    """Three classes of 8 pictures; all pixels of a picture are its class times 50 plus its number."""
    for label, name in enumerate(("apples", "beans", "cherries")):
        (tmp_path / name).mkdir()
        for number in range(8):
            value = np.full((28, 28), 50 * label + number, np.uint8)
            Image.fromarray(value).save(tmp_path / name / f"{number}.png")
    return tmp_path


@pytest.fixture
def arrays(tiny_data):
    """What an .npz file holds: three classes, 60 training and 30 test images."""
    x, y = tiny_data[0], np.arange(300) % 3
    return {"x_train": x[:60], "y_train": y[:60], "x_test": x[60:90], "y_test": y[60:90]}


def test_folders_are_classes_in_the_order_of_their_names(folders):
    x_train, y_train, x_test, y_test = load_dataset(folders)
    assert (x_train.shape, x_train.dtype, x_test.shape, y_train.dtype) == (
        (21, 28, 28),
        np.uint8,
        (3, 28, 28),
        np.uint8,
    )
    assert (x_train[:, 0, 0] // 50 == y_train).all()
    assert (x_test[:, 5, 5] == [1, 51, 101]).all()  # the second of each class, of every seven
    assert y_test.tolist() == [0, 1, 2]
    assert not set(x_train[:, 0, 0].tolist()) & set(x_test[:, 0, 0].tolist())


def test_arrays_come_back_as_they_are(arrays, tmp_path):
    np.savez(tmp_path / "own.npz", **arrays)
    for loaded, saved in zip(load_dataset(tmp_path / "own.npz"), arrays.values(), strict=True):
        np.testing.assert_array_equal(loaded, saved)
        assert loaded.dtype == np.uint8


def spoil_size(folder):
    Image.new("1", (8000, 7000)).save(folder / "beans" / "3.png")


def spoil_picture(folder):
    (folder / "beans" / "3.png").write_text("no picture", encoding="utf-8")


def cut_picture(folder):
    (folder / "beans" / "3.png").write_bytes((folder / "beans" / "3.png").read_bytes()[:45])


def empty_class(folder):
    for file in (folder / "beans").iterdir():
        file.unlink()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (spoil_size, r"3\.png must have at most 50,000,000 pixels, not 7,000 x 8,000"),
        (spoil_picture, r"3\.png is no picture that can be read"),
        (cut_picture, r"3\.png is no picture that can be read"),
        (empty_class, "must hold 2 pictures or more, not 0"),
    ],
)
def test_a_bad_picture_or_class_is_named(folders, spoil, why):
    spoil(folders)
    with pytest.raises(ValueError, match=f"data: .*beans.*{why}"):
        load_dataset(folders)


def test_labels_may_have_gaps_and_names(arrays, tmp_path):
    labels = {"y_train": arrays["y_train"] * 20, "y_test": arrays["y_test"] * 20}
    for names, classes in (
        ({}, ["0", "20", "40"]),
        ({"classes": [f"no. {i}" for i in range(41)]}, ["no. 0", "no. 20", "no. 40"]),
    ):
        np.savez(tmp_path / "own.npz", **(arrays | labels | names))
        loaded = load_dataset(tmp_path / "own.npz")
        assert loaded.classes == classes
        np.testing.assert_array_equal(loaded[1], arrays["y_train"])
        assert check_dataset(loaded).classes == classes  # as `train` takes it


def test_test_images_that_are_trained_on_are_counted(arrays, tmp_path, capsys):
    arrays["x_test"] = arrays["x_test"].copy()
    arrays["x_test"][3:5] = arrays["x_train"][7]
    np.savez(tmp_path / "own.npz", **arrays)
    load_dataset(tmp_path / "own.npz")
    assert "data: 2 of 30 test images in " in capsys.readouterr().out
    np.savez(tmp_path / "own.npz", **(arrays | {"x_test": 255 - arrays["x_test"]}))
    load_dataset(tmp_path / "own.npz")
    assert capsys.readouterr().out == ""


def test_the_same_picture_is_never_in_both_parts(folders):
    """Copies of the second picture, which is for the test, and of the first, under other names and in another class."""
    for copy in ("beans/8.png", "cherries/8.png", "cherries/9.png"):
        shutil.copy(folders / "beans" / "1.png", folders / copy)
    shutil.copy(folders / "apples" / "0.png", folders / "apples" / "01.png")  # where the second stood by its name
    x_train, _, x_test, y_test = load_dataset(folders)
    assert not set(x_train[:, 0, 0].tolist()) & set(x_test[:, 0, 0].tolist())
    assert sorted(x_test[:, 0, 0].tolist()) == [1, 51, 51, 51, 51, 101]
    assert y_test.tolist() == [0, 1, 1, 2, 2, 2]


def test_a_class_of_one_picture_again_and_again_is_refused(folders):
    for number in range(1, 8):
        shutil.copy(folders / "beans" / "0.png", folders / "beans" / f"{number}.png")
    with pytest.raises(ValueError, match=r"data: class beans in .* must have 2 different images or more, not 1\."):
        load_dataset(folders)


def test_a_test_part_of_its_own_is_kept(folders, tmp_path_factory, capsys):
    whole = tmp_path_factory.mktemp("parts")
    shutil.copytree(folders, whole / "train")
    for name, value in (("beans", 7), ("cherries", 100)):  # not all classes have to be in it
        (whole / "test" / name).mkdir(parents=True)
        Image.new("L", (28, 28), value).save(whole / "test" / name / "new.png")
    x_train, y_train, x_test, y_test = dataset = load_dataset(whole)
    assert (len(x_train), np.bincount(y_train).tolist()) == (24, [8, 8, 8])
    assert (x_test[:, 0, 0].tolist(), y_test.tolist()) == ([7, 100], [1, 2])
    assert dataset.classes == ["apples", "beans", "cherries"]
    assert "2 of 2 test images" in capsys.readouterr().out  # an apple is 7, and a cherry 100
    (whole / "test" / "dates").mkdir()
    with pytest.raises(ValueError, match=r"test.dates must be one of the classes in .*train: apples, beans, cherries"):
        load_dataset(whole)


SQUARE = np.kron(np.array([[0, 255], [255, 0]], np.uint8), np.ones((70, 70), np.uint8))


@pytest.mark.parametrize(
    ("picture", "inside", "outside", "size"),
    [
        (SQUARE, np.s_[:14, 14:], np.s_[:14, :14], "140 x 140"),
        (np.full((14, 14), 255), np.s_[:, :], np.s_[:0], "14 x 14"),
        (
            np.pad(np.full((16, 4), 255), [(20,), (8,)]),
            np.s_[10:18, 13:15],
            np.s_[:, :13],
            "56 x 20",
        ),  # a thin line stays one
        (
            255 - np.pad(np.full((4, 16), 255), [(8,), (20,)]),
            np.s_[:13],
            np.s_[13:15, 10:18],
            "20 x 56",
        ),  # on light paper
    ],
)
def test_pictures_of_any_size_are_scaled_and_it_is_said(folders, capsys, picture, inside, outside, size):
    Image.fromarray(picture.astype(np.uint8)).save(folders / "beans" / "1.png")
    image = load_dataset(folders)[2][1]
    assert image[inside].min() == 255
    assert image[outside].max(initial=0) == 0
    said = f"1 of 24 pictures in {folders.name} scaled to 28 x 28 pixels (height x width), from {size}.\n"
    assert capsys.readouterr().out == f"data: {said}"


def test_pixels_are_the_mean_of_their_area(folders):
    fine = np.random.default_rng(0).integers(0, 256, (28 * 5, 28 * 5), np.uint8)
    Image.fromarray(fine).save(folders / "beans" / "1.png")
    mean = fine.reshape(28, 5, 28, 5).mean(axis=(1, 3))
    np.testing.assert_allclose(load_dataset(folders)[2][1], mean, atol=0.51)


def test_the_least_and_the_largest_size_are_named(folders, capsys):
    for name, size in (("1", (9, 8)), ("2", (300, 200)), ("3", (40, 30))):  # width and height
        Image.new("L", size).save(folders / "beans" / f"{name}.png")
    load_dataset(folders)
    assert capsys.readouterr().out.endswith("from 8 x 9 to 200 x 300.\n")


def put(*names):
    """A function that puts such files into a folder."""

    def change(folder):
        for name in names:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("not a picture", encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (put(), 0),
        (put(".DS_Store", "beans/._3.png", "beans/Thumbs.db", "desktop.ini"), 4),
        (put(".git/config"), 1),
        (put("README.txt", "beans/more/9.png"), 2),
    ],
    ids=["none", "hidden files", "a hidden folder", "a file and a folder elsewhere"],
)
def test_what_is_left_out_of_a_folder_is_counted_and_said_in_one_line(folders, capsys, change, count):
    change(folders)
    assert [len(array) for array in load_dataset(folders)] == [21, 21, 3, 3]
    said = f"data: {count} in {folders.name} left out: hidden, or not where a class or a picture is looked for.\n"
    assert capsys.readouterr().out == (said if count else "")


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)], ids=["black", "white"])
def test_ink_in_the_alpha_channel_is_seen_on_its_paper(folders, ink, paper):
    alpha = np.zeros((28, 28), np.uint8)
    alpha[4:24, 13:16] = 255
    picture = Image.merge("LA", [Image.new("L", (28, 28), ink), Image.fromarray(alpha)])
    picture.save(folders / "beans" / "1.png")  # of the test
    np.testing.assert_array_equal(load_dataset(folders)[2][1], np.where(alpha, ink, paper))


def test_a_folder_without_classes_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must hold 2 to 256 folders, one for each class, not 0"):
        load_dataset(tmp_path)


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is neither a folder nor a file at .*nowhere"):
        load_dataset(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"x_train": np.zeros((60, 28, 28))}, r"x_train in .*own\.npz must be uint8 \(n, 28, 28\), not float64"),
        ({"x_test": np.zeros((30, 32, 32), np.uint8)}, "x_test in .* must be uint8"),
        ({"y_train": np.zeros(5, int)}, "y_train in .* must be 60 whole numbers"),
        ({"y_test": np.zeros(30)}, "y_test in .* must be 30 whole numbers, not float64"),
        ({"y_train": np.zeros(60, int)}, "y_train in .* must have labels of two classes or more, not 0 alone"),
        ({"y_test": np.full(30, 3)}, r"y_test in .*own\.npz has the label 3, of which x_train has no image"),
        ({"classes": ["a", "b"]}, r"the classes in .*own\.npz must have a name each, and label 2 has none"),
        ({"classes": ["a", "b", "a"]}, r"the classes in .*own\.npz must have different names, and 'a' is there twice"),
        ({"y_test": np.full(30, -1)}, r"y_test in .*own\.npz must be 0 to 255, not -1 to -1"),
        ({"y_train": np.full(60, 2**60)}, "y_train in .* must be 0 to 255, not 1152921504606846976 to"),
        ({"y_train": np.arange(60) + 250}, "y_train in .* must be 0 to 255, not 250 to 309"),
        ({"x_test": np.zeros((0, 28, 28), np.uint8), "y_test": np.zeros(0, int)}, "x_test in .* must hold an image or"),
        ({"y_train": np.array([{}] * 60)}, r"own\.npz is no \.npz file with the arrays"),
    ],
)
def test_a_bad_array_is_named(arrays, tmp_path, change, why):
    np.savez(tmp_path / "own.npz", **(arrays | change))
    with pytest.raises(ValueError, match=f"data: .*{why}"):
        load_dataset(tmp_path / "own.npz")


def test_a_missing_array_is_named(arrays, tmp_path):
    del arrays["y_test"]
    np.savez(tmp_path / "own.npz", **arrays)
    with pytest.raises(ValueError, match=r"is no \.npz file with the arrays .*y_test"):
        load_dataset(tmp_path / "own.npz")


@pytest.fixture(scope="module", params=[2, 100], ids=["two classes", "a hundred"])
def trained_on(request, tmp_path_factory):
    """Bright bars at as many places as there are classes, a set with names, and the folder of a run of one epoch."""
    from mnist_utils.training import Recipe, train

    count, folder = request.param, tmp_path_factory.mktemp("many")
    names, rng = [f"bar no. {number}" for number in range(count)], np.random.default_rng(2)
    x, y = rng.integers(0, 20, (4 * count, 28, 28), np.uint8), np.arange(4 * count) % count
    for image, label in zip(x, y, strict=True):
        image[4 + label // 10 * 2 : 6 + label // 10 * 2, 4 + label % 10 * 2 : 6 + label % 10 * 2] = 255
    parts = {"x_train": x[count:], "y_train": y[count:], "x_test": x[:count], "y_test": y[:count]}
    np.savez(folder / "bars.npz", **parts, classes=names)
    dataset = load_dataset(folder / "bars.npz")
    train(Recipe("quick", epochs=1, batch_size=50), data=dataset, out=folder, progress="none")
    return dataset, folder, names


def test_two_to_a_hundred_names_come_through_training_answers_and_pad(trained_on):
    from mnist_utils.classifier import load_classifier
    from mnist_utils.evaluation import evaluate, format_table
    from mnist_utils.widgets.pad import DigitPad

    (x, _, x_test, y_test), folder, names = trained_on
    reader = load_classifier(folder)
    assert reader.classes == names
    assert reader.predict(x_test).shape == (len(names), len(names))
    assert {answer.name for answer in reader.answers(x_test)} <= {None, *names}
    table = format_table(evaluate(reader.predict(x_test), y_test), reader.classes)
    assert [line[:10].strip() for line in table.splitlines()[1:-2]] == names
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    read_right = (reader.predict(x_test).argmax(axis=1) == y_test).mean()
    assert read_right == pytest.approx(metrics["test_accuracy"])  # small things are read, too
    assert metrics["rejection_threshold"] == 0  # too few pictures to say which are none of them
    assert reader.placement == find_placement(x) != Placement()
    pad = DigitPad(reader)
    pad.strokes = [[(40, 30), (200, 260)]]
    np.testing.assert_array_equal(pad.image, strokes_to_image(pad.strokes, place=reader.placement))
    assert pad._bars.value.count("<tr ") == min(10, len(names))
    assert names[int(pad.answer.probabilities.argmax())] in pad._bars.value


def test_a_network_of_own_pictures_is_exported_as_a_page(trained_on, tmp_path):
    from mnist_utils.classifier import load_classifier
    from mnist_utils.export import write_html

    _, folder, names = trained_on
    page = write_html(load_classifier(folder), tmp_path / "bars.html").read_text(encoding="utf-8")
    assert "It has learned from pictures of your own." in page
    assert all(name in page for name in names)


@pytest.mark.slow
def test_train_learns_other_classes(folders, tmp_path_factory):
    from mnist_utils.classifier import load_classifier
    from mnist_utils.training import Recipe, train

    out = tmp_path_factory.mktemp("own")
    recipe = Recipe("quick", epochs=1, batch_size=7, rotation=10.0, pen_variants=0.4)
    _, metrics = train(recipe, data=folders, out=out, progress="none")
    assert (metrics["recipe"]["validation_size"], metrics["recipe"]["pen_variants"]) == (2, 0)
    assert metrics["classes"] == ["apples", "beans", "cherries"]
    assert len(metrics["per_digit_accuracy"]) == 3
    assert load_classifier(out).predict(load_dataset(folders)[2]).shape == (3, 3)
