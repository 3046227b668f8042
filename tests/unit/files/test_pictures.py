"""Pictures are opened by one set of rules."""

import io
import os
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_utils.files import lightness, open_picture, without_alpha
from mnist_utils.files.pictures import FORMATS, MOST_PIXELS

GREY = np.arange(0, 240, 12, dtype=np.uint8).reshape(4, 5)  # 4 high, 5 wide


@pytest.mark.parametrize("kind", FORMATS)
def test_each_kind_of_file_is_opened_in_grey(tmp_path, kind):
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100}}.get(kind, {})
    file, large = tmp_path / "picture", GREY.repeat(8, axis=0).repeat(8, axis=1)
    Image.fromarray(large).save(file, format=kind, **options)
    for source in (file, str(file), file.read_bytes(), Image.open(file)):
        colours, scale = open_picture(source, "it")
        assert (colours.shape, colours.dtype, scale) == ((32, 40, 4), np.float32, 1)
        np.testing.assert_allclose(255 * lightness(without_alpha(colours)), large, atol=6)


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
    np.testing.assert_allclose(lightness(without_alpha(open_picture(array, "it")[0])), GREY / 255, atol=0.004)


INK = np.zeros((30, 30), np.uint8)
INK[5:25, 13:17] = 255


def transparent(grey: int, alpha: np.ndarray) -> Image.Image:
    """Ink of one lightness that is in the alpha channel alone."""
    return Image.merge("LA", [Image.new("L", (30, 30), grey), Image.fromarray(alpha)])


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (transparent(0, INK), 1 - INK / 255),
        (transparent(255, INK), INK / 255),
        (transparent(255, INK // 3), INK // 3 / 255),
        (transparent(0, np.zeros_like(INK)), np.ones((30, 30))),
        (transparent(255, np.zeros_like(INK)), np.ones((30, 30))),
        (transparent(90, np.full_like(INK, 255)), np.full((30, 30), 90 / 255)),
    ],
    ids=["black ink", "white ink", "faint white ink", "nothing", "nothing, in white", "opaque"],
)
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_behind_what_is_transparent_is_paper_on_which_the_ink_is_seen(picture, expected, mode):
    colours = without_alpha(open_picture(picture.convert(mode), "it")[0])
    assert (colours.shape, colours.dtype) == ((30, 30, 3), np.float32)
    np.testing.assert_allclose(lightness(colours), expected, atol=0.005)


def png(*parts: tuple[bytes, bytes]) -> bytes:
    """A PNG file of chunks, each with its kind and content."""
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def deep_png(values: np.ndarray, kind: int) -> bytes:
    """A PNG of 16 bits a colour, values (height, width, colours), which Pillow can't write."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, kind, 0, 0, 0)
    return png((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))


def stored(values: np.ndarray, kind: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values).save(file, format=kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("brightest", "white"), [(200, 255), (255, 255), (256, 4095), (3000, 4095), (4096, 65535), (60000, 65535)]
)
@pytest.mark.parametrize("form", ["PNG", "TIFF", "array", "picture", "colours"])
def test_small_values_in_sixteen_bits_are_not_blank_and_keep_small_differences(brightest, white, form):
    values = np.array([[0, 1, brightest], [2, brightest // 2, brightest - 1]], np.uint16)
    source = {
        "PNG": lambda: stored(values, "PNG"),
        "TIFF": lambda: stored(values, "TIFF"),
        "array": lambda: values,
        "picture": lambda: Image.fromarray(values),
        "colours": lambda: np.stack([values] * 3, axis=2),
    }[form]()
    colours = without_alpha(open_picture(source, "it")[0])
    np.testing.assert_allclose(lightness(colours), values / white, atol=0.003 if form == "colours" else 1e-5)


@pytest.mark.parametrize(
    ("kind", "colours", "alpha"), [(2, 3, None), (4, 2, 65535), (6, 4, 65535), (4, 2, 255), (6, 4, 255)]
)
def test_sixteen_bits_a_colour_of_which_pillow_keeps_nothing_are_refused(kind, colours, alpha):
    values = np.full((20, 20, colours), 250)
    values[5:9] = 20
    if alpha is not None:
        values[..., -1] = alpha
    with pytest.raises(
        ValueError, match=r"^it is no picture that can be read \(it has 16 bits a colour, .* save it wi"
    ):
        open_picture(deep_png(values, kind), "it")


@pytest.mark.parametrize(("kind", "colours"), [(2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_a_colour_are_opened(kind, colours):
    values = np.full((20, 20, colours), 60000)
    assert open_picture(deep_png(values, kind), "it")[0][6, 6] == pytest.approx(
        [60000 / 65535] * 3 + [60000 / 65535 if kind > 2 else 1], abs=0.005
    )


def test_values_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match=r"^it is no picture that can be read \(it holds values that are no numbers"):
        open_picture(Image.fromarray(np.full((9, 9), np.nan, np.float32)), "it")


@pytest.mark.parametrize("values", [GREY, GREY.astype(np.uint16) * 257], ids=["8 bits", "16 bits"])
def test_a_picture_is_turned_as_exif_says(tmp_path, values):
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn a quarter clockwise to see it upright"
    Image.fromarray(values).save(tmp_path / "turned.png", exif=exif)
    turned = lightness(without_alpha(open_picture(tmp_path / "turned.png", "it")[0]))
    np.testing.assert_allclose(turned, np.rot90(GREY, -1) / 255, atol=1e-6)


def test_a_large_picture_is_made_smaller_and_the_callers_stays_as_it_is():
    picture = Image.new("L", (900, 450), 51)
    colours, scale = open_picture(picture, "it", longest=90)
    assert (colours.shape, scale, picture.size) == ((45, 90, 4), 10, (900, 450))
    np.testing.assert_allclose(without_alpha(colours), 0.2, atol=1e-6)


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
    return png((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))


@pytest.mark.parametrize("side", [7_072, 60_000])
def test_a_picture_that_claims_too_many_pixels_is_refused_before_it_is_decoded(side):
    assert side**2 > MOST_PIXELS
    with pytest.raises(ValueError, match=r"^upload (must have at most 50,000,000 pixels|is no picture)") as caught:
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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(
        ValueError, match=r"^pipe\.png is no picture that can be read \(it must be a file, not a folder,"
    ):
        open_picture(tmp_path / "pipe.png", "pipe.png")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not list the open files")
@pytest.mark.parametrize(
    "change",
    [lambda raw: raw, lambda raw: raw[: len(raw) // 2], lambda raw: b"none", lambda raw: bomb(60_000)],
    ids=["whole", "cut short", "none", "too large"],
)
def test_no_file_stays_open_whether_it_was_read_or_not(grey_page, tmp_path, change):
    file = tmp_path / "page.png"
    grey_page(3).save(file)
    file.write_bytes(change(file.read_bytes()))
    caught = None
    try:
        open_picture(file, "it", least=8)
    except ValueError as error:
        caught = error  # and with it what the functions still held
    assert str(file) not in [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()], caught


@pytest.mark.parametrize("error", [MemoryError(), OSError(5, "Input/output error"), KeyError("x"), struct.error("bad")])
def test_whatever_goes_wrong_in_pillow_is_said_with_the_pictures_name(monkeypatch, error):
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(Image.Image, "convert", fail)
    with pytest.raises(ValueError, match=r"^page\.png is no picture that can be read \(.+\)\.$"):
        open_picture(GREY, "page.png")
