"""Files: pictures opened safely, and results written whole or not at all."""

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

# Pillow hands other formats to other programs, PostScript to Ghostscript, whatever the file's name says.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "HEIF")
pillow_heif.register_heif_opener()  # what iPhones take
KINDS = f"it must be {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
MOST_PIXELS = 100_000_000  # a phone's picture has 12 to 50 million; a small file can claim to hold far more


Picture = str | Path | bytes | Image.Image | np.ndarray


def open_picture(source: Picture, name: str, longest: int | None = None, least: int = 1) -> tuple[np.ndarray, float]:
    """Open a picture from anywhere, by the same rules for all; messages call it `name`.

    A source is a file, what is in one, a picture, or an array (height, width), (height, width, 3) or (height, width, 4)
    of uint8 0-255, uint16 0-65535 or float 0-1. A picture with more pixels than `longest` on its longer side is made so
    much smaller. Gives colours, float32 (height, width, 4): red, green, blue and opacity, 0 to 1, turned as EXIF says;
    and how many pixels of the picture itself one of these is wide, 1 or more. FileNotFoundError if there is no such
    file, ValueError if it is none of these, of another format, damaged, under `least` pixels high or wide, or over 100
    megapixels.
    """
    if isinstance(source, Image.Image):
        picture = source  # the caller's: it must stay as it is
    elif isinstance(source, np.ndarray):
        picture = _array_to_picture(source, name)
    elif isinstance(source, str | Path | bytes):
        picture = _open_file(source, name)
    else:
        raise ValueError(f"{name} must be a file name, a PIL image or an array, not {type(source).__name__}.")
    _check_picture(picture, name, least)
    side = max(picture.size)
    if longest and picture is not source:
        picture.draft("RGB", (longest, longest))  # large JPEGs are decoded small, at once
    try:
        colours = _colours(picture, longest)
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # Pillow raises them for truncated and broken files
        raise ValueError(f"{name} is no picture that can be read ({error}).") from None
    return colours, side / max(colours.shape[:2])


def runs() -> Path:
    """Give the folder that a learner's trainings write to: runs, or what the environment variable MNIST_RUNS names."""
    return Path(os.environ.get("MNIST_RUNS", "runs"))


def on_white(colours: np.ndarray) -> np.ndarray:
    """Lay what `open_picture` gives on white paper: the colours, float32 (height, width, 3), 0 to 1."""
    return colours[..., :3] * colours[..., 3:] + (1 - colours[..., 3:])


def lightness(colours: np.ndarray) -> np.ndarray:
    """Give the lightness, float32 (height, width), 0 to 1, of colours (height, width, 3)."""
    return colours @ np.array([0.299, 0.587, 0.114], np.float32)


@contextlib.contextmanager
def writing(*paths: Path) -> Iterator[list[Path]]:
    """Give a temporary path for each path; all take their places at the end, or none where something was raised."""
    unfinished = [path.with_name(f"unfinished-{path.name}") for path in paths]
    try:
        yield unfinished
        for new, path in zip(unfinished, paths, strict=True):
            new.replace(path)
    finally:
        for new in unfinished:
            new.unlink(missing_ok=True)


def _open_file(source: str | Path | bytes, name: str) -> Image.Image:
    """Open a file, or what is in one; nothing is decoded yet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limit is checked below
            picture = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS)
    except FileNotFoundError:
        raise FileNotFoundError(f"{name} is missing.") from None
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        reason = KINDS if isinstance(error, UnidentifiedImageError) else str(error)
        raise ValueError(f"{name} is no picture that can be read ({reason}).") from None
    return picture


def _check_picture(picture: Image.Image, name: str, least: int) -> None:
    """Refuse a picture that Pillow would hand to another program, or of a wrong size, before it is decoded."""
    if picture.format not in (None, *FORMATS):
        raise ValueError(f"{name} is no picture that can be read ({KINDS}, not {picture.format}).")
    if picture.width * picture.height > MOST_PIXELS:
        size = f"{picture.height:,} x {picture.width:,}"
        raise ValueError(f"{name} must have at most {MOST_PIXELS:,} pixels, not {size}.")
    if min(picture.size) < least:
        raise ValueError(
            f"{name} must be at least {least} pixels high and wide, not {picture.height} x {picture.width}."
        )


def _colours(picture: Image.Image, longest: int | None) -> np.ndarray:
    """Bring a picture of any mode, and its longer side to at most `longest` pixels, to floats (height, width, 4)."""
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bit, whose small differences 8 bit would lose
        values = np.asarray(picture, dtype=np.float32)
        picture = Image.fromarray(values / (65535 if picture.mode.startswith("I") else max(float(values.max()), 1e-9)))
        if longest:
            picture.thumbnail((longest, longest), Image.Resampling.BOX)
        grey = np.asarray(ImageOps.exif_transpose(picture)).clip(0, 1)
        return np.stack([grey, grey, grey, np.ones_like(grey)], axis=2)
    if longest and picture.mode in ("L", "RGB", "RGBA"):  # before it is turned: it is quicker
        picture = picture.reduce(max(1, max(picture.size) // longest))
    picture = ImageOps.exif_transpose(picture).convert("RGBA")
    if longest:
        picture.thumbnail((longest, longest), Image.Resampling.BOX)
    return np.asarray(picture, dtype=np.float32) / 255


def _array_to_picture(array: np.ndarray, name: str) -> Image.Image:
    """Turn an array of one of the kinds that `open_picture` takes into a picture."""
    if array.ndim not in (2, 3) or not array.size or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise ValueError(f"{name} must have the shape (height, width), or that with 3 or 4 colours, not {array.shape}.")
    if array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    elif np.issubdtype(array.dtype, np.floating):
        if not (array.min() >= 0 and array.max() <= 1):
            raise ValueError(f"{name} of type float must lie in 0 to 1, not {array.min():.3g} to {array.max():.3g}.")
        array = (array * 255).round().astype(np.uint8)
    elif array.dtype != np.uint8:
        raise ValueError(f"{name} must be uint8, uint16 or float, not {array.dtype}.")
    return Image.fromarray(array)
