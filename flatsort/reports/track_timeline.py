"""Who is visible when: tracks as stretches of frames."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows


@dataclass(frozen=True)
class Bar:
    """A stretch of frames without a gap.

    Attributes:
        first: its first frame.
        last: its last frame.
        identity: whose colour it has.
    """

    first: int
    last: int
    identity: int

    @property
    def frames(self) -> int:
        """How many frames it covers."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Track:
    """One identity of a result file.

    Attributes:
        identity: its number.
        bars: the stretches in which it is visible, ascending.
    """

    identity: int
    bars: tuple[Bar, ...]

    @property
    def first(self) -> int:
        """The frame in which it appears."""
        return self.bars[0].first

    @property
    def last(self) -> int:
        """The frame in which it is seen last."""
        return self.bars[-1].last

    @property
    def frames(self) -> int:
        """In how many frames it is visible."""
        return sum(bar.frames for bar in self.bars)


def find_tracks(rows: Rows) -> list[Track]:
    """The tracks of a result file, in order of their first frames, then of their numbers."""
    order = np.lexsort((rows.frames, rows.ids))
    ids, frames = rows.ids[order], rows.frames[order]
    edges = np.flatnonzero(np.diff(ids)) + 1
    tracks = [
        Track(int(own[0]), stretches(seen, own))
        for own, seen in zip(np.split(ids, edges), np.split(frames, edges), strict=True)
        if len(own)
    ]
    return sorted(tracks, key=lambda track: (track.first, track.identity))


def stretches(frames: NDArray[np.int64], ids: NDArray[np.int64]) -> tuple[Bar, ...]:
    """Runs of consecutive frames with one identity.

    Args:
        frames: (M,) ascending, each once.
        ids: (M,) the identity in each.
    """
    ends = np.flatnonzero((np.diff(frames) != 1) | (np.diff(ids) != 0))
    starts = np.concatenate([[0], ends + 1])[: len(frames)]
    ends = np.append(ends, len(frames) - 1)
    return tuple(
        Bar(int(frames[start]), int(frames[end]), int(ids[start]))
        for start, end in zip(starts, ends, strict=False)
    )
