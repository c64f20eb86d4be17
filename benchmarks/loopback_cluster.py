"""A Dask scheduler and its workers on loopback, for measurements and tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_BEGIN_S = 60.0
"""Seconds in which a scheduler or a worker must begin."""


@dataclass(frozen=True)
class LoopbackWorker:
    """A worker's process, and the folder of its temporary files."""

    process: subprocess.Popen
    folder: Path


class LoopbackCluster:
    """A scheduler and its workers; each worker is one process with one thread, without a nanny.

    Args:
        folder: folder for logs and temporary files.

    Attributes:
        address: address of the scheduler.
        scheduler: its process.
        workers: the workers.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[subprocess.Popen] = []
        self.workers: list[LoopbackWorker] = []
        self.scheduler = self._start("scheduler", "scheduler", "--host", "127.0.0.1", "--port", "0")
        line = self._wait_for("scheduler", "Scheduler at:")
        self.address = line.split("Scheduler at:")[1].split()[0]

    def add_worker(self) -> None:
        """Start a worker, and wait until it has joined."""
        name = f"worker{len(self.workers)}"
        folder = self._folder / name
        words = ("--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard")
        space = ("--local-directory", str(folder))
        process = self._start(name, "worker", self.address, *words, *space)
        self._wait_for(name, "Registered to:")
        self.workers.append(LoopbackWorker(process, folder))

    def busy(self) -> list[LoopbackWorker]:
        """Return the workers that track at this moment."""
        return [each for each in self.workers if _has_work(each.folder)]

    def end(self) -> None:
        """Kill every process, and its children."""
        for process in reversed(self._started):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, name: str, kind: str, *words: str) -> subprocess.Popen:
        with open(self._log(name), "w") as file:
            process = subprocess.Popen(  # noqa: S603 - the arguments are our own
                [sys.executable, "-m", "dask", kind, *words],
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=self._folder,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def _wait_for(self, name: str, text: str) -> str:
        """Return the first line of a log that has a text.

        Raises:
            TimeoutError: there is no such line.
        """
        until = time.monotonic() + _BEGIN_S
        while time.monotonic() < until:
            log = self._log(name).read_text()
            found = next((line for line in log.splitlines(keepends=True) if text in line), "")
            if found.endswith("\n"):
                return found
            time.sleep(0.05)
        self.end()
        raise TimeoutError(self._log(name).read_text())


def _has_work(folder: Path) -> bool:
    """Return whether a worker has the folder of a run that has begun."""
    # Folders may vanish while glob looks into them.
    with suppress(FileNotFoundError):
        return bool([*folder.glob("**/flatsort-*/results")])
    return False


@contextmanager
def loopback_cluster(folder: Path, workers: int) -> Iterator[LoopbackCluster]:
    """Yield a cluster on 127.0.0.1; everything is stopped at the end, also after an error.

    Args:
        folder: folder for logs and temporary files.
        workers: number of workers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cluster = LoopbackCluster(folder)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.end()
