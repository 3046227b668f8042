"""Files are written whole or not at all, to targets that were checked before, by one program at a time."""

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mnist_utils.files import alone_in, check_target, make_folder, output, remove_leftovers, writing

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files or rights")


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def write(*paths: Path, text: str = "new") -> None:
    with writing(*paths) as unfinished:
        for new in unfinished:
            new.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("old", [{}, {"one.txt": "old"}, {"other.txt": "old"}, {"one.txt": "old", "other.txt": "old"}])
def test_files_take_their_places_together(tmp_path, old):
    for name, text in old.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with writing(tmp_path / "one.txt", tmp_path / "other.txt") as unfinished:
        for new in unfinished:
            new.write_text("new", encoding="utf-8")
        assert {name: text for name, text in contents(tmp_path).items() if "unfinished" not in name} == old
    assert contents(tmp_path) == {"one.txt": "new", "other.txt": "new"}


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError, OSError])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, fault):
    (tmp_path / "table.csv").write_text("old", encoding="utf-8")

    def half() -> None:
        with writing(tmp_path / "table.csv") as [unfinished]:
            unfinished.write_text("half", encoding="utf-8")
            raise fault

    with pytest.raises(fault):
        half()
    assert contents(tmp_path) == {"table.csv": "old"}


@pytest.mark.parametrize("old", [[], ["model"], ["metrics"], ["model", "metrics"]])
@pytest.mark.parametrize("failing", range(5))
def test_whichever_step_fails_the_files_of_a_set_are_all_old_or_all_new(tmp_path, monkeypatch, failing, old):
    for name in old:
        (tmp_path / name).write_text("old", encoding="utf-8")
    calls, replace = [], os.replace

    def fail(source, target, **options):
        calls.append(target)
        if len(calls) - 1 == failing:
            raise OSError("disk full")
        replace(source, target, **options)

    monkeypatch.setattr("os.replace", fail)
    if failing < len(old) + 2:
        with pytest.raises(OSError, match=r"model and .*metrics can't be written \(disk full\)\.$"):
            write(tmp_path / "model", tmp_path / "metrics")
        assert contents(tmp_path) == dict.fromkeys(old, "old")
    else:
        write(tmp_path / "model", tmp_path / "metrics")
        assert contents(tmp_path) == {"model": "new", "metrics": "new"}


@pytest.mark.parametrize("killed", range(5))
def test_whenever_it_is_killed_files_of_two_sets_never_stand_side_by_side(tmp_path, killed):
    for name in ("model", "metrics"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    program = f"""
        import os
        from mnist_utils.files import writing
        calls, replace = [], os.replace
        def die(*arguments, **options):
            calls.append(0)
            if len(calls) > {killed}:
                os._exit(9)
            replace(*arguments, **options)
        os.replace = die
        with writing("model", "metrics") as unfinished:
            for new in unfinished:
                new.write_text("new", encoding="utf-8")
    """
    finished = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], cwd=tmp_path)
    assert finished.returncode == (9 if killed < 4 else 0)
    found = contents(tmp_path)
    assert found.get("metrics") in (None, found.get("model"))
    assert list(found.values()).count("old") in (2, 0)  # all that was there still is, if under other names
    remove_leftovers(tmp_path)
    assert set(contents(tmp_path)) <= {"model", "metrics"}


def test_each_program_has_names_of_its_own(tmp_path):
    file = tmp_path / ("x" * 200 + ".csv")
    with writing(file) as [one], writing(file) as [other]:
        assert one != other
        assert {one.suffix, other.suffix, one.parent, other.parent} == {".csv", tmp_path}
        one.write_text("one", encoding="utf-8")
        other.write_text("other", encoding="utf-8")
    assert contents(tmp_path) == {file.name: "one"}


def test_leftovers_are_told_from_other_files(tmp_path):
    kept = ["unfinished.npz", "unfinished-notes.txt", "my unfinished-0123abcd.csv", "model.keras"]
    for name in [*kept, "unfinished-0123abcd.csv", "unfinished-0123abcd"]:
        (tmp_path / name).touch()
    remove_leftovers(tmp_path)
    assert sorted(contents(tmp_path)) == sorted(kept)


@POSIX
def test_links_are_followed(tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "other.csv")
    (tmp_path / "other.csv").symlink_to(tmp_path / "below" / "real.csv")
    for text in ("first", "second"):
        write(tmp_path / "link.csv", text=text)
        assert contents(tmp_path / "below") == {"real.csv": text}
        assert (tmp_path / "link.csv").is_symlink()


@POSIX
def test_a_file_keeps_its_rights_and_a_new_one_gets_the_usual_ones(tmp_path):
    (tmp_path / "old.csv").touch()
    (tmp_path / "old.csv").chmod(0o640)
    (tmp_path / "usual").touch()
    for name, like in (("old.csv", "old.csv"), ("new.csv", "usual")):
        mode = (tmp_path / like).stat().st_mode
        write(tmp_path / name)
        assert (tmp_path / name).stat().st_mode == mode


