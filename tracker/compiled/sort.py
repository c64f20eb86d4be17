""":mod:`tracker.reference.sort`, as one compiled call per frame."""

from collections.abc import Callable

import numpy as np

from ..arrays import Floats, Ints, Picture
from ..config import SortConfig
from ..detections import Detections
from ..tracks import Tracks
from .assignment import assign, entry_of
from .build import BOXES, CONFIDENCES, compile_cached, kernel, source_digest
from .kalman import box_from_xysr, correct_xysr, predict_xysr, start_xysr
from .overlap import overlapping_pairs
from .selection import take, usable_rows
from .table import AGE, MAX_COUNT, STREAK, ReportArrays, TrackArrays, begin, hit, miss, move, report

NEVER_PAIRED, REFUSED = -1, -2
"""Reasons why a detection has no track; `track_of` holds them instead of a track."""


class CompiledSort:
    """The compiled engine of :class:`tracker.Sort`.

    Args:
        config: Settings.

    Attributes:
        dropped: Invalid boxes ignored so far.
        solved: Overlapping pairs given to the solver so far.
    """

    def __init__(self, config: SortConfig) -> None:
        self._settings = (
            min(config.max_age, MAX_COUNT),
            min(config.min_hits, MAX_COUNT),
            float(config.min_iou),
            float(config.min_confidence),
            min(config.max_coasted, MAX_COUNT),
        )
        self._coasts = config.max_coasted > 0
        self._tracks = TrackArrays()
        self._reports = ReportArrays()
        self._frames = 0
        self.dropped = 0
        self.solved = 0

    def update(self, detections: Detections, frame: Picture | None = None) -> Tracks:
        """Advance by one frame: see :meth:`tracker.Sort.update`."""
        boxes_tlwh = detections.boxes_tlwh
        tracks = self._tracks
        tracks.reserve(len(boxes_tlwh))
        # Without coasting every reported track has a detection of this frame.
        reports = self._reports
        reports.reserve(len(boxes_tlwh) + (tracks.count if self._coasts else 0))
        self._frames += 1
        end, tracks.count, tracks.born, dropped, solved = _update(
            boxes_tlwh,
            detections.confidences,
            tracks.state,
            tracks.marks,
            tracks.confidences,
            tracks.count,
            tracks.born,
            self._frames,
            *self._settings,
            reports.used,
            *reports.arrays,
        )
        self.dropped += dropped
        self.solved += solved
        return reports.take(end)


def _frame_kernel(key: int) -> Callable[..., tuple[int, int, int, int, int]]:
    """Return the function of a frame; :func:`.build.compile_cached` explains the key."""

    def update(
        boxes_tlwh: Floats,
        box_confidences: Floats,
        state: Floats,
        marks: Ints,
        confidences: Floats,
        count: int,
        born: int,
        frames: int,
        max_age: int,
        min_hits: int,
        min_iou: float,
        min_confidence: float,
        max_coasted: int,
        reported: int,
        out_ids: Ints,
        out_boxes: Floats,
        out_ages: Ints,
        out_detections: Ints,
        out_confidences: Floats,
    ) -> tuple[int, int, int, int, int]:
        """Advance by one frame.

        Returns:
            The row after the report, and the numbers of living tracks, of tracks so far, of
            invalid boxes in this frame and of pairs given to the solver.
        """
        _ = key
        rows, dropped = usable_rows(
            boxes_tlwh, box_confidences, range(len(boxes_tlwh)), min_confidence, 0.0
        )
        kept = take(boxes_tlwh, rows)
        predicted = np.empty((count, 4))
        for track in range(count):
            predict_xysr(state, track)
            miss(marks, track)
            box_from_xysr(state, track, predicted, track)

        track_of, solved = associate(kept, predicted, min_iou)
        for detection in range(len(rows)):
            track = track_of[detection]
            if track >= 0:
                row = rows[detection]
                correct_xysr(state, track, kept, detection)
                hit(marks, confidences, track, row, box_confidences[row])
        total = count
        for reason in (NEVER_PAIRED, REFUSED):  # the order in which new tracks are numbered
            for detection in range(len(rows)):
                if track_of[detection] == reason:
                    row = rows[detection]
                    born += 1
                    start_xysr(state, total, kept, detection)
                    begin(marks, confidences, total, born, row, box_confidences[row])
                    total += 1

        alive = 0
        for track in range(total):
            if marks[track, AGE] > max_age:
                continue
            move(state, marks, confidences, track, alive)
            proven = marks[alive, STREAK] >= min_hits or frames <= min_hits
            if proven and marks[alive, AGE] <= max_coasted:
                box_from_xysr(state, alive, out_boxes, reported)
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
        return reported, alive, born, dropped, solved

    return update


@kernel
def associate(boxes_tlwh: Floats, predicted_tlwh: Floats, min_iou: float) -> tuple[Ints, int]:
    """Match detections (N, 4) with tracks (T, 4), as ``max_overlap_matching`` does.

    Returns:
        (N,) int64, the track of each detection, or the reason why it has none; and the number of
        pairs given to the solver.
    """
    starts, tracks, overlaps = overlapping_pairs(boxes_tlwh, predicted_tlwh)
    if one_to_one(starts, tracks, overlaps, min_iou, len(predicted_tlwh)):
        track_of = np.full(len(boxes_tlwh), NEVER_PAIRED, np.int64)
        for detection in range(len(boxes_tlwh)):
            for pair in range(starts[detection], starts[detection + 1]):
                if overlaps[pair] > min_iou:
                    track_of[detection] = tracks[pair]
        return track_of, 0
    costs = np.empty(len(overlaps))
    for pair in range(len(overlaps)):
        costs[pair] = -overlaps[pair]
    track_of = assign(starts, tracks, costs, 0.0, len(predicted_tlwh))
    for detection in range(len(boxes_tlwh)):
        if track_of[detection] >= 0:
            pair = entry_of(starts, tracks, detection, track_of[detection])
            if (overlaps[pair] if pair >= 0 else 0.0) < min_iou:
                track_of[detection] = REFUSED
    return track_of, len(costs)


@kernel
def one_to_one(starts: Ints, tracks: Ints, overlaps: Floats, min_iou: float, n_tracks: int) -> bool:
    """Tell whether there are pairs above min_iou, and no two share a track or a detection."""
    seen = np.zeros(n_tracks, np.bool_)
    found = False
    for detection in range(len(starts) - 1):
        partner = -1
        for pair in range(starts[detection], starts[detection + 1]):
            if overlaps[pair] > min_iou:
                if partner >= 0 or seen[tracks[pair]]:
                    return False
                partner = tracks[pair]
                seen[partner] = found = True
    return found


_update = compile_cached(
    _frame_kernel(source_digest()),
    f"UniTuple(int64, 5)({BOXES}, {CONFIDENCES}, float64[:,:,::1], int64[:,::1], float64[::1],"
    " int64, int64, int64, int64, int64, float64, float64, int64,"
    " int64, int64[::1], float64[:,::1], int64[::1], int64[::1], float64[::1])",
)
