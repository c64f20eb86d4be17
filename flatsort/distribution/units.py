"""Run units of work, and return their outcomes in the order of the units."""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol

from flatsort.errors import InputError, failure_text
from flatsort.messages import LOGGER
from flatsort.progress import ProgressBar, hidden_bars


@dataclass(frozen=True)
class Outcome:
    """The end of one unit.

    Attributes:
        name: name of the unit.
        value: the unit's result; None for a failed unit.
        failure: one sentence that says why the unit failed; None for a unit that is complete.
        messages: notes and warnings of the unit: level and text.
    """

    name: str
    value: Any = None
    failure: str | None = None
    messages: list[tuple[int, str]] = field(default_factory=list)


class Unit(Protocol):
    """One unit of work; it can be pickled."""

    @property
    def name(self) -> str:
        """Name of the unit for messages, such as the sequence's name."""

    def __call__(self) -> Any:
        """Do the work, write the files of the unit, and return its result.

        Raises:
            InputError: the unit fails.
        """


class Engine(Protocol):
    """Runs units somewhere else than in this process."""

    def outcomes(self, units: Sequence[Any]) -> Generator[tuple[int, Outcome], None, None]:
        """Yield the place of a unit and its outcome, as each unit ends."""


def run_units(
    units: Sequence[Any], engine: Engine, work: str, kind: str
) -> Generator[Outcome, None, None]:
    """Yield the outcome of each unit, in the order of the units, with one progress bar.

    The notes and warnings of a unit are shown when its outcome is yielded, so that they stand in
    the same order as those of a serial run.

    Args:
        units: the units; those of a cluster are
            :class:`flatsort.distribution.remote_unit.RemoteUnit`.
        engine: runs them.
        work: the work, for the progress bar, such as "tracking".
        kind: the name of one unit, such as "sequence".
    """
    early: dict[int, Outcome] = {}
    following = 0
    with (
        ProgressBar(total=len(units), desc=work, unit=kind, leave=False) as bar,
        # An interrupt must end the workers at once, not when Python collects the generator.
        closing(engine.outcomes(units)) as outcomes,
    ):
        for place, outcome in outcomes:
            bar.update()
            early[place] = outcome
            while following in early:
                current = early.pop(following)
                following += 1
                with bar.paused():
                    for level, text in current.messages:
                        LOGGER.log(level, "%s", text)
                    yield current


def run_unit(name: str, call: Callable[[], Any]) -> Outcome:
    """Run a unit in this process, without bars; return its result, or why it failed."""
    messages = _Messages()
    before, LOGGER.handlers = LOGGER.handlers, [messages]
    try:
        with hidden_bars():
            return Outcome(name, call(), messages=messages.taken)
    except (InputError, OSError) as error:
        failure = failure_text(error)
        if failure is None:
            raise
        return Outcome(name, failure=failure, messages=messages.taken)
    finally:
        LOGGER.handlers = before


class _Messages(logging.Handler):
    """Keeps notes and warnings for the process that prints them."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.taken.append((record.levelno, record.getMessage()))
