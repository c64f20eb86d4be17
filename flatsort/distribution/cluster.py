"""Run units on the workers of a Dask cluster."""

import logging
import pickle
from collections import Counter, deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dask import config
from distributed import CancelledError, Client, Future, KilledWorker, wait
from distributed.comm import CommClosedError

from flatsort.distribution.cluster_worker import Share, UnitKilled, run_on_worker
from flatsort.distribution.remote_unit import RemoteUnit, Reply, make_order, own_version
from flatsort.distribution.units import Outcome
from flatsort.errors import InputError, failure_text
from flatsort.messages import LOGGER

ANSWER_S = 10.0
"""Seconds in which the scheduler must answer."""
_RETRIES = 2
"""Further runs of a unit whose process was killed; Dask itself counts killed workers."""
_STARTS = 3
"""Attempts to start a client. Dask asserts that its thread runs within ten seconds."""
_LOOK_S = 5.0
"""Seconds between two looks at whether the scheduler and any worker are still there."""


class Cluster:
    """Runs units on Dask workers; the client alone writes results.

    At most as many units are on their way as the workers have threads. If a worker is killed, its
    unit runs again on another one.

    Args:
        address: address of the scheduler, such as tcp://10.0.0.5:8786.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def outcomes(self, units: Sequence[RemoteUnit]) -> Generator[tuple[int, Outcome], None, None]:
        """Yield the place of a unit and its outcome, as each unit ends.

        Raises:
            InputError: no scheduler answers, there is no worker, or the scheduler goes away.
        """
        _silence_dask()
        # The files that a worker lacks go with the unit.
        with config.set({"distributed.admin.large-graph-warning-threshold": "1TiB"}):
            client = _connect(self._address)
            try:
                _check_workers(client, self._address)
                yield from _Work(client, units).outcomes()
            except (CancelledError, CommClosedError) as error:
                raise InputError(
                    f"--cluster {self._address}: the scheduler does not answer any more: start it "
                    "again, and give the same command; finished results are whole"
                ) from error
            finally:
                # This cancels the units that still run.
                client.close()


@dataclass(frozen=True)
class _Task:
    """A unit that waits or runs; `missing` are the inputs that go with it."""

    place: int
    unit: RemoteUnit
    missing: frozenset[Path] = frozenset()


class _Work:
    """The units that wait, and those that run."""

    def __init__(self, client: Client, units: Sequence[RemoteUnit]) -> None:
        self._client = client
        self._waiting = deque(_Task(place, unit) for place, unit in enumerate(units))
        self._running: dict[Future, _Task] = {}
        self._has_told = False

    def outcomes(self) -> Generator[tuple[int, Outcome], None, None]:
        """Yield the place of a unit and its outcome, as each unit ends."""
        while self._waiting or self._running:
            shares = self._shares()
            # At least one unit is on its way, for a worker that joins.
            slots = max(1, sum(each.threads for each in shares.values()))
            while self._waiting and len(self._running) < slots:
                task = self._waiting.popleft()
                try:
                    order = make_order(task.unit, task.missing)
                except (InputError, OSError) as error:
                    failure = failure_text(error)
                    if failure is None:
                        raise
                    yield task.place, Outcome(task.unit.name, failure=failure)
                    continue
                future = self._client.submit(
                    run_on_worker, order, shares, pure=False, retries=_RETRIES
                )
                self._running[future] = task
            for future in self._ended():
                task = self._running.pop(future)
                outcome = self._outcome(task, future)
                if outcome is not None:
                    yield task.place, outcome

    def _shares(self) -> dict[str, Share]:
        """Return the share of each worker, by its address, in the threads of its machine."""
        threads = dict(sorted(self._threads().items()))
        totals: Counter[str] = Counter()
        firsts = {}
        for address, count in threads.items():
            firsts[address] = totals[_host(address)]
            totals[_host(address)] += count
        return {
            address: Share(firsts[address], count, totals[_host(address)])
            for address, count in threads.items()
        }

    def _threads(self) -> dict[str, int]:
        """Return the number of threads of each worker, by its address.

        Raises:
            CommClosedError: the scheduler is gone.
        """
        try:
            return dict(self._client.nthreads())
        except OSError as error:
            raise CommClosedError from error

    def _ended(self) -> list[Future]:
        """Return the futures that have ended, after waiting for one."""
        while self._running:
            try:
                return [*wait([*self._running], _LOOK_S, "FIRST_COMPLETED").done]
            except TimeoutError:
                self._look()
        return []

    def _look(self) -> None:
        """Tell the user if no worker is left.

        Raises:
            CommClosedError: the scheduler is gone.
        """
        if self._client.status != "running":
            raise CommClosedError
        has_workers = bool(self._threads())
        if not has_workers and not self._has_told:
            LOGGER.warning("no worker is left: the work goes on when a worker joins the scheduler")
        self._has_told = not has_workers

    def _outcome(self, task: _Task, future: Future) -> Outcome | None:
        """Return the outcome of a unit; None if it must be sent again, with its files."""
        name = task.unit.name
        try:
            reply: Reply = pickle.loads(future.result())  # noqa: S301 - from our own worker
        except (KilledWorker, UnitKilled) as error:
            return Outcome(name, failure=" ".join(str(error).split()))
        except OSError as error:
            failure = failure_text(error)
            # A lost connection names no file.
            if failure is None:
                raise
            return Outcome(name, failure=failure)
        if reply.error is not None:
            raise RuntimeError(f"{name} failed on a worker:\n{reply.error}")
        if reply.missing:
            again = replace(task, missing=task.missing | reply.missing)
            self._waiting.appendleft(again)
            return None
        outcome = replace(reply.outcome, name=name)
        if outcome.failure is not None:
            return outcome
        try:
            return replace(outcome, value=task.unit.receive(outcome.value, reply.files))
        except (InputError, OSError) as error:
            failure = failure_text(error)
            if failure is None:
                raise
            return replace(outcome, value=None, failure=failure)


def _silence_dask() -> None:
    """Leave out Dask's tracebacks of lost connections, which come beside our own sentence."""
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _host(address: str) -> str:
    """Return the machine in an address such as tcp://10.0.0.5:40123."""
    return address.rpartition(":")[0]


