"""Tracks as stretches of frames in which they are visible."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows


@dataclass(frozen=True)
class Bar:
    """A stretch of frames without a gap.

    Attributes:
        first: first frame of the stretch.
        last: last frame of the stretch.
        identity: identity that gives the stretch its colour.
    """

    first: int
    last: int
    identity: int

    @property
    def frames(self) -> int:
        """Number of frames in the stretch."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Track:
    """One identity of a result file.

    Attributes:
        identity: identity of the track.
        bars: stretches in which the track is visible, ascending.
        class_number: column 8 of its rows; -1 if it is unknown.
    """

    identity: int
    bars: tuple[Bar, ...]
    class_number: int = -1

    @property
    def first(self) -> int:
        """First frame of the track."""
        return self.bars[0].first

    @property
    def last(self) -> int:
        """Last frame of the track."""
        return self.bars[-1].last

    @property
    def frames(self) -> int:
        """Number of frames in which the track is visible."""
        return sum(bar.frames for bar in self.bars)


def find_tracks(rows: Rows, every: int = 1) -> list[Track]:
    """Return the tracks of a result file, sorted by first frame, then by identity.

    Args:
        rows: the results.
        every: distance between the numbers of two tracked frames.
    """
    order = np.lexsort((rows.frames, rows.ids))
    ids, frames, classes = rows.ids[order], rows.frames[order], rows.classes[order]
    edges = np.flatnonzero(np.diff(ids)) + 1
    tracks = [
        Track(int(own[0]), stretches(seen, own, every), int(kinds[0]))
        for own, seen, kinds in zip(
            *(np.split(each, edges) for each in (ids, frames, classes)), strict=True
        )
        if len(own)
    ]
    return sorted(tracks, key=lambda track: (track.first, track.identity))


def stretches(frames: NDArray[np.int64], ids: NDArray[np.int64], every: int = 1) -> tuple[Bar, ...]:
    """Return the runs of consecutive tracked frames that have the same identity.

    Args:
        frames: (M,) frame numbers, ascending, each once.
        ids: (M,) identity in each frame.
        every: distance between the numbers of two tracked frames.
    """
    ends = np.flatnonzero((np.diff(frames) != every) | (np.diff(ids) != 0))
    starts = np.concatenate([[0], ends + 1])[: len(frames)]
    ends = np.append(ends, len(frames) - 1)
    return tuple(
        Bar(int(frames[start]), int(frames[end]), int(ids[start]))
        for start, end in zip(starts, ends, strict=False)
    )
