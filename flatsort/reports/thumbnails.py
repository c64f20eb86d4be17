"""Cut one picture of each track from the frame that shows most of the person."""

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows
from flatsort.images.track_picture import cut_picture, is_in_frame, shown_areas
from flatsort.sources.source import Frame

_MOST_TRACKS = 600
"""Only the 600 longest tracks get a picture: a page with thousands takes a minute to load."""


class Thumbnails:
    """A viewer that cuts the pictures of tracks out of the frames that it sees.

    Args:
        rows: the results.
        size: width and height of the frames, pixels; parts of boxes outside do not count.

    Attributes:
        wanted: the frames from which pictures are cut.
        frames: identity -> frame of its picture; complete from the start.
        pictures: identity -> JPEG picture; grows with each frame seen.
    """

    def __init__(self, rows: Rows, size: tuple[int, int]) -> None:
        self._rows = rows
        self._chosen = choose_rows(rows, size)
        self.frames = {int(rows.ids[row]): int(rows.frames[row]) for row in self._chosen}
        self.wanted: frozenset[int] | None = frozenset(self.frames.values())
        self.pictures: dict[int, bytes] = {}

    def see(self, frame: Frame) -> None:
        """Cut the pictures of the tracks that are shown best in this frame."""
        for row in self._chosen[self._rows.frames[self._chosen] == frame.number]:
            box_tlwh = self._rows.boxes_tlwh[row]
            if is_in_frame(frame.image, box_tlwh[None])[0]:
                self.pictures[int(self._rows.ids[row])] = cut_picture(frame.image, box_tlwh)


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
    shown = shown_areas(rows.frames, rows.boxes_tlwh, size)
    shown *= np.clip(rows.confidences, 0.0, None)
    # The best row of each identity comes first; of equally good rows, the earliest.
    order = np.lexsort((rows.frames, -shown, rows.ids))
    _, first, counts = np.unique(rows.ids[order], return_index=True, return_counts=True)
    longest = np.argsort(-counts, kind="stable")[:_MOST_TRACKS]
    return order[first[np.sort(longest)]]
