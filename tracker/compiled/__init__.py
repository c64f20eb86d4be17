"""The fast engines of the trackers: the mathematics of :mod:`tracker.reference` as machine code.

The files carry the names of their readable counterparts. numba compiles their loops, which give the
same tracks with the same ids many times faster. The loops spend time only where it can change the
outcome: on boxes that are near each other, on the part of an assignment that competes, on features
whose distance matters.

numba is optional, and the first tracker that can use it imports it. The first import compiles for
some seconds and keeps the result in numba's cache; ``python -m flatsort.tracker.compiled`` compiles
ahead.
"""


def has_numba() -> bool:
    """Import numba; return False if it is missing or does not fit the installed NumPy."""
    try:
        import numba  # noqa: F401 - the modules of this package need it
    except ImportError:
        return False
    return True
