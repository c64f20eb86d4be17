"""The fast engines of the trackers: the mathematics of :mod:`tracker.reference` as machine code.

Each file of :mod:`tracker.reference` has a counterpart of the same name here. numba compiles the
loops, which give the same tracks with the same ids many times faster. The loops spend time only
where it can change the outcome: on boxes near each other, on pairs that compete in an assignment,
and on features whose distance matters.

numba is optional, and the first tracker that can use it imports it. The first import compiles for
some seconds and keeps the result in numba's cache. ``python -m flatsort.tracker.compiled`` compiles
ahead of time.
"""


def has_numba() -> bool:
    """Import numba; return False if it is missing or does not fit the installed NumPy."""
    try:
        import numba  # noqa: F401 - the modules of this package need it
    except ImportError:
        return False
    return True
