"""Live footage, whose frames come only once: cameras and streams."""

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
    """A frame that has arrived, not converted to an image yet.

    Attributes:
        seconds: timestamp of the frame, from any origin.
        image: converts the frame to (H, W, 3) uint8 BGR.
    """

    seconds: float
    image: Callable[[], NDArray[np.uint8]]


class Receiver(Protocol):
    """An open camera or stream.

    Attributes:
        failure: reason why the frames ended, as a phrase; None if the stream came to its end.
    """

    failure: str | None

    def arrivals(self) -> Generator[Arrival, None, None]:
        """Iterate over the frames as they come; closing the generator closes the receiver."""

    def close(self) -> None:
        """Close the receiver; call this only if no iteration over :meth:`arrivals` has begun."""


class LiveSource:
    """A camera or stream, which gives its newest frame each time it is asked for one.

    Frames that come while the tracker is busy are dropped, because a tracker that falls behind a
    live source would never catch up. :attr:`notes` say how many frames were dropped, and the times
    of the other frames show the gaps.

    Args:
        receiver: the open camera or stream.
        name: name for result files.
        location: place of the footage, for messages.
        frame_rate: nominal rate in frames per second.
        timeout: seconds without a frame after which the receiver counts as lost.
    """

    is_live = True
    length = None

    def __init__(
        self, receiver: Receiver, name: str, location: str, frame_rate: float, timeout: float
    ) -> None:
        self.name, self.location, self.frame_rate = name, location, frame_rate
        self.notes: list[str] = []
        self._receiver, self._timeout = receiver, timeout
        self._is_started = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if not self._is_started:
            self._receiver.close()

    def frames(self, wanted: Iterable[int] | None = None) -> Generator[Frame, None, None]:
        """Iterate over the newest frames until no more come; call it once.

        Raises:
            InputError: no frame came.
        """
        self._is_started = True
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
                raise InputError(f"{self.location}: no frame came: {reason}") from end
        finally:
            if reason:
                self.notes.append(f"{self.name} ended after {number} frames: {reason}")
            if latest.dropped:
                self.notes.append(
                    f"{latest.dropped} frames of {self.name} came while the tracker was busy and "
                    "were dropped"
                )
