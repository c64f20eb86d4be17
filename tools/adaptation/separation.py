"""How well a descriptor tells people apart who were held out of training, without labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.adaptation.material import Material
from tools.calibration import calibrate, gallery_distances
from tools.reid.gates import Errors, errors_at
from tools.reid.scores import PairDistances
from tracker.gallery import AppearanceMetric


@dataclass(frozen=True)
class Separation:
    """What one descriptor makes of the tracklets held out.

    Attributes:
        equal_error_rate: of its better distance, 0 to 1: the share of distances on the wrong side
            of the gate at which both kinds of error are as frequent.
        metric: the one it is tracked with.
        pairs: distances by that metric, from a box to the same person's gallery and to others'.
        errors: at the metric's gate.
    """

    equal_error_rate: float
    metric: AppearanceMetric
    pairs: PairDistances
    errors: Errors


def separate(
    material: Material, features: NDArray[np.float32], metric: AppearanceMetric
) -> Separation | None:
    """Measure one descriptor.

    The equal error rate is that of the distance that suits the footage better, as training chooses
    it: a descriptor from elsewhere so gets the best gate that it could be given here.

    Args:
        material: the tracklets, and which are held out; M boxes of footage.
        features: (M, D).
        metric: the descriptor's own.

    Returns:
        None where those held out tell nothing.
    """
    crops, linked, held = material.crops, material.linked, material.held
    features = features[material.learned]
    centre = features.mean(axis=0) if metric.centre is None else metric.centre
    found = calibrate(crops, features, centre, linked, held)
    if found is None:
        return None
    same, other = gallery_distances(crops, linked, metric, metric.prepare(features), held)
    pairs = PairDistances(same, other)
    return Separation(found.equal_error_rate, metric, pairs, errors_at(metric.gate, pairs))
