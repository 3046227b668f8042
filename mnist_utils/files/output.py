"""Results are written whole or not at all, to files that were looked at before, by one program at a time."""

import contextlib
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

LOCK = "in-use.lock"
LEFTOVER = re.compile(r"unfinished-[0-9a-f]{8}(\.\w*)?")


class TargetError(OSError):
    """What keeps a file from being written, in a sentence with the path as the user gave it."""


@contextlib.contextmanager
def writing(*paths: str | Path) -> Iterator[list[Path]]:
    """Give a temporary path for each path; all take their places at the end, or none where something was raised.

    Several paths are one set: files of an old and a new set never stand side by side, even if the power fails. Targets
    are checked before anything is written. What goes wrong with a file is an OSError that names the paths.
    """
    targets = [check_target(path) for path in paths]
    unfinished = [_name_of_its_own(target) for target in targets]
    try:
        for new, target in zip(unfinished, targets, strict=True):
            new.touch(exist_ok=False)
            if target.exists():
                shutil.copymode(target, new)
        yield unfinished
        for new in unfinished:
            with new.open("rb+") as file:
                os.fsync(file.fileno())  # or after a power failure the name may be there and the content not
        _take_places(unfinished, targets)
    except TargetError:
        raise
    except OSError as error:
        names = " and ".join(str(path) for path in paths)
        raise TargetError(f"{names} can't be written ({error.strerror or error}).") from None
    finally:
        for new in unfinished:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)


def check_target(path: str | Path) -> Path:
    """Give the file that a path leads to, through links, or say as an OSError why it can't be written."""
    path = Path(path)
    try:
        target = path.resolve()
        mode = target.stat().st_mode if os.path.lexists(target) else None
        if mode is None and not target.parent.is_dir():
            raise TargetError(f"{path} must lie in a folder that is there, and {path.parent} is none.")
    except TargetError:
        raise
    except (OSError, RuntimeError, ValueError) as error:  # loops of links, names that are too long
        raise TargetError(f"{path} can't be written ({getattr(error, 'strerror', None) or error}).") from None
    if mode is not None and not stat.S_ISREG(mode):
        raise TargetError(f"{path} must be a file, not a {'folder' if stat.S_ISDIR(mode) else 'pipe or device'}.")
    # Its owner's wish, though a rename could do without his leave; the administrator is asked of the mode alone.
    if mode is not None and not (mode & 0o222 and os.access(target, os.W_OK)):
        raise TargetError(f"{path} is protected against writing.")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise TargetError(f"{path} can't be written, as nothing can in its folder.")
    return target


def make_folder(path: str | Path, name: str) -> Path:
    """Make a folder if it is missing; a ValueError calls it `name` where a file is in its place, or none can be."""
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise ValueError(f"{name} must be a folder, but {path} is a file or lies in one.") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{name}: {path} can't be made ({getattr(error, 'strerror', None) or error}).") from None
    return path


@contextlib.contextmanager
def alone_in(folder: Path, name: str) -> Iterator[None]:
    """Keep others that ask for the same out of a folder, even other programs; a ValueError where one is in it."""
    taken = f"{name} must be a folder of its own for each training: another writes to {folder}."
    with alone(folder / LOCK, taken, f"{name}: {folder}"):
        yield


@contextlib.contextmanager
def alone(file: Path, taken: str, name: str) -> Iterator[None]:
    """Hold a lock, a file that is there meanwhile; a ValueError says `taken` where another program holds it.

    A TargetError calls it `name` where it can't be made. The system ends the lock with the program, however that ends.
    Where a file system knows no locks, there is none.
    """
    try:
        lock = _lock(file)
    except BlockingIOError:
        raise ValueError(taken) from None
    except OSError as error:
        raise TargetError(f"{name} can't be written to ({error.strerror or error}).") from None
    try:
        yield
    finally:
        if sys.platform == "win32":  # nothing that is open can be deleted there
            lock.close()
        with contextlib.suppress(OSError):
            file.unlink()
        lock.close()


def remove_leftovers(folder: Path) -> None:
    """Remove what a program that was killed while it wrote has left in a folder; nobody else may be writing there."""
    for file in folder.iterdir():
        if LEFTOVER.fullmatch(file.name):
            file.unlink()


def _lock(path: Path) -> IO:
    """Open a file and lock it; BlockingIOError where somebody else has."""
    while True:
        file = path.open("a", encoding="utf-8")
        try:
            _lock_now(file)
            # Its last holder may have removed it meanwhile: a lock on it would keep nobody out.
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
            file.close()
        except FileNotFoundError:
            file.close()
        except BaseException:
            file.close()
            raise


def _lock_now(file: IO) -> None:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            raise BlockingIOError from None
    else:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # on a file system without locks
            return


def _name_of_its_own(target: Path) -> Path:
    """Name a file beside another that no other program will use."""
    return target.with_name(f"unfinished-{secrets.token_hex(4)}{target.suffix}")


def _take_places(unfinished: list[Path], targets: list[Path]) -> None:
    """Put new files in the places of old ones, or leave these."""
    if len(targets) == 1:
        unfinished[0].replace(targets[0])
        return
    # The last of a set speaks for it (metrics.json): it goes first and comes last, so that whenever this is broken off
    # it stands beside its own files or is not there.
    old = {target: _name_of_its_own(target) for target in reversed(targets) if target.exists()}
    try:
        for target, aside in old.items():
            target.replace(aside)
        for new, target in zip(unfinished, targets, strict=True):
            new.replace(target)
    except BaseException:
        for new, target in zip(unfinished, targets, strict=True):
            if not new.exists():
                target.unlink(missing_ok=True)
        for target, aside in reversed(old.items()):
            if aside.exists():
                aside.replace(target)
        raise
    for aside in old.values():
        with contextlib.suppress(OSError):
            aside.unlink()
