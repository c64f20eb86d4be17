"""The metric and gate of a descriptor, chosen without labels.

Detections alone say who is who often enough: two boxes of one frame are two people, and boxes
linked by high overlap from frame to frame are one person. The tracker compares a detection with
the nearest feature of a track's gallery, so that is the distance calibrated here, after a gap in
which the person was not matched: the case that appearance is for.

An encoder trained on tracklets knows them by heart and finds them too easy, so some are held out of
training and asked about here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.tracker.gallery import AppearanceMetric
from flatsort.training.crop_set import CropSet

# Frames between a detection and the newest gallery feature it is compared with.
GAP = 10
# One in so many of the tracklets that can be asked about is held out of training.
HELD_OUT = 5
# Share of the distances of two people that are below what one person's surely are.
SURE = 0.01
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
        sure: the distance below which one in a hundred distances of two people lies: also a gate,
            of a careful kind, for merging tracklets by their mean features.
        positives: distances of the same person seen.
        negatives: distances of two people seen.
    """

    kind: str
    gate: float
    equal_error_rate: float
    sure: float
    positives: int
    negatives: int

    def metric(self, centre: NDArray[np.float32]) -> AppearanceMetric:
        """The metric at its gate, cosines about ``centre`` (D,)."""
        return AppearanceMetric(self.kind, self.gate, centre if self.kind == "cosine" else None)


def calibrate(
    crops: CropSet,
    features: NDArray[np.float32],
    centre: NDArray[np.float32],
    tracklets: NDArray[np.int64],
    asked: NDArray[np.bool_],
) -> Calibration | None:
    """Centred cosine or Euclidean distance, whichever :func:`choose` takes, with its gate.

    Args:
        crops: sequences, frames and boxes of the features.
        features: (M, D), row by row.
        centre: (D,) about which cosines will be measured.
        tracklets: (M,) from :func:`flatsort.training.tracklets.link_tracklets`.
        asked: (M,) which detections are compared with the galleries of all.

    Returns:
        None when the footage has no tracklet long enough.
    """
    candidates = []
    for kind, origin in (("cosine", centre), ("euclidean", None)):
        metric = AppearanceMetric(kind, gate=1.0, centre=origin)
        prepared = metric.prepare(features)
        same, other = gallery_distances(crops, tracklets, metric, prepared, asked)
        if len(same) == 0 or len(other) == 0:
            return None
        gate, rate = equal_error(same, other)
        sure = float(np.quantile(other, SURE))
        candidates.append(Calibration(kind, gate, rate, sure, len(same), len(other)))
    return choose(*candidates)


def choose(cosine: Calibration, euclidean: Calibration) -> Calibration:
    """Cosine, as in the paper, unless Euclidean distance clearly errs less."""
    rates = euclidean.equal_error_rate, cosine.equal_error_rate
    return euclidean if errs_clearly_less(*rates, cosine.positives) else cosine


def errs_clearly_less(rate: float, than: float, positives: int) -> bool:
    """Whether an equal error rate is below another by more than a standard error.

    A few hundred distances, many of them of one tracklet, do not tell closer calls.

    Args:
        rate: from 0 to 1.
        than: the other.
        positives: number of distances of the same person seen that both are of.
    """
    return rate < than - np.sqrt(than * (1 - than) / positives)


def hold_out(crops: CropSet, tracklets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which crops to leave out of training and calibrate on: some whole tracklets.

    Returns:
        (M,) all false when there are too few tracklets to spare one.
    """
    names, first = np.unique(tracklets, return_index=True)
    last = len(tracklets) - 1 - np.unique(tracklets[::-1], return_index=True)[1]
    long = crops.frames[last] - crops.frames[first] >= GAP
    return np.isin(tracklets, names[long][HELD_OUT - 1 :: HELD_OUT])


def equal_error(same: NDArray[np.floating], other: NDArray[np.floating]) -> tuple[float, float]:
    """The threshold at which as many same pairs lie above as other pairs below, and that rate.

    Of the thresholds that err alike, from one distance seen up to the next, the middle is taken: at
    perfect separation the gate is half-way between the two kinds.
    """
    thresholds = np.unique(np.concatenate([same, other]))
    missed = 1 - np.searchsorted(np.sort(same), thresholds, side="right") / len(same)
    accepted = np.searchsorted(np.sort(other), thresholds, side="right") / len(other)
    best = int(np.argmin(np.maximum(missed, accepted)))
    gate = thresholds[best : best + 2].mean()
    return float(gate), float(max(missed[best], accepted[best]))


def gallery_distances(
    crops: CropSet,
    tracklets: NDArray[np.int64],
    metric: AppearanceMetric,
    prepared: NDArray[np.float32],
    asked: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distances from detections to their own tracklet's gallery, and to other people's.

    Args:
        crops: sequences, frames and boxes.
        tracklets: (M,) who is in each crop, as far as known.
        metric: compares the features.
        prepared: (M, D) from its ``prepare``.
        asked: (M,) which detections are compared with the galleries of all.

    Returns:
        Distances to the own gallery, and to those of people seen in one frame with the own.
    """
    names, sizes = np.unique(tracklets, return_counts=True)
    rows_of = {name: np.flatnonzero(tracklets == name) for name in names[sizes > GAP]}
    same: list[float] = []
    other: list[float] = []
    for name, rows in rows_of.items():
        sequence, frames = crops.sequences[rows[0]], crops.frames[rows]
        if not asked[rows].any():
            continue
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
