"""Checks of the values that users configure."""

from math import isfinite
from numbers import Integral


def check_at_least(name: str, value: float, minimum: float) -> None:
    """Raise ValueError naming the argument and its value unless minimum <= value < infinity."""
    if not (isfinite(value) and value >= minimum):
        raise ValueError(f"{name} must be a finite number of at least {minimum}, not {value}")


def check_whole(name: str, value: int, minimum: int) -> None:
    """Raise ValueError naming the argument and its value unless it is a whole number >= minimum."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < minimum:
        raise ValueError(f"{name} must be a whole number of at least {minimum}, not {value}")


def check_fraction(name: str, value: float) -> None:
    """Raise ValueError naming the argument and its value unless 0 <= value <= 1."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must lie in [0, 1], not {value}")


def check_number(name: str, value: float) -> None:
    """Raise ValueError naming the argument and its value if it is not a number."""
    if value != value:
        raise ValueError(f"{name} must be a number, not {value}")
