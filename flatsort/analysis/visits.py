"""Find out who is in a zone and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.boundaries import Zone
from flatsort.analysis.crossings import CrossingCounter
from flatsort.files.mot_files import Rows

LONGEST_GAP_S = 3.0
"""Seconds without a box that still count as presence: people disappear behind one another for one
or two seconds. After a longer absence a new visit begins."""


@dataclass(frozen=True)
class Visit:
    """One stay of a person in a zone.

    Attributes:
        name: name of the zone.
        identity: identity of the track.
        first: first frame in which the person is certainly inside.
        last: last frame before the person is certainly outside, or the track's last frame.
        has_entered: whether the person crossed the outline; False if the track began inside.
        has_left: whether the person crossed the outline; False if the track ended inside.
    """

    name: str
    identity: int
    first: int
    last: int
    has_entered: bool
    has_left: bool

    @property
    def frames(self) -> int:
        """Number of frames of the stay."""
        return self.last - self.first + 1


def find_visits(rows: Rows, zone: Zone, frame_rate: float) -> list[Visit]:
    """Return all visits to a zone, by first frame and identity.

    Args:
        rows: the results.
        zone: the zone.
        frame_rate: frames per second.
    """
    longest = LONGEST_GAP_S * frame_rate
    visits = []
    for own in map(rows.select, rows.by_identity()):
        stretches = np.split(np.arange(len(own)), np.flatnonzero(np.diff(own.frames) > longest) + 1)
        for stretch in stretches:
            visits += _visits_of(own.select(stretch), zone, int(own.ids[0]))
    return sorted(visits, key=lambda visit: (visit.first, visit.identity))


def occupancy(visits: Iterable[Visit], frames: int) -> NDArray[np.int64]:
    """Return (F,) the number of people in a zone in each of F frames."""
    changes = np.zeros(frames + 1, np.int64)
    for visit in visits:
        changes[visit.first - 1] += 1
        changes[visit.last] -= 1
    return np.cumsum(changes)[:-1]


def _visits_of(rows: Rows, zone: Zone, identity: int) -> list[Visit]:
    """Return the visits in one stretch of a track without a long gap."""
    counter, visits = CrossingCounter(zone), []
    first, has_entered = None, False
    for frame, box_tlwh in zip(rows.frames.tolist(), rows.boxes_tlwh, strict=True):
        crossing = counter.see(frame, identity, box_tlwh)
        side = counter.side(identity)
        if side is not None and side.is_inside and first is None:
            first, has_entered = frame, crossing is not None
        elif first is not None and not side.is_inside:
            visits.append(Visit(zone.name, identity, first, frame - 1, has_entered, True))
            first = None
    if first is not None:
        last = int(rows.frames[-1])
        visits.append(Visit(zone.name, identity, first, last, has_entered, False))
    return visits
