"""Choose the metric and the gate of a descriptor without labels.

Detections alone identify enough people: two boxes in one frame show two people, and boxes linked by
high overlap from frame to frame show one person. The tracker compares a detection with the nearest
feature in a track's gallery. This module calibrates that distance after a gap of GAP frames,
because the tracker needs appearance most when a track has had no match for some frames.

An encoder memorises its training tracklets, so distances within them are too small. Training
therefore holds some tracklets out, and this module calibrates on the tracklets held out.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flatsort.tracker import AppearanceMetric
from flatsort.training.crop_set import CropSet

# Fewest frames between a detection and the gallery features that it is compared with.
GAP = 10
# Training holds out one in this many of the tracklets that are long enough for calibration.
HELD_OUT = 5
# Frames of a sequence below which its last frames are not held out: a few seconds of footage.
SHORT = 100
# Share of the distances between two people that lie below the gate for merging tracklets.
SURE = 0.01
# Features in a gallery: the tracker's number.
BUDGET = 100
# Detections of one tracklet that are compared with galleries.
QUERIES = 20


@dataclass(frozen=True)
class Calibration:
    """The chosen metric and gate, their errors, and how many distances the choice rests on.

    Attributes:
        kind: "cosine" (centred on the mean descriptor) or "euclidean".
        gate: the distance at which both kinds of error are equally frequent.
        equal_error_rate: the frequency of either error at the gate, 0 to 1.
        sure: a cautious gate for merging tracklets by their mean features: only one in a hundred of
            the distances between two people is smaller.
        positives: number of distances within one person.
        negatives: number of distances between two people.
        typical: the median distance within one person.
    """

    kind: str
    gate: float
    equal_error_rate: float
    sure: float
    positives: int
    negatives: int
    typical: float

    def cautious(self) -> "Calibration":
        """Return the same with the gate at the typical distance within one person, if it is lower.

        Equally frequent errors are too many for a tracker: the track of an absent person meets
        everybody who comes into view. A gallery has many features, so the person is found again
        all the same.
        """
        # Copies of one crop have distance 0, and a gate must be above 0.
        return replace(self, gate=min(self.gate, self.typical or self.gate))

    def metric(self, centre: NDArray[np.float32]) -> AppearanceMetric:
        """Return the metric with its gate; ``centre`` (D,) is the origin of the cosine."""
        return AppearanceMetric(self.kind, self.gate, centre if self.kind == "cosine" else None)


def calibrate(
    crops: CropSet,
    features: NDArray[np.float32],
    centre: NDArray[np.float32],
    tracklets: NDArray[np.int64],
    queried: NDArray[np.bool_],
) -> Calibration | None:
    """Calibrate the centred cosine and the Euclidean distance, and :func:`choose` one.

    Args:
        crops: M crops; their sequences, frames and boxes are read.
        features: (M, D), one per crop.
        centre: (D,), the origin of the cosine.
        tracklets: (M,), from :func:`flatsort.training.tracklets.link_tracklets`.
        queried: (M,) bool, the detections to compare with the galleries.

    Returns:
        None if the footage has no tracklet that is long enough.
    """
    candidates = []
    for kind, origin in (("cosine", centre), ("euclidean", None)):
        metric = AppearanceMetric(kind, gate=1.0, centre=origin)
        prepared = metric.prepare(features)
        same, other = gallery_distances(crops, tracklets, metric, prepared, queried)
        if len(same) == 0 or len(other) == 0:
            return None
        gate, rate = equal_error(same, other)
        sure = float(np.quantile(other, SURE))
        typical = float(np.median(same))
        candidates.append(Calibration(kind, gate, rate, sure, len(same), len(other), typical))
    return choose(*candidates)


def choose(cosine: Calibration, euclidean: Calibration) -> Calibration:
    """Return the cosine, as in the paper, unless the Euclidean distance clearly errs less."""
    rates = euclidean.equal_error_rate, cosine.equal_error_rate
    return euclidean if errs_clearly_less(*rates, cosine.positives) else cosine


def errs_clearly_less(rate: float, than: float, positives: int) -> bool:
    """Return whether one equal error rate is below another by more than a standard error.

    A few hundred distances, many of them within one tracklet, cannot show a smaller difference.

    Args:
        rate: the rate that should be lower, 0 to 1.
        than: the rate to compare with, 0 to 1.
        positives: number of distances within one person from which each rate was measured.
    """
    return rate < than - np.sqrt(than * (1 - than) / positives)


def hold_out(crops: CropSet, tracklets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Choose whole tracklets to hold out of training, for calibration.

    Returns:
        (M,) bool, true for held-out crops; all false if fewer than HELD_OUT tracklets are long
        enough for calibration.
    """
    names, first = np.unique(tracklets, return_index=True)
    last = len(tracklets) - 1 - np.unique(tracklets[::-1], return_index=True)[1]
    long = crops.frames[last] - crops.frames[first] >= GAP
    return np.isin(tracklets, names[long][HELD_OUT - 1 :: HELD_OUT])


