"""IDX files and tables, made here as they are published: read as the arrays in them, and refused in a sentence."""

import gzip
import io
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest

from mnist_utils.data import load_dataset

RNG = np.random.default_rng(7)
ARRAYS = [RNG.integers(0, 256, (24, 28, 28), np.uint8), np.arange(24) % 3, RNG.integers(0, 256, (9, 28, 28), np.uint8)]
ARRAYS += [np.arange(9) % 3]
MNIST = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
HEADER = ",".join(["label", *(f"pixel{number}" for number in range(784))])


def idx(array: np.ndarray) -> bytes:
    """What an IDX file of uint8 holds."""
    return struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def table(x: np.ndarray, y: np.ndarray, header: str = HEADER) -> bytes:
    """What Kaggle's train.csv holds."""
    lines = [",".join(map(str, [label, *image.ravel()])) for image, label in zip(x, y, strict=True)]
    return "\n".join([header, *lines, ""]).encode()


def zipped(content: bytes, *more: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("train.csv", *more):
            archive.writestr(name, content)
    return file.getvalue()


def write(folder, names=MNIST, arrays=ARRAYS):
    for name, array in zip(names, arrays, strict=True):
        content = idx(array)
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)


def as_idx(folder, change=lambda name: name, transposed=False):
    arrays = [array.transpose(0, 2, 1) if transposed and array.ndim == 3 else array for array in ARRAYS]
    write(folder, [change(name) for name in MNIST], arrays)


def as_emnist(folder):
    as_idx(folder, lambda name: f"emnist-letters-{name.replace('t10k', 'test')}.gz", transposed=True)


def as_tables(folder, name="{}.csv", pack=lambda content: content):
    for part, (x, y) in {"train": ARRAYS[:2], "test": ARRAYS[2:]}.items():
        (folder / name.format(part)).write_bytes(pack(table(x, y)))


def as_npz(folder):
    np.savez(folder / "own.npz", **dict(zip(("x_train", "y_train", "x_test", "y_test"), ARRAYS, strict=True)))


@pytest.mark.parametrize(
    ("write_set", "file"),
    [
        (as_npz, "own.npz"),
        (as_idx, ""),
        (as_idx, "t10k-labels-idx1-ubyte"),
        (lambda folder: as_idx(folder, lambda name: f"{name}.gz"), ""),
        (lambda folder: as_idx(folder, lambda name: name.replace("-idx", ".idx")), ""),
        (as_emnist, ""),
        (lambda folder: [as_emnist(folder), as_idx(folder)], "emnist-letters-train-images-idx3-ubyte.gz"),
        (as_tables, ""),
        (as_tables, "train.csv"),
        (lambda folder: as_tables(folder, "signs_{}.csv.gz", gzip.compress), ""),
        (lambda folder: as_tables(folder, "{}.csv.zip", zipped), "train.csv.zip"),
    ],
)  # fmt: skip
def test_every_format_holds_the_same_arrays(tmp_path, capsys, write_set, file):
    write_set(tmp_path)
    loaded = load_dataset(tmp_path / file)
    for array, expected in zip(loaded, ARRAYS, strict=True):
        np.testing.assert_array_equal(array, expected)
        assert array.dtype == np.uint8
    assert loaded.classes == ["0", "1", "2"]
    assert capsys.readouterr().out == ""


def test_a_table_without_a_test_part_is_split_by_class(tmp_path, capsys):
    (tmp_path / "train.csv").write_bytes(table(*ARRAYS[:2]))
    (tmp_path / "test.csv").write_bytes(table(*ARRAYS[2:]).replace(b"label,", b"id,", 1))
    (tmp_path / "sample_submission.csv").write_text("ImageId,Label\n1,0\n", encoding="utf-8")
    (tmp_path / "a_test.csv").write_bytes(table(*ARRAYS[2:]))  # of another set
    x_train, _, x_test, y_test = load_dataset(tmp_path)
    assert [len(x_train), *np.bincount(y_test)] == [21, 1, 1, 1]
    np.testing.assert_array_equal(x_test, ARRAYS[0][3:6])  # the second of each class
    assert "test.csv has no labels, so every seventh row" in capsys.readouterr().out
    with pytest.raises(ValueError, match=r"test\.csv has no column label in front, so there is nothing to"):
        load_dataset(tmp_path / "test.csv")


@pytest.mark.parametrize(
    ("write_set", "names", "content", "classes"),
    [
        (as_idx, "classes.txt", "shirt\ntrouser\r\nankle boot\n", ["shirt", "trouser", "ankle boot"]),
        (as_tables, "classes.txt", "\ufeffA\nB\nC", ["A", "B", "C"]),
        (as_emnist, "emnist-letters-mapping.txt", "0 65 97\n1 66 98\n2 67 99\n", ["A", "B", "C"]),
    ],
)
def test_names_beside_a_set_are_kept(tmp_path, write_set, names, content, classes):
    write_set(tmp_path)
    (tmp_path / names).write_text(content, encoding="utf-8")
    assert load_dataset(tmp_path).classes == classes
    (tmp_path / names).write_text(content.splitlines()[0], encoding="utf-8")
    with pytest.raises(ValueError, match="must have a name each, and label 1 has none"):
        load_dataset(tmp_path)


def test_labels_from_1_on_are_taken(tmp_path):
    as_idx(tmp_path)
    for name in (MNIST[1], MNIST[3]):
        content = bytearray((tmp_path / name).read_bytes())
        content[8:] = bytes(label + 1 for label in content[8:])
        (tmp_path / name).write_bytes(content)
    loaded = load_dataset(tmp_path)
    assert loaded.classes == ["1", "2", "3"]
    np.testing.assert_array_equal(loaded[1], ARRAYS[1])


