"""Everything that is found out about the new descriptor and the old one."""

from dataclasses import dataclass, field

from flatsort.adaptation.gate_band import Spread
from flatsort.adaptation.labelled_scores import Judgement
from flatsort.adaptation.separation import Separation
from flatsort.adaptation.trial_tracks import TrackFigures
from flatsort.evaluation.tracks.score import Score
from flatsort.training.calibration import errs_clearly_less

NONE = "none"


@dataclass(frozen=True)
class Findings:
    """Before and after, on the same footage.

    Attributes:
        before: name of the old descriptor.
        after: name of the new one.
        separations: by name, on the tracklets held out; empty where there are too few.
        figures: by name, and of SORT by NONE.
        judgements: by name, with labels; empty without ground truth.
        scores: by name, and of SORT by NONE, with labels; likewise.
        around: by name, with labels, at gates about the descriptor's own; likewise.
    """

    before: str
    after: str
    separations: dict[str, Separation]
    figures: dict[str, TrackFigures]
    judgements: dict[str, Judgement] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)
    around: dict[str, dict[str, Spread]] = field(default_factory=dict)

    @property
    def is_better(self) -> bool | None:
        """Whether the new one clearly errs less on people held out; None if not measured."""
        if not self.separations:
            return None
        old, new = (self.separations[name] for name in (self.before, self.after))
        return errs_clearly_less(new.equal_error_rate, old.equal_error_rate, len(old.pairs.same))