def late_frames(crops: CropSet, fraction: float) -> NDArray[np.bool_]:
    """Choose the crops of the last frames of each sequence to hold out of training.

    Sequences of fewer than SHORT frames are left whole: their last frames show the people of their
    first frames in the same place, so the error there says nothing about other people.

    Returns:
        (M,) bool, true for crops in the last ``fraction`` of the frames up to the sequence's last
        crop.
    """
    last = np.zeros(crops.sequences.max() + 1, np.int64)
    np.maximum.at(last, crops.sequences, crops.frames)
    last = last[crops.sequences]
    return (last >= SHORT) & (crops.frames > (1 - fraction) * last)


def equal_error(same: NDArray[np.floating], other: NDArray[np.floating]) -> tuple[float, float]:
    """Return the threshold at which both kinds of error are equally frequent, and their rate.

    All thresholds between one measured distance and the next give the same errors. The function
    returns the middle of that interval. If the threshold separates both kinds of distances
    perfectly, it lies half-way between them.

    Args:
        same: distances within one person; those above the threshold are errors.
        other: distances between two people; those below the threshold are errors.
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
    queried: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure the distances from detections to the galleries of their own and of other people.

    Args:
        crops: M crops; their sequences, frames and boxes are read.
        tracklets: (M,), the tracklet of each crop.
        metric: compares the features.
        prepared: (M, D), from the metric's ``prepare``.
        queried: (M,) bool, the detections to compare with the galleries.

    Returns:
        Distances to the gallery of the detection's own tracklet, then distances to the galleries of
        other people, whose tracklets share a frame with the detection's tracklet.
    """
    names, sizes = np.unique(tracklets, return_counts=True)
    rows_of = {name: np.flatnonzero(tracklets == name) for name in names[sizes > GAP]}
    same: list[float] = []
    other: list[float] = []
    for name, rows in rows_of.items():
        sequence, frames = crops.sequences[rows[0]], crops.frames[rows]
        if not queried[rows].any():
            continue
        queries = rows[np.linspace(0, len(rows) - 1, min(QUERIES, len(rows))).astype(int)]
        rivals = [
            others
            for key, others in rows_of.items()
            if key != name
            and crops.sequences[others[0]] == sequence
            # Both tracklets appear in one frame, so they show two people.
            and np.isin(crops.frames[others], frames).any()
        ]
        for query in queries:
            for gallery, distances in [(rows, same)] + [(rival, other) for rival in rivals]:
                past = gallery[crops.frames[gallery] <= crops.frames[query] - GAP][-BUDGET:]
                if len(past):
                    nearest = metric.compare(prepared[past], prepared[query : query + 1]).min()
                    distances.append(float(nearest))
    return np.array(same), np.array(other)
