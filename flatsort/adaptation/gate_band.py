"""Score tracks in a gate band: at many gates around a descriptor's own gate.

A single wrong match can swap two people's identities for good. With a few dozen people, such
accidents change IDF1 by several points. The mean over many gates evens them out, and the standard
deviation shows their size.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.labelled_scores import score_tracks
from flatsort.adaptation.observed_footage import Footage
from flatsort.adaptation.trial_tracks import follow
from flatsort.files.sequence import Sequence
from flatsort.tracker import AppearanceMetric

# Gates to track at, as multiples of the descriptor's own: 0.5, 0.6, ..., 1.5.
SHARES = tuple(round(0.1 * tenths, 1) for tenths in range(5, 16))


@dataclass(frozen=True)
class Spread:
    """One score at several gates.

    Attributes:
        mean: mean over the gates.
        deviation: standard deviation over the gates.
    """

    mean: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.mean:.1f} ± {self.deviation:.1f}"


def score_gate_band(
    sequence: Sequence,
    footage: Footage,
    features: NDArray[np.float32],
    metric: AppearanceMetric,
) -> dict[str, Spread]:
    """Track with each of :data:`SHARES` times the metric's gate; score by the ground truth.

    Args:
        sequence: a sequence with ground truth.
        footage: N boxes of the sequence.
        features: (N, D), features of the boxes.
        metric: the descriptor's own metric.

    Returns:
        The spread of purity and of each other column of
        :meth:`flatsort.evaluation.tracks.score.Score.columns`.

    Raises:
        InputError: the ground truth is damaged.
    """
    gates = [share * metric.gate for share in SHARES]
    followed = (follow(footage, features, replace(metric, gate=gate)) for gate in gates)
    runs = [score.columns(["Purity"]) for score in score_tracks(sequence, footage, followed)]
    found = {column: [run[column] for run in runs] for column in runs[0]}
    return {
        column: Spread(float(np.mean(values)), float(np.std(values)))
        for column, values in found.items()
    }
