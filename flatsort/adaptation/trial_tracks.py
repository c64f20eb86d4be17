"""Track footage with a descriptor or without one, and count the tracks."""

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

# Box widths. A person this near to the edge of the picture may have walked out of it.
_MARGIN = 0.5


@dataclass(frozen=True)
class Followed:
    """The tracks that a tracker found in footage, as N boxes.

    Attributes:
        frames: (N,) int64, ascending.
        ids: (N,) int64, the track of each box; two bursts have no track in common.
        boxes_tlwh: (N, 4) float64 in pixels, from the motion model.
    """

    frames: NDArray[np.int64]
    ids: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float64]


@dataclass(frozen=True)
class TrackFigures:
    """Figures about tracks that need no labels.

    Attributes:
        identities: number of tracks.
        mean_length: mean number of frames per track.
        median_length: median number of frames per track.
        cut: number of tracks that end inside the picture and before the end of the burst.
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
    """Track footage with the default settings of SORT or DeepSORT; each burst starts anew.

    Args:
        footage: N boxes.
        features: (N, D), features of the boxes; None for SORT.
        metric: compares the features; None for SORT.
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
    """Count the tracks, their frames and their ends."""
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
