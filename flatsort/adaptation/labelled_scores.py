"""Score descriptors and tracks by ground truth; training never uses these labels."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.observed_footage import Footage
from flatsort.descriptors.descriptor import Descriptor
from flatsort.errors import InputError
from flatsort.evaluation.reid.describe import describe
from flatsort.evaluation.reid.judged_boxes import Boxes, labelled_boxes
from flatsort.evaluation.reid.pair_scores import PairDistances, Scores, score_pairs
from flatsort.evaluation.reid.pairs import count_pairs
from flatsort.evaluation.tracks.score import Score, combine, score_rows
from flatsort.evaluation.verdict.contestant import Followed
from flatsort.files.mot_files import Rows, read_ground_truth
from flatsort.files.sequence import Sequence
from flatsort.tracker import AppearanceMetric


@dataclass(frozen=True)
class Judgement:
    """Re-identification scores of one descriptor, on labelled boxes 20 to 150 frames apart.

    Attributes:
        scores: AUC, equal error rate, rank-1 and mAP.
        metric: the descriptor's own metric.
        pairs: the distances behind the scores.
    """

    scores: Scores
    metric: AppearanceMetric
    pairs: PairDistances


def check_ground_truth(sequence: Sequence) -> None:
    """Raise InputError, naming the line, if the ground truth of a sequence is damaged."""
    read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)


def judge(
    sequence: Sequence, footage: Footage, descriptors: dict[str, Descriptor]
) -> dict[str, Judgement]:
    """Score descriptors on the labelled boxes of the processed frames.

    Returns:
        One judgement per descriptor, by name. Empty unless some boxes of one person, and some boxes
        of two people, are far enough apart in time to compare.

    Raises:
        InputError: a frame cannot be read.
    """
    try:
        labelled = labelled_boxes(sequence)
    except InputError:
        # The ground truth is valid, but no box in it is large and visible enough to score.
        return {}
    seen = np.isin(labelled.frames, footage.numbers)
    labelled = Boxes(labelled.frames[seen], labelled.boxes_tlwh[seen], labelled.ids[seen])
    if 0 in count_pairs(labelled):
        return {}
    nobody = Boxes(np.empty(0, np.int64), np.empty((0, 4)), np.empty(0, np.int64))
    described = describe(sequence, descriptors, labelled, nobody)
    judged = {}
    for name, descriptor in descriptors.items():
        scores, pairs = score_pairs(labelled, described[name].labelled, descriptor.metric)
        judged[name] = Judgement(scores, descriptor.metric, pairs)
    return judged


def score_tracks(sequence: Sequence, footage: Footage, tracked: Iterable[Followed]) -> list[Score]:
    """Score tracks over the processed frames, as the MOTChallenge benchmark does.

    Args:
        sequence: a sequence with ground truth.
        footage: footage of the sequence.
        tracked: the tracks of each tracker.

    Returns:
        One score per tracker, in the same order.

    Raises:
        InputError: the ground truth is damaged.
    """
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    bursts = [(burst, _within(truth, burst)) for burst in footage.bursts()]
    return [
        combine(
            score_rows(known, _within(results, burst), len(burst), sequence.layout)
            for burst, known in bursts
        )
        for results in (_as_rows(followed, truth) for followed in tracked)
    ]


def _within(rows: Rows, burst: NDArray[np.int64]) -> Rows:
    """Return the rows of the frames of a burst, with frame numbers that start at 1."""
    found = rows.select((rows.frames >= burst[0]) & (rows.frames <= burst[-1]))
    return replace(found, frames=found.frames - burst[0] + 1)


def _as_rows(followed: Followed, truth: Rows) -> Rows:
    count = len(followed.frames)
    return Rows(
        frames=followed.frames,
        ids=followed.ids,
        boxes_tlwh=followed.boxes_tlwh,
        confidences=np.ones(count),
        classes=np.full(count, -1, np.int64),
        visibilities=np.full(count, -1.0),
        path=truth.path,
    )
