"""Work in several processes comes back in order, is not begun far ahead, and leaves no process behind."""

import operator
import os
import signal
import subprocess
import sys
import time

import pytest

from mnist_utils.processes import AHEAD, check_workers, in_processes

SLEEPS = """
import multiprocessing, sys, time
from mnist_utils.processes import in_processes

if __name__ == "__main__":
    results = in_processes(time.sleep, [0.05] * 100_000, 2)
    if sys.argv[1] == "busy":
        next(results)
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    else:
        print("begins", flush=True)
    try:
        list(results)
    except KeyboardInterrupt:
        print("stopped")
"""


@pytest.fixture
def sleeper(tmp_path):
    """A function that starts a program with two processes and gives it, in a group of its own, as from a terminal."""
    (tmp_path / "sleeps.py").write_text(SLEEPS, encoding="utf-8")
    started = []

    def start(state: str) -> subprocess.Popen:
        command = [sys.executable, str(tmp_path / "sleeps.py"), state]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(command, start_new_session=True, **streams))
        return started[-1]

    yield start
    for program in started:
        program.kill()
        program.communicate()


@pytest.mark.parametrize("count", [1, 2])
def test_results_come_in_order_and_things_are_taken_when_they_are_needed(count):
    taken = []

    def things():
        for number in range(100):
            taken.append(number)
            yield number

    results = in_processes(operator.neg, things(), count)
    assert taken == []
    for number in range(100):
        assert next(results) == -number
        assert len(taken) <= number + (1 if count == 1 else AHEAD * count)
    assert next(results, "no more") == "no more"


def test_a_process_that_ends_by_itself_is_told_in_a_sentence():
    why = '^a process has ended: memory was short, or the program lacks the line if __name__ == "__main__":.$'
    with pytest.raises(ChildProcessError, match=why):
        list(in_processes(os._exit, [1], 2))


@pytest.mark.parametrize("workers", [0, -1, 1.5, "2", None])
def test_what_is_no_number_of_processes_is_refused(workers):
    with pytest.raises(ValueError, match=f"^workers must be 1 or more, not {workers!r}.$"):
        check_workers(workers)


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals of POSIX systems")
@pytest.mark.parametrize("state", ["begins", "busy"])
@pytest.mark.parametrize("wait", [0.1, 0.6])
def test_ctrl_c_in_a_terminal_stops_all_without_a_word_of_theirs(sleeper, state, wait):
    program = sleeper(state)
    program.stdout.readline()
    time.sleep(wait)  # while they import, and when they work
    os.killpg(program.pid, signal.SIGINT)
    assert program.communicate(timeout=60) == ("stopped\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals of POSIX systems")
def test_where_the_program_is_killed_its_processes_end(sleeper):
    program = sleeper("busy")
    pids = [int(pid) for pid in program.stdout.readline().split()]
    assert len(pids) == 2
    program.kill()
    deadline = time.monotonic() + 60
    while any(runs(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
