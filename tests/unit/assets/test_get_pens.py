"""The pens' script: what it makes of small archives of the same formats, and what it says when something is wrong."""

import functools
import gzip
import hashlib
import http.server
import io
import json
import re
import tarfile
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mnist_utils.assets import get_pens, pen_formats

NAMES = {key: source["url"].rpartition("/")[2] for key, source in get_pens.SOURCES.items()}
UNIPEN = {
    "data/1a/val/b.dat": """.VERSION 1.0
.INCLUDE val/val.doc
.INCLUDE val/data/b.dat
.SEGMENT CHARACTER 0-1 ? "4"
.SEGMENT CHARACTER 2 OK "0"
.SEGMENT CHARACTER 3:2-4 ? "9"
.SEGMENT CHARACTER 9 ? "8"
.SEGMENT CHARACTER 4,0 ? "7"
.SEGMENT CHARACTER 4 ? "x"
""",
    "data/1a/aga/a.dat": '.INCLUDE aga/data/a.dat\r\n.SEGMENT CHARACTER 0-0 ? "1"\r\n',
    "data/1a/hpb/c.dat": '.INCLUDE val/data/b.dat\n.SEGMENT CHARACTER 0-1 ? "4"\n',  # a site to judge on
    "data/1b/val/b.dat": ".INCLUDE val/data/b.dat\n"
    + "".join(f'.SEGMENT CHARACTER {place} ? "{label}"\n' for place, label in ((0, "A"), (2, "B"), (0, "C"), (0, "D"))),
    "data/1c/aga/a.dat": '.INCLUDE aga/data/a.dat\n.SEGMENT CHARACTER 0 ? "e"\n.SEGMENT CHARACTER 0 ? "f"\n',
    "data/1d/val/b.dat": '.INCLUDE val/data/b.dat\n.SEGMENT CHARACTER 0 ? "."\n',
    "include/val/val.doc": ".PEN_DOWN\nThese are no points.\n.PEN_UP\n",
    "include/val/data/b.dat": """.COMMENT  ### val ###
          ### two lines ###
.COORD X Y T
.PEN_DOWN
10 40 1
10 40 2
10 20 3
.PEN_UP
12 25 4
.PEN_DOWN
\t5\t30\t5
\t25\t30\t6
.DT 100
.PEN_DOWN
0 0
.PEN_UP
.PEN_DOWN
.PEN_UP
.PEN_DOWN
0 0
-1.5 6
.PEN_UP
""",
    "include/aga/data/a.dat": ".START_BOX\r\n.PEN_DOWN\r\n3 300\r\n0 0\r\n.PEN_UP\r\n",
    "../../../outside.dat": "nothing",
    "/include/val/../../../outside.dat": ".PEN_DOWN\n1 2\n.PEN_UP\n",
}
DOWN = [[[0.25, 0.0], [0.25, 0.0], [0.25, 1.0]], [[0.0, 0.5], [1.0, 0.5]]]  # b.dat's 0-1: x 5 to 25, y 40 to 20
FLIPPED = [[0.0, 0.0], [0.0, 0.0], [0.0, 1.0]]  # its 0 alone
DIGITS = [
    {"label": 1, "source": "aga", "strokes": [[[0.01, 0.0], [0.0, 1.0]]]},
    {"label": 4, "source": "val", "strokes": DOWN},
    {
        "label": 7,
        "source": "val",
        "strokes": [[[0.0375, 1.0], [0.0, 0.85]], [[0.2875, 0.0], [0.2875, 0.0], [0.2875, 0.5]]],
    },
    {"label": 8, "source": "writer 12", "strokes": [[[0.167, 0.0], [0.0, 0.5]], [[0.333, 1.0]]]},
    {"label": 0, "source": "writer 3", "strokes": [[[1.0, 1.0], [0.0, 0.0], [1.0, 1.0]]]},
]
LETTERS = [
    {"label": "A", "source": "val", "strokes": [FLIPPED]},
    {"label": "f", "source": "aga", "strokes": [[[0.01, 0.0], [0.0, 1.0]]]},
]
UJI_DIGITS = [
    {"label": 1, "source": "uji", "strokes": [[[0.0, 0.0], [0.667, 1.0]]]},
    {"label": 0, "source": "uji", "strokes": [[[0.0, 0.0], [0.0, 1.0]], [[0.5, 0.5]]]},
]
PENDIGITS = b""".INCLUDE        dene.doc

.LEXICON "0" "1"
.HIERARCHY      DIGIT

.SEGMENT DIGIT    0-1 ? "8"
.COMMENT 8 12  224
.PEN_DOWN
 11   16
 11   16
 10   13
.PEN_UP
.DT 100
.PEN_DOWN
 12   10
 12   10
.PEN_UP
.DT 100

.SEGMENT DIGIT 2 ? "0"
.COMMENT 0 3 225
.PEN_DOWN
 5 5
 4 6
 5 5
.PEN_UP
"""
UJI = (
    "// UJI\r\n// ASCII char: 1\r\nWORD 1 trn_UJI_W01-01\r\n  NUMSTROKES 1\r\n  POINTS 3 # 10 20 10 20 12 23\r\n"
    "WORD a trn_UJI_W01-01\r\n  NUMSTROKES 1\r\n  POINTS 2 # 1 2 3 4\r\n"
    "WORD \xf1 tst_UPV_W07-02\r\n  NUMSTROKES 1\r\n  POINTS 2 # 1 2 3 4\r\n"
    "WORD 0 tst_UPV_W07-02\r\n  NUMSTROKES 2\r\n  POINTS 2 # -4 0 -4 6\r\n  POINTS 1 # -1 3\r\n"
)


