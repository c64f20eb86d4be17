"""Checks of settings. Each raises a ValueError that names the setting and its value."""

from math import isfinite
from numbers import Integral


def check_at_least(name: str, value: float, minimum: float) -> None:
    """Check that the value is finite and at least the minimum."""
    if not (isfinite(value) and value >= minimum):
        raise ValueError(f"{name} must be a finite number of at least {minimum}, not {value}")


def check_whole(name: str, value: int, minimum: int) -> None:
    """Check that the value is a whole number of at least the minimum."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < minimum:
        raise ValueError(f"{name} must be a whole number of at least {minimum}, not {value}")


def check_fraction(name: str, value: float) -> None:
    """Check that the value lies between 0 and 1, both included."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must lie in [0, 1], not {value}")


def check_share(name: str, value: float) -> None:
    """Check that the value is at least 0 and below 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be at least 0 and below 1, not {value}")


def check_above(name: str, value: float, bound: float) -> None:
    """Check that the value is finite and above the bound."""
    if not (isfinite(value) and value > bound):
        raise ValueError(f"{name} must be a finite number above {bound}, not {value}")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Check that the value is one of the choices."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value}")


def check_number(name: str, value: float) -> None:
    """Check that the value is not NaN."""
    if value != value:
        raise ValueError(f"{name} must be a number, not {value}")
