"""The metric and gate of a descriptor, chosen without labels.

Detections alone say who is who often enough: two boxes of one frame are two people, and boxes
linked by high overlap from frame to frame are one person. The tracker compares a detection with
the nearest feature of a track's gallery, so that is the distance calibrated here, after a gap in
which the person was not matched: the case that appearance is for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.crop_cache import CropSet
from tracker.boxes import iou
from tracker.gallery import AppearanceMetric

# A box and its successor one frame later are one person above this overlap, if no other pair of
# the two boxes comes near it.
LINK_IOU = 0.7
RIVAL_IOU = 0.3
# Frames between a detection and the newest gallery feature it is compared with.
GAP = 10
# Gallery size of the tracker, and queries taken from one tracklet.
BUDGET = 100
QUERIES = 20


@dataclass(frozen=True)
class Calibration:
    """What was chosen, and on how much.

    Attributes:
        kind: "cosine" (about the mean descriptor) or "euclidean".
        gate: the distance at which both errors are equally frequent.
        equal_error_rate: how frequent, 0 to 1.
        positives: distances of the same person seen.
        negatives: distances of two people seen.
    """

    kind: str
    gate: float
    equal_error_rate: float
    positives: int
    negatives: int


def calibrate(crops: CropSet, features: NDArray[np.float32]) -> Calibration | None:
    """The better of centred cosine and Euclidean distance, with its equal-error gate.

    Args:
        crops: sequences, frames and boxes of the features.
        features: (M, D), row by row.

    Returns:
        None when the footage has no tracklet long enough.
    """
    tracklets = link_tracklets(crops)
    candidates = []
    for kind, centre in (("cosine", features.mean(0)), ("euclidean", None)):
        metric = AppearanceMetric(kind, gate=1.0, centre=centre)
        prepared = metric.prepare(features)
        same, other = _gallery_distances(crops, tracklets, metric, prepared)
        if len(same) == 0 or len(other) == 0:
            return None
        gate, rate = equal_error(same, other)
        candidates.append(Calibration(kind, gate, rate, len(same), len(other)))
    return min(candidates, key=lambda candidate: candidate.equal_error_rate)


def link_tracklets(crops: CropSet) -> NDArray[np.int64]:
    """Number the tracklets: boxes of consecutive frames linked by high, unrivalled overlap.

    Returns:
        (M,) tracklet of each crop; a box that is linked to nothing is a tracklet of its own.
    """
    tracklets = np.arange(len(crops))
    for sequence in np.unique(crops.sequences):
        rows = np.flatnonzero(crops.sequences == sequence)
        frames = crops.frames[rows]
        for frame in np.unique(frames):
            now, later = rows[frames == frame], rows[frames == frame + 1]
            if len(later) == 0:
                continue
            overlap = iou(crops.boxes_tlwh[now], crops.boxes_tlwh[later])
            for a, b in np.argwhere(overlap > LINK_IOU):
                rivals = np.concatenate([np.delete(overlap[a], b), np.delete(overlap[:, b], a)])
                if rivals.max(initial=0) < RIVAL_IOU:
                    tracklets[later[b]] = tracklets[now[a]]
    return tracklets


def equal_error(same: NDArray[np.floating], other: NDArray[np.floating]) -> tuple[float, float]:
    """The threshold at which as many same pairs lie above as other pairs below, and that rate.

    Of the thresholds that err alike, from one distance seen up to the next, the middle is taken: at
    perfect separation the gate is half-way between the two kinds, and so never 0.
    """
    thresholds = np.unique(np.concatenate([same, other]))
    missed = 1 - np.searchsorted(np.sort(same), thresholds, side="right") / len(same)
    accepted = np.searchsorted(np.sort(other), thresholds, side="right") / len(other)
    best = int(np.argmin(np.maximum(missed, accepted)))
    gate = thresholds[best : best + 2].mean()
    return float(gate), float(max(missed[best], accepted[best]))


def _gallery_distances(
    crops: CropSet,
    tracklets: NDArray[np.int64],
    metric: AppearanceMetric,
    prepared: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distances from detections to their own tracklet's gallery, and to other people's."""
    names, sizes = np.unique(tracklets, return_counts=True)
    rows_of = {name: np.flatnonzero(tracklets == name) for name in names[sizes > GAP]}
    same: list[float] = []
    other: list[float] = []
    for name, rows in rows_of.items():
        sequence, frames = crops.sequences[rows[0]], crops.frames[rows]
        queries = rows[np.linspace(0, len(rows) - 1, min(QUERIES, len(rows))).astype(int)]
        rivals = [
            others
            for key, others in rows_of.items()
            if key != name
            and crops.sequences[others[0]] == sequence
            # Seen in one frame together, so certainly two people.
            and np.isin(crops.frames[others], frames).any()
        ]
        for query in queries:
            for gallery, distances in [(rows, same)] + [(rival, other) for rival in rivals]:
                past = gallery[crops.frames[gallery] <= crops.frames[query] - GAP][-BUDGET:]
                if len(past):
                    nearest = metric.compare(prepared[past], prepared[query : query + 1]).min()
                    distances.append(float(nearest))
    return np.array(same), np.array(other)
