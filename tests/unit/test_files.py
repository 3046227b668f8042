"""Pictures are opened by one set of rules, and files are written whole or not at all."""

import io
import shutil
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from mnist_utils.files import FORMATS, MOST_PIXELS, lightness, on_white, open_picture, writing

GREY = np.arange(0, 240, 12, dtype=np.uint8).reshape(4, 5)  # 4 high, 5 wide


@pytest.mark.parametrize("kind", FORMATS)
def test_each_kind_of_file_is_opened_in_grey(tmp_path, kind):
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100}}.get(kind, {})
    file, large = tmp_path / "picture", GREY.repeat(8, axis=0).repeat(8, axis=1)
    Image.fromarray(large).save(file, format=kind, **options)
    for source in (file, str(file), file.read_bytes(), Image.open(file)):
        colours, scale = open_picture(source, "it")
        assert (colours.shape, colours.dtype, scale) == ((32, 40, 4), np.float32, 1)
        np.testing.assert_allclose(255 * lightness(on_white(colours)), large, atol=6)


@pytest.mark.parametrize(
    "array",
    [
        GREY,
        GREY.astype(np.uint16) * 257,
        GREY / 255,
        np.stack([GREY] * 3, axis=2),
        np.dstack([np.stack([GREY] * 3, axis=2), np.full_like(GREY, 255)]),
    ],
    ids=["uint8", "uint16", "float", "colours", "colours and alpha"],
)
def test_arrays_of_each_kind_are_opened_alike(array):
    np.testing.assert_allclose(lightness(on_white(open_picture(array, "it")[0])), GREY / 255, atol=0.004)


def test_what_is_transparent_can_be_laid_on_white():
    picture = Image.new("RGBA", (3, 2), (0, 0, 0, 0))
    picture.putpixel((1, 1), (0, 0, 0, 255))
    colours, _ = open_picture(picture, "it")
    assert colours[..., 3].tolist() == [[0, 0, 0], [0, 1, 0]]
    np.testing.assert_allclose(lightness(on_white(colours)), [[1, 1, 1], [1, 0, 1]], atol=1e-6)


def test_sixteen_bits_keep_their_small_differences():
    values = np.array([[1000, 1100], [1200, 60000]], np.uint16)
    colours = open_picture(Image.fromarray(values), "it")[0]
    np.testing.assert_allclose(lightness(on_white(colours)), values / 65535, atol=1e-5)


def test_a_picture_is_turned_as_exif_says(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn a quarter clockwise to see it upright"
    Image.fromarray(GREY).save(tmp_path / "turned.png", exif=exif)
    turned = lightness(on_white(open_picture(tmp_path / "turned.png", "it")[0]))
    np.testing.assert_allclose(turned, np.rot90(GREY, -1) / 255, atol=1e-6)


def test_a_large_picture_is_made_smaller_and_the_callers_stays_as_it_is():
    picture = Image.new("L", (900, 450), 51)
    colours, scale = open_picture(picture, "it", longest=90)
    assert (colours.shape, scale, picture.size) == ((45, 90, 4), 10, (900, 450))
    np.testing.assert_allclose(on_white(colours), 0.2, atol=1e-6)


SCRIPT = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 10 10
(written) (w) file closefile showpage
"""


@pytest.mark.parametrize("form", ["file", "bytes", "opened"])
def test_postscript_never_reaches_another_program_whatever_its_name(tmp_path, monkeypatch, form):
    def no_program(*arguments, **options):
        raise AssertionError("another program was started")

    monkeypatch.setattr("subprocess.check_call", no_program)
    monkeypatch.setattr("subprocess.Popen", no_program)
    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", no_program)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "x.png"
    file.write_bytes(SCRIPT)
    source = {"file": lambda: file, "bytes": lambda: SCRIPT, "opened": lambda: Image.open(file)}[form]()
    with pytest.raises(ValueError, match=r"^photo: x\.png is no picture that can be read \(it must be PNG, JPEG, .*"):
        open_picture(source, "photo: x.png")
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that claims so many pixels both ways."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("side", [10_001, 60_000])
def test_a_picture_that_claims_too_many_pixels_is_refused_before_it_is_decoded(side):
    assert side**2 > MOST_PIXELS
    with pytest.raises(ValueError, match=r"^upload (must have at most 100,000,000 pixels|is no picture)") as caught:
        open_picture(bomb(side), "upload")
    assert "\n" not in str(caught.value)


@pytest.fixture
def text_named_png(tmp_path):
    path = tmp_path / "text.png"
    path.write_text("This is no picture.", encoding="utf-8")
    return path


@pytest.fixture
def pdf(grey_page, tmp_path):
    path = tmp_path / "scan.pdf"
    grey_page(3).save(path)
    return path


@pytest.fixture
def empty_file(tmp_path):
    path = tmp_path / "empty.jpg"
    path.touch()
    return path


@pytest.fixture
def damaged_png(grey_page, tmp_path):
    whole = io.BytesIO()
    grey_page(3).save(whole, format="png")
    raw = bytearray(whole.getvalue())
    raw[60:2000] = b"\0" * 1940
    path = tmp_path / "damaged.png"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("fixture", ["text_named_png", "pdf", "empty_file", "truncated_png", "damaged_png", "tmp_path"])
def test_what_is_no_picture_is_named_in_one_sentence(request, fixture):
    path = request.getfixturevalue(fixture)
    with pytest.raises(ValueError, match="is no picture that can be read") as caught:
        open_picture(path, f"photo: {path}")
    assert str(caught.value).startswith(f"photo: {path} ")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^photo: gone\.png is missing\.$"):
        open_picture(tmp_path / "gone.png", "photo: gone.png")


@pytest.mark.parametrize(
    ("photo", "why"),
    [
        (np.zeros((7, 90), np.uint8), "at least 8 pixels high and wide, not 7 x 90"),
        (np.zeros((0, 0)), r"must have the shape .* not \(0, 0\)"),
        (np.zeros((20, 20), np.int64), "must be uint8, uint16 or float, not int64"),
        (np.zeros((20, 20), bool), "must be uint8, uint16 or float, not bool"),
        (np.full((20, 20), 255.0), "must lie in 0 to 1, not 255 to 255"),
        (np.full((20, 20), -0.1), "must lie in 0 to 1"),
        (np.full((20, 20), np.nan), "must lie in 0 to 1"),
        (np.zeros((20, 20, 2), np.uint8), "with 3 or 4 colours"),
        (np.zeros((1, 20, 20, 3), np.uint8), "must have the shape"),
        (np.zeros(20, np.uint8), "must have the shape"),
        (None, "must be a file name, a PIL image or an array, not NoneType"),
        ([[0, 1]], "must be a file name, a PIL image or an array, not list"),
    ],
)
def test_a_wrong_array_or_type_is_explained(photo, why):
    with pytest.raises(ValueError, match=f"^photo.* {why}"):
        open_picture(photo, "photo", least=8)


def test_files_take_their_places_together(tmp_path):
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    one.write_text("old", encoding="utf-8")
    with writing(one, other) as [new_one, new_other]:
        new_one.write_text("new", encoding="utf-8")
        new_other.write_text("new, too", encoding="utf-8")
        assert one.read_text(encoding="utf-8") == "old"
    assert {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()} == {
        "one.txt": "new",
        "other.txt": "new, too",
    }


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("old", encoding="utf-8")

    def write() -> None:
        with writing(file) as [unfinished]:
            unfinished.write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"table.csv": "old"}
