"""One pass over the frames for all who want to see some."""

from collections.abc import Sequence as Items
from typing import Protocol

from tqdm import tqdm

from flatsort.errors import InputError
from flatsort.sources.source import Frame, Source


class Viewer(Protocol):
    """Sees frames, in order.

    Attributes:
        wanted: the numbers of those it wants; None for all.
    """

    wanted: frozenset[int] | None

    def see(self, frame: Frame) -> None:
        """Take in a frame that is wanted."""


def show(source: Source, viewers: Items[Viewer], last: int) -> int:
    """Read each frame that anyone wants once, with a progress bar.

    Args:
        source: where the frames are, open.
        viewers: who wants to see which.
        last: the last frame that the results are about.

    Returns:
        The number of the last frame read, 0 if nobody wanted any.

    Raises:
        InputError: a frame cannot be read, or the source ends before the results do.
    """
    everyone = [viewer.wanted for viewer in viewers]
    wanted = None if None in everyone else sorted(frozenset().union(*everyone))
    number = 0
    if wanted == []:
        return number
    total = (source.length or last) if wanted is None else len(wanted)
    for frame in tqdm(source.frames(wanted), desc=source.name, unit="frame", total=total):
        number = frame.number
        for viewer in viewers:
            if viewer.wanted is None or number in viewer.wanted:
                viewer.see(frame)
    needed = last if wanted is None else wanted[-1]
    if number < needed:
        raise InputError(
            f"{source.name}: its last frame is {number}, but the results have frame {needed}: "
            + ("; ".join(source.notes) or "name the footage that they are of with --source")
        )
    return number
