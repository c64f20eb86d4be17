"""The interface of all sinks, which receive tracks."""

from typing import Protocol, Self

from flatsort.sources.source import Frame
from flatsort.tracker import Tracks


class Sink(Protocol):
    """Receives the tracks of each frame once, in order; a context manager.

    A sink's file appears when the block ends, and is then whole. If the block raises, no file
    appears.

    Attributes:
        needs_images: whether the sink reads ``frame.image``; if not, the image may be None.
    """

    needs_images: bool

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None: ...

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Write one frame's tracks.

        Raises:
            StopTracking: the user stops the run; the sink has already written this frame.
        """


class StopTracking(Exception):
    """A sink raises it if the user stops the run; the run raises it to make sinks discard files."""
