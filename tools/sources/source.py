"""The seam between footage and whatever looks at it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Frame:
    """One frame of a source.

    Attributes:
        number: from 1, counting the frames that the source delivers; what result files call it.
        seconds: when it was taken, since the first one. Rises strictly; where frames were dropped
            or the rate varies, by more than one frame's time.
        image: (H, W, 3) uint8, BGR.
    """

    number: int
    seconds: float
    image: NDArray[np.uint8]


class Source(Protocol):
    """Footage. A context manager, because cameras and files have to be closed.

    Attributes:
        name: of result files; no path.
        frame_rate: nominal, frames per second.
        length: number of frames; None where only the end tells (cameras, streams). An estimate read
            from a file's header may be wrong: only the frames themselves decide.
        is_live: whether its frames pass by once and cannot be had again.
    """

    name: str
    frame_rate: float
    length: int | None
    is_live: bool

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def frames(self, wanted: Iterable[int] | None = None) -> Iterator[Frame]:
        """The frames, in order, from the first; each call starts anew unless the source is live.

        Args:
            wanted: numbers of the frames that are wanted, ascending; the others are skipped as
                cheaply as the source can. None for all.

        Raises:
            InputError: while iterating: a frame is missing or damaged, or the source is lost.
        """
