"""Counts, which add up over sequences, and the paper's columns, which are computed from them."""

from dataclasses import astuple, dataclass
from math import log10

COLUMNS = (
    *("IDF1", "IDP", "IDR", "Recall", "Precision", "FAR", "MT", "PT", "ML"),
    *("FP", "FN", "IDs", "FM", "MOTA", "MOTP", "MOTAL"),
)
"""The columns of the paper's tracking table (its Table 2), in the paper's order."""
OPTIONAL_COLUMNS = {
    "Purity": "share of the matched boxes that belong to their track's main person",
    "Continuity": "share of the matched boxes that lie in their person's main track",
    "Mixed": "tracks whose main person has less than 90 % of their matched boxes",
    "Tracks": "tracks with at least 10 matched boxes; only these can be mixed",
    "DetA": "detection accuracy, a part of HOTA",
    "AssA": "association accuracy, a part of HOTA",
    "AssPr": "association precision: how pure the track of a matched box is",
    "AssRe": "association recall: how much of the person's course the track covers",
}
"""Further columns -> meaning. The first four count boxes that CLEAR MOT matches
(:class:`flatsort.evaluation.tracks.identities.Identities`). The others are TrackEval's, means over
its nineteen localisation thresholds."""


@dataclass(frozen=True)
class Counts:
    """The counts of one sequence; `+` combines sequences.

    idtp, idfp and idfn use a one-to-one mapping between people and result identities: the one that
    gives the most result boxes the right identity.

    Attributes:
        idtp: result boxes with the right identity.
        idfp: result boxes with a wrong identity.
        idfn: ground-truth boxes without a result box of the right identity.
        false_positives: result boxes without a ground-truth box.
        misses: ground-truth boxes without a result box.
        switches: changes of the result identity that follows a person.
        fragmentations: interruptions of a person's track.
        mostly_tracked: people covered in at least 80 % of their frames.
        partially_tracked: people covered in 20 % or more, and less than 80 %, of their frames.
        mostly_lost: people covered in less than 20 % of their frames.
        matches: matched boxes, including those at a switch.
        distance: sum of 1 - IoU over the matched boxes.
        truth_boxes: ground-truth boxes.
        result_boxes: result boxes.
        truth_tracks: people in the ground truth.
        frames: frames of the sequence, including empty ones.
    """

    idtp: int = 0
    idfp: int = 0
    idfn: int = 0
    false_positives: int = 0
    misses: int = 0
    switches: int = 0
    fragmentations: int = 0
    mostly_tracked: int = 0
    partially_tracked: int = 0
    mostly_lost: int = 0
    matches: int = 0
    distance: float = 0.0
    truth_boxes: int = 0
    result_boxes: int = 0
    truth_tracks: int = 0
    frames: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def paper_columns(counts: Counts) -> dict[str, float]:
    """Compute the sixteen columns of the paper's tracking table.

    The definitions come from the MOTChallenge development kit: FAR is false positives per
    frame, MOTP is the mean IoU of matched boxes, and MOTAL is MOTA with log10(switches + 1) in
    place of the switches. A ratio whose denominator is 0 is 0.

    Args:
        counts: the counts of one sequence, or the sum over several sequences.

    Returns:
        Name of each column in :data:`COLUMNS` -> number; all ratios except FAR are percentages.
    """
    errors = counts.false_positives + counts.misses
    return {
        "IDF1": _percent(2 * counts.idtp, counts.truth_boxes + counts.result_boxes),
        "IDP": _percent(counts.idtp, counts.idtp + counts.idfp),
        "IDR": _percent(counts.idtp, counts.idtp + counts.idfn),
        "Recall": _percent(counts.matches, counts.truth_boxes),
        "Precision": _percent(counts.matches, counts.matches + counts.false_positives),
        "FAR": _ratio(counts.false_positives, counts.frames),
        "MT": counts.mostly_tracked,
        "PT": counts.partially_tracked,
        "ML": counts.mostly_lost,
        "FP": counts.false_positives,
        "FN": counts.misses,
        "IDs": counts.switches,
        "FM": counts.fragmentations,
        "MOTA": _percent(counts.truth_boxes - errors - counts.switches, counts.truth_boxes),
        "MOTP": _percent(counts.matches - counts.distance, counts.matches),
        "MOTAL": _percent(
            counts.truth_boxes - errors - log10(counts.switches + 1), counts.truth_boxes
        ),
    }


def _percent(part: float, whole: float) -> float:
    return 100.0 * _ratio(part, whole)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
