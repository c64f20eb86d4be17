"""The seam between tracks and whatever becomes of them."""

from typing import Protocol, Self

from flatsort.sources.source import Frame
from flatsort.tracker import Tracks


class Sink(Protocol):
    """Receives the tracks of each frame, once, in order.

    A context manager: what it writes appears when the block ends well, whole, or not at all.

    Attributes:
        needs_images: whether ``frame.image`` is looked at; if not it may be None.
    """

    needs_images: bool

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None: ...

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Take in one frame and its tracks.

        Raises:
            StopTracking: the user wants no more; this frame has been taken in.
        """


class StopTracking(Exception):
    """The user asked to stop."""
