"""The interface of all sinks, which receive tracks."""

from typing import Protocol, Self

from flatsort.sources.source import Frame
from flatsort.tracker import Tracks


class Sink(Protocol):
    """Receives the tracks of each frame once, in order; a context manager.

    Its file appears whole when the block ends; if the block raises, the file does not appear.

    Attributes:
        needs_images: whether the sink reads ``frame.image``; if not, the image may be None.
    """

    needs_images: bool

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None: ...

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Write one frame's tracks.

        Raises:
            StopTracking: the user stops the run; this frame is written.
        """


class StopTracking(Exception):
    """The user stops the run, or its files are not kept."""
