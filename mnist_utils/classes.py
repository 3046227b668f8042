"""What the classes of a network are called."""

from collections.abc import Sequence

DIGITS = [str(digit) for digit in range(10)]


def are_digits(names: Sequence[str]) -> bool:
    """Whether classes of these names are the ten digits, in their order."""
    return list(names) == DIGITS


def kind_of(names: Sequence[str]) -> str:
    """What one of some classes is called: a digit, where they are the first ones in their order, or a class."""
    return "digit" if list(names) == DIGITS[: len(names)] else "class"
