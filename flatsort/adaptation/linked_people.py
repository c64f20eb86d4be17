"""Link the boxes of footage into people, also over absences, by motion and by looks."""

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.linked_footage import LinkedFootage
from flatsort.evaluation.verdict.contestant import Contestant, follow
from flatsort.linking.link_tracks import link
from flatsort.tracker import AppearanceMetric, FlatSort, FlatSortConfig


def link_people(
    linked: LinkedFootage,
    frame_rate: float,
    features: NDArray[np.float32],
    metric: AppearanceMetric,
) -> NDArray[np.int64]:
    """Return the person of each crop to learn from, as tracking and linking find them.

    FlatSORT tracks by motion alone, then :func:`flatsort.linking.link_tracks.link` cuts its tracks
    where they are in doubt and joins the parts.

    Args:
        linked: footage with M boxes, of which L are learned from.
        frame_rate: frames per second.
        features: (M, D), the features of all boxes.
        metric: compares the features.

    Returns:
        (L,), the person of each crop, from 1; -1 for a box that the tracker left out. The tracklets
        of the footage if looks do not tell these people apart.
    """
    boxes = linked.footage.boxes()
    lowest = float(boxes.confidences.min(initial=FlatSortConfig.min_confidence))
    config = FlatSortConfig(
        frame_rate=frame_rate, min_confidence=min(lowest, FlatSortConfig.min_confidence)
    )
    tracks = follow(boxes, Contestant("", lambda: FlatSort(config))).ids_of_boxes(len(boxes))
    tracked = np.flatnonzero(tracks >= 0)
    rows = boxes.as_tracks(tracked, tracks[tracked])

    def describe(chosen: NDArray[np.intp]) -> dict[int, NDArray[np.float32]]:
        return {row: features[tracked[row]] for row in chosen.tolist()}

    found = link(rows, frame_rate, describe, metric)
    if not found.looks_count:
        return linked.tracklets
    people = np.full(len(boxes), -1)
    people[tracked] = found.ids
    return people[linked.learned]
