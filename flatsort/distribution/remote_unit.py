"""A unit that runs on another machine: the messages between the client and the worker."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from flatsort.distribution.carried_files import Input, fingerprint, pack_all
from flatsort.distribution.units import Outcome
from flatsort.errors import InputError
from flatsort.messages import LOGGER
from flatsort.tracking.run_record import current_versions


class RemoteUnit(Protocol):
    """One unit of work for another machine; it can be pickled."""

    @property
    def name(self) -> str:
        """Name of the unit for messages, such as the sequence's name."""

    def inputs(self) -> list[Input]:
        """Check the unit on the client, and return the files that it reads.

        Raises:
            InputError: the unit cannot start.
        """

    def work(self, places: Mapping[Path, Path], folder: Path) -> Any:
        """Do the work on the worker, and return a result that can be pickled.

        Args:
            places: root of an input -> its path on the worker.
            folder: an empty folder for all files of the result.

        Raises:
            InputError: the unit fails.
        """

    def receive(self, value: Any, files: Mapping[str, bytes]) -> Any:
        """Write the files of the result on the client, and return the result for the user.

        Args:
            value: the result of :meth:`work`.
            files: content of the files in the worker's folder, by their relative paths.

        Raises:
            InputError: a file cannot be written.
        """


@dataclass(frozen=True)
class Order:
    """A unit on its way to a worker.

    Attributes:
        unit: the unit.
        inputs: the files that it reads, each with its fingerprint.
        carried: root of an input -> content of its files; inputs that the worker sees are absent.
        level: the lowest level of messages to keep.
    """

    unit: RemoteUnit
    inputs: list[tuple[Input, str]]
    carried: dict[Path, dict[str, bytes]]
    level: int


@dataclass(frozen=True)
class Reply:
    """The answer of a worker.

    Attributes:
        outcome: the end of the unit; None if the worker lacks files, or after an unexpected error.
        files: content of the result's files.
        missing: roots of the inputs that the worker does not see.
        error: the traceback of an unexpected error.
    """

    outcome: Outcome | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    missing: frozenset[Path] = frozenset()
    error: str | None = None


def make_order(unit: RemoteUnit, missing: frozenset[Path]) -> bytes:
    """Return a unit as bytes for a worker, with the version of FlatSORT before it.

    Args:
        unit: the unit.
        missing: roots of the inputs that a worker has not seen, and that go with the unit.

    Raises:
        InputError: the unit cannot start, or its files are too large to be sent.
    """
    inputs = []
    for each in unit.inputs():
        mark = fingerprint(each)
        if mark is None:
            raise InputError(f"{each.root}: cannot be read: it or a file in it has gone")
        inputs.append((each, mark))
    carried = pack_all([each for each, _ in inputs if each.root in missing])
    order = pickle.dumps(Order(unit, inputs, carried, LOGGER.level))
    return pickle.dumps((own_version(), order))


def read_order(data: bytes) -> Order:
    """Return the unit that :func:`make_order` wrote.

    Raises:
        InputError: the client has another version of FlatSORT.
    """
    version, order = pickle.loads(data)  # noqa: S301 - a Dask worker runs its clients' code anyway
    if version != own_version():
        raise InputError(
            f"this worker has FlatSORT {own_version()}, and the client {version}: install the same "
            "version everywhere"
        )
    return pickle.loads(order)  # noqa: S301 - as above


def own_version() -> str:
    """Return the version of FlatSORT in this process."""
    return current_versions().get("flatsort", "without a version")
