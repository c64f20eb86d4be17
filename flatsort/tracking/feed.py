"""Frames on their way to the tracker: when each was taken, and its image for whoever asks."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from flatsort.files.sequence import Sequence
from flatsort.processors import available_cores
from flatsort.sources.read_ahead import DEPTH, ReadAhead
from flatsort.sources.read_thread import Buffered, Ended
from flatsort.sources.source import Frame, Source

Moment = tuple[int, float]
"""A frame's number and its seconds since the first."""


class Feed(Protocol):
    """A context manager that ends the thread it reads in.

    Attributes:
        name: of the footage.
        frame_rate: nominal, frames per second.
        length: number of frames, or an estimate; None if unknown.
        waited: seconds for which the tracker had to wait for frames.
        size: (width, height) of the first image, pixels; None until one was read.
    """

    name: str
    frame_rate: float
    length: int | None
    waited: float
    size: tuple[int, int] | None

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def moments(self) -> Iterator[Moment]:
        """The frames in order, to be iterated once."""

    def image(self, number: int) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR of the frame that :meth:`moments` gave last."""


class SequenceFeed:
    """A sequence, of which only the frames that somebody asks for are read.

    Args:
        sequence: its frames need not be there as long as nobody asks for them.
        planned: numbers of those that will be asked for, which are read ahead; others are read
            when they are.
    """

    def __init__(self, sequence: Sequence, planned: Iterable[int]) -> None:
        self.name, self.length = sequence.name, sequence.length
        self.frame_rate = sequence.frame_rate
        self.size: tuple[int, int] | None = None
        # Decoding takes longer than all the rest: by as many as there are cores.
        self._frames = ReadAhead(sequence.read_frame, planned, threads=available_cores())

    @property
    def waited(self) -> float:
        """Seconds so far."""
        return self._frames.waited

    def __enter__(self) -> Self:
        self._frames.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._frames.__exit__(*error)

    def moments(self) -> Iterator[Moment]:
        """All frames, at equal intervals."""
        return ((n, (n - 1) / self.frame_rate) for n in range(1, self.length + 1))

    def image(self, number: int) -> NDArray[np.uint8]:
        """The frame, read now unless it was planned."""
        image = self._frames.frame(number)
        self.size = self.size or _size(image)
        return image


class SourceFeed:
    """A source's frames: read ahead in a thread, or, if it is live, none earlier than asked for.

    Args:
        source: entered and left by this one.
    """

    def __init__(self, source: Source) -> None:
        self.name, self.frame_rate, self.length = source.name, source.frame_rate, source.length
        self.waited = 0.0
        self.size: tuple[int, int] | None = None
        self._source = source
        self._stack = ExitStack()
        self._next: Callable[[], Frame | None] = lambda: None
        self._image: NDArray[np.uint8] | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._source)
            frames = self._source.frames()
            if self._source.is_live:
                stack.callback(frames.close)
                self._next = lambda: next(frames, None)
            else:
                self._next = stack.enter_context(Buffered(frames, DEPTH)).take
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.__exit__(*error)

    def moments(self) -> Iterator[Moment]:
        """The frames as they come."""
        with suppress(Ended):
            while (frame := self._wait()) is not None:
                self._image = frame.image
                self.size = self.size or _size(frame.image)
                number, seconds = frame.number, frame.seconds
                # Memory holds no more frames than it must.
                del frame
                yield number, seconds

    def _wait(self) -> Frame | None:
        self._image = None
        start = time.perf_counter()
        try:
            return self._next()
        finally:
            self.waited += time.perf_counter() - start

    def image(self, number: int) -> NDArray[np.uint8]:
        """The image that came last."""
        return self._image


def _size(image: NDArray[np.uint8]) -> tuple[int, int]:
    return image.shape[1], image.shape[0]
