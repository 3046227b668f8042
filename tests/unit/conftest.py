"""What the tests of exercises share."""

from collections import Counter
from collections.abc import Callable

import pytest

from mnist_utils.exercises import check, checking


@pytest.fixture
def said(capsys, monkeypatch) -> Callable[..., str]:
    """A function that gives what a check prints; the first call of a test is the first try."""
    monkeypatch.setattr(checking, "_tries", Counter())

    def say(name: str, answer: object, given: object = None) -> str:
        check(name, answer, given)
        return capsys.readouterr().out

    return say
