"""Compilation of the kernels, and the cache of the machine code."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from pickle import UnpicklingError
from threading import Timer
from typing import Any, ParamSpec, TypeVar

from numba import njit

from .kernel_cache import KernelCache

_logger = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

NOTICE_AFTER_S = 3.0
"""Seconds after which a message says that numba compiles; loading from the cache takes less."""

_NO_WRAPPERS: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

kernel: Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]] = njit(
    error_model="numpy", **_NO_WRAPPERS
)
"""Decorator of a function that only compiled code calls.

A kernel cannot be called from Python, which halves the time of compilation. Division by zero gives
infinity, as in NumPy. Kernels use loops: one whole-array statement takes as long to compile as a
page of loops."""

sum_kernel: Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]] = njit(
    fastmath={"reassoc", "contract"}, **_NO_WRAPPERS
)
"""Decorator of a kernel that may add in any order, so that no addition waits for another one."""

BOXES = "Array(float64, 2, 'A', readonly=True, aligned=False)"
CONFIDENCES = "Array(float64, 1, 'A', readonly=True, aligned=False)"
"""numba's types of arrays from the user. They may be laid out in any way and are only read."""


def compile_cached(
    function: Callable[Arguments, Result], signature: str
) -> Callable[Arguments, Result]:
    """Compile an entry point for one signature, or load it from numba's cache.

    numba checks only the entry point's own file for changes. A function that calls kernels of
    other files must therefore hold the number of :func:`source_digest` in its closure, because the
    closure is part of the cache's key.

    Args:
        function: The function that Python calls. Every function that it calls is a :data:`kernel`.
        signature: numba's types of the arguments and the result.

    Returns:
        The compiled function. If no cache can be read or written, this process compiles it anew.
    """
    notice = Timer(NOTICE_AFTER_S, _logger.warning, ["compiling; this takes some seconds, once"])
    notice.daemon = True
    notice.start()
    try:
        cache = KernelCache.of(function)
        sealed = cache.keep_if_sealed()
        compiled = njit(signature, error_model="numpy", cache=True)(function)
        cache.seal(sealed)
        return compiled
    except (OSError, EOFError, UnpicklingError):
        # The disk is full, or the cache belongs to another user.
        return njit(signature, error_model="numpy")(function)
    except RuntimeError as error:
        # numba can write neither to the package's folder nor to the user's cache.
        if "cannot cache" not in str(error):
            raise
        return njit(signature, error_model="numpy")(function)
    finally:
        notice.cancel()


def source_digest() -> int:
    """Return a number that changes whenever a source file of the tracker changes.

    The number covers the whole tracker package, because its constants are compiled into the
    kernels.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:6], "big")
