"""What keeps a packed file from being read is told apart: rights, a password, a way of packing, several files."""

import io
import os
import zipfile

import pytest

from mnist_utils.data import load_dataset


def zipped(*names: str) -> bytearray:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"label,pixel0\n1,2\n")
    return bytearray(file.getvalue())


def with_header(field: int, value: int) -> bytes:
    """An archive with another number, of two bytes, at a field of its file's entry in the list at the end."""
    content = zipped("train.csv")
    begins = content.index(b"PK\x01\x02") + field
    content[begins : begins + 2] = value.to_bytes(2, "little")
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("train.csv.zip", with_header(8, 1), "is encrypted: unpack it first"),
        ("train.csv.zip", with_header(10, 9), r"can't be unpacked \(.*compression"),
        (
            "digit-recognizer.zip",
            bytes(zipped("train.csv", "test.csv")),
            "holds train.csv, not arrays: unpack it first",
        ),
    ],
)
def test_what_can_not_be_unpacked_here_is_told_from_what_is_damaged(tmp_path, name, content, why):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"^data: [^\n]*{name} {why}[^\n]*\.$"):
        load_dataset(tmp_path / name)


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path, monkeypatch):
    file, own = tmp_path / "train.csv", io.open
    file.touch()

    def refuse(path, *more, **options):
        if os.fspath(path) == os.fspath(file):
            raise PermissionError(13, "Permission denied")
        return own(path, *more, **options)

    monkeypatch.setattr(io, "open", refuse)  # rights would not keep an administrator out
    with pytest.raises(ValueError, match=r"^data: [^\n]*train\.csv can't be read \(Permission denied\)\.$"):
        load_dataset(file)
