"""The bundled data are MNIST, whole and unaltered; the validation split keeps its promises."""

import hashlib
import pickle
import runpy
import shutil
import struct

import numpy as np
import pytest
from sklearn.datasets import load_digits

from mnist_utils import data

COUNTS = {  # images of each digit, 0 to 9, as widely published
    "y_train": [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    "y_test": [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
}
NAMES = ("x_train", "y_train", "x_test", "y_test")


@pytest.fixture(scope="module")
def arrays(mnist) -> dict:
    return dict(zip(NAMES, mnist, strict=True))


@pytest.mark.parametrize(
    ("name", "shape"),
    [("x_train", (60000, 28, 28)), ("y_train", (60000,)), ("x_test", (10000, 28, 28)), ("y_test", (10000,))],
)
def test_arrays_have_their_shape_type_and_range(arrays, name, shape):
    array = arrays[name]
    assert array.shape == shape
    assert array.dtype == np.uint8
    assert (array.min(), array.max()) == ((0, 255) if name.startswith("x") else (0, 9))


@pytest.mark.parametrize("name", COUNTS)
def test_each_digit_is_there_as_often_as_in_mnist(arrays, name):
    assert np.bincount(arrays[name]).tolist() == COUNTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_arrays_are_byte_for_byte_the_canonical_idx_files(arrays, name):
    array = arrays[name]
    _, _, sha256 = runpy.run_path(str(data.MNIST_FILE.with_name("make_mnist.py")))["FILES"][name]
    header = struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape)  # 08: unsigned bytes
    assert hashlib.sha256(header + array.tobytes()).hexdigest() == sha256


def _lose(path):
    path.unlink()


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-1000])


