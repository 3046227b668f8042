"""Images of one's own: a folder for each class, or an .npz file in Keras's layout."""

import numpy as np
import pytest
from PIL import Image

from mnist_utils.data import load_dataset


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
    Image.new("L", (40, 30)).save(folder / "beans" / "3.png")


def spoil_size_by_much(folder):
    Image.new("1", (7000, 7000)).save(folder / "beans" / "3.png")


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
        (spoil_size, r"3\.png must be 28 pixels high and wide, not 30 x 40"),
        (spoil_size_by_much, r"3\.png must be 28 pixels high and wide, not 7000 x 7000"),
        (spoil_picture, r"3\.png is no picture that can be read"),
        (cut_picture, r"3\.png is no picture that can be read"),
        (empty_class, "must hold 2 pictures or more, not 0"),
    ],
)
def test_a_bad_picture_or_class_is_named(folders, spoil, why):
    spoil(folders)
    with pytest.raises(ValueError, match=f"data: .*beans.*{why}"):
        load_dataset(folders)


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
    said = f"data: {count} in {folders} left out: hidden, or not where a class or a picture is looked for.\n"
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
        ({"y_train": np.arange(60) % 3 * 2}, "class 1 is empty"),
        ({"y_test": np.full(30, 3)}, "not so in y_test"),
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
