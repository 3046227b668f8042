"""Get digits and letters that people wrote with pens, from their public sources; they are not part of the course.

    python -m mnist_utils.assets.get_pens --out DIR [--from URL_OR_FOLDER]

Writes digits.json.gz and letters.json.gz to train on, uji_digits.json.gz to measure on only, and sources.json, which
says where they are from. A drawing is {"label": 7, "source": "val", "strokes": [[[x, y], ...], ...]}: one list of
points a stroke in writing order, x right, y down, the longer side scaled to 1; its source is a site of UNIPEN, a writer
of pendigits, or UJI. There are 5,253 + 7,494 digits, 6,786 letters, and 1,200 digits of UJI's.

The SHA-256 of UCI's two archives are those that public projects check; we have not seen the archives ourselves. That of
UNIPEN's archive is not known to us: it is printed, please compare it with that of another download.
"""

import argparse
import gzip
import hashlib
import http.client
import json
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
import zlib
from collections import defaultdict
from pathlib import Path
from typing import Any

from mnist_utils.assets.pen_formats import LIMIT, read_pendigits, read_uji, read_unipen
from mnist_utils.files import writing

SOURCES: dict[str, dict[str, Any]] = {
    "unipen": {
        "name": "UNIPEN train_r01_v07",
        "doi": "10.5281/zenodo.1195803",
        "licence": "CC BY 4.0",  # on Zenodo; the notice inside, of 1999: for research, no commercial distribution
        "url": "https://zenodo.org/records/1195803/files/unipen-CDROM-train_r01_v07.tgz",
        "sha256": None,
    },
    "pendigits": {
        "name": "Pen-Based Recognition of Handwritten Digits, training writers",
        "doi": "10.24432/C5MG6K",
        "licence": "CC BY 4.0",
        "url": "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip",
        "sha256": "1e02bea023613c2b11c9492f6f34caf975420455934f3527d270cee9a1f03b64",
    },
    "uji": {
        "name": "UJI Pen Characters (Version 2)",
        "doi": "10.24432/C5FG8S",
        "licence": "CC BY 4.0",
        "url": "https://archive.ics.uci.edu/static/public/177/uji+pen+characters+version+2.zip",
        "sha256": "0881b522911b99d9922820289441b50fd3d307f71cd7f9cc70e86872424a5f90",
    },
}


def get_pens(out: str | Path, base: str | None = None) -> list[dict]:
    """Download, check and convert the pen strokes; nothing is written before all could be read.

    Parameters
    ----------
    out : str or Path
        The folder to write to; made if missing.
    base : str, optional
        A URL or a folder with the three archives, in place of their public sources.

    Returns
    -------
    list of dict
        As in sources.json, for each set of drawings: file, name, DOI, licence, URL, the archive's SHA-256, count.

    Raises
    ------
    OSError
        If an archive can't be downloaded or found, or `out` can't be written to.
    ValueError
        If an archive is cut short, damaged or another one than expected. The message names it.

    References
    ----------
    Guyon, Schomaker, Plamondon, Liberman, Janet 1994, "UNIPEN project of on-line data exchange and recognizer
    benchmarks". Alpaydin, Alimoglu 1998, "Pen-based recognition of handwritten digits". Llorens and others 2008, "The
    UJIpenchars database".
    """
    out = Path(out)
    standing = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not standing.is_dir():
        raise NotADirectoryError(f"out: {standing} is a file; a folder to write to was expected.")
    readers = {"unipen": read_unipen, "pendigits": read_pendigits, "uji": read_uji}
    files: dict[str, list] = defaultdict(list)
    sources = []
    with tempfile.TemporaryDirectory(prefix="get_pens_") as folder:
        for key, source in SOURCES.items():
            archive, sha256 = _fetch(source["url"], source["sha256"], base, Path(folder))
            try:
                parts = readers[key](archive)
            except (OSError, EOFError, KeyError, ValueError, tarfile.TarError, zipfile.BadZipFile, zlib.error) as error:
                raise ValueError(f"{archive.name} is not the whole archive of {source['name']} ({error}).") from None
            for kind, drawings in parts.items():
                if not drawings:
                    raise ValueError(f"{archive.name} holds no {kind}; {source['name']} was expected.")
                files[f"{kind}.json.gz"] += drawings
                sources.append({"file": f"{kind}.json.gz", **source, "sha256": sha256, "count": len(drawings)})
    contents = {file: gzip.compress(_json(drawings), mtime=0) for file, drawings in files.items()}
    contents["sources.json"] = _json(sources)
    out.mkdir(parents=True, exist_ok=True)
    with writing(*(out / file for file in contents)) as unfinished:
        for path, content in zip(unfinished, contents.values(), strict=True):
            path.write_bytes(content)
    return sources


def _fetch(url: str, expected: str | None, base: str | None, folder: Path) -> tuple[Path, str]:
    """Bring one archive and check it; return where it is and its SHA-256."""
    name = url.rpartition("/")[2]
    place = f"{base.rstrip('/')}/{name}" if base else url
    path = Path(place)
    if place.startswith(("http://", "https://")):
        path = folder / name
        _download(place, path)
    elif not path.is_file():
        raise FileNotFoundError(f"from: {place} is missing; get it from {url}.")
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if expected is None:
        print(f"{name}: SHA-256 {sha256}, not known to us; please compare it with that of another download.")
    elif sha256 != expected:
        raise ValueError(f"{place} is cut short or another archive: its SHA-256 is {sha256}, not {expected}.")
    return path, sha256


def _download(url: str, path: Path) -> None:
    print(f"downloading {url}", flush=True)
    request = urllib.request.Request(url, headers={"User-Agent": "mnist-utils"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer, path.open("wb") as file:
            announced = int(answer.headers.get("Content-Length", -1))
            while file.tell() <= LIMIT and (chunk := answer.read(1 << 20)):
                file.write(chunk)
            if file.tell() > LIMIT or announced not in (-1, file.tell()):
                raise OSError(f"{file.tell():,} bytes came of {announced:,}, at most {LIMIT:,} are expected")
    except (OSError, http.client.HTTPException) as error:
        raise OSError(f"{url} can't be downloaded ({error}); --from takes a folder with the archives.") from None


def _json(content: list) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def main(arguments: list[str] | None = None) -> int:
    """Get the pens as the command line says; 0 when all went well, 2 when something is missing or wrong."""
    parser = argparse.ArgumentParser(prog="python -m mnist_utils.assets.get_pens", description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write to")
    place = "where the three archives are (default: their public sources)"
    parser.add_argument("--from", dest="base", metavar="URL_OR_FOLDER", help=place)
    options = parser.parse_args(arguments)
    try:
        for source in get_pens(options.out, options.base):
            print(f"{Path(options.out, source['file'])}: {source['count']:,} drawings of {source['name']}")
    except (ValueError, OSError) as error:
        print(f"mnist_utils: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
