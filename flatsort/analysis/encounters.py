"""Find the moments in which two tracks meet so closely that they may have exchanged identities."""

from dataclasses import dataclass, replace

import numpy as np

from flatsort.files.mot_files import Rows
from flatsort.linking.gap_filling import fill_gaps
from flatsort.tracker.boxes import iou

CLOSE_OVERLAP = 0.3
"""IoU of two boxes from which one person hides much of the other."""
_HELD_S = 0.3
"""Seconds for which a track's first and last box are held before and after the track: a person who
is hidden behind somebody disappears there."""
_FILLED_S = 2.0
"""Longest gap in seconds that a straight way fills: in a short gap the person is hidden there."""


@dataclass(frozen=True)
class Encounter:
    """A stretch of frames in which two tracks overlap.

    Attributes:
        ids: the two identities, the smaller one first.
        first: first frame of the overlap.
        last: last frame of the overlap.
        overlap: largest IoU.
    """

    ids: tuple[int, int]
    first: int
    last: int
    overlap: float


def find_encounters(rows: Rows, frame_rate: float) -> list[Encounter]:
    """Return the encounters of a run, by first frame.

    Args:
        rows: the results; each identity once per frame.
        frame_rate: frames per second.
    """
    held = _hold_ends(fill_gaps(rows, round(_FILLED_S * frame_rate)), round(_HELD_S * frame_rate))
    spans = _spans(rows)
    meetings: dict[tuple[int, int], list[tuple[int, float]]] = {}
    order = np.argsort(held.frames, kind="stable")
    frames, edges = np.unique(held.frames[order], return_index=True)
    for frame, here in zip(frames.tolist(), np.split(order, edges[1:]), strict=False):
        overlaps = np.triu(iou(held.boxes_tlwh[here], held.boxes_tlwh[here]), 1)
        for one, other in np.argwhere(overlaps > CLOSE_OVERLAP).tolist():
            first, second = sorted((int(held.ids[here[one]]), int(held.ids[here[other]])))
            meetings.setdefault((first, second), []).append((frame, overlaps[one, other]))
    found = [
        encounter
        for ids, moments in meetings.items()
        if ids[0] != ids[1] and _are_together(spans[ids[0]], spans[ids[1]])
        for encounter in _stretches(ids, moments, frame_rate)
    ]
    return sorted(found, key=lambda each: (each.first, each.ids))


def _spans(rows: Rows) -> dict[int, tuple[int, int]]:
    """Return identity -> first and last frame of its track."""
    return {
        int(rows.ids[own[0]]): (int(rows.frames[own[0]]), int(rows.frames[own[-1]]))
        for own in rows.by_identity()
    }


def _are_together(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether the first and last frames of two tracks overlap.

    If one track begins where the other has ended, their held boxes overlap, but nobody hides
    anybody.
    """
    return one[0] <= other[1] and other[0] <= one[1]


def _stretches(
    ids: tuple[int, int], moments: list[tuple[int, float]], frame_rate: float
) -> list[Encounter]:
    """Join frames of overlap whose pauses are shorter than half a second."""
    frames = np.array([frame for frame, _ in moments])
    overlaps = np.array([overlap for _, overlap in moments])
    edges = np.flatnonzero(np.diff(frames) > max(1.0, frame_rate / 2)) + 1
    return [
        Encounter(ids, int(frames[part[0]]), int(frames[part[-1]]), float(overlaps[part].max()))
        for part in np.split(np.arange(len(frames)), edges)
    ]


def _hold_ends(rows: Rows, frames: int) -> Rows:
    """Return rows with each track's first and last box held for some frames before and after it."""
    order = np.lexsort((rows.frames, rows.ids))
    is_edge = np.diff(rows.ids[order]) != 0
    starts = order[np.concatenate([[True], is_edge])[: len(order)]]
    ends = order[np.concatenate([is_edge, [True]])[: len(order)]]
    steps = np.arange(1, frames + 1)
    index = np.concatenate(
        [np.arange(len(rows)), np.repeat(starts, frames), np.repeat(ends, frames)]
    )
    held = rows.select(index)
    shifts = np.concatenate(
        [np.zeros(len(rows), np.int64), np.tile(-steps, len(starts)), np.tile(steps, len(ends))]
    )
    return replace(held, frames=held.frames + shifts)
