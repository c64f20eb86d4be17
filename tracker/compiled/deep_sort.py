""":mod:`tracker.reference.deep_sort`, as two compiled calls per frame.

The first call selects the detections. Python then computes their features, and the second call
updates the tracks.
"""

import numpy as np

from ..appearance import AppearanceMetric, check_columns
from ..arrays import Ints, Picture, Singles
from ..config import DeepSortConfig
from ..detections import Detections
from ..features import Describe
from ..tracks import Tracks
from .deep_sort_kernels import select, update
from .gallery import NOT_FINITE
from .table import MAX_COUNT, PUSHED, SLOT, ReportArrays, TrackArrays, contiguous

NO_CERTAIN_PAIRS = np.empty(0, np.int64)


class CompiledDeepSort:
    """The compiled engine of :class:`tracker.DeepSort`.

    Args:
        config: Settings.
        metric: Distance of features and its gate.
        describe: Gives the features of detections.

    Attributes:
        dropped: Invalid boxes ignored so far.
        gated: Pairs of a track and a free detection within the gate on motion so far.
        compared: Distances between features computed so far.
    """

    def __init__(
        self, config: DeepSortConfig, metric: AppearanceMetric, describe: Describe
    ) -> None:
        self._selection = (
            float(config.min_confidence),
            float(config.min_height),
            float(config.nms_max_overlap),
        )
        self._settings = (
            min(config.n_init, MAX_COUNT),
            min(config.max_age, MAX_COUNT),
            min(config.max_coasted, MAX_COUNT),
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

    def update(self, detections: Detections, frame: Picture | None = None) -> Tracks:
        """Advance by one frame: see :meth:`tracker.DeepSort.update`."""
        boxes_tlwh, confidences = detections.boxes_tlwh, detections.confidences
        rows = confidences.argsort(kind="stable")[::-1].copy()
        kept, dropped = select(boxes_tlwh, confidences, rows, *self._selection)
        self.dropped += dropped
        rows = rows[:kept]
        certain, features, feature_rows = self._describe_rows(detections, rows, frame)

        tracks = self._tracks
        tracks.reserve(kept)
        self._reserve_ring(features.shape[1] if kept else self._ring.shape[1])
        reports = self._reports
        reports.reserve(tracks.count + kept)
        status, end, alive, born, gated, compared = update(
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
            # This raises the error of the reference engine.
            self._metric.prepare(features[feature_rows])
        tracks.count, tracks.born = alive, born
        self.gated += gated
        self.compared += compared
        return reports.take(end)

    def _describe_rows(
        self, detections: Detections, rows: Ints, frame: Picture | None
    ) -> tuple[Ints, Singles, Ints]:
        """Find the certain pairs, and describe the detections that need it.

        Args:
            detections: All detections of the frame.
            rows: (K,) int64, the detections worth tracking.
            frame: (H, W, 3) uint8 BGR, for the descriptor.

        Returns:
            certain: (T,) int64, the certain detection of each track as a place in `rows`, -1 if the
                track has none; of shape (0,) if there are no certain pairs.
            features: (., D) float32.
            feature_rows: (K,) int64, the row in `features` of each detection in `rows`, -1 if the
                detection has no feature.
        """
        return NO_CERTAIN_PAIRS, *self._features(detections, rows, frame)

    def _features(
        self, detections: Detections, rows: Ints, frame: Picture | None
    ) -> tuple[Singles, Ints]:
        """Return features (., D), and which row (K,) of them each detection of `rows` (K,) has."""
        if len(rows) == 0:
            return np.empty((0, self._ring.shape[1]), np.float32), rows
        if detections.features is not None:
            features, feature_rows = contiguous(detections.features), rows
        else:
            features = contiguous(self._describe(detections.select(rows), frame))
            feature_rows = np.arange(len(rows))
        wanted = self._metric.centre
        if wanted is not None and features.shape[1] != len(wanted):
            # This raises the error of the reference engine.
            self._metric.prepare(features[feature_rows])
        if self._tracks.born:
            check_columns(features, self._ring.shape[1])
        return features, feature_rows

    def _reserve_ring(self, width: int) -> None:
        """Make room for one ring buffer per row of the track arrays, with `width` columns."""
        marks, budget = self._tracks.marks, self._budget
        if len(marks) * budget <= len(self._ring) and width == self._ring.shape[1]:
            return
        ring = np.empty((len(marks) * budget, width), np.float32)
        # Copy only the features that exist. The system provides memory only once it is written.
        for slot, pushed in marks[: self._tracks.count, [SLOT, PUSHED]].tolist():
            filled = slice(slot * budget, slot * budget + min(pushed, budget))
            ring[filled] = self._ring[filled]
        self._ring = ring
