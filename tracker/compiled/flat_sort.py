"""FlatSORT's update in one compiled call per frame.

It does the same as :mod:`tracker.reference.flat_sort`, to the last bit.
"""

from collections.abc import Callable

import numpy as np

from ..arrays import Bools, Floats, Ints, Picture
from ..boxes import xywh_to_tlwh
from ..camera_movement import CameraMovement
from ..config import FlatSortConfig
from ..detections import Detections
from ..tracks import Tracks
from .build import BOXES, CONFIDENCES, compile_cached, source_digest
from .camera_motion import follow_camera, measured_numbers
from .flat_sort_motion import (
    box_from_xywh,
    correct_xywh,
    hold_height_xywh,
    predict_xywh,
    start_xywh,
)
from .flat_sort_stages import find_births, match, split_by_confidence, split_by_state
from .kalman import POSITION
from .selection import take, usable_rows
from .table import (
    AGE,
    DETECTION,
    HITS,
    ID,
    MAX_COUNT,
    ReportArrays,
    TrackArrays,
    begin,
    hit,
    miss,
    move,
    report,
)

_NO_EVIDENCE = np.empty((0, 0))


class CompiledFlatSort:
    """The compiled engine of :class:`tracker.FlatSort`.

    Args:
        config: Settings.

    Attributes:
        dropped: Invalid boxes ignored so far.
    """

    def __init__(self, config: FlatSortConfig) -> None:
        self._n_init = min(config.n_init, MAX_COUNT)
        self._settings = (
            float(config.min_confidence),
            float(config.sure_confidence),
            float(config.birth_confidence),
            float(config.max_sure_cost),
            float(config.max_unsure_cost),
            float(config.max_tentative_cost),
            float(config.max_birth_overlap),
            self._n_init,
            config.memory,
            config.camera_motion == "boxes",
            min(config.min_camera_pairs, MAX_COUNT),
            min(config.sure_camera_pairs, MAX_COUNT),
        )
        self._tracks = TrackArrays()
        self._reports = ReportArrays()
        self._camera_velocity = np.zeros(2)
        self._is_first_frame = True
        self.dropped = 0

    @property
    def ids(self) -> Ints:
        """The ids (T,) of the living tracks, ascending."""
        return self._marks[:, ID].copy()

    @property
    def camera_velocity(self) -> Floats:
        """The movement (2,) of the picture in the last frame, in pixels."""
        return self._camera_velocity

    def missed(self) -> Tracks:
        """Return the confirmed tracks that were not matched, with their predicted boxes."""
        marks = self._marks
        return self._select((marks[:, HITS] >= self._n_init) & (marks[:, AGE] > 0))

    def newborn(self) -> Tracks:
        """Return the tentative tracks that started in this frame."""
        marks = self._marks
        return self._select((marks[:, HITS] < self._n_init) & (marks[:, HITS] == 1))

    def confirm(self, ids: Ints) -> None:
        """Confirm the living tracks of these ids."""
        marks = self._marks
        marks[np.isin(marks[:, ID], ids), HITS] = self._n_init

    def reserve_id(self) -> int:
        """Return an id that no track will have."""
        self._tracks.born += 1
        return self._tracks.born

    def forget(self, ids: Ints) -> None:
        """End the living tracks of these ids."""
        self._tracks.count = _forget(
            self._tracks.state,
            self._tracks.marks,
            self._tracks.confidences,
            self._tracks.count,
            np.asarray(ids, np.int64),
        )

    @property
    def _marks(self) -> Ints:
        """The marks of the living tracks, a view."""
        return self._tracks.marks[: self._tracks.count]

    def _select(self, mask: Bools) -> Tracks:
        """Return the tracks in the mask (T,), with the boxes of the filter."""
        rows = np.flatnonzero(mask)
        marks = self._tracks.marks
        return Tracks(
            marks[rows, ID],
            xywh_to_tlwh(self._tracks.state[rows, :, POSITION]),
            marks[rows, AGE],
            marks[rows, DETECTION],
            self._tracks.confidences[rows],
        )

    def update(
        self,
        detections: Detections,
        frame: Picture | None = None,
        movement: CameraMovement | None = None,
        evidence: Floats | None = None,
    ) -> Tracks:
        """Advance by one frame: see :class:`tracker.engine.FlatSortEngine`."""
        boxes_tlwh = detections.boxes_tlwh
        tracks, reports = self._tracks, self._reports
        tracks.reserve(len(boxes_tlwh))
        # Every reported track has a detection of this frame.
        reports.reserve(len(boxes_tlwh))
        end, tracks.count, tracks.born, dropped = _update(
            boxes_tlwh,
            detections.confidences,
            _NO_EVIDENCE if evidence is None else evidence,
            tracks.state,
            tracks.marks,
            tracks.confidences,
            tracks.count,
            tracks.born,
            self._camera_velocity,
            measured_numbers(movement),
            self._is_first_frame,
            *self._settings,
            reports.used,
            *reports.arrays,
        )
        self._is_first_frame = False
        self.dropped += dropped
        return reports.take(end)


