"""Cut pictures of each track, from frames that show most of the person."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows
from flatsort.images.track_picture import cut_picture, is_in_frame, shown_areas
from flatsort.sources.source import Frame

_MOST_TRACKS = 600
"""Only the 600 longest tracks get a picture: a page with thousands takes a minute to load."""
_MOST_PICTURES = 600
"""Pictures of all tracks together, for the same reason."""
_EACH = 5
"""Most pictures of one track, from its beginning to its end: a single picture hides that a track
has gone on with somebody else."""


class Thumbnails:
    """A viewer that cuts the pictures of tracks out of the frames that it sees.

    Args:
        rows: the results.
        size: width and height of the frames, pixels; parts of boxes outside do not count.
        moments: identity and frame of further pictures, of tracks that get pictures.

    Attributes:
        wanted: the frames from which pictures are cut.
        frames: identity -> frame of its picture; complete from the start.
        pictures: identity -> JPEG picture of the best frame; grows with each frame seen.
        series: identity -> frame -> JPEG picture, in order of frames; grows too.
    """

    def __init__(
        self, rows: Rows, size: tuple[int, int], moments: Collection[tuple[int, int]] = ()
    ) -> None:
        self._rows = rows
        self._chosen = choose_rows(rows, size)
        self.frames = {int(rows.ids[row]): int(rows.frames[row]) for row in self._chosen}
        wanted = frozenset(moments)
        further = [
            row
            for row, moment in enumerate(zip(rows.ids.tolist(), rows.frames.tolist(), strict=True))
            if moment in wanted and moment[0] in self.frames
        ]
        spread = spread_rows(rows, size, self._chosen)
        self._all = np.unique(np.concatenate([self._chosen, spread, further])).astype(np.intp)
        self.wanted: frozenset[int] | None = frozenset(rows.frames[self._all].tolist())
        self.pictures: dict[int, bytes] = {}
        self.series: dict[int, dict[int, bytes]] = {}

    def see(self, frame: Frame) -> None:
        """Cut the pictures of the tracks that are shown best in this frame."""
        for row in self._all[self._rows.frames[self._all] == frame.number].tolist():
            box_tlwh, identity = self._rows.boxes_tlwh[row], int(self._rows.ids[row])
            if not is_in_frame(frame.image, box_tlwh[None])[0]:
                continue
            picture = cut_picture(frame.image, box_tlwh)
            self.series.setdefault(identity, {})[frame.number] = picture
            if self.frames[identity] == frame.number:
                self.pictures[identity] = picture


def choose_rows(rows: Rows, size: tuple[int, int]) -> NDArray[np.intp]:
    """Return, for each track, the row that shows most of the person.

    This is the row with the largest product of visible area and confidence; the visible area lies
    inside the frame and is not covered by another box.

    Args:
        rows: the results.
        size: width and height of the frames, pixels.

    Returns:
        (T,) row numbers; only the 600 longest tracks have one.
    """
    shown = _shown(rows, size)
    # The best row of each identity comes first; of equally good rows, the earliest.
    order = np.lexsort((rows.frames, -shown, rows.ids))
    _, first, counts = np.unique(rows.ids[order], return_index=True, return_counts=True)
    longest = np.argsort(-counts, kind="stable")[:_MOST_TRACKS]
    return order[first[np.sort(longest)]]


def spread_rows(rows: Rows, size: tuple[int, int], chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the best rows of the parts of each track, so that its pictures spread over its time.

    Args:
        rows: the results.
        size: width and height of the frames, pixels.
        chosen: (T,) one row of each track that gets pictures.

    Returns:
        (K,) row numbers: up to five per track, fewer if there are many tracks.
    """
    if len(chosen) == 0:
        return chosen
    each = int(np.clip(_MOST_PICTURES // len(chosen), 1, _EACH))
    shown, found, wanted = _shown(rows, size), [], set(rows.ids[chosen].tolist())
    for own in rows.by_identity():
        if int(rows.ids[own[0]]) in wanted:
            parts = np.array_split(own, min(each, len(own)))
            found += [part[np.argmax(shown[part])] for part in parts]
    return np.array(found, np.intp)


def _shown(rows: Rows, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return (N,) how much of a person each box shows: visible area times confidence."""
    shown = shown_areas(rows.frames, rows.boxes_tlwh, size)
    return shown * np.clip(rows.confidences, 0.0, None)
