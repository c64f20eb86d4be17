"""How well a descriptor tells people apart who were held out of training, without labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.material import Material
from flatsort.evaluation.reid.gates import Errors, errors_at
from flatsort.evaluation.reid.pair_scores import PairDistances
from flatsort.tracker.gallery import AppearanceMetric
from flatsort.training.calibration import equal_error, gallery_distances


@dataclass(frozen=True)
class Separation:
    """What one descriptor makes of the tracklets held out.

    Attributes:
        equal_error_rate: 0 to 1, at the gate at which both kinds of error are as frequent: the best
            that a gate calibrated here could do.
        metric: the one it is tracked with.
        pairs: distances by it, from a box to the same person's gallery and to others'.
        errors: at the gate that it is tracked with.
    """

    equal_error_rate: float
    metric: AppearanceMetric
    pairs: PairDistances
    errors: Errors


def separate(
    material: Material, features: NDArray[np.float32], metric: AppearanceMetric
) -> Separation | None:
    """Measure one descriptor.

    Args:
        material: the tracklets, and which are held out; M boxes of footage.
        features: (M, D).
        metric: the descriptor's own.

    Returns:
        None where those held out tell nothing.
    """
    crops, linked, held = material.crops, material.linked, material.held
    prepared = metric.prepare(features[material.learned])
    pairs = PairDistances(*gallery_distances(crops, linked, metric, prepared, held))
    errors = errors_at(metric.gate, pairs)
    if errors is None:
        return None
    _, rate = equal_error(pairs.same, pairs.other)
    return Separation(rate, metric, pairs, errors)