def pack_z(data: bytes, longest: int = 16, clear_after: int = 0) -> bytes:
    """Pack as Unix compress does; `clear_after` so many codes, the table begins anew."""
    packed, group, table, width = bytearray(b"\x1f\x9d" + bytes([longest | 128])), [], {}, 9

    def finish(last: bool = False) -> None:
        value = sum(code << place * width for place, code in enumerate(group))
        packed.extend(value.to_bytes(-(-len(group) * width // 8) if last else -(-len(group) // 8) * width, "little"))
        group.clear()

    here, emitted = 0, 0
    while here < len(data):
        end = here + 1
        while data[here : end + 1] in table and end < len(data):
            end += 1
        word = data[here:end]
        group.append(table.get(word, word[0]))
        emitted += 1
        if 256 + emitted < 1 << longest:
            table[data[here : end + 1]] = 256 + emitted
        here = end
        if emitted == clear_after:
            group.append(256)
            finish()
            table, width, emitted = {}, 9, 0
        elif 256 + emitted == 1 << width and width < longest:
            finish()
            width += 1
    finish(last=True)
    return bytes(packed)


def archives() -> dict[str, bytes]:
    """The three archives, as small as they can be."""
    made = {}
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as members:
        for name, text in UNIPEN.items():
            member = tarfile.TarInfo(name if ".." in name else f"CDROM/train_r01_v07/{name}")
            member.size = len(text)
            members.addfile(member, io.BytesIO(text.encode()))
    made["unipen"] = whole.getvalue()
    for key, name, content in (
        ("pendigits", "pendigits-orig.tra.Z", pack_z(PENDIGITS)),
        ("uji", "ujipenchars2.txt", UJI.encode("latin-1")),
    ):
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as members:
            members.writestr(name, content)
        made[key] = whole.getvalue()
    return made


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with the made archives, whose checksums are the known ones; UNIPEN's is not known."""
    folder = tmp_path / "archives"
    folder.mkdir()
    for key, content in archives().items():
        (folder / NAMES[key]).write_bytes(content)
        known = None if key == "unipen" else hashlib.sha256(content).hexdigest()
        monkeypatch.setitem(get_pens.SOURCES, key, {**get_pens.SOURCES[key], "sha256": known})
    return folder


@pytest.fixture
def serve():
    """A function that starts a server of a folder on this machine, and gives its address."""
    servers = []

    def start(folder: Path, cut: int = 0) -> str:
        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def copyfile(self, source, outputfile):  # what is announced is the whole file
                content = source.read()
                outputfile.write(content[: len(content) - cut])

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def refused(capsys, out: Path, base: str | Path) -> str:
    """Run the script, which must fail in one sentence and write nothing; give the sentence."""
    before = sorted(out.parent.rglob("*"))
    assert get_pens.main(["--out", str(out), "--from", str(base)]) == 2
    error = capsys.readouterr().err
    assert re.fullmatch(r"mnist_utils: .+\.\n", error), error
    assert sorted(out.parent.rglob("*")) == before
    return error


def load(file: Path) -> list[dict]:
    return json.loads(gzip.decompress(file.read_bytes()))


def test_drawings_are_converted_to_the_letter(folder, tmp_path):
    get_pens.get_pens(tmp_path / "new" / "pens", str(folder))
    assert load(tmp_path / "new" / "pens" / "digits.json.gz") == DIGITS
    assert load(tmp_path / "new" / "pens" / "letters.json.gz") == LETTERS
    assert load(tmp_path / "new" / "pens" / "uji_digits.json.gz") == UJI_DIGITS


def test_from_a_server_comes_the_same_and_once_more(folder, tmp_path, serve, capsys):
    for out, base in (("a", str(folder)), ("b", serve(folder)), ("b", serve(folder) + "/")):
        assert get_pens.main(["--out", str(tmp_path / out), "--from", base]) == 0
    said = capsys.readouterr().out
    assert said.count("3 drawings of UNIPEN") == said.count("2 drawings of UJI") == 3
    files = sorted(file.name for file in (tmp_path / "a").iterdir())
    assert files == ["digits.json.gz", "letters.json.gz", "sources.json", "uji_digits.json.gz"]
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_sources_say_what_is_from_where(folder, tmp_path, capsys):
    returned = get_pens.get_pens(tmp_path / "pens", str(folder))
    sources = json.loads((tmp_path / "pens" / "sources.json").read_text(encoding="utf-8"))
    assert sources == returned
    assert [(source["file"], source["doi"], source["licence"], source["count"]) for source in sources] == [
        ("digits.json.gz", "10.5281/zenodo.1195803", "CC BY 4.0", 3),
        ("letters.json.gz", "10.5281/zenodo.1195803", "CC BY 4.0", 2),
        ("digits.json.gz", "10.24432/C5MG6K", "CC BY 4.0", 2),
        ("uji_digits.json.gz", "10.24432/C5FG8S", "CC BY 4.0", 2),
    ]
    sha256 = hashlib.sha256((folder / NAMES["unipen"]).read_bytes()).hexdigest()
    assert sources[0]["sha256"] == sha256
    assert f"SHA-256 {sha256}, not known to us; please compare" in capsys.readouterr().out


def test_known_checksums_and_addresses_are_whole():
    for key, source in get_pens.SOURCES.items():
        assert source["url"].startswith("https://")
        assert source["sha256"] is None if key == "unipen" else len(bytes.fromhex(source["sha256"])) == 32


def test_nothing_is_unpacked(folder, tmp_path, monkeypatch):
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b" / "c")
    get_pens.get_pens("pens", str(folder))
    assert not list(tmp_path.rglob("*.dat"))


@pytest.mark.parametrize("key", ["pendigits", "uji"])
def test_another_archive_is_refused(folder, tmp_path, capsys, key):
    (folder / NAMES[key]).write_bytes(b"another")
    got, known = hashlib.sha256(b"another").hexdigest(), get_pens.SOURCES[key]["sha256"]
    error = refused(capsys, tmp_path / "pens", folder)
    assert f"{NAMES[key]} is cut short or another archive: its SHA-256 is {got}, not {known}." in error


@pytest.mark.parametrize("key", ["unipen", "pendigits", "uji"])
@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_archive_is_refused(folder, tmp_path, capsys, monkeypatch, key, part):
    content = (folder / NAMES[key]).read_bytes()
    (folder / NAMES[key]).write_bytes(content[: int(part * len(content))])
    monkeypatch.setitem(get_pens.SOURCES, key, {**get_pens.SOURCES[key], "sha256": None})
    error = refused(capsys, tmp_path / "pens", folder)
    assert f"{NAMES[key]} is not the whole archive of {get_pens.SOURCES[key]['name']} (" in error


def test_an_archive_of_something_else_is_refused(folder, tmp_path, capsys, monkeypatch):
    with tarfile.open(folder / NAMES["unipen"], "w:gz"):
        pass
    assert "holds no digits; UNIPEN train_r01_v07 was expected" in refused(capsys, tmp_path / "pens", folder)
    with tarfile.open(folder / NAMES["unipen"], "w:gz") as members:
        member = tarfile.TarInfo("include/val/a.dat")
        member.size = 21
        members.addfile(member, io.BytesIO(b".PEN_DOWN\n1 2\nthree 4"))
    assert "(could not convert string to float: 'three')" in refused(capsys, tmp_path / "pens", folder)


def test_what_the_server_does_not_send_is_said(folder, tmp_path, capsys, serve):
    address = serve(folder, cut=3)
    size = (folder / NAMES["unipen"]).stat().st_size
    error = refused(capsys, tmp_path / "pens", address)
    assert f"{address}/{NAMES['unipen']} can't be downloaded ({size - 3:,} bytes came of {size:,}" in error
    (folder / NAMES["uji"]).unlink()
    error = refused(capsys, tmp_path / "pens", serve(folder))
    assert f"{NAMES['uji']} can't be downloaded (HTTP Error 404: File not found); --from takes a folder" in error


def test_a_missing_server_or_folder_is_said(folder, tmp_path, capsys, serve):
    assert "http://127.0.0.1:9/" in refused(capsys, tmp_path / "pens", "http://127.0.0.1:9")
    error = refused(capsys, tmp_path / "pens", tmp_path / "nowhere")
    assert f"{NAMES['unipen']} is missing; get it from https://zenodo.org/" in error


def test_out_that_is_a_file_is_refused_before_any_download(tmp_path, capsys):
    (tmp_path / "pens").write_text("mine", encoding="utf-8")
    assert "pens is a file; a folder" in refused(capsys, tmp_path / "pens", "http://127.0.0.1:9")
    assert "pens is a file; a folder" in refused(capsys, tmp_path / "pens" / "below", "http://127.0.0.1:9")
    assert (tmp_path / "pens").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("limit", [10, 300])
def test_what_is_far_too_large_is_refused(folder, tmp_path, capsys, monkeypatch, serve, limit):
    monkeypatch.setattr(get_pens, "LIMIT", limit)
    assert f"at most {limit:,} are expected" in refused(capsys, tmp_path / "pens", serve(folder))
    monkeypatch.setattr(pen_formats, "LIMIT", limit)
    assert f"more than {limit:,} bytes of text" in refused(capsys, tmp_path / "pens", folder)
    with pytest.raises(ValueError, match=f"more than {limit:,} bytes"):
        pen_formats.unpack_z(pack_z(b"a" * 301))


def test_an_interrupted_run_leaves_nothing_half_written(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(get_pens.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(get_pens, "read_uji", interrupt)
    with pytest.raises(KeyboardInterrupt):
        get_pens.get_pens(tmp_path / "pens", str(folder))
    assert not (tmp_path / "pens").exists()
    assert not list((tmp_path / "temporary").iterdir())
    monkeypatch.setattr(get_pens, "read_uji", pen_formats.read_uji)

    (tmp_path / "pens").mkdir()
    (tmp_path / "pens" / "digits.json.gz").write_bytes(b"of an earlier run")
    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        get_pens.get_pens(tmp_path / "pens", str(folder))
    assert [file.read_bytes() for file in (tmp_path / "pens").iterdir()] == [b"of an earlier run"]


@pytest.mark.parametrize("longest", [9, 10, 12, 16])
@pytest.mark.parametrize("clear_after", [0, 1, 100, 700])
def test_unpack_z_gives_back_what_was_packed(longest, clear_after):
    rng = np.random.default_rng(0)
    for data in (b"", b"a", b"a" * 5000, PENDIGITS * 9, rng.integers(0, 4, 30_000).astype(np.uint8).tobytes()):
        assert pen_formats.unpack_z(pack_z(data, longest, clear_after)) == data


def test_unpack_z_uses_codes_of_16_bits_and_a_full_table():
    data = np.random.default_rng(0).integers(0, 256, 150_000).astype(np.uint8).tobytes()
    packed = pack_z(data)
    assert pen_formats.unpack_z(packed) == data
    assert len(packed) > 2 * 65_536  # more codes than the table has places


def test_unpack_z_reads_what_compress_wrote():
    begin = bytes.fromhex(  # of pendigits-orig.tra.Z
        "1f9d902e923819c2a40a912220122a4c48a68c9b322ec8bc19a340810"
        "b2645b02419f2c409081130447c8c2152848c92334ad22859a3a48d92"
    )
    assert pen_formats.unpack_z(begin) == b'.INCLUDE        dene.doc\n\n.LEXICON "0" "1" "2" "3" "4" "5" "6" "'


@pytest.mark.parametrize("data", [b"", b"\x1f\x9d", b"\x1f\x8b\x90abc", b"\x1f\x9d\x91abc", b"\x1f\x9d\x90\xff\xff"])
def test_unpack_z_refuses_other_data(data):
    with pytest.raises(ValueError, match=r"\.Z file"):
        pen_formats.unpack_z(data)
