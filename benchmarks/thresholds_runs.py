"""FlatSORT's runs with thresholds from labels, from no labels, and as shipped."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from benchmarks.accuracy_boxes import BoxSet
from flatsort.detectors.confidence_scale import LEVELS, Continuation, learn_continuation
from flatsort.evaluation.tracks.preprocessing import ScoredFrame, preprocess
from flatsort.files.mot_files import Rows, read_ground_truth, rows_of
from flatsort.files.sequence import Sequence
from flatsort.tracker import Detections, FlatSort, FlatSortConfig, Tracks
from flatsort.tracking.learned_thresholds import learn_memory

SETS = ("yolox", "frcnn", "nano-09")
"""Keys of the boxes that are compared: seven sequences twice, and MOT16-09 by a light detector."""
SURE, ABOVE_SURE, DOUBTFUL, MEMORIES = (
    (0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
    (0.0, 0.1),
    (0.1, 0.2, 0.3),
    (1.0, 1.5, 2.0, 3.0),
)
"""The settings that labels choose from: confidences of sure boxes, confidences of births above
these, confidences of doubtful boxes, and seconds of memory."""
LEVELS_TRIED = tuple(product((0.2, 0.3, 0.4), (0.8, 0.82, 0.84, 0.86, 0.88)))
"""The levels of learned confidences from which other sequences choose."""
SCALES: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "c": lambda confidences: confidences,
    "c^3": lambda confidences: confidences**3,
    "0.5 + c / 2": lambda confidences: 0.5 + confidences / 2,
}
"""The confidence c on other scales, as another detector may give it."""
_RIGHT_OVERLAP = 0.5
"""Smallest IoU of a right box, as in every benchmark of MOTChallenge."""


@dataclass(frozen=True)
class Identities:
    """The counts of IDF1: boxes with the right identity, boxes of the truth, boxes found."""

    right: int = 0
    truth: int = 0
    found: int = 0

    def __add__(self, other: "Identities") -> "Identities":
        return Identities(
            self.right + other.right, self.truth + other.truth, self.found + other.found
        )

    @property
    def idf1(self) -> float:
        """IDF1 in percent."""
        return 200 * self.right / max(self.truth + self.found, 1)


@dataclass(frozen=True)
class Case:
    """A sequence with the boxes of one detector.

    Attributes:
        sequence: the sequence.
        boxes: its detections.
        truth: its ground truth.
        continuation: how often boxes of each confidence go on.
    """

    sequence: Sequence
    boxes: Rows
    truth: Rows
    continuation: Continuation

    def rescaled(self, scale: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> "Case":
        """Return the case of a detector with another scale of confidences."""
        boxes = replace(self.boxes, confidences=scale(self.boxes.confidences))
        learned = learn_continuation(boxes, self.sequence.length)
        return replace(self, boxes=boxes, continuation=learned)

    def translated(self, levels: tuple[float, float] = LEVELS) -> Rows:
        """Return the boxes with learned confidences."""
        return replace(
            self.boxes, confidences=self.continuation.translate(self.boxes.confidences, levels)
        )


@dataclass
class SetRuns:
    """The counts of all runs on the boxes of one detector; one per sequence in each list.

    Attributes:
        names: names of the sequences.
        shipped: by scale, with the shipped settings.
        learned: by scale, with learned confidences and memory at the shipped levels.
        confidences: with learned confidences and the shipped memory.
        labelled: setting (sure, birth, doubtful, memory) -> counts.
        by_levels: levels -> counts with learned confidences and memory.
    """

    names: list[str]
    shipped: dict[str, list[Identities]] = field(default_factory=dict)
    learned: dict[str, list[Identities]] = field(default_factory=dict)
    confidences: list[Identities] = field(default_factory=list)
    labelled: dict[tuple[float, ...], list[Identities]] = field(default_factory=dict)
    by_levels: dict[tuple[float, float], list[Identities]] = field(default_factory=dict)


def measure(box_set: BoxSet, advance: Callable[[], object]) -> SetRuns:
    """Run FlatSORT on the boxes of one detector with all settings.

    Args:
        box_set: the boxes.
        advance: called after each setting; :func:`runs_per_set` says how often.
    """
    cases = [_open(sequence, boxes) for sequence, boxes in box_set.boxes]
    runs = SetRuns([case.sequence.name for case in cases])
    for name, scale in SCALES.items():
        scaled = [case.rescaled(scale) for case in cases]
        runs.shipped[name] = [_track(case, case.boxes) for case in scaled]
        runs.learned[name] = [_track_learned(case) for case in scaled]
        advance()
    runs.confidences = [_track(case, case.translated()) for case in cases]
    advance()
    for setting in labelled_settings():
        sure, birth, doubtful, memory = setting
        config = FlatSortConfig(
            sure_confidence=sure,
            birth_confidence=birth,
            min_confidence=doubtful,
            memory_s=memory,
        )
        runs.labelled[setting] = [_track(case, case.boxes, config) for case in cases]
        advance()
    for levels in LEVELS_TRIED:
        runs.by_levels[levels] = [_track_learned(case, levels) for case in cases]
        advance()
    return runs


def labelled_settings() -> list[tuple[float, float, float, float]]:
    """Return the settings (sure, birth, doubtful, memory) that labels choose from."""
    grid = product(SURE, ABOVE_SURE, DOUBTFUL, MEMORIES)
    return [(sure, round(sure + above, 2), low, memory) for sure, above, low, memory in grid]


def runs_per_set() -> int:
    """Return the number of settings per detector."""
    return len(SCALES) + 1 + len(labelled_settings()) + len(LEVELS_TRIED)


def count_identities(frames: Iterable[ScoredFrame]) -> Identities:
    """Return the counts of IDF1 (Ristani et al. 2016) of preprocessed frames."""
    truth: list[NDArray[np.int64]] = []
    found: list[NDArray[np.int64]] = []
    pairs: list[NDArray[np.int64]] = []
    for frame in frames:
        truth.append(frame.truth_ids)
        found.append(frame.result_ids)
        rows, columns = np.nonzero(frame.ious >= _RIGHT_OVERLAP)
        pairs.append(np.column_stack([frame.truth_ids[rows], frame.result_ids[columns]]))
    count = Identities(0, sum(map(len, truth)), sum(map(len, found)))
    both = np.concatenate(pairs) if pairs else np.empty((0, 2), np.int64)
    people, rows = np.unique(both[:, 0], return_inverse=True)
    tracks, columns = np.unique(both[:, 1], return_inverse=True)
    shared = np.zeros((len(people), len(tracks)))
    np.add.at(shared, (rows, columns), 1)
    best = linear_sum_assignment(shared, maximize=True)
    return replace(count, right=int(shared[best].sum()))


def _open(sequence: Sequence, boxes: Rows) -> Case:
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    return Case(sequence, boxes, truth, learn_continuation(boxes, sequence.length))


def _track(case: Case, boxes: Rows, config: FlatSortConfig | None = None) -> Identities:
    sequence = case.sequence
    found = [
        np.column_stack([np.full(len(tracks), frame), tracks.ids, tracks.boxes_tlwh])
        for frame, tracks in enumerate(_tracks(case, boxes, config or FlatSortConfig()), 1)
    ]
    results = rows_of(np.concatenate(found), sequence.name, sequence.length)
    return count_identities(preprocess(case.truth, results, sequence.length, sequence.layout))


def _track_learned(case: Case, levels: tuple[float, float] = LEVELS) -> Identities:
    boxes, sequence = case.translated(levels), case.sequence
    memory_s = learn_memory(boxes, sequence.length, sequence.frame_rate)
    return _track(
        case, boxes, FlatSortConfig() if memory_s is None else FlatSortConfig(memory_s=memory_s)
    )


def _tracks(case: Case, boxes: Rows, config: FlatSortConfig) -> Iterable[Tracks]:
    """Return the tracks of each frame."""
    sequence = case.sequence
    tracker = FlatSort(replace(config, frame_rate=sequence.frame_rate))
    for rows in boxes.by_frame(sequence.length):
        yield tracker.update(Detections(boxes.boxes_tlwh[rows], boxes.confidences[rows]))
