"""Track footage with a descriptor or without one, and count the tracks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.observed_footage import Footage
from flatsort.evaluation.verdict.contestant import Contestant, Followed
from flatsort.evaluation.verdict.contestant import follow as follow_boxes
from flatsort.tracker import AppearanceMetric, DeepSort, DeepSortConfig, Sort, SortConfig

# Box widths. A person this near to the edge of the picture may have walked out of it.
_MARGIN = 0.5


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


def contestant(
    name: str,
    footage: Footage,
    features: NDArray[np.float32] | None = None,
    metric: AppearanceMetric | None = None,
) -> Contestant:
    """Return the default SORT, or the default DeepSORT with a descriptor.

    Args:
        name: name in the verdict.
        footage: N boxes.
        features: (N, D), features of the boxes; None for SORT.
        metric: compares the features; None for SORT.
    """
    lowest = float(footage.confidences.min(initial=0.0))
    if features is None:
        return Contestant(name, lambda: Sort(SortConfig(min_confidence=lowest)))
    config = DeepSortConfig(min_confidence=lowest)
    return Contestant(name, lambda: DeepSort(config, metric), features)


def follow(
    footage: Footage,
    features: NDArray[np.float32] | None = None,
    metric: AppearanceMetric | None = None,
) -> Followed:
    """Track footage with the tracker of :func:`contestant`; each burst starts anew."""
    return follow_boxes(footage.boxes(), contestant("", footage, features, metric))


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
