"""The two compiled calls that :mod:`tracker.compiled.deep_sort` makes per frame."""

from collections.abc import Callable

import numpy as np

from ..arrays import Floats, Ints, Singles
from .build import BOXES, CONFIDENCES, compile_cached, source_digest
from .cascade import match_appearance, match_overlap
from .gallery import NOT_FINITE, PREPARED, prepare, push
from .kalman import box_from_xyah, correct_xyah, predict_xyah, start_xyah
from .selection import surviving_rows, take, usable_rows
from .table import AGE, HITS, begin, hit, miss, move, report


def _selection_kernel(key: int) -> Callable[..., tuple[int, int]]:
    """Return the first function of a frame; :func:`.build.compile_cached` explains the key."""

    def select(
        boxes_tlwh: Floats,
        confidences: Floats,
        rows: Ints,
        min_confidence: float,
        min_height: float,
        max_overlap: float,
    ) -> tuple[int, int]:
        """Move the rows worth tracking to the beginning of rows (N,), in order of confidence.

        Returns:
            The number of these rows, and the number of invalid boxes.
        """
        _ = key
        usable, dropped = usable_rows(boxes_tlwh, confidences, rows, min_confidence, min_height)
        surviving = surviving_rows(take(boxes_tlwh, usable), max_overlap)
        for k in range(len(surviving)):
            rows[k] = usable[surviving[k]]
        return len(surviving), dropped

    return select


def _frame_kernel(key: int) -> Callable[..., tuple[int, int, int, int, int, int]]:
    """Return the second function of a frame; :func:`.build.compile_cached` explains the key."""

    def update(
        boxes_tlwh: Floats,
        box_confidences: Floats,
        rows: Ints,
        certain: Ints,
        features: Singles,
        feature_rows: Ints,
        centre: Singles,
        is_cosine: bool,
        gate: float,
        state: Floats,
        marks: Ints,
        confidences: Floats,
        ring: Singles,
        budget: int,
        count: int,
        born: int,
        n_init: int,
        max_age: int,
        max_coasted: int,
        max_iou_distance: float,
        reported: int,
        out_ids: Ints,
        out_boxes: Floats,
        out_ages: Ints,
        out_detections: Ints,
        out_confidences: Floats,
    ) -> tuple[int, int, int, int, int, int]:
        """Advance by one frame.

        Returns:
            PREPARED or NOT_FINITE, the row after the report, and the numbers of living tracks, of
            tracks so far, of pairs within the gate on motion and of distances computed. After
            NOT_FINITE nothing has changed.
        """
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


select = compile_cached(
    _selection_kernel(source_digest()),
    f"UniTuple(int64, 2)({BOXES}, {CONFIDENCES}, int64[::1], float64, float64, float64)",
)
update = compile_cached(
    _frame_kernel(source_digest()),
    f"UniTuple(int64, 6)({BOXES}, {CONFIDENCES}, int64[::1], int64[::1], float32[:,::1],"
    " int64[::1], float32[::1], boolean, float64, float64[:,:,::1], int64[:,::1], float64[::1],"
    " float32[:,::1], int64, int64, int64, int64, int64, int64, float64, int64,"
    " int64[::1], float64[:,::1], int64[::1], int64[::1], float64[::1])",
)
