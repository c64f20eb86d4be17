"""Footage that passes by once: cameras and streams."""

import itertools
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.sources.read_thread import Ended, Latest
from flatsort.sources.source import Frame
from flatsort.sources.timestamps import Timeline


@dataclass(frozen=True)
class Arrival:
    """A frame that came, not converted yet.

    Attributes:
        seconds: its timestamp, from whatever origin.
        image: makes (H, W, 3) uint8 BGR of it.
    """

    seconds: float
    image: Callable[[], NDArray[np.uint8]]


class Receiver(Protocol):
    """An open camera or stream.

    Attributes:
        failure: why it ended, a phrase; None if it came to its end.
    """

    failure: str | None

    def arrivals(self) -> Generator[Arrival, None, None]:
        """What comes, as it comes; closed when the generator is."""

    def close(self) -> None:
        """Close one whose arrivals nobody began."""


class LiveSource:
    """The newest frame each time one is asked for.

    Frames that come while the last one is being looked at are dropped: a tracker that fell behind
    would never catch up. Their number is among the notes; the times of the others tell of them.

    Args:
        receiver: open.
        name: of result files.
        location: for people.
        frame_rate: nominal.
        timeout: seconds without a frame after which it counts as lost.
    """

    is_live = True
    length = None

    def __init__(
        self, receiver: Receiver, name: str, location: str, frame_rate: float, timeout: float
    ) -> None:
        self.name, self.location, self.frame_rate = name, location, frame_rate
        self.notes: list[str] = []
        self._receiver, self._timeout = receiver, timeout
        self._begun = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if not self._begun:
            self._receiver.close()

    def frames(self, wanted: Iterable[int] | None = None) -> Generator[Frame, None, None]:
        """The newest frames, until there are no more; to be called once.

        Raises:
            InputError: not a single frame came.
        """
        self._begun = True
        remaining = iter(itertools.count(1) if wanted is None else wanted)
        due = next(remaining, None)
        timeline = Timeline(self.frame_rate)
        number = 0
        latest = Latest(self._receiver.arrivals())
        reason = None
        try:
            with latest:
                while due is not None:
                    arrival = latest.take(self._timeout)
                    number += 1
                    seconds = timeline.seconds(arrival.seconds)
                    if number == due:
                        yield Frame(number, seconds, arrival.image())
                        due = next(remaining, None)
        except Ended as end:
            reason = str(end) or self._receiver.failure or "the stream came to its end"
            if number == 0:
                raise InputError(f"{self.location}: not a single frame came: {reason}") from end
        finally:
            if reason:
                self.notes.append(f"{self.name} ended after {number} frames: {reason}")
            if latest.dropped:
                self.notes.append(
                    f"{latest.dropped} frames of {self.name} came while the tracker was busy and "
                    "were dropped"
                )