IMAGES, LABELS = idx(ARRAYS[0]), idx(ARRAYS[1])


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        (MNIST[0], LABELS, "is no IDX file of images: it begins with 00 00 08 01, not 00 00 08 03"),
        (MNIST[1], IMAGES, "is no IDX file of labels: it begins with 00 00 08 03, not 00 00 08 01"),
        (MNIST[0], b"", "is no IDX file of images: it begins with nothing"),
        (MNIST[0], IMAGES[:10], "is no IDX file of images"),
        (MNIST[0], IMAGES[:-1], "must hold 18,816 bytes for its 24 images, not 18,815"),
        (MNIST[0], IMAGES + b"x", "must hold 18,816 bytes for its 24 images, not more"),
        (MNIST[0], struct.pack(">4I", 0x803, 2**31, 28, 28), "must hold 1 to 1,000,000 images, not 2,147,483,648"),
        (MNIST[0], struct.pack(">4I", 0x803, 900_000, 28, 28), "must hold 705,600,000 bytes for its .*, not 0"),
        (MNIST[0], idx(np.zeros((2, 32, 30), np.uint8)), "must hold images of 28 x 28 pixels, not 32 x 30"),
        (MNIST[0], gzip.compress(IMAGES)[:900], "is damaged or was not copied whole"),
        (MNIST[0], gzip.compress(IMAGES)[:-12] + bytes(12), "is damaged or was not copied whole"),
        (MNIST[1], idx(np.arange(20) % 3), "must be 24 whole numbers, not uint8 .20,."),
        (MNIST[3], idx(np.arange(9) % 4), "y_test in .* has the label 3, of which x_train has no image"),
        ("emnist-digits-train-images-idx3-ubyte", IMAGES, r"several sets of IDX files \(, emnist-digits-\)"),
        ("classes.txt", b"\xff\xfe", "is no text with a name a line"),
    ],
)  # fmt: skip
def test_a_bad_idx_file_is_named(tmp_path, name, content, why):
    as_idx(tmp_path)
    (tmp_path / name).write_bytes(content)
    tracemalloc.start()
    with pytest.raises(ValueError, match=f"^data: [^\n]*{why}[^\n]*$"):
        load_dataset(tmp_path)
    assert tracemalloc.get_traced_memory()[1] < 5e6  # whatever a header promises
    tracemalloc.stop()


@pytest.mark.parametrize("name", MNIST)
def test_a_missing_idx_file_is_named(tmp_path, name):
    as_idx(tmp_path)
    (tmp_path / name).unlink()
    kind, part = name.split("-")[1], "test" if name[0:2] == "t1" else "train"
    with pytest.raises(ValueError, match=f"must hold four IDX files, and the {kind} of the {part} part are missing"):
        load_dataset(tmp_path)


WHOLE = table(*ARRAYS[:2])
ROWS = WHOLE.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("train.csv", WHOLE.replace(b"label", b"id", 1), "has no column label in front"),
        ("train.csv", ROWS[1], "has no column label in front"),
        ("train.csv", b"", "has no column label in front"),
        ("train.csv", b"label,pixel0\n1,2\n", "must have 785 columns, label and 784 pixels, not 2"),
        ("train.csv", ROWS[0], "must hold an image or more"),
        ("train.csv", WHOLE[: len(WHOLE) - 9], "line 25, must be 785 whole numbers from 0 to 255"),
        ("train.csv", b"".join([*ROWS[:3], b"300,", *ROWS[3:]]), "line 4, must be 785 whole numbers .*, not '300,"),
        ("train.csv", b"".join([*ROWS[:7], b"A" + ROWS[7]]), "line 8, must be 785 whole numbers"),
        ("train.csv", b"".join([ROWS[0], *(row[:-2] + b"-1\n" for row in ROWS[1:])]), "line 2, must be 785 whole"),
        ("train.csv", b"".join([ROWS[0], *(row[:-1] + b",1\n" for row in ROWS[1:])]), "line 2, must be 785 whole"),
        ("train.csv", ROWS[0] + b"\xff\xfe\n", "line 2, must be 785 whole numbers"),
        ("train.csv", gzip.compress(WHOLE)[:5000], "is damaged or was not copied whole"),
        ("train.csv", zipped(WHOLE)[:5000], "is damaged or was not copied whole"),
        ("train.csv", zipped(WHOLE, "test.csv"), "must hold one file, not 2: unpack it first"),
        ("more_train.csv", WHOLE, r"several tables to train on \(more_train\.csv, train\.csv\): give one of them"),
        ("test.csv", ROWS[0] + b"3," + ROWS[1][2:], "y_test in .* has the label 3, of which x_train has no image"),
    ],
)  # fmt: skip
def test_a_bad_table_is_named(tmp_path, name, content, why):
    (tmp_path / "train.csv").write_bytes(WHOLE)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=f"^data: [^\n]*{why}[^\n]*$"):
        load_dataset(tmp_path)


def test_long_tables_are_read_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("mnist_utils.data.tables.AT_ONCE", 5)
    as_tables(tmp_path)
    np.testing.assert_array_equal(load_dataset(tmp_path)[0], ARRAYS[0])
    monkeypatch.setattr("mnist_utils.data.tables.MOST_IMAGES", 20)
    with pytest.raises(ValueError, match="must hold at most 20 images"):
        load_dataset(tmp_path)
