"""What ground truth says of the footage that was looked at; nothing is learned from it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.observed_footage import Footage
from flatsort.adaptation.trial_tracks import Followed
from flatsort.descriptors.descriptor import Descriptor
from flatsort.errors import InputError
from flatsort.evaluation.reid.describe import describe
from flatsort.evaluation.reid.judged_boxes import Boxes, labelled_boxes
from flatsort.evaluation.reid.pair_scores import PairDistances, Scores, score
from flatsort.evaluation.reid.pairs import count_pairs
from flatsort.evaluation.tracks.score import Score, combine, score_rows
from flatsort.files.mot_files import Rows, read_ground_truth
from flatsort.files.sequence import Sequence
from flatsort.tracker.gallery import AppearanceMetric


@dataclass(frozen=True)
class Judgement:
    """Same-person scores of labelled boxes 20 to 150 frames apart, by a descriptor's own metric.

    Attributes:
        scores: AUC, equal error rate, rank-1 and mAP.
        metric: the descriptor's own.
        pairs: the distances they are from.
    """

    scores: Scores
    metric: AppearanceMetric
    pairs: PairDistances


def check_ground_truth(sequence: Sequence) -> None:
    """Raise InputError if a sequence's ground truth is damaged; names the line."""
    read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)


def judge(
    sequence: Sequence, footage: Footage, descriptors: dict[str, Descriptor]
) -> dict[str, Judgement]:
    """Score descriptors on the labelled boxes of the frames that were looked at.

    Returns:
        By the same names; empty where no two boxes of one person, or of two, are far enough apart.

    Raises:
        InputError: a frame cannot be read.
    """
    try:
        labelled = labelled_boxes(sequence)
    except InputError:
        # It is sound, but no box in it is large and visible enough to judge by.
        return {}
    seen = np.isin(labelled.frames, footage.numbers)
    labelled = Boxes(labelled.frames[seen], labelled.boxes_tlwh[seen], labelled.ids[seen])
    if 0 in count_pairs(labelled):
        return {}
    nobody = Boxes(np.empty(0, np.int64), np.empty((0, 4)), np.empty(0, np.int64))
    described = describe(sequence, descriptors, labelled, nobody)
    judged = {}
    for name, descriptor in descriptors.items():
        scores, pairs = score(labelled, described[name].labelled, descriptor.metric)
        judged[name] = Judgement(scores, descriptor.metric, pairs)
    return judged


def score_tracks(sequence: Sequence, footage: Footage, tracked: Iterable[Followed]) -> list[Score]:
    """The benchmark's scores of tracks, over the frames that were looked at.

    Args:
        sequence: with ground truth.
        footage: of it.
        tracked: one tracker's tracks after the other's.

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
    """The rows of a stretch of frames, which are numbered from 1."""
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
