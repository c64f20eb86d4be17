"""How the kernels are compiled and where the result is kept."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from pickle import UnpicklingError
from threading import Timer

from numba import njit

_logger = logging.getLogger(__name__)

NOTICE_AFTER_S = 3.0
"""Loading from the cache takes less."""

kernel = njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compiles a function that only compiled code calls: not to be callable from Python saves half of
the time. Division by zero gives infinity, as in numpy. Loops instead of whole-array statements keep
the compiler quick: each of those costs it as much as a page of loops."""

BOXES = "Array(float64, 2, 'A', readonly=True, aligned=False)"
CONFIDENCES = "Array(float64, 1, 'A', readonly=True, aligned=False)"
"""numba's types of what a user gives: laid out in any way, and only read."""


def compile_cached(function: Callable, signature: str) -> Callable:
    """Compile an entry point for one signature, or load it from numba's cache.

    numba looks at no file but the entry point's own to tell whether its cache is stale. Let the
    function refer to :func:`sources` through its closure, which is part of the cache's key.

    Args:
        function: What Python calls; everything it calls is a :data:`kernel`.
        signature: numba's types of arguments and result.
    """
    notice = Timer(NOTICE_AFTER_S, _logger.warning, ["compiling; once, some seconds"])
    notice.daemon = True
    notice.start()
    try:
        return njit(signature, error_model="numpy", cache=True)(function)
    except (OSError, EOFError, UnpicklingError):
        # A full disk, another user's cache, or a damaged one.
        return njit(signature, error_model="numpy")(function)
    except RuntimeError as error:
        # Neither the package's folder nor the user's cache can be written.
        if "cannot cache" not in str(error):
            raise
        return njit(signature, error_model="numpy")(function)
    finally:
        notice.cancel()


def sources() -> int:
    """A number that changes whenever a source file of the tracker does."""
    digest = hashlib.sha256()
    # Of the package above too, whose constants are compiled in.
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:6], "big")
