"""What a detector's confidences mean, learned from its boxes without labels.

A person is there in the next frame too, and a false alarm mostly is not. So the share of boxes of
one confidence that go on in the next frame tells how far this confidence can be trusted. Detectors
have different scales: a confidence of 0.6 is a sure box of one and a doubtful box of another. The
shares translate every scale into the one that the presets of trackers are made for.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from flatsort.errors import InputError
from flatsort.files.mot_files import Rows
from flatsort.tracker.boxes import iou
from flatsort.tracker.detections import Detections, valid_mask

SAME_OVERLAP = 0.5
"""Smallest IoU of two boxes of one person in successive frames."""
BEST_QUANTILE = 0.9
"""The share at this quantile of the boxes counts as 1: where the camera moves or the frame rate is
low, not even sure boxes all go on."""
LEVELS = (0.3, 0.84)
"""Relative shares from which a box is doubtful, and from which it is sure. They were chosen on the
seven training sequences of MOT16 with two detectors; docs/thresholds.md shows what they give on
sequences that did not choose them."""

_DOUBTFUL, _ALMOST_SURE, _SURE, _BEST = 0.1, 0.6, 0.7, 0.95
"""Translated confidences: FlatSORT ignores boxes below the first one, takes boxes from the second
one for sure, and starts tracks from the third. Learned sure boxes all start tracks."""


@dataclass(frozen=True)
class Continuation:
    """How often boxes of a confidence go on in the next frame.

    Attributes:
        confidences: (K,) float64, the detector's confidences, ascending.
        shares: (K,) float64, the share of boxes that go on, relative to the best boxes; it never
            falls.
    """

    confidences: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def sure_from(self) -> float:
        """Smallest of the detector's confidences whose boxes are sure; inf if none are."""
        sure = self.confidences[self.shares >= LEVELS[1]]
        return float(sure.min(initial=np.inf))

    def translate(
        self, confidences: NDArray[np.float64], levels: tuple[float, float] = LEVELS
    ) -> NDArray[np.float64]:
        """Return confidences (N,) on the scale of FlatSORT's settings, from 0 to 0.95.

        Args:
            confidences: (N,), on the detector's scale.
            levels: relative shares from which boxes are doubtful, and sure.
        """
        doubtful, sure = levels
        shares = np.interp(confidences, self.confidences, self.shares)
        below = np.interp(shares, [0.0, doubtful, sure], [0.0, _DOUBTFUL, _ALMOST_SURE])
        # A share just below the level may be rounded up to it.
        below = np.minimum(below, np.nextafter(_ALMOST_SURE, 0))
        above = np.interp(shares, [sure, 1.0], [_SURE, _BEST])
        return np.where(shares >= sure, above, below)


def learn_continuation(rows: Rows, length: int) -> Continuation:
    """Learn from the boxes of a sequence how often boxes of each confidence go on.

    Args:
        rows: N detections.
        length: number of frames.

    Raises:
        InputError: no box goes on.
    """
    rows = rows.select(valid_mask(Detections(rows.boxes_tlwh, rows.confidences)))
    goes_on, compared = _count_continued(rows, length)
    confidences, places = np.unique(rows.confidences, return_inverse=True)
    weights = np.bincount(places, compared, len(confidences))
    is_known = weights > 0
    confidences, weights = confidences[is_known], weights[is_known]
    if not goes_on.any():
        raise InputError(
            f"{rows.path}: no box goes on in the next frame, so its confidences cannot be learned: "
            "leave out --thresholds auto"
        )
    means = np.bincount(places, goes_on)[is_known] / weights
    shares = isotonic_regression(means, weights=weights).x
    best = shares[np.searchsorted(np.cumsum(weights), BEST_QUANTILE * weights.sum())]
    return Continuation(confidences, np.minimum(shares / best, 1.0))


def _count_continued(rows: Rows, length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return in how many of the frames beside it each box (N,) goes on, and how many there are.

    A box goes on in a box of the next frame if both overlap each other most.
    """
    goes_on, compared = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    for before, after in itertools.pairwise(rows.by_frame(length)):
        compared[before] += 1
        compared[after] += 1
        if len(before) == 0 or len(after) == 0:
            continue
        overlap = iou(rows.boxes_tlwh[before], rows.boxes_tlwh[after])
        best, number = overlap.argmax(axis=1), np.arange(len(before))
        is_mutual = overlap.argmax(axis=0)[best] == number
        is_pair = is_mutual & (overlap[number, best] >= SAME_OVERLAP)
        goes_on[before[is_pair]] += 1
        goes_on[after[best[is_pair]]] += 1
    return goes_on, compared
