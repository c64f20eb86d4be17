"""All measurements of the new descriptor and of the old one."""

from dataclasses import dataclass, field

from flatsort.adaptation.gate_band import Spread
from flatsort.adaptation.labelled_scores import Judgement
from flatsort.adaptation.trial_tracks import TrackFigures
from flatsort.evaluation.tracks.score import Score
from flatsort.evaluation.verdict.contestant import Followed
from flatsort.evaluation.verdict.give_verdict import Verdict
from flatsort.evaluation.verdict.pair_shares import PairShare

# The name of SORT, which uses no descriptor.
NONE = "none"


@dataclass(frozen=True)
class Findings:
    """Both descriptors measured on the same footage.

    Every dictionary has the descriptors' names as keys. Judgements, scores and gate bands need
    ground truth and are empty without it.

    Attributes:
        verdict: the verdict without labels; it also names the recommended descriptor.
        pair_shares: share of comparisons that tell people apart, on tracklets held out of training.
        tracks: the tracks; those of SORT under NONE.
        figures: figures of the tracks; those of SORT under NONE.
        judgements: scores on labelled boxes.
        scores: scores of the tracks by labels; those of SORT under NONE.
        gate_bands: scores of the tracks by labels, at gates around the descriptor's own gate.
        two_modes: number of the tracks' identities that look like two people to one of the
            descriptors; None if neither tells these people apart.
    """

    verdict: Verdict
    pair_shares: dict[str, PairShare]
    tracks: dict[str, Followed]
    figures: dict[str, TrackFigures]
    judgements: dict[str, Judgement] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)
    gate_bands: dict[str, dict[str, Spread]] = field(default_factory=dict)
    two_modes: dict[str, int | None] = field(default_factory=dict)
