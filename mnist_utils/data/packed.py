"""Files as they come, plain or packed by gzip or zip."""

import contextlib
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast


@contextlib.contextmanager
def opened(file: Path) -> Iterator[IO[bytes]]:
    """Open a file, or what is packed in it, whatever it is called, to read bytes; a ValueError names a damaged one."""
    try:
        with contextlib.ExitStack() as stack:
            stream: IO[bytes] = stack.enter_context(file.open("rb"))
            begins = stream.read(4)
            stream.seek(0)
            if begins[:2] == b"\x1f\x8b":
                stream = cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=stream)))
            elif begins == b"PK\x03\x04":
                archive = stack.enter_context(zipfile.ZipFile(stream))
                if len(archive.namelist()) != 1:
                    raise ValueError(
                        f"data: {file} must hold one file, not {len(archive.namelist())}: unpack it first."
                    )
                stream = stack.enter_context(archive.open(archive.namelist()[0]))
            yield stream
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise ValueError(f"data: {file} is damaged or was not copied whole ({reason}).") from None
