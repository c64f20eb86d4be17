"""All measurements of the new descriptor and of the old one."""

from dataclasses import dataclass, field

from flatsort.adaptation.gate_band import Spread
from flatsort.adaptation.held_out_scores import HeldOutScores
from flatsort.adaptation.labelled_scores import Judgement
from flatsort.adaptation.trial_tracks import TrackFigures
from flatsort.evaluation.tracks.score import Score
from flatsort.training.calibration import errs_clearly_less

# The name of SORT, which uses no descriptor.
NONE = "none"


@dataclass(frozen=True)
class Findings:
    """Both descriptors measured on the same footage.

    Every dictionary has the descriptors' names as keys. The last three need ground truth and are
    empty without it.

    Attributes:
        before: name of the old descriptor.
        after: name of the new descriptor.
        held_out: scores on the tracklets held out of training; empty if these are too few.
        figures: figures of the tracks; those of SORT under NONE.
        judgements: scores on labelled boxes.
        scores: scores of the tracks by labels; those of SORT under NONE.
        gate_bands: scores of the tracks by labels, at gates around the descriptor's own gate.
    """

    before: str
    after: str
    held_out: dict[str, HeldOutScores]
    figures: dict[str, TrackFigures]
    judgements: dict[str, Judgement] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)
    gate_bands: dict[str, dict[str, Spread]] = field(default_factory=dict)

    @property
    def is_better(self) -> bool | None:
        """Whether the new descriptor clearly errs less on people held out; None if unmeasured."""
        if not self.held_out:
            return None
        old, new = (self.held_out[name] for name in (self.before, self.after))
        return errs_clearly_less(new.equal_error_rate, old.equal_error_rate, len(old.pairs.same))
