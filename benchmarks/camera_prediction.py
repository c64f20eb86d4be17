"""How well FlatSORT predicts a person's box, where everybody's identity is known.

Scores of tracks depend on few exchanges of people, and so on luck. The predicted boxes show the
quality of the camera's motion itself: in the next frame, and after a person was hidden.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.camera_motion_runs import Footage, Variant
from flatsort.tracker import Detections
from flatsort.tracker.boxes import iou
from flatsort.tracker.reference.camera_motion import CameraMotion
from flatsort.tracker.reference.flat_sort_motion import FlatSortMotion

HIDDEN_S = 0.5
"""Seconds for which a person is hidden."""

_HIDE = 1 / 25
"""Chance per frame that a person who is in view is hidden from then on."""

_MIN_IOU = 0.5
"""Smallest IoU of a detection with the person that it shows, as in MOT16's scores."""

_FORGOTTEN_S = 2.0
"""Seconds after which a person who was not seen is forgotten."""


@dataclass(frozen=True)
class Prediction:
    """Mean IoU, in percent, of a person's predicted box with the detected one.

    Attributes:
        next_frame: where the person was seen in the frame before.
        hidden: where the person was hidden for HIDDEN_S.
    """

    next_frame: float
    hidden: float


def predict(footage: Footage, variant: Variant) -> Prediction:
    """Predict the boxes of all people through a sequence, and compare."""
    run = _Run(footage, variant)
    for number in range(footage.sequence.length):
        run.step(number)
    ages, overlaps = np.array(run.ages), np.array(run.overlaps)
    hidden = run.hidden_frames
    is_back = (ages > hidden) & (ages <= hidden + 3)
    return Prediction(100 * overlaps[ages == 1].mean(), 100 * overlaps[is_back].mean())


class _Run:
    """The tracks of a sequence, each with a known identity.

    Attributes:
        ages: frames since the last detection, of each prediction so far.
        overlaps: IoU of each prediction so far with the detection.
    """

    def __init__(self, footage: Footage, variant: Variant) -> None:
        sequence, config = footage.sequence, variant.config
        self.ages: list[int] = []
        self.overlaps: list[float] = []
        self.hidden_frames = round(HIDDEN_S * sequence.frame_rate)
        self._patience = _FORGOTTEN_S * sequence.frame_rate
        self._sure = config.sure_confidence
        self._uses_boxes = config.camera_motion == "boxes"
        self._footage = footage
        self._truth_rows = footage.truth.by_frame(sequence.length)
        self._movements = variant.movements
        self._camera = CameraMotion(config.min_camera_pairs, config.sure_camera_pairs)
        self._motion = FlatSortMotion()
        self._people, self._since = np.empty(0, np.int64), np.empty(0, np.int64)
        self._back_at: dict[int, int] = {}
        self._random = np.random.default_rng(0)

    def step(self, number: int) -> None:
        """Predict and compare in one frame, counted from 0."""
        detections = self._footage.frames[number]
        sure = detections.select(np.flatnonzero(detections.confidences >= self._sure))
        people = self._people_of(sure, number)
        in_view = np.array([self._is_in_view(person, number) for person in people], bool)
        self._motion.hold_height(self._since > 0)
        self._motion.predict()
        self._since += 1
        self._follow_camera(number, sure.boxes_tlwh[in_view])
        shown = in_view & (people >= 0)
        self._correct(people[shown], sure.boxes_tlwh[shown])
        kept = self._since < self._patience
        self._motion.keep(kept)
        self._people, self._since = self._people[kept], self._since[kept]

    def _people_of(self, sure: Detections, number: int) -> np.ndarray:
        """Return the person whom each detection shows, (N,); -1 for nobody."""
        truth = self._footage.truth.select(self._truth_rows[number])
        truth = truth.select((truth.classes == 1) & (truth.confidences > 0))
        overlap = iou(sure.boxes_tlwh, truth.boxes_tlwh)
        rows, columns = linear_sum_assignment(-overlap)
        good = overlap[rows, columns] >= _MIN_IOU
        people = np.full(len(sure), -1)
        people[rows[good]] = truth.ids[columns[good]]
        return people

    def _is_in_view(self, person: int, number: int) -> bool:
        """Return whether a person is in view; hide people in view by chance."""
        back_at = self._back_at.get(person, 0)
        if person >= 0 and number >= back_at and self._random.random() < _HIDE:
            self._back_at[person] = number + self.hidden_frames
            return False
        return number >= back_at

    def _follow_camera(self, number: int, boxes_tlwh: np.ndarray) -> None:
        recent, movement = np.flatnonzero(self._since == 1), self._movements[number]
        if movement is not None:
            used = boxes_tlwh if self._uses_boxes else boxes_tlwh[:0]
            self._camera.follow_measured(self._motion, recent, used, movement)
        elif self._uses_boxes:
            self._camera.follow(self._motion, recent, boxes_tlwh)

    def _correct(self, people: np.ndarray, boxes_tlwh: np.ndarray) -> None:
        """Compare the predictions with the boxes, correct known people and start new ones."""
        row_of = {person: row for row, person in enumerate(self._people.tolist())}
        is_known = np.array([person in row_of for person in people.tolist()], bool)
        rows = np.array([row_of[person] for person in people[is_known].tolist()], np.intp)
        overlap = iou(self._motion.boxes_tlwh()[rows], boxes_tlwh[is_known])
        self.ages += self._since[rows].tolist()
        self.overlaps += np.diagonal(overlap).tolist()
        self._motion.update(rows, boxes_tlwh[is_known])
        self._since[rows] = 0
        self._motion.append(boxes_tlwh[~is_known])
        self._people = np.concatenate([self._people, people[~is_known]])
        self._since = np.concatenate([self._since, np.zeros((~is_known).sum(), np.int64)])
