"""SORT and DeepSORT as machine code: the mathematics of the package above it, one box at a time.

The arrays of :mod:`tracker.sort` and :mod:`tracker.deep_sort` are the readable form and the oracle;
these loops, compiled by numba, give the same tracks with the same ids many times faster. They spend
time only where something can happen: on boxes that are near each other, in the part of an
assignment that competes, on features whose distance can change the outcome.

numba is optional and imported by the first tracker that can use it. The first import compiles for
some seconds and leaves the result in numba's cache; ``python -m flatsort.tracker.compiled`` does it ahead.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def load(name: str, package: str = __name__) -> "ModuleType | None":
    """The module PACKAGE.NAME, or None where numba is missing or does not fit numpy.

    This is the one place that chooses between compiled and readable code.
    """
    try:
        import_module("numba")
    except ImportError:
        return None
    return import_module(f"{package}.{name}")
