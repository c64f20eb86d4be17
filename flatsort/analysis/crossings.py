"""Count people who cross a line, or the outline of a zone.

A person stands where the middle of the box's lower edge is. The person changes sides only when
this point is farther behind the boundary than boxes jitter, so that somebody who lingers on a line
counts once. Between two boxes the way is straight, so a crossing in a gap of the track counts too.
The first known side of a track is no crossing: a track that appears behind a line does not count.

`supervision.LineZone` is not used: it forgets a track that is absent for a few frames, so that a
crossing in a gap is lost; it counts somebody who walks around the end of a line; and it waits a
number of frames instead of a distance, so that slow jitter counts again and again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from flatsort.analysis.boundaries import Boundary, Point
from flatsort.files.mot_files import Rows

MARGIN = 0.05
"""Distance behind a boundary, in box heights, from which a side is certain: three standard
deviations of the feet of a usual detector's boxes, and 9 cm for a grown-up."""


@dataclass(frozen=True)
class Crossing:
    """One person's crossing of a boundary.

    Attributes:
        name: name of the line or zone.
        direction: "in" or "out".
        identity: identity of the track.
        frame: first frame in which the new side is certain.
        last_before: last frame in which the old side was certain.
    """

    name: str
    direction: str
    identity: int
    frame: int
    last_before: int


@dataclass(frozen=True)
class Side:
    """The side of a boundary on which a track was last seen for certain.

    Attributes:
        is_inside: whether it is the inner side.
        place: place of the feet, pixels.
        frame: number of the frame.
    """

    is_inside: bool
    place: Point
    frame: int


class CrossingCounter:
    """Counts the crossings of one boundary, box by box; frames must ascend.

    Memory grows by about 300 bytes per identity.

    Args:
        boundary: the line or zone.

    Attributes:
        boundary: the line or zone.
        counts: "in" and "out" -> number of crossings so far.
    """

    def __init__(self, boundary: Boundary) -> None:
        self.boundary = boundary
        self.counts = {"in": 0, "out": 0}
        self._sides: dict[int, Side] = {}

    def see(self, frame: int, identity: int, box_tlwh: Iterable[float]) -> Crossing | None:
        """Take in one box of a track; return the crossing that it completes.

        Args:
            frame: number of the frame.
            identity: identity of the track.
            box_tlwh: (4,) pixels.
        """
        left, top, width, height = map(float, box_tlwh)
        place = (left + width / 2, top + height)
        depth = self.boundary.depth(place)
        if abs(depth) <= MARGIN * height:
            return None
        before, now = self._sides.get(identity), Side(depth > 0, place, frame)
        self._sides[identity] = now
        crossing = None if before is None else change(self.boundary, before, now, identity)
        if crossing is not None:
            self.counts[crossing.direction] += 1
        return crossing

    def side(self, identity: int) -> Side | None:
        """Return the last certain side of a track; None if there was none."""
        return self._sides.get(identity)


def change(boundary: Boundary, before: Side, now: Side, identity: int) -> Crossing | None:
    """Return the crossing between two certain sides of a track; None if there is none."""
    if before.is_inside == now.is_inside or not boundary.is_passed(before.place, now.place):
        return None
    direction = "in" if now.is_inside else "out"
    return Crossing(boundary.name, direction, identity, now.frame, before.frame)


def find_crossings(rows: Rows, boundary: Boundary) -> list[Crossing]:
    """Return the crossings of all tracks of a run, in order of frames."""
    counter = CrossingCounter(boundary)
    order = np.argsort(rows.frames, kind="stable")
    boxes = zip(
        rows.frames[order].tolist(),
        rows.ids[order].tolist(),
        rows.boxes_tlwh[order].tolist(),
        strict=True,
    )
    found = [counter.see(frame, identity, box_tlwh) for frame, identity, box_tlwh in boxes]
    return [crossing for crossing in found if crossing is not None]
