"""The sure tracklets of footage, with the knowledge which of them show different people."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.verdict.detected_boxes import DetectedBoxes
from flatsort.evaluation.verdict.sure_tracklets import link_surely
from flatsort.tracker.identity.visibility import covered_shares

LEAST_PAIRS = 30
"""Fewest pairs of people from which anything is said about people."""
_LEAST_BOXES = 5
"""Fewest boxes of a tracklet: shorter ones are often false detections."""
_SECOND_BOX_IOU = 0.3
"""IoU from which two boxes of one frame may show one person twice. The boxes of a weak detector
often do, and a trial must not call the second box a thief."""
_WAIT_S = 2.0
"""Longest time in seconds between two tracklets that may show one person."""
_AT_ONCE, _PER_SECOND = 0.45, 1.5
"""Heights by which such tracklets may be apart, and further heights per second between them: a
person walks a body height per second, and boxes jump."""


@dataclass(frozen=True)
class SurePeople:
    """T sure tracklets of N boxes.

    Attributes:
        boxes: the N boxes.
        frame_rate: frames per second.
        rows: the rows of each tracklet, one per frame, in consecutive frames.
        others: for each tracklet the rows of the boxes that show other people in its frames.
        differ: (T, T) bool, whether two tracklets share a frame, so that they show two people.
        covered: (N,) float64, the share of each box that another box covers.
        people: (T,) int64, a cautious guess at the person of each tracklet. Tracklets that follow
            one another nearby count as one person, so there are rather too few people than too
            many, and intervals over people are rather too wide.
    """

    boxes: DetectedBoxes
    frame_rate: float
    rows: list[NDArray[np.int64]]
    others: list[NDArray[np.int64]]
    differ: NDArray[np.bool_]
    covered: NDArray[np.float64]
    people: NDArray[np.int64]


def find_sure_people(boxes: DetectedBoxes, frame_rate: float) -> SurePeople:
    """Link boxes surely, and find out which tracklets show different people.

    Args:
        boxes: the boxes of the footage.
        frame_rate: frames per second.
    """
    tracklets = link_surely(boxes)
    names, sizes = np.unique(tracklets[tracklets >= 0], return_counts=True)
    rows = [np.flatnonzero(tracklets == name) for name in names[sizes >= _LEAST_BOXES]]
    others = [boxes.apart_from(each, _SECOND_BOX_IOU) for each in rows]
    number = np.full(len(boxes), -1)
    for name, each in enumerate(rows):
        number[each] = name
    beside = np.zeros((len(rows), len(rows) + 1), bool)
    for name, each in enumerate(others):
        beside[name, number[each]] = True
    differ = beside[:, :-1] & beside[:, :-1].T
    covered = np.zeros(len(boxes))
    for each in boxes.rows:
        covered[each] = covered_shares(boxes.boxes_tlwh[each], boxes.confidences[each])
    people = _guess_people(boxes, frame_rate, rows)
    return SurePeople(boxes, frame_rate, rows, others, differ, covered, people)


def people_pairs(sure: SurePeople) -> set[tuple[int, int]]:
    """Return the pairs of people who share a frame."""
    pairs = np.argwhere(np.triu(sure.differ))
    named = (sorted(sure.people[pair].tolist()) for pair in pairs)
    return {(first, second) for first, second in named if first != second}


def _guess_people(
    boxes: DetectedBoxes, frame_rate: float, rows: list[NDArray[np.int64]]
) -> NDArray[np.int64]:
    """Chain each tracklet to the next one nearby; the nearest pair comes first."""
    lasts = np.array([each[-1] for each in rows], np.int64)
    starts = np.array([each[0] for each in rows], np.int64)
    candidates = []
    for first, last in enumerate(lasts.tolist()):
        seconds = (boxes.frames[starts] - boxes.frames[last]) / frame_rate
        ways = np.hypot(*(boxes.centres[starts] - boxes.centres[last]).T)
        heights = ways / boxes.boxes_tlwh[last, 3]
        is_near = heights < _AT_ONCE + _PER_SECOND * seconds
        for second in np.flatnonzero((seconds > 0) & (seconds <= _WAIT_S) & is_near).tolist():
            candidates.append((heights[second] + seconds[second], first, second))
    people = np.arange(len(rows))
    continued: set[int] = set()
    begun: set[int] = set()
    for _, first, second in sorted(candidates):
        if first not in continued and second not in begun:
            continued.add(first)
            begun.add(second)
            people[people == people[second]] = people[first]
    return people
