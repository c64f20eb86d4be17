"""Cut the tracks of a run into pieces that surely show one person."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.encounters import Encounter, find_encounters
from flatsort.files.mot_files import Rows
from flatsort.linking.gap_filling import FILLED_CONFIDENCE
from flatsort.linking.tracklet import Tracklet
from flatsort.tracker.boxes import iou

LONGEST_GAP_S = 0.25
"""Seconds without a box after which a track may go on with someone else."""
_LEAST_OVERLAP = 0.4
"""Smallest IoU of a box with the box before; below it the track jumps."""


@dataclass(frozen=True)
class Pieces:
    """The pieces of all tracks.

    Attributes:
        rows: the boxes that somebody detected, without the filled ones.
        tracklets: the pieces, by first frame and track.
        encounters: the encounters; no piece has boxes in the encounters of its track.
    """

    rows: Rows
    tracklets: list[Tracklet]
    encounters: list[Encounter]

    def own_links(self) -> list[tuple[int, int]]:
        """Return the numbers of each two pieces that follow each other in a track."""
        last: dict[int, int] = {}
        links = []
        for number, piece in enumerate(self.tracklets):
            if piece.track in last:
                links.append((last[piece.track], number))
            last[piece.track] = number
        return links


def cut_pieces(results: Rows, frame_rate: float) -> Pieces:
    """Cut each track at gaps and jumps, and leave out its encounters with other tracks.

    Args:
        results: the results; each identity once per frame.
        frame_rate: frames per second.
    """
    rows = results.select(np.flatnonzero(results.confidences != FILLED_CONFIDENCE))
    encounters = find_encounters(rows, frame_rate)
    met: dict[int, list[Encounter]] = {}
    for encounter in encounters:
        for identity in encounter.ids:
            met.setdefault(identity, []).append(encounter)
    tracklets = []
    for own in rows.by_identity():
        parts = _cut(rows, own, met.get(int(rows.ids[own[0]]), []), frame_rate)
        tracklets += [Tracklet.of(rows, part, frame_rate) for part in parts]
    tracklets.sort(key=lambda each: (each.first, each.track))
    return Pieces(rows, tracklets, encounters)


def _cut(
    rows: Rows, own: NDArray[np.intp], encounters: list[Encounter], frame_rate: float
) -> list[NDArray[np.intp]]:
    """Return the rows of each piece of one track, whose rows `own` ascend in frames."""
    frames, boxes = rows.frames[own], rows.boxes_tlwh[own]
    is_new = np.ones(len(own), bool)
    overlaps = np.array(
        [iou(boxes[[n]], boxes[[n + 1]])[0, 0] for n in range(len(own) - 1)], np.float64
    )
    is_new[1:] = (np.diff(frames) > max(1.0, LONGEST_GAP_S * frame_rate)) | (
        overlaps < _LEAST_OVERLAP
    )
    is_kept = np.ones(len(own), bool)
    for encounter in encounters:
        is_kept &= (frames < encounter.first) | (frames > encounter.last)
        after = np.flatnonzero(frames > encounter.last)
        if len(after):
            is_new[after[0]] = True
    parts = np.split(np.arange(len(own)), np.flatnonzero(is_new)[1:])
    return [own[part[is_kept[part]]] for part in parts if is_kept[part].any()]
