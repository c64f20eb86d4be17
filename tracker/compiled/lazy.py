"""DeepSORT that looks only where motion leaves a doubt: :mod:`tracker.lazy`, compiled."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ..detections import Detections
from ..gallery import AppearanceMetric
from .build import BOXES, compile_cached, kernel, sources
from .cascade import boxes_xyah, gated_pairs
from .deep_sort import CompiledDeepSort
from .kalman import box_from_xyah, predict_xyah
from .overlap import iou, overlapping_pairs, sort_into_bins
from .selection import take
from .tracks import AGE, FEATURE_AGE, HITS, LARGEST

if TYPE_CHECKING:
    from ..deep_sort import DeepSortConfig


class CompiledLazyDeepSort(CompiledDeepSort):
    """LazyDeepSort's update, compiled.

    Args:
        config: Settings.
        metric: Distance of features, and its gate.
        describe: (detections, frame) -> features (N, D) float32.
        refresh: Frames after which a track's newest feature is old.
    """

    def __init__(
        self,
        config: "DeepSortConfig",
        metric: AppearanceMetric,
        describe: Callable[[Detections, np.ndarray | None], np.ndarray],
        refresh: int,
    ) -> None:
        super().__init__(config, metric, describe)
        self._certainty = (
            min(config.n_init, LARGEST),
            float(config.max_iou_distance),
            min(refresh, LARGEST),
        )

    def _look(
        self, detections: Detections, rows: np.ndarray, frame: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        tracks = self._tracks
        certain = np.empty(tracks.count, np.int64)
        described = np.empty(len(rows), np.bool_)
        _find_certain(
            detections.boxes_tlwh,
            rows,
            tracks.state,
            tracks.marks,
            tracks.count,
            *self._certainty,
            certain,
            described,
        )
        features, found = self._features(detections, rows[described], frame)
        feature_rows = np.full(len(rows), -1)
        feature_rows[described] = found
        return certain, features, feature_rows


def _certainty_kernel(key: int) -> Callable:
    """What is called before the features; the key is as in :mod:`tracker.compiled.deep_sort`."""

    def find_certain(
        boxes_tlwh, rows, state, marks, count, n_init, max_iou_distance, refresh, certain, described
    ):
        """Write which of the rows (K,) each track certainly has become, and which to describe.

        Nothing else is changed: tracks are to move when the features are there.
        """
        _ = key
        kept = take(boxes_tlwh, rows)
        ahead, predicted = state[:count].copy(), np.empty((count, 4))
        confirmed, size = np.empty(count, np.int64), 0
        for track in range(count):
            certain[track] = -1
            predict_xyah(ahead, track)
            box_from_xyah(ahead, track, predicted, track)
            if marks[track, HITS] >= n_init:
                confirmed[size] = track
                size += 1
        nobody, measured = np.full(len(kept), -1, np.int64), boxes_xyah(kept)
        starts, near = gated_pairs(
            ahead, confirmed[:size], measured, sort_into_bins(measured[0]), np.arange(len(kept)),
            certain, nobody,
        )  # fmt: skip

        # A lost track may be wherever it can have moved to, another is where it is expected.
        least = 1 - max_iou_distance
        choices, rivals = expected_pairs(predicted, kept, marks, least)
        for row in range(size):
            if marks[confirmed[row], AGE] > 0:
                choices[confirmed[row]] = starts[row + 1] - starts[row]
                for pair in range(starts[row], starts[row + 1]):
                    rivals[near[pair]] += 1

        for detection in range(len(kept)):
            described[detection] = True
        for row in range(size):
            track = confirmed[row]
            for pair in range(starts[row], starts[row + 1]):
                detection = near[pair]
                alone = choices[track] == 1 and rivals[detection] == 1 and marks[track, AGE] == 0
                if alone and iou(predicted, track, kept, detection) >= least:
                    certain[track] = detection
                    described[detection] = marks[track, FEATURE_AGE] + 1 >= refresh

    return find_certain


@kernel
def expected_pairs(predicted_tlwh, boxes_tlwh, marks, least):
    """How many detections (N, 4) overlap each track (T, 4) seen in the last frame by `least`.

    Returns:
        (T,) int64 that, and (N,) int64 such tracks for each detection.
    """
    choices = np.zeros(len(predicted_tlwh), np.int64)
    rivals = np.zeros(len(boxes_tlwh), np.int64)
    starts, detections, overlaps = overlapping_pairs(predicted_tlwh, boxes_tlwh)
    for track in range(len(predicted_tlwh)):
        if marks[track, AGE] > 0:
            continue
        if least <= 0:  # also those that do not overlap
            choices[track] = len(boxes_tlwh)
            rivals += 1
            continue
        for pair in range(starts[track], starts[track + 1]):
            if overlaps[pair] >= least:
                choices[track] += 1
                rivals[detections[pair]] += 1
    return choices, rivals


_find_certain = compile_cached(
    _certainty_kernel(sources()),
    f"void({BOXES}, int64[::1], float64[:,:,::1], int64[:,::1], int64, int64, float64, int64,"
    " int64[::1], boolean[::1])",
)
