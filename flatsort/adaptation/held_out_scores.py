"""Score, without labels, how well a descriptor tells apart people held out of training."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.linked_footage import LinkedFootage
from flatsort.evaluation.reid.gates import Errors, errors_at
from flatsort.evaluation.reid.pair_scores import PairDistances
from flatsort.tracker import AppearanceMetric
from flatsort.training.calibration import equal_error, gallery_distances


@dataclass(frozen=True)
class HeldOutScores:
    """The errors of one descriptor on the tracklets held out of training.

    Attributes:
        equal_error_rate: 0 to 1, at the gate where both kinds of error are equally frequent. No
            gate calibrated on this footage could do better.
        metric: the descriptor's own metric and gate, which the tracker uses.
        pairs: distances by the metric, from boxes to galleries of the same person and of others.
        errors: errors at the metric's gate.
    """

    equal_error_rate: float
    metric: AppearanceMetric
    pairs: PairDistances
    errors: Errors


def score_held_out(
    linked: LinkedFootage, features: NDArray[np.float32], metric: AppearanceMetric
) -> HeldOutScores | None:
    """Score one descriptor.

    Args:
        linked: footage of M boxes; it says which tracklets are held out.
        features: (M, D), features of the boxes.
        metric: the descriptor's own metric.

    Returns:
        The scores; None if the tracklets held out give no distances.
    """
    prepared = metric.prepare(features[linked.learned])
    pairs = PairDistances(
        *gallery_distances(linked.crops, linked.tracklets, metric, prepared, linked.held_out)
    )
    errors = errors_at(metric.gate, pairs)
    if errors is None:
        return None
    _, rate = equal_error(pairs.same, pairs.other)
    return HeldOutScores(rate, metric, pairs, errors)
