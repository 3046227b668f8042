"""How far something is, in the last line of a terminal, and nowhere else."""

import sys
from types import SimpleNamespace

import pytest

from mnist_utils import terminal


@pytest.fixture
def clock(monkeypatch):
    """The time in seconds, in a list."""
    now = [0.0]
    monkeypatch.setattr(terminal, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    return now


def test_the_counter_says_how_many_how_fast_and_how_long(clock, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    counter = terminal.Counter(10_000, done=4_000)
    counter.show(4_000)
    for clock[0], done in ((0.1, 4_010), (20, 5_000), (20.1, 5_010), (100, 9_900)):
        counter.show(done)
    counter.clear()
    assert capsys.readouterr().err.split("\r") == [
        "",
        "[###############...............] 5,000 of 10,000, 50 a second, about 100 s left\033[K",
        "[##############################] 9,900 of 10,000, 59 a second, about 2 s left\033[K",
        "\033[K",
    ]


@pytest.mark.parametrize(("terminal_there", "wanted"), [(False, True), (True, False)])
def test_there_is_no_counter_in_a_file_or_where_none_is_wanted(clock, capsys, monkeypatch, terminal_there, wanted):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal_there)
    counter = terminal.Counter(10, wanted=wanted)
    clock[0] = 9
    counter.show(5)
    counter.clear()
    assert capsys.readouterr() == ("", "")


def test_a_terminal_that_was_closed_stops_nothing(clock, monkeypatch):
    def fail(text):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: True, write=fail))
    counter = terminal.Counter(10)
    clock[0] = 9
    counter.show(5)
    counter.clear()
    assert not counter.shows


def test_things_are_counted_when_they_are_taken(clock, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    things = terminal.Counter(8, done=4).follow("abcd")
    for clock[0], thing in enumerate("abcd", 1):
        assert next(things) == thing
    assert next(things, None) is None
    said = capsys.readouterr().err.split("\r")[1:]
    assert [line.split("] ")[1].split(",")[0] for line in said] == ["5 of 8", "6 of 8", "7 of 8"]


def test_slow_work_is_told_in_tenths_and_minutes(clock, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    counter, clock[0] = terminal.Counter(1000), 10
    counter.show(5)
    assert "5 of 1,000, 0.5 a second, about 33 min left" in capsys.readouterr().err
