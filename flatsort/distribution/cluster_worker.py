"""The function that a Dask worker runs for each unit."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from distributed import Worker, get_worker

from flatsort.distribution.unit_process import ORDER, REPLY
from flatsort.processors import fewer_cores

_POLL_S = 0.2
"""Seconds between two looks at whether the client still wants the result."""
_PATIENCE_S = 5.0
"""Seconds in which a stopped process may remove its files, before it is killed."""


class UnitKilled(RuntimeError):
    """The process of a unit has ended without a reply; Dask runs the unit again."""


@dataclass(frozen=True)
class Share:
    """The share of a worker in the threads of all workers of its machine.

    Attributes:
        first: number of its first thread, from 0.
        threads: number of its threads.
        total: number of the threads of all workers.
    """

    first: int
    threads: int
    total: int


def run_on_worker(order: bytes, shares: dict[str, Share]) -> bytes:
    """Run a unit in a process of its own, and return its reply.

    If the client cancels the unit or goes away, the process is stopped.

    Args:
        order: from :func:`flatsort.distribution.remote_unit.make_order`.
        shares: address of a worker -> its share. The unit of each thread has its own cores.

    Raises:
        UnitKilled: the process was killed.
    """
    worker = get_worker()
    key = worker.get_current_task()
    share = shares.get(worker.address, Share(0, 1, 1))
    with (
        # Dask removes this folder also if the worker is killed.
        TemporaryDirectory(prefix="flatsort-", dir=worker.local_directory) as name,
        _free_thread() as thread,
    ):
        folder = Path(name)
        (folder / ORDER).write_bytes(order)
        with fewer_cores(share.first + thread % share.threads, share.total):
            process = subprocess.Popen(  # noqa: S603 - the arguments are our own
                [sys.executable, "-m", "flatsort.distribution.unit_process", name],
                stdin=subprocess.PIPE,
                stdout=sys.stderr,
            )
        try:
            while not _has_ended(process):
                if _is_unwanted(worker, key):
                    raise UnitKilled("nobody waits for the result any more")
        finally:
            _end(process)
        if not (folder / REPLY).is_file():
            raise UnitKilled(
                f"its process on {worker.address} ended with status {process.returncode}, perhaps "
                "because memory ran out: start workers with more memory or fewer threads"
            )
        return (folder / REPLY).read_bytes()


_LOCK = Lock()
_BUSY: set[int] = set()
"""Numbers of the threads of this worker that run a unit."""


@contextmanager
def _free_thread() -> Iterator[int]:
    """Yield the lowest number, from 0, that no other unit of this worker has."""
    with _LOCK:
        number = next(each for each in count() if each not in _BUSY)
        _BUSY.add(number)
    try:
        yield number
    finally:
        _BUSY.discard(number)


def _has_ended(process: subprocess.Popen) -> bool:
    """Wait for a moment; return whether the process has ended."""
    try:
        process.wait(_POLL_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _is_unwanted(worker: Worker, key: str) -> bool:
    """Return whether nobody waits for the result of a task any more."""
    task = worker.state.tasks.get(key)
    return task is None or task.state == "cancelled"


def _end(process: subprocess.Popen) -> None:
    """Stop a process that still runs."""
    process.terminate()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdin.close()
