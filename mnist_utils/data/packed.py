"""Files as they come, plain or packed by gzip or zip."""

import contextlib
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

ENCRYPTED = 1  # of a zip archive's flags: a password is needed


@contextlib.contextmanager
def opened(file: Path) -> Iterator[IO[bytes]]:
    """Open a file, or what is packed in it, whatever it is called, to read bytes; a ValueError names a damaged one."""
    try:
        plain = file.open("rb")
    except OSError as error:
        raise ValueError(f"data: {file} can't be read ({error.strerror or error}).") from None
    try:
        with contextlib.ExitStack() as stack:
            stream: IO[bytes] = stack.enter_context(plain)
            begins = stream.read(4)
            stream.seek(0)
            if begins[:2] == b"\x1f\x8b":
                stream = cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=stream)))
            elif begins == b"PK\x03\x04":
                archive = stack.enter_context(zipfile.ZipFile(stream))
                stream = stack.enter_context(archive.open(_only_one(archive, file)))
            yield stream
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        what = "can't be unpacked" if isinstance(error, NotImplementedError) else "is damaged or was not copied whole"
        raise ValueError(f"data: {file} {what} ({reason}).") from None


def _only_one(archive: zipfile.ZipFile, file: Path) -> zipfile.ZipInfo:
    """Give the one file that an archive must hold, and that needs no password."""
    held = archive.infolist()
    if len(held) != 1:
        raise ValueError(f"data: {file} must hold one file, not {len(held)}: unpack it first.")
    if held[0].flag_bits & ENCRYPTED:
        raise ValueError(f"data: {file} is encrypted: unpack it first.")
    return held[0]
