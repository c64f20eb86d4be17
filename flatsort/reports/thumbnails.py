"""One picture of each track, of the frame that shows most of it."""

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows
from flatsort.images.track_picture import cut_picture, is_in_frame, shown_areas
from flatsort.sources.source import Frame

_MOST_TRACKS = 600
"""Those seen longest have a picture: a page of thousands loads for a minute."""


class Thumbnails:
    """Cuts the pictures out as the frames go by.

    Args:
        rows: the results.
        size: width and height of the frames, pixels; what is beyond them shows nothing.

    Attributes:
        wanted: the frames with a picture in them.
        frames: identity to the frame that its picture is of, also before it was seen.
        pictures: identity to its picture, JPEG.
    """

    def __init__(self, rows: Rows, size: tuple[int, int]) -> None:
        self._rows = rows
        self._chosen = choose_rows(rows, size)
        self.frames = {int(rows.ids[row]): int(rows.frames[row]) for row in self._chosen}
        self.wanted: frozenset[int] | None = frozenset(self.frames.values())
        self.pictures: dict[int, bytes] = {}

    def see(self, frame: Frame) -> None:
        """Cut out whose picture is in this frame."""
        for row in self._chosen[self._rows.frames[self._chosen] == frame.number]:
            box_tlwh = self._rows.boxes_tlwh[row]
            if is_in_frame(frame.image, box_tlwh[None])[0]:
                self.pictures[int(self._rows.ids[row])] = cut_picture(frame.image, box_tlwh)


def choose_rows(rows: Rows, size: tuple[int, int]) -> NDArray[np.intp]:
    """The row of each track that shows most of a person.

    That is the largest area within the frame and not covered by another box, times the confidence.

    Args:
        rows: the results.
        size: width and height of the frames, pixels.

    Returns:
        (T,) row numbers, at most those of the 600 longest tracks.
    """
    shown = shown_areas(rows.frames, rows.boxes_tlwh, size)
    shown *= np.clip(rows.confidences, 0.0, None)
    # The best of each identity comes first; of equals the earliest.
    order = np.lexsort((rows.frames, -shown, rows.ids))
    _, first, counts = np.unique(rows.ids[order], return_index=True, return_counts=True)
    longest = np.argsort(-counts, kind="stable")[:_MOST_TRACKS]
    return order[first[np.sort(longest)]]