def _alter(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


@pytest.mark.parametrize(
    ("spoil", "error", "fault"),
    [
        (_lose, FileNotFoundError, "is missing"),
        (_truncate, ValueError, "is truncated or altered"),
        (_alter, ValueError, "is truncated or altered"),
    ],
)
def test_a_spoilt_file_is_refused_with_the_remedy(tmp_path, spoil, error, fault):
    path = tmp_path / "mnist.npz"
    shutil.copyfile(data.MNIST_FILE, path)
    spoil(path)
    with pytest.raises(error) as caught:
        data.load_mnist(path)
    assert fault in str(caught.value)
    assert str(path) in str(caught.value)
    assert "git checkout -- mnist_utils/assets/mnist.npz" in str(caught.value)


class Trap:
    """Pickled, it writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_pickled_objects_are_never_unpickled(tmp_path, monkeypatch):
    path, sprung = tmp_path / "mnist.npz", tmp_path / "sprung"
    np.savez(path, x_train=np.array([Trap(sprung)], dtype=object))
    assert pickle.dumps(Trap(sprung))  # the trap itself works
    monkeypatch.setattr(data.mnist, "MNIST_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(ValueError, match="allow_pickle=False"):
        data.load_mnist(path)
    assert not sprung.exists()


def test_split_puts_each_row_on_one_side_with_its_label():
    x, y = np.arange(50) * 10, np.arange(50)
    x_train, y_train, x_validation, y_validation = data.split_validation(x, y, size=12)
    assert (len(x_train), len(y_train), len(x_validation), len(y_validation)) == (38, 38, 12, 12)
    assert sorted([*y_train, *y_validation]) == list(range(50))
    assert (x_train == 10 * y_train).all()
    assert (x_validation == 10 * y_validation).all()


def test_split_depends_on_the_seed_alone():
    x = y = np.arange(100)
    first, again, other = (data.split_validation(x, y, size=20, seed=seed)[3] for seed in (5, 5, 6))
    assert (first == again).all()
    assert set(first) != set(other)


@pytest.mark.parametrize("size", [-1, 0, 50, 51])
def test_split_refuses_to_leave_a_side_empty(size):
    with pytest.raises(ValueError, match=f"size must be from 1 to 49 for 50 images, not {size}"):
        data.split_validation(np.arange(50), np.arange(50), size=size)


def test_split_refuses_images_and_labels_of_different_length():
    with pytest.raises(ValueError, match="same length, not 50 and 49"):
        data.split_validation(np.arange(50), np.arange(49), size=5)


def test_strokes_are_twenty_drawings_of_each_digit_on_the_pad():
    drawings, labels = data.load_strokes()
    assert len(drawings) == 200
    assert labels.dtype == np.uint8
    assert np.bincount(labels).tolist() == [20] * 10
    for drawing in drawings:
        points = np.concatenate([np.array(stroke) for stroke in drawing])
        assert points.shape[1] == 2
        assert points.min() >= 0
        assert points.max() <= 280


STROKES = [[(1, 2), (3, 4)], [(5, 6)]]


def test_saved_drawings_are_loaded_in_their_order(tmp_path):
    file = tmp_path / "mine.json"
    data.save_strokes(file, STROKES, 9)
    data.save_strokes(str(file), [np.array([[0.5, 1.5]])], np.int64(0))
    drawings, labels = data.load_strokes(file)
    assert drawings == [[[[1, 2], [3, 4]], [[5, 6]]], [[[0.5, 1.5]]]]
    assert labels.tolist() == [9, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]


@pytest.mark.parametrize(
    ("strokes", "label", "why"),
    [
        (STROKES, 10, "label must be a whole number from 0 to 9, not 10"),
        (STROKES, "7", "label must be a whole number from 0 to 9, not '7'"),
        ([], 7, "strokes must hold at least one stroke"),
        ([[]], 7, "strokes must hold at least one stroke"),
        ([[(0, float("nan"))]], 7, r"strokes\[0\] holds a coordinate that is not a finite number"),
        ([[("1", "2")]], 7, r"strokes\[0\] must be a list of \(x, y\) points"),
        ("seven", 7, "strokes must be a list of strokes, not 'seven'"),
    ],
)
def test_what_is_no_labelled_drawing_is_not_saved(tmp_path, strokes, label, why):
    with pytest.raises(ValueError, match=why):
        data.save_strokes(tmp_path / "mine.json", strokes, label)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "3",
        "[1]",
        '[{"label": 3}]',
        "\x1f\x8b",
        '[{"label": 10, "strokes": [[[0, 0]]]}]',
        '[{"label": 3.5, "strokes": [[[0, 0]]]}]',
        '[{"label": 3, "strokes": [[[0, NaN]]]}]',
        '[{"label": 3, "strokes": [[["a", "b"]]]}]',
        '[{"label": 3, "strokes": 7}]',
        "[" * 10_000,
    ],
)
def test_a_file_without_drawings_is_named_and_left_alone(tmp_path, content):
    file = tmp_path / "mine.json"
    file.write_text(content, encoding="latin-1")
    for use in (data.load_strokes, lambda path: data.save_strokes(path, STROKES, 7)):
        with pytest.raises(ValueError, match=r"mine.json holds no drawings as save_strokes writes them"):
            use(file)
    assert file.read_text(encoding="latin-1") == content


def test_missing_drawings_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file of drawings at .*gone.json"):
        data.load_strokes(tmp_path / "gone.json")


def test_small_digits_get_the_size_and_place_of_mnists():
    images, labels = data.load_small_digits()
    assert (images.shape, images.dtype, labels.shape) == ((1797, 28, 28), np.float32, (1797,))
    assert np.bincount(labels).tolist() == np.bincount(load_digits().target).tolist()
    assert images.min() >= 0
    assert 0.7 < images.max(axis=(1, 2)).mean() <= 1
    places = [np.argwhere(image > 0) for image in images]
    assert {int(np.ptp(place, axis=0).max()) + 1 for place in places} <= {19, 20, 21}
    centres = np.array([np.average(np.argwhere(image > -1), axis=0, weights=image.ravel()) for image in images])
    np.testing.assert_allclose(centres, 14, atol=0.3)


def test_most_small_digits_are_read(shipped):
    images, labels = data.load_small_digits()
    assert (shipped.predict(images).argmax(axis=1) == labels).mean() > 0.98