def _connect(address: str) -> Client:
    """Return a client of the scheduler.

    Raises:
        InputError: no scheduler answers.
    """
    try:
        return _start_client(address)
    except (AssertionError, OSError, ValueError) as error:
        raise InputError(
            f"--cluster {address}: no Dask scheduler answers there within {ANSWER_S:g} s: start "
            "one with `dask scheduler`, or correct the address, such as tcp://10.0.0.5:8786"
        ) from error


def _start_client(address: str) -> Client:
    """Return a client; start it again if this machine is too busy for Dask's patience."""
    for _ in range(_STARTS - 1):
        try:
            return Client(address, timeout=ANSWER_S)
        except AssertionError:
            LOGGER.warning("this machine is so busy that Dask's thread did not start: trying again")
    return Client(address, timeout=ANSWER_S)


def _check_workers(client: Client, address: str) -> None:
    """Check that there are workers, and that all have this version of FlatSORT.

    Raises:
        InputError: there is no worker, or one has another version.
    """
    versions = client.run(own_version, on_error="return")
    if not versions:
        raise InputError(
            f"--cluster {address}: the scheduler has no workers: start some with `dask worker "
            f"{address}`"
        )
    for worker, version in versions.items():
        if isinstance(version, Exception):
            raise InputError(
                f"--cluster {address}: the worker {worker} cannot run FlatSORT: "
                f"{type(version).__name__}: {version}: install flatsort[cluster] there"
            )
        if version != own_version():
            raise InputError(
                f"--cluster {address}: the worker {worker} has FlatSORT {version}, this one has "
                f"{own_version()}: install the same version everywhere"
            )
