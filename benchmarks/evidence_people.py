"""What each person adds to the scores of a tracker, so that people can be drawn again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from flatsort.evaluation.tracks.matching import follow, match_frames
from flatsort.evaluation.tracks.preprocessing import MAX_DISTANCE, ScoredFrame, preprocess
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Layout

MEASURES = ("IDF1", "purity")


@dataclass(frozen=True)
class PeopleCounts:
    """The boxes of P people, as one tracker followed them through one recording.

    Attributes:
        ids: (P,) int64, ascending.
        truth: (P,) ground-truth boxes.
        right: (P,) result boxes of the one identity that stands for the person: the person's part
            of IDTP.
        matched: (P,) result boxes that CLEAR MOT matches to the person.
        pure: (P,) those of them that lie in a track whose main person this is.
        clutter: result boxes that are matched to nobody.
    """

    ids: NDArray[np.int64]
    truth: NDArray[np.int64]
    right: NDArray[np.int64]
    matched: NDArray[np.int64]
    pure: NDArray[np.int64]
    clutter: int

    def scores(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return IDF1 and purity, (2, B) in %, with each person counted as often as drawn.

        The identities stay as they were assigned for all people together.

        Args:
            weights: (B, P), how often each person occurs in each of B draws.
        """
        result = weights @ self.matched + self.clutter
        boxes = weights @ self.truth + result
        matched = weights @ self.matched
        idf1 = _percent(2 * (weights @ self.right), boxes)
        return np.stack([idf1, _percent(weights @ self.pure, matched)])


def count_people(truth: Rows, results: Rows, length: int, layout: Layout) -> PeopleCounts:
    """Count, for each person of a recording, what :class:`PeopleCounts` holds."""
    frames = preprocess(truth, results, length, layout)
    ids, people_boxes = _counted([frame.truth_ids for frame in frames])
    tracks, track_boxes = _counted([frame.result_ids for frame in frames])
    together = np.zeros((len(ids), len(tracks)), np.int64)
    for frame in frames:
        person, track = np.nonzero(1 - frame.ious <= MAX_DISTANCE)
        rows = np.searchsorted(ids, frame.truth_ids[person])
        np.add.at(together, (rows, np.searchsorted(tracks, frame.result_ids[track])), 1)
    right = np.zeros(len(ids), np.int64)
    rows, columns = linear_sum_assignment(together, maximize=True)
    right[rows] = together[rows, columns]
    matched = _matched(frames, ids, tracks)
    main = matched.argmax(axis=0)
    is_main = np.zeros(matched.shape, bool)
    is_main[main, np.arange(len(tracks))] = True
    return PeopleCounts(
        ids=ids,
        truth=people_boxes,
        right=right,
        matched=matched.sum(axis=1),
        pure=(matched * is_main).sum(axis=1),
        clutter=int(track_boxes.sum() - matched.sum()),
    )


def _matched(
    frames: list[ScoredFrame], ids: NDArray[np.int64], tracks: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return how many boxes of each track CLEAR MOT matches to each person, (P, T)."""
    found = np.zeros((len(ids), len(tracks)), np.int64)
    for person, course in follow(match_frames(frames)).items():
        columns = np.searchsorted(tracks, course.ids)
        np.add.at(found[np.searchsorted(ids, person)], columns, 1)
    return found


def _counted(groups: list[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.unique(np.concatenate([np.empty(0, np.int64), *groups]), return_counts=True)


def _percent(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return 100 * np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
