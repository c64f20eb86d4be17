"""Everything the report says, as figures."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flatsort.evaluation.reid.gates import JudgedGate, Recommendation
from flatsort.evaluation.reid.pair_scores import PairDistances, Scores

if TYPE_CHECKING:
    from flatsort.evaluation.reid.decoder_flatness import Flatness


@dataclass(frozen=True)
class DescriptorReport:
    """One descriptor on one sequence.

    Attributes:
        name: as printed.
        dimensions: D, the length of its features.
        crops_per_second: described, on this machine, in this one run.
        busy_cores: processor cores that worked on it on average.
        scores: by distance.
        recommended: by distance, found without labels; None where detections tell nothing.
        gates: the recommended gates, judged.
        own: the descriptor's own metric and gate, which track.py uses, judged; None for pixels.
        flatness: of its decoder; None if it has none.
        pairs: by distance, what the scores are from.
    """

    name: str
    dimensions: int
    crops_per_second: float
    busy_cores: float
    scores: dict[str, Scores]
    recommended: dict[str, Recommendation | None]
    gates: dict[str, JudgedGate]
    own: JudgedGate | None
    flatness: "Flatness | None"
    pairs: dict[str, PairDistances] = field(repr=False)

    @property
    def best_distance(self) -> str:
        """That of the highest AUC."""
        return max(self.scores, key=lambda distance: self.scores[distance].auc)


@dataclass(frozen=True)
class Report:
    """All descriptors on one sequence.

    Attributes:
        sequence: its name.
        labelled: number of labelled crops.
        people: of them.
        same_pairs: pairs of one person, 20 to 150 frames apart.
        other_pairs: pairs of two people.
        detections: the file's name.
        detected: number of detections that cosines are centred on the mean of, and that the gates
            were found on. Where it is 0, cosines are centred on the labelled crops.
        descriptors: raw pixels first, then in the order asked for.
    """

    sequence: str
    labelled: int
    people: int
    same_pairs: int
    other_pairs: int
    detections: str
    detected: int
    descriptors: list[DescriptorReport]
