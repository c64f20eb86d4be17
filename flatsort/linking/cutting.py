"""Cut tracks where they may go on with someone else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows
from flatsort.linking.tracklet import Tracklet
from flatsort.tracker.boxes import iou
from flatsort.tracker.identity.visibility import covered_shares, crowding

_LONGEST_GAP_S = 0.13
"""Seconds without a box after which a track is cut."""
_LEAST_OVERLAP = 0.4
"""Smallest IoU of a track's box with its box before."""
_COVERED = 0.3
"""Covered share of a box above which the person is in cover. The track is cut where the cover ends:
who comes out may be the person in front."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """How freely each of N boxes of the results can be seen.

    Attributes:
        covered: (N,) share of the box that the one box in front of it covers most.
        crowding: (N,) largest IoU with another box of the frame.
        rivalry: (N,) largest IoU of the box with a box of another track in its track's frame
            before, or of its track's box before with another box of this frame.
    """

    covered: NDArray[np.float64]
    crowding: NDArray[np.float64]
    rivalry: NDArray[np.float64]


def survey(results: Rows) -> Surroundings:
    """Return how freely each box of the results can be seen."""
    covered, crowded = np.zeros(len(results)), np.zeros(len(results))
    by_frame = _rows_by_frame(results)
    for rows in by_frame.values():
        boxes, sure = results.boxes_tlwh[rows], np.ones(len(rows))
        covered[rows], crowded[rows] = covered_shares(boxes, sure), crowding(boxes, sure)
    rivalry = np.zeros(len(results))
    for before, row in _steps(results):
        here, there = by_frame[results.frames[row]], by_frame[results.frames[before]]
        boxes = results.boxes_tlwh
        forward = iou(boxes[before][None], boxes[here[here != row]]).max(initial=0.0)
        backward = iou(boxes[row][None], boxes[there[there != before]]).max(initial=0.0)
        rivalry[row] = max(forward, backward)
    return Surroundings(covered, crowded, rivalry)


def cut_tracks(results: Rows, around: Surroundings, frame_rate: float) -> list[Tracklet]:
    """Cut each track into tracklets that show one person, as far as the boxes tell.

    A track is cut where it has a gap, where its box jumps, where another box continues it better,
    and where the person comes out of cover.

    Args:
        results: N boxes with the identities of their tracks.
        around: How freely each box can be seen.
        frame_rate: Frames per second.

    Returns:
        The tracklets, by first frame and track.
    """
    longest = max(1, round(_LONGEST_GAP_S * frame_rate))
    starts = np.ones(len(results), bool)
    in_cover = around.covered > _COVERED
    for before, row in _steps(results):
        overlap = iou(results.boxes_tlwh[[before]], results.boxes_tlwh[[row]])[0, 0]
        starts[row] = (
            results.frames[row] - results.frames[before] > longest
            or overlap < max(_LEAST_OVERLAP, around.rivalry[row])
            or (in_cover[before] and not in_cover[row])
        )
    tracklets = []
    for rows in _rows_by_track(results):
        edges = np.flatnonzero(starts[rows])
        parts = np.split(rows, edges[1:])
        tracklets += [Tracklet.of(results, part, frame_rate) for part in parts]
    return in_order(tracklets)


def whole_tracks(results: Rows, frame_rate: float) -> list[Tracklet]:
    """Return each track of the results as one tracklet, by first frame and track."""
    return in_order([Tracklet.of(results, rows, frame_rate) for rows in _rows_by_track(results)])


def in_order(tracklets: list[Tracklet]) -> list[Tracklet]:
    """Return tracklets by first frame and track."""
    return sorted(tracklets, key=lambda each: (each.first, each.track))


def _steps(results: Rows) -> list[tuple[int, int]]:
    """Return the pairs of rows of one track that follow each other."""
    return [
        (before, row)
        for rows in _rows_by_track(results)
        for before, row in zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True)
    ]


def _rows_by_track(results: Rows) -> list[NDArray[np.intp]]:
    """Return the rows of each track, in order of frames."""
    order = np.lexsort((results.frames, results.ids))
    edges = np.flatnonzero(np.diff(results.ids[order])) + 1
    return [rows for rows in np.split(order, edges) if len(rows)]


def _rows_by_frame(results: Rows) -> dict[int, NDArray[np.intp]]:
    """Return the rows of each frame that has any."""
    order = np.argsort(results.frames, kind="stable")
    frames, edges = np.unique(results.frames[order], return_index=True)
    return {
        frame: rows
        for frame, rows in zip(frames.tolist(), np.split(order, edges[1:]), strict=False)
    }
