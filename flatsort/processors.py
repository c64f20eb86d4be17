"""Count the processor cores that a thread may use, and share work among processes."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Thread

_LIMIT: ContextVar[int | None] = ContextVar("limit", default=None)
"""The cores that the code of this thread may use; None for those of the process."""


def available_cores() -> int:
    """Return the number of cores that this thread may use, at most those of the process."""
    limit = _LIMIT.get()
    if limit is not None:
        return limit
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def take_cores(part: int, parts: int) -> None:
    """Keep this process to its share of the cores, so that processes do not fight for them.

    Call it before OpenCV, onnxruntime or BLAS start their threads: they start one per core. Where
    the system cannot tie a process to cores, nothing happens.

    Args:
        part: number of this process, from 0.
        parts: number of processes; with more processes than cores, several share one core.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(0))
    count = len(cores)
    own = cores[part * count // parts : (part + 1) * count // parts]
    os.sched_setaffinity(0, own or [cores[part % count]])


@contextmanager
def fewer_cores(part: int, parts: int) -> Iterator[None]:
    """Keep this thread, and the processes that it starts, to a share of the cores in the block.

    The arguments are those of :func:`take_cores`.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    take_cores(part, parts)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def one_core() -> Iterator[None]:
    """Make :func:`available_cores` return 1 in this thread while the block runs.

    Many threads that each start helpers of their own get in each other's way.
    """
    token = _LIMIT.set(1)
    try:
        yield
    finally:
        _LIMIT.reset(token)


@contextmanager
def worker_pool(
    workers: int, begin: Callable[..., None] | None = None, *arguments: object
) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of processes that end at once when the block raises or this process is killed.

    The processes are spawned, so the calling script needs an `if __name__ == "__main__"` guard: a
    forked process can hang if its parent has threads (BLAS, OpenCV, torch).

    Args:
        workers: number of processes.
        begin: called in each process at its start; None for nothing.
        arguments: arguments of `begin`.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (begin, arguments))
    try:
        yield pool
    except BaseException:
        # Nobody will read the other results.
        for process in multiprocessing.active_children():
            process.terminate()
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def _begin(begin: Callable[..., None] | None, arguments: tuple[object, ...]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin(*arguments)


def _end_with_parent() -> None:
    """End this worker when its parent ends; otherwise it would go on and then wait forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
