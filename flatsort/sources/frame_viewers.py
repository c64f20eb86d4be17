"""Read the frames of a source once and show each to the viewers that want it."""

from collections.abc import Sequence as Items
from typing import Protocol

from flatsort.errors import InputError
from flatsort.progress import ProgressBar
from flatsort.sources.source import Frame, Source


class Viewer(Protocol):
    """An object that looks at frames, which come in ascending order.

    Attributes:
        wanted: numbers of the frames that the viewer wants; None for all frames.
    """

    wanted: frozenset[int] | None

    def see(self, frame: Frame) -> None:
        """Look at a wanted frame."""


def show(source: Source, viewers: Items[Viewer], last: int) -> int:
    """Read each frame that a viewer wants once, with a progress bar.

    Args:
        source: the frames; the source is open.
        viewers: the viewers.
        last: last frame of the results.

    Returns:
        The number of the last frame read, 0 if no viewer wanted any.

    Raises:
        InputError: a frame cannot be read, or the source ends before the results do.
    """
    everyone = [viewer.wanted for viewer in viewers]
    wanted = None if None in everyone else sorted(frozenset().union(*everyone))
    number = 0
    if wanted == []:
        return number
    total = (source.length or last) if wanted is None else len(wanted)
    for frame in ProgressBar(
        source.frames(wanted), desc=f"reading {source.name}", unit="frame", total=total
    ):
        number = frame.number
        for viewer in viewers:
            if viewer.wanted is None or number in viewer.wanted:
                viewer.see(frame)
    needed = last if wanted is None else wanted[-1]
    if number < needed:
        raise InputError(
            f"{source.name} ends at frame {number}, but the results have frame {needed}: "
            + ("; ".join(source.notes) or "name the right footage with --source")
        )
    return number
