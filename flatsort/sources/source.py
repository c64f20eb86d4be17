"""The seam between footage and whatever looks at it."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Frame:
    """One frame of a source.

    Attributes:
        number: from 1, counting the frames that the source delivers, and images of a folder that
            are damaged; what result files call it.
        seconds: when it was taken, since frame 1. Rises strictly; where frames were dropped
            or the rate varies, by more than one frame's time.
        image: (H, W, 3) uint8, BGR. Sources always give one; track.py passes None to those who said
            that they look at none.
    """

    number: int
    seconds: float
    image: NDArray[np.uint8] | None


class Source(Protocol):
    """Footage. A context manager, because cameras and files have to be closed.

    Attributes:
        name: of result files; no path.
        location: where it is, for people and for opening it again: an absolute path, a URL without
            its password, a camera's number.
        frame_rate: nominal, frames per second.
        length: number of frames; None where only the end tells (cameras, streams). An estimate read
            from a file's header may be wrong: only the frames themselves decide.
        is_live: whether its frames pass by once and cannot be had again.
        notes: one sentence each about what a person should know of the frames that were delivered:
            that the footage was cut off, stalled, or how many frames were dropped.
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
        """The frames, in order, from the first; each call starts anew unless the source is live.

        To be closed by whoever stops in the middle.

        Footage that ends early or is lost ends the iteration, and :attr:`notes` say why: what was
        seen until then is worth keeping.

        Args:
            wanted: numbers of the frames that are wanted, ascending; the others are skipped as
                cheaply as the source can. None for all.

        Raises:
            InputError: while iterating: a frame of a sequence is missing or damaged, or there is
                not a single frame.
        """
