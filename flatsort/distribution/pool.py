"""Run units in several processes of this machine."""

import multiprocessing
import signal
import sys
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from flatsort.distribution.units import Outcome, Unit, run_unit
from flatsort.messages import LOGGER
from flatsort.processors import take_cores, worker_pool

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized


class Pool:
    """Runs units in worker processes; each process has its own share of the cores.

    A process gets its next unit when its last one has ended. So memory holds at most one unit per
    process, and no unit starts after an interrupt.

    Args:
        jobs: number of processes; fewer are started for fewer units.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def outcomes(self, units: Sequence[Unit]) -> Generator[tuple[int, Outcome], None, None]:
        """Yield the place of a unit and its outcome, as each unit ends.

        If a process is killed, the units that have not ended fail.
        """
        jobs = min(self._jobs, len(units))
        started = multiprocessing.get_context("spawn").Value("i", 0)
        waiting = iter(enumerate(units))
        running: dict[Future[Outcome], tuple[int, Unit]] = {}
        with worker_pool(jobs, _begin, started, jobs, LOGGER.level) as pool:
            while True:
                while len(running) < jobs and (following := next(waiting, None)):
                    place, unit = following
                    try:
                        running[pool.submit(run_unit, unit.name, unit)] = following
                    except BrokenProcessPool:
                        yield place, _killed(unit, jobs)
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    place, unit = running.pop(future)
                    try:
                        outcome = future.result()
                    except BrokenProcessPool:
                        outcome = _killed(unit, jobs)
                    yield place, outcome


def _killed(unit: Unit, jobs: int) -> Outcome:
    return Outcome(
        unit.name,
        failure=f"one of the {jobs} processes was killed, perhaps because memory ran out: give a "
        "smaller number with --jobs",
    )


def _begin(started: "Synchronized[int]", jobs: int, level: int) -> None:
    """Prepare a worker process.

    Args:
        started: number of processes that have begun already.
        jobs: number of all processes.
        level: the lowest level of messages to keep.
    """
    with started.get_lock():
        part = started.value
        started.value += 1
    take_cores(part, jobs)
    LOGGER.setLevel(level)
    # Ctrl-C reaches all processes of a terminal; the parent ends the others, by SIGTERM. As
    # SystemExit, it lets them remove their unfinished files. A run handles SIGTERM itself: it stops
    # after a frame, and a source keeps its frames so far.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
