"""How well footage is tracked about a gate, not only at it.

A match more or less, and two people have each other's identity from there on: of a few dozen
people, IDF1 is several points higher or lower by chance. Tracked at many gates, the chance evens
out, and what it amounts to shows.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.labelled_scores import score_tracks
from flatsort.adaptation.observed_footage import Footage
from flatsort.adaptation.trial_tracks import follow
from flatsort.files.sequence import Sequence
from flatsort.tracker import AppearanceMetric

# Of the descriptor's own gate.
SHARES = tuple(round(0.1 * tenths, 1) for tenths in range(5, 16))


@dataclass(frozen=True)
class Spread:
    """A figure at several gates.

    Attributes:
        mean: of them.
        deviation: their standard deviation.
    """

    mean: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.mean:.1f} ± {self.deviation:.1f}"


def score_around(
    sequence: Sequence,
    footage: Footage,
    features: NDArray[np.float32],
    metric: AppearanceMetric,
) -> dict[str, Spread]:
    """Track at each of :data:`SHARES` of the metric's gate, and score by the ground truth.

    Args:
        sequence: with ground truth.
        footage: of it, N boxes.
        features: (N, D).
        metric: the descriptor's own.

    Returns:
        By column, as :meth:`flatsort.evaluation.tracks.score.Score.columns` has them.

    Raises:
        InputError: the ground truth is damaged.
    """
    gates = [share * metric.gate for share in SHARES]
    followed = (follow(footage, features, replace(metric, gate=gate)) for gate in gates)
    runs = [score.columns() for score in score_tracks(sequence, footage, followed)]
    found = {column: [run[column] for run in runs] for column in runs[0]}
    return {
        column: Spread(float(np.mean(values)), float(np.std(values)))
        for column, values in found.items()
    }
