"""Footage tracked with a descriptor, or with none: who is followed, for how long."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.observed_footage import Footage
from flatsort.tracker import (
    AppearanceMetric,
    DeepSort,
    DeepSortConfig,
    Detections,
    Sort,
    SortConfig,
)

# Whose box is this near to the picture's edge, in its widths, may have left.
_MARGIN = 0.5


@dataclass(frozen=True)
class Followed:
    """The tracks of some footage, box by box.

    Attributes:
        frames: (N,) int64, ascending.
        ids: (N,) int64, never the same in two bursts.
        boxes_tlwh: (N, 4) float64, pixels, the motion model's.
    """

    frames: NDArray[np.int64]
    ids: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float64]


@dataclass(frozen=True)
class TrackFigures:
    """What can be said of tracks without labels.

    Attributes:
        identities: how many tracks there are.
        mean_length: frames of a track.
        median_length: likewise.
        cut: tracks that end inside the picture and before the burst does.
    """

    identities: int
    mean_length: float
    median_length: float
    cut: int


def follow(
    footage: Footage,
    features: NDArray[np.float32] | None = None,
    metric: AppearanceMetric | None = None,
) -> Followed:
    """Track footage with the trackers' own settings, each burst from the start.

    Args:
        footage: N boxes.
        features: (N, D) of the boxes; None for SORT.
        metric: compares them.
    """
    lowest = float(footage.confidences.min(initial=0.0))
    frames, ids, boxes = [], [], []
    known = 0
    for burst in footage.bursts():
        if features is None:
            tracker = Sort(SortConfig(min_confidence=lowest))
        else:
            tracker = DeepSort(DeepSortConfig(min_confidence=lowest), metric)
        highest = known
        for number in burst.tolist():
            rows = slice(*np.searchsorted(footage.frames, [number, number + 1]))
            looks = None if features is None else features[rows]
            tracks = tracker.update(
                Detections(footage.boxes_tlwh[rows], footage.confidences[rows], looks)
            )
            frames.append(np.full(len(tracks), number))
            ids.append(tracks.ids + known)
            boxes.append(tracks.boxes_tlwh)
            highest = max(highest, int(ids[-1].max(initial=0)))
        known = highest
    return Followed(np.concatenate(frames), np.concatenate(ids), np.concatenate(boxes))


def track_figures(followed: Followed, footage: Footage) -> TrackFigures:
    """Count tracks and how they end."""
    if not len(followed.ids):
        return TrackFigures(0, 0.0, 0.0, 0)
    _, backwards, lengths = np.unique(followed.ids[::-1], return_index=True, return_counts=True)
    last = len(followed.ids) - 1 - backwards
    numbers, boxes_tlwh = followed.frames[last], followed.boxes_tlwh[last]
    ended_early = ~np.isin(numbers, [burst[-1] for burst in footage.bursts()])
    sizes = footage.sizes[np.searchsorted(footage.numbers, numbers)]
    margin = _MARGIN * boxes_tlwh[:, 2:3]
    starts, ends = boxes_tlwh[:, :2] - margin, boxes_tlwh[:, :2] + boxes_tlwh[:, 2:] + margin
    inside = ((starts > 0) & (ends < sizes)).all(axis=1)
    return TrackFigures(
        identities=len(lengths),
        mean_length=float(lengths.mean()),
        median_length=float(np.median(lengths)),
        cut=int((ended_early & inside).sum()),
    )
