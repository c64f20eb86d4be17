"""The interface of all sources of frames."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from flatsort.images.frame_check import as_bgr


@dataclass(frozen=True)
class Frame:
    """One frame of a source.

    Attributes:
        number: number of the frame in result files, from 1. It counts the frames that the source
            gives, and the damaged images of a folder.
        seconds: time since frame 1. It rises strictly. Between two frames it may rise by more than
            one interval, if frames were dropped or the rate varies.
        image: (H, W, 3) uint8 BGR. A source always gives an image; a tracking run passes None to
            detectors and sinks that need no images. Grey and BGRA images are converted.

    Raises:
        TypeError: the image is neither an array nor None.
        ValueError: the image is not uint8, or has another shape.
    """

    number: int
    seconds: float
    image: NDArray[np.uint8] | None

    def __post_init__(self) -> None:
        if self.image is not None:
            object.__setattr__(self, "image", as_bgr(self.image))


class Source(Protocol):
    """Footage; a context manager, because cameras and files must be closed.

    Attributes:
        name: name for result files; not a path.
        location: place of the footage, for messages and to open it again: an absolute path, a URL
            without its password, or a camera's number.
        frame_rate: nominal rate in frames per second.
        length: number of frames; None for cameras and streams. A file's header may give a wrong
            number; only the frames themselves are certain.
        is_live: whether the frames come only once and cannot be read again.
        notes: sentences about the frames so far, for the user: that the footage was cut off or
            stalled, or how many frames were dropped.
    """

    name: str
    location: str
    frame_rate: float
    length: int | None
    is_live: bool
    notes: list[str]

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def frames(self, wanted: Iterable[int] | None = None) -> Generator[Frame, None, None]:
        """Iterate over the frames in order; each call starts anew, unless the source is live.

        If the caller stops early, it closes the generator. If the footage ends early or is lost,
        the iteration ends and :attr:`notes` say why, so that the caller keeps the frames so far.

        Args:
            wanted: numbers of the wanted frames in ascending order; None for all frames. The source
                skips the other frames as cheaply as it can.

        Raises:
            InputError: while iterating, if a frame of a sequence is missing or damaged, or no frame
                can be read.
        """
