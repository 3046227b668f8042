"""A function of many things, in several processes: the results in order, and few things in memory at a time."""

import contextlib
import multiprocessing
import numbers
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")
AHEAD = 8  # things for each process that are begun before their results are taken


def check_workers(workers: int) -> None:
    """Refuse what can't be a number of processes."""
    if not isinstance(workers, numbers.Integral) or workers < 1:
        raise ValueError(f"workers must be 1 or more, not {workers!r}.")


def in_processes(function: Callable[[Given], Made], things: Iterable[Given], count: int) -> Generator[Made, None, None]:
    """Call a function of a module on each thing, in `count` processes; one needs none but this.

    A ChildProcessError says that a process has ended. With more than one, a program needs the line `if __name__ ==
    "__main__":`, as the processes import it.
    """
    if count == 1:
        yield from map(function, things)
        return
    waiting: deque[Future[Made]] = deque()
    # A copy of this process, as "fork" makes it, could wait for ever for one of TensorFlow's threads.
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=_begin)
    try:
        for thing in things:
            with _interrupts_held():  # processes are started when there is work for them
                waiting.append(pool.submit(function, thing))
            if len(waiting) == AHEAD * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise ChildProcessError(
            'a process has ended: memory was short, or the program lacks the line if __name__ == "__main__":.'
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Leave Ctrl-C to the process that gives the work, and end with it, even where it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let Ctrl-C wait a moment: the processes that start now don't hear it, and would print how far they had come."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
