"""Pictures from anywhere, opened safely and by the same rules for all."""

import io
import stat
import warnings
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

# Pillow hands other formats to other programs, PostScript to Ghostscript, whatever the file's name says.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "HEIF")
pillow_heif.register_heif_opener()  # what iPhones take
KINDS = f"it must be {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
MOST_PIXELS = 50_000_000  # a phone's picture has 12 to 50 million; a small file can claim to hold far more
# What white may be in numbers of 16 bits: what a camera of 8 or 12 bits gave is often stored in them as it is.
WHITES = (255, 4095, 65535)
DARK = 16 / 255  # of 16 bits a colour Pillow keeps the upper 8: with nothing brighter, what is shown is in the lower


Picture = str | Path | bytes | Image.Image | np.ndarray


def open_picture(source: Picture, name: str, longest: int | None = None, least: int = 1) -> tuple[np.ndarray, float]:
    """Open a picture from anywhere, by the same rules for all; messages call it `name`.

    A source is a file, what is in one, a picture, or an array (height, width), (height, width, 3) or (height, width, 4)
    of uint8 0-255, uint16 (0 to 255, 4095 or 65535: the least that holds them all) or float 0-1. A picture with more
    pixels than `longest` on its longer side is made so much smaller. Gives colours, float32 (height, width, 4): red,
    green, blue and opacity, 0 to 1, turned as EXIF says; and how many pixels of the picture itself one of these is
    wide, 1 or more. FileNotFoundError if there is no such file, ValueError if it is none of these, of another format,
    damaged, under `least` pixels high or wide, or over 50 megapixels.
    """
    if isinstance(source, Image.Image):
        picture = source  # the caller's: it must stay as it is
    elif isinstance(source, np.ndarray):
        picture = _array_to_picture(source, name)
    elif isinstance(source, str | Path | bytes):
        picture = _open_file(source, name)
    else:
        raise ValueError(f"{name} must be a file name, a PIL image or an array, not {type(source).__name__}.")
    try:
        _check_picture(picture, name, least)
        side = max(picture.size)
        try:
            if longest and picture is not source:
                picture.draft("RGB", (longest, longest))  # large JPEGs are decoded small, at once
            colours = _colours(picture, longest)
        except Exception as error:  # of nearly every kind, for truncated and broken files
            raise ValueError(f"{name} is no picture that can be read ({_reason(error)}).") from None
    finally:
        if picture is not source:
            picture.close()  # or the file stays open, and can't be replaced on Windows
    return colours, side / max(colours.shape[:2])


def photo_name(photo: Picture, name: str = "") -> str:
    """What messages call a picture of the user's: `name`, or without it its file or "photo"."""
    return name or (f"photo: {photo}" if isinstance(photo, str | Path) else "photo")


def open_square(source: Picture, name: str, side: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Bring a picture, as `open_picture` takes it, to grey and to a square of `side` pixels.

    What is not square gets margins as light as its edge is, so that nothing in it changes its shape. Of a larger one,
    each pixel is the mean of the area that it covers. Gives float32 (side, side), 0 to 1, and the picture's own height
    and width.
    """
    colours, scale = open_picture(source, name, longest=10 * side)
    grey = lightness(without_alpha(colours))
    height, width = grey.shape
    if height != width:
        around = max(height, width) - height, max(height, width) - width
        edge = np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]))
        grey = np.pad(grey, [(gap // 2, gap - gap // 2) for gap in around], constant_values=edge)
    if len(grey) != side:
        method = Image.Resampling.BOX if len(grey) > side else Image.Resampling.BICUBIC
        grey = np.asarray(Image.fromarray(grey).resize((side, side), method)).clip(0, 1)
    return grey, (round(scale * height), round(scale * width))


def without_alpha(colours: np.ndarray) -> np.ndarray:
    """Lay what `open_picture` gives on paper: the colours, float32 (height, width, 3), 0 to 1.

    The paper is white, but black where all that shows is light: that is ink, which would be lost on white.
    """
    shown, alpha = colours[..., :3], colours[..., 3:]
    if alpha.min() == 1:
        return shown
    grey = lightness(shown[alpha[..., 0] > 0.5 * alpha.max()])
    plain = grey.size and np.ptp(np.percentile(grey, [5, 95])) < 0.25  # all is ink
    paper = 0.0 if plain and grey.mean() > 0.5 else 1.0
    return (shown * alpha + paper * (1 - alpha)).astype(np.float32)


def lightness(colours: np.ndarray) -> np.ndarray:
    """Give the lightness, float32 (...,), 0 to 1, of colours (..., 3)."""
    return colours @ np.array([0.299, 0.587, 0.114], np.float32)


def is_hidden(path: Path) -> bool:
    """Tell whether a file or folder is one that systems put among a person's own and do not show."""
    return path.name.startswith(".") or path.name.lower() in ("thumbs.db", "desktop.ini", "__macosx")


def _open_file(source: str | Path | bytes, name: str) -> Image.Image:
    """Open a file, or what is in one; nothing is decoded yet."""
    try:
        # To open a pipe may take for ever.
        if not isinstance(source, bytes) and not stat.S_ISREG(Path(source).stat().st_mode):
            raise OSError("it must be a file, not a folder, pipe or device")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limit is checked below
            return Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS)
    except FileNotFoundError:
        raise FileNotFoundError(f"{name} is missing.") from None
    except Exception as error:
        raise ValueError(f"{name} is no picture that can be read ({_reason(error)}).") from None