def _frame_kernel(key: int) -> Callable[..., tuple[int, int, int, int]]:
    """Return the update of one frame; :func:`.build.compile_cached` explains the key."""

    def update(
        boxes_tlwh: Floats,
        box_confidences: Floats,
        evidence: Floats,
        state: Floats,
        marks: Ints,
        confidences: Floats,
        count: int,
        born: int,
        camera_velocity: Floats,
        measured: Floats,
        is_first_frame: bool,
        min_confidence: float,
        sure_confidence: float,
        birth_confidence: float,
        max_sure_cost: float,
        max_unsure_cost: float,
        max_tentative_cost: float,
        max_birth_overlap: float,
        n_init: int,
        memory: int,
        follows_camera: bool,
        min_camera_pairs: int,
        sure_camera_pairs: int,
        reported: int,
        out_ids: Ints,
        out_boxes: Floats,
        out_ages: Ints,
        out_detections: Ints,
        out_confidences: Floats,
    ) -> tuple[int, int, int, int]:
        """Advance by one frame.

        Returns:
            The end of the report, the living tracks, the tracks so far and the invalid boxes of
            this frame.
        """
        _ = key
        rows, dropped = usable_rows(
            boxes_tlwh, box_confidences, range(len(boxes_tlwh)), min_confidence, 0.0
        )
        kept = take(boxes_tlwh, rows)
        sure, unsure = split_by_confidence(box_confidences, rows, sure_confidence)
        for track in range(count):
            if marks[track, AGE] > 0:
                hold_height_xywh(state, track)
            predict_xywh(state, track)
            miss(marks, track)

        confirmed, recent, tentative = split_by_state(marks, count, n_init)
        follow_camera(
            state,
            count,
            camera_velocity,
            recent,
            take(kept, sure if follows_camera else sure[:0]),
            follows_camera,
            min_camera_pairs,
            sure_camera_pairs,
            measured,
        )
        predicted = np.empty((count, 4))
        for track in range(count):
            box_from_xywh(state, track, predicted, track)
        shares = np.empty(len(rows))
        for detection in range(len(rows)):
            shares[detection] = min(box_confidences[rows[detection]], 1.0)
        ones = np.ones(len(rows))
        detection_of = np.full(count, -1, np.int64)
        match(predicted, kept, shares, evidence, rows, confirmed, sure, max_sure_cost, detection_of)
        match(predicted, kept, ones, evidence, rows, recent, unsure, max_unsure_cost, detection_of)
        match(
            predicted,
            kept,
            shares,
            evidence,
            rows,
            tentative,
            sure,
            max_tentative_cost,
            detection_of,
        )
        births = find_births(
            kept, box_confidences, rows, sure, birth_confidence, max_birth_overlap, detection_of
        )

        for track in range(count):
            detection = detection_of[track]
            if detection >= 0:
                correct_xywh(state, track, kept, detection)
                hit(marks, confidences, track, rows[detection], box_confidences[rows[detection]])
        for detection in births:
            row = rows[detection]
            born += 1
            start_xywh(state, count, kept, detection)
            begin(marks, confidences, count, born, row, box_confidences[row])
            if is_first_frame:
                marks[count, HITS] = n_init
            count += 1

        alive = 0
        for track in range(count):
            is_confirmed = marks[track, HITS] >= n_init
            if marks[track, AGE] >= (memory if is_confirmed else 1):
                continue
            move(state, marks, confidences, track, alive)
            if is_confirmed and marks[alive, AGE] == 0:
                for side in range(4):
                    out_boxes[reported, side] = boxes_tlwh[marks[alive, DETECTION], side]
                reported = report(
                    marks,
                    confidences,
                    alive,
                    reported,
                    out_ids,
                    out_boxes,
                    out_ages,
                    out_detections,
                    out_confidences,
                )
            alive += 1
        return reported, alive, born, dropped

    return update


_update = compile_cached(
    _frame_kernel(source_digest()),
    f"UniTuple(int64, 4)({BOXES}, {CONFIDENCES}, {BOXES}, float64[:,:,::1], int64[:,::1],"
    " float64[::1], int64, int64, float64[::1], float64[::1], boolean, float64, float64, float64,"
    " float64, float64, float64, float64, int64, int64, boolean, int64, int64,"
    " int64, int64[::1], float64[:,::1], int64[::1], int64[::1], float64[::1])",
)


def _forget_kernel(key: int) -> Callable[..., int]:
    """Return the function that ends tracks; :func:`.build.compile_cached` explains the key."""

    def forget(state: Floats, marks: Ints, confidences: Floats, count: int, ids: Ints) -> int:
        """End the tracks of these ids, and return the number of living tracks."""
        _ = key
        alive = 0
        for track in range(count):
            ends = False
            for id_ in ids:
                ends = ends or marks[track, ID] == id_
            if not ends:
                move(state, marks, confidences, track, alive)
                alive += 1
        return alive

    return forget


_forget = compile_cached(
    _forget_kernel(source_digest()),
    "int64(float64[:,:,::1], int64[:,::1], float64[::1], int64, int64[::1])",
)
