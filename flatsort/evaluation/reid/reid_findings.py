"""The figures of a descriptor report."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flatsort.evaluation.reid.gates import JudgedGate, Recommendation
from flatsort.evaluation.reid.pair_scores import PairDistances, Scores

if TYPE_CHECKING:
    from flatsort.evaluation.reid.decoder_flatness import Flatness


@dataclass(frozen=True)
class DescriptorReport:
    """The figures of one descriptor on one sequence.

    Attributes:
        name: the name in the report.
        dimensions: D, the length of the features.
        crops_per_second: crops described per second, on this machine, in this one run.
        busy_cores: average number of processor cores at work.
        scores: name of the distance -> scores.
        recommended: name of the distance -> gate found without labels; None if the detections do
            not suffice.
        gates: name of the distance -> the recommended gate, judged with labels.
        own: the descriptor's own metric and gate, which the tracker uses, judged with labels; None
            for raw pixels.
        flatness: flatness of the decoder; None for a descriptor without a decoder.
        pairs: name of the distance -> the distances that the scores are computed from.
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
        """The distance with the highest AUC."""
        return max(self.scores, key=lambda distance: self.scores[distance].auc)


@dataclass(frozen=True)
class Report:
    """The figures of all descriptors on one sequence.

    Attributes:
        sequence: name of the sequence.
        labelled: number of labelled crops.
        people: number of people in the labelled crops.
        same_pairs: number of pairs of one person, 20 to 150 frames apart.
        other_pairs: number of pairs of two people, 20 to 150 frames apart.
        detections: name of the detection file.
        detected: number of detections. Their mean is the centre of the centred cosine, and the
            gates are found on them. If there are none, the labelled crops give the centre.
        descriptors: raw pixels first, then the descriptors in the order of the request.
    """

    sequence: str
    labelled: int
    people: int
    same_pairs: int
    other_pairs: int
    detections: str
    detected: int
    descriptors: list[DescriptorReport]