def _reason(error: Exception) -> str:
    """Say in a few words, without the file's name, why a picture can't be opened."""
    if isinstance(error, UnidentifiedImageError):
        return KINDS
    if isinstance(error, MemoryError):
        return "there is not enough memory for it"
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return " ".join(text.split())


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
        whole, picture = picture.mode != "F", ImageOps.exif_transpose(picture)
        picture = Image.fromarray(_to_floats(np.asarray(picture, dtype=np.float32), whole))
        if longest:
            picture.thumbnail((longest, longest), Image.Resampling.BOX)
        grey = np.asarray(picture).clip(0, 1)
        return np.stack([grey, grey, grey, np.ones_like(grey)], axis=2)
    deep = any(";16" in str(tile) for tile in getattr(picture, "tile", ()))  # forgotten once it is decoded
    if longest and picture.mode in ("L", "RGB", "RGBA"):  # before it is turned: it is quicker
        picture = picture.reduce(max(1, max(picture.size) // longest))
    picture = ImageOps.exif_transpose(picture).convert("RGBA")
    if longest:
        picture.thumbnail((longest, longest), Image.Resampling.BOX)
    colours = np.asarray(picture, dtype=np.float32) / 255
    if deep and colours[..., :3].max() < DARK and (colours[..., 3].min() == 1 or colours[..., 3].max() < DARK):
        raise ValueError("it has 16 bits a colour, of which it uses the lowest alone: save it with 8")
    return colours


def _to_floats(values: np.ndarray, whole: bool) -> np.ndarray:
    """Bring values of more than 8 bits, whole numbers or not, to float32 0 to 1; what is negative stays so."""
    brightest = float(values.max(initial=0))
    if not np.isfinite(brightest):
        raise ValueError("it holds values that are no numbers")
    white = next((white for white in WHITES if brightest <= white), brightest) if whole else max(brightest, 1e-9)
    return np.divide(values, white, dtype=np.float32)


def _array_to_picture(array: np.ndarray, name: str) -> Image.Image:
    """Turn an array of one of the kinds that `open_picture` takes into a picture."""
    if array.ndim not in (2, 3) or not array.size or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise ValueError(f"{name} must have the shape (height, width), or that with 3 or 4 colours, not {array.shape}.")
    if array.dtype == np.uint16:
        if array.ndim == 2:
            return Image.fromarray(array)
        array = _to_floats(array, whole=True)
    elif np.issubdtype(array.dtype, np.floating):
        if not (array.min() >= 0 and array.max() <= 1):
            raise ValueError(f"{name} of type float must lie in 0 to 1, not {array.min():.3g} to {array.max():.3g}.")
    elif array.dtype != np.uint8:
        raise ValueError(f"{name} must be uint8, uint16 or float, not {array.dtype}.")
    if array.dtype != np.uint8:
        array = (array * 255).round().astype(np.uint8)
    return Image.fromarray(array)
