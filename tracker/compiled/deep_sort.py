"""DeepSORT in two compiled calls a frame: :mod:`tracker.deep_sort` is its readable form."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ..detections import Detections
from ..gallery import AppearanceMetric, check_columns
from ..tracks import Tracks
from .appearance import NOT_FINITE, PREPARED, prepare, push
from .build import BOXES, CONFIDENCES, compile_cached, sources
from .cascade import match_appearance, match_overlap
from .kalman import box_from_xyah, correct_xyah, predict_xyah, start_xyah
from .selection import surviving_rows, take, usable_rows
from .tracks import (
    AGE,
    HITS,
    LARGEST,
    PUSHED,
    SLOT,
    ReportArrays,
    TrackArrays,
    begin,
    contiguous,
    hit,
    miss,
    move,
    report,
)

if TYPE_CHECKING:
    from ..deep_sort import DeepSortConfig


NOTHING_CERTAIN = np.empty(0, np.int64)


class CompiledDeepSort:
    """DeepSORT's update, compiled.

    Args:
        config: Settings.
        metric: Distance of features, and its gate.
        describe: (detections, frame) -> features (N, D) float32.

    Attributes:
        dropped: Invalid boxes ignored so far.
        gated: Pairs of a track and a free detection within the gate of motion so far.
        compared: Features whose distance was computed so far.
    """

    def __init__(
        self,
        config: "DeepSortConfig",
        metric: AppearanceMetric,
        describe: Callable[[Detections, np.ndarray | None], np.ndarray],
    ) -> None:
        self._selection = (
            float(config.min_confidence),
            float(config.min_height),
            float(config.nms_max_overlap),
        )
        self._settings = (
            min(config.n_init, LARGEST),
            min(config.max_age, LARGEST),
            min(config.max_coasted, LARGEST),
            float(config.max_iou_distance),
        )
        self._metric = metric
        self._describe = describe
        self._centre = np.empty(0, np.float32) if metric.centre is None else metric.centre.copy()
        self._budget = config.budget
        self._tracks = TrackArrays()
        self._reports = ReportArrays()
        self._ring = np.empty((0, 0), np.float32)
        self.dropped = 0
        self.gated = 0
        self.compared = 0

    def update(self, detections: Detections, frame: np.ndarray | None) -> Tracks:
        """Advance by one frame: see :meth:`tracker.DeepSort.update`."""
        boxes_tlwh, confidences = detections.boxes_tlwh, detections.confidences
        rows = confidences.argsort(kind="stable")[::-1].copy()
        kept, dropped = _select(boxes_tlwh, confidences, rows, *self._selection)
        self.dropped += dropped
        rows = rows[:kept]
        certain, features, feature_rows = self._look(detections, rows, frame)

        tracks = self._tracks
        tracks.reserve(kept)
        self._reserve_ring(features.shape[1] if kept else self._ring.shape[1])
        reports = self._reports
        reports.reserve(tracks.count + kept)
        status, end, alive, born, gated, compared = _update(
            boxes_tlwh,
            confidences,
            rows,
            certain,
            features,
            feature_rows,
            self._centre,
            self._metric.kind == "cosine",
            float(self._metric.gate),
            tracks.state,
            tracks.marks,
            tracks.confidences,
            self._ring,
            self._budget,
            tracks.count,
            tracks.born,
            *self._settings,
            reports.used,
            *reports.arrays,
        )
        if status == NOT_FINITE:
            self._metric.prepare(features[feature_rows])  # raises what the readable form does
        tracks.count, tracks.born = alive, born
        self.gated += gated
        self.compared += compared
        return reports.take(end)

    def _look(
        self, detections: Detections, rows: np.ndarray, frame: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which detections are whose in any case, and what the others look like.

        Args:
            detections: All of the frame.
            rows: (K,) int64, those worth tracking.
            frame: For the descriptor.

        Returns:
            (T,) int64, for each track which of the K it certainly has become, -1 if none; or (0,)
            if nothing is certain. Features (., D). (K,) int64, their rows, -1 for those without.
        """
        return NOTHING_CERTAIN, *self._features(detections, rows, frame)

    def _features(
        self, detections: Detections, rows: np.ndarray, frame: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Features (., D) and their rows (K,) for the detections `rows` (K,)."""
        if len(rows) == 0:
            return np.empty((0, self._ring.shape[1]), np.float32), rows
        if detections.features is not None:
            features, feature_rows = contiguous(detections.features), rows
        else:
            features = contiguous(self._describe(detections.select(rows), frame))
            feature_rows = np.arange(len(rows))
        wanted = self._metric.centre
        if wanted is not None and features.shape[1] != len(wanted):
            self._metric.prepare(features[feature_rows])  # raises
        if self._tracks.born:
            check_columns(features, self._ring.shape[1])
        return features, feature_rows

    def _reserve_ring(self, width: int) -> None:
        """Make room for the galleries of as many tracks as there is room for."""
        marks, budget = self._tracks.marks, self._budget
        if len(marks) * budget <= len(self._ring) and width == self._ring.shape[1]:
            return
        ring = np.empty((len(marks) * budget, width), np.float32)
        # Only what is there: memory that was never written costs nothing yet.
        for slot, pushed in marks[: self._tracks.count, [SLOT, PUSHED]].tolist():
            filled = slice(slot * budget, slot * budget + min(pushed, budget))
            ring[filled] = self._ring[filled]
        self._ring = ring


def _selection_kernel(key: int) -> Callable:
    """What a frame calls first; the key is :func:`tracker.compiled.build.compile_cached`'s."""

    def select(boxes_tlwh, confidences, rows, min_confidence, min_height, max_overlap):
        """Reduce rows (N,), in order of confidence, to those worth tracking.

        Returns:
            How many there are at the beginning of rows, and how many boxes were none.
        """
        _ = key
        usable, dropped = usable_rows(boxes_tlwh, confidences, rows, min_confidence, min_height)
        surviving = surviving_rows(take(boxes_tlwh, usable), max_overlap)
        for k in range(len(surviving)):
            rows[k] = usable[surviving[k]]
        return len(surviving), dropped

    return select


def _frame_kernel(key: int) -> Callable:
    """What a frame calls next."""

    def update(
        boxes_tlwh,
        box_confidences,
        rows,
        certain,
        features,
        feature_rows,
        centre,
        is_cosine,
        gate,
        state,
        marks,
        confidences,
        ring,
        budget,
        count,
        born,
        n_init,
        max_age,
        max_coasted,
        max_iou_distance,
        reported,
        out_ids,
        out_boxes,
        out_ages,
        out_detections,
        out_confidences,
    ):
        """Status, the report's end, living tracks, tracks so far, gated pairs, compared ones."""
        _ = key
        prepared = np.empty((len(rows), features.shape[1]), np.float32)
        if prepare(features, feature_rows, centre, is_cosine, prepared) == NOT_FINITE:
            return NOT_FINITE, 0, count, born, 0, 0
        for track in range(count):
            predict_xyah(state, track)
            miss(marks, track)
        kept = take(boxes_tlwh, rows)
        if len(certain) == 0:
            certain = np.full(count, -1, np.int64)
        detection_of = np.full(count, -1, np.int64)
        free, gated, compared = match_appearance(
            state, marks, count, kept, certain, ring, budget, prepared, is_cosine, gate, n_init,
            max_age, detection_of,
        )  # fmt: skip
        free = match_overlap(
            state, marks, count, kept, free, n_init, max_iou_distance, detection_of
        )

        for track in range(count):
            detection = detection_of[track]
            if detection >= 0:
                row = rows[detection]
                correct_xyah(state, track, kept, detection)
                hit(marks, confidences, track, row, box_confidences[row])
                if feature_rows[detection] >= 0:
                    push(ring, budget, marks, track, prepared, detection)
        total = count
        for k in range(len(free)):
            row = rows[free[k]]
            born += 1
            start_xyah(state, total, kept, free[k])
            begin(marks, confidences, total, born, row, box_confidences[row])
            push(ring, budget, marks, total, prepared, free[k])
            total += 1

        alive = 0
        for track in range(total):
            is_confirmed = marks[track, HITS] >= n_init
            if marks[track, AGE] > (max_age if is_confirmed else 0):
                continue
            move(state, marks, confidences, track, alive)
            if is_confirmed and marks[alive, AGE] <= max_coasted:
                box_from_xyah(state, alive, out_boxes, reported)
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
        return PREPARED, reported, alive, born, gated, compared

    return update


_select = compile_cached(
    _selection_kernel(sources()),
    f"UniTuple(int64, 2)({BOXES}, {CONFIDENCES}, int64[::1], float64, float64, float64)",
)
_update = compile_cached(
    _frame_kernel(sources()),
    f"UniTuple(int64, 6)({BOXES}, {CONFIDENCES}, int64[::1], int64[::1], float32[:,::1],"
    " int64[::1], float32[::1], boolean, float64, float64[:,:,::1], int64[:,::1], float64[::1],"
    " float32[:,::1], int64, int64, int64, int64, int64, int64, float64, int64,"
    " int64[::1], float64[:,::1], int64[::1], int64[::1], float64[::1])",
)