def a_folder(folder: Path) -> Path:
    (folder / "results").mkdir()
    return folder / "results"


def protected(folder: Path) -> Path:
    (folder / "old.csv").touch(mode=0o444)
    return folder / "old.csv"


def in_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "out.csv"


def a_loop(folder: Path) -> Path:
    (folder / "one").symlink_to(folder / "other")
    (folder / "other").symlink_to(folder / "one")
    return folder / "one"


def a_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def to_a_device(folder: Path) -> Path:
    (folder / "link").symlink_to("/dev/null")
    return folder / "link"


TARGETS = {
    a_folder: "must be a file, not a folder",
    protected: "is protected against writing",
    in_a_file: "",
    lambda folder: folder / "gone" / "out.csv": "must lie in a folder that is there, and .*gone is none",
    a_loop: r"can't be written \(.*\)",
    a_pipe: "must be a file, not a pipe or device",
    lambda folder: Path("/dev/full"): "must be a file, not a pipe or device",
    to_a_device: "must be a file, not a pipe or device",
    lambda folder: folder / ("x" * 300): r"can't be written \(File name too long\)",
    lambda folder: folder / "a\0b": r"can't be written \(.*null.*\)",
}


@POSIX
@pytest.mark.parametrize(("target", "why"), TARGETS.items())
def test_a_target_is_refused_before_the_work(tmp_path, target, why):
    path = target(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OSError, match=f"{why}.$") as caught, writing(path):
        raise AssertionError("the work was begun")
    assert str(caught.value).startswith(f"{path} ")
    assert str(caught.value).count("\n") == 0
    assert sorted(tmp_path.rglob("*")) == before
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@POSIX
def test_a_folder_that_must_not_be_written_to_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != tmp_path)  # an administrator may do all
    with pytest.raises(OSError, match=r"out\.csv can't be written, as nothing can in its folder\.$"):
        check_target(tmp_path / "out.csv")


@POSIX
def test_a_full_disk_is_said_with_the_users_path_and_nothing_is_lost(tmp_path):
    (tmp_path / "table.csv").write_text("old", encoding="utf-8")
    program = """
        import resource, signal
        from mnist_utils.files import writing
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            with writing("table.csv") as [unfinished]:
                unfinished.write_text("x" * 2000)
        except OSError as error:
            print(error)
    """
    finished = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=tmp_path, capture_output=True, text=True
    )
    assert finished.stdout == "table.csv can't be written (File too large).\n"
    assert contents(tmp_path) == {"table.csv": "old"}


def test_a_folder_is_made_or_the_reason_said(tmp_path):
    assert make_folder(tmp_path / "a" / "b", "out") == tmp_path / "a" / "b"
    (tmp_path / "file").touch()
    for below in ("file", "file/deeper"):
        with pytest.raises(ValueError, match=r"^out must be a folder, but .*file.* is a file or lies in one"):
            make_folder(tmp_path / below, "out")
    with pytest.raises(ValueError, match=r"^out: .* can't be made \(.*null.*\)"):
        make_folder(tmp_path / "a\0b", "out")


def test_two_are_never_in_one_folder_and_the_second_is_told_at_once(tmp_path):
    program = """
        import sys
        from pathlib import Path
        from mnist_utils.files import alone_in
        with alone_in(Path("."), "out"):
            print("in", flush=True)
            sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "in\n"
        with pytest.raises(ValueError, match=r"^out must be a folder of its own for each training: another writes to"):
            alone_in(tmp_path, "out").__enter__()
        other.kill()
    with (
        alone_in(tmp_path, "out"),
        pytest.raises(ValueError, match="another writes to"),
    ):  # what was killed locks nothing
        alone_in(tmp_path, "out").__enter__()
    assert contents(tmp_path) == {}


@POSIX
def test_a_lock_on_a_file_that_was_removed_meanwhile_counts_for_nothing(tmp_path, monkeypatch):
    lock_now, calls = output._lock_now, []

    def late(file):
        if not calls:  # the last holder removes its file, and another program makes a new one
            (tmp_path / output.LOCK).unlink()
            (tmp_path / output.LOCK).touch()
        calls.append(file)
        lock_now(file)

    monkeypatch.setattr(output, "_lock_now", late)
    with alone_in(tmp_path, "out"), pytest.raises(ValueError, match="another writes to"):
        alone_in(tmp_path, "out").__enter__()
    assert len(calls) == 3


def test_many_that_come_and_go_are_alone_each(tmp_path):
    """Six programs try again and again; what one writes into the folder, no other may see there."""
    program = """
        from pathlib import Path
        from mnist_utils.files import alone_in
        inside, times = Path("inside"), 0
        while times < 30:
            try:
                with alone_in(Path("."), "out"):
                    inside.touch(exist_ok=False)
                    inside.unlink()
                    times += 1
            except ValueError:
                pass
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    programs = [subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) for _ in range(6)]
    assert [program.communicate(timeout=60)[1] for program in programs] == 6 * [b""]
    assert contents(tmp_path) == {}
