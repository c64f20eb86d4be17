"""LazyDeepSort's update: :mod:`tracker.reference.lazy`, compiled."""

from collections.abc import Callable

import numpy as np

from ..appearance import AppearanceMetric
from ..arrays import Bools, Floats, Ints, Picture, Singles
from ..config import DeepSortConfig
from ..detections import Detections
from ..features import Describe
from .build import BOXES, compile_cached, kernel, source_digest
from .cascade import boxes_xyah, gated_pairs
from .deep_sort import CompiledDeepSort
from .kalman import box_from_xyah, predict_xyah
from .overlap import iou, overlapping_pairs, sort_into_bins
from .selection import take
from .table import AGE, FEATURE_AGE, HITS, MAX_COUNT


class CompiledLazyDeepSort(CompiledDeepSort):
    """The compiled engine of :class:`tracker.LazyDeepSort`.

    Args:
        config: Settings.
        metric: Distance of features and its gate.
        describe: Gives the features of detections.
        refresh: Frames after which the newest feature of a track is old.
    """

    def __init__(
        self,
        config: DeepSortConfig,
        metric: AppearanceMetric,
        describe: Describe,
        refresh: int,
    ) -> None:
        super().__init__(config, metric, describe)
        self._certainty = (
            min(config.n_init, MAX_COUNT),
            float(config.max_iou_distance),
            min(refresh, MAX_COUNT),
        )

    def _describe_rows(
        self, detections: Detections, rows: Ints, frame: Picture | None
    ) -> tuple[Ints, Singles, Ints]:
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


def _certainty_kernel(key: int) -> Callable[..., None]:
    """Return the function called before the features are computed.

    :func:`.build.compile_cached` explains the key.
    """

    def find_certain(
        boxes_tlwh: Floats,
        rows: Ints,
        state: Floats,
        marks: Ints,
        count: int,
        n_init: int,
        max_iou_distance: float,
        refresh: int,
        certain: Ints,
        described: Bools,
    ) -> None:
        """Find the certain pairs and the detections to describe, without changing the tracks.

        Args:
            boxes_tlwh: (N, 4) boxes of the detections.
            rows: (K,) int64, the detections worth tracking.
            state: (T, 4, 5) states of the tracks.
            marks: (T, 8) marks of the tracks.
            count: Number of living tracks.
            n_init: Number of matches that confirm a track.
            max_iou_distance: Largest 1 - IoU of a match.
            refresh: Frames after which the newest feature of a track is old.
            certain: (T,) int64, written: the certain detection of each track, -1 if it has none.
            described: (K,) bool, written: whether to describe a detection.
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
        no_owner, measured = np.full(len(kept), -1, np.int64), boxes_xyah(kept)
        starts, near = gated_pairs(
            ahead, confirmed[:size], measured, sort_into_bins(measured[0]), np.arange(len(kept)),
            certain, no_owner,
        )  # fmt: skip

        # A lost track may be anywhere within its gate. The other tracks are where they are
        # expected.
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
def expected_pairs(
    predicted_tlwh: Floats, boxes_tlwh: Floats, marks: Ints, least: float
) -> tuple[Ints, Ints]:
    """Count the pairs of a track (T, 4) seen in the last frame and a detection (N, 4) that overlap.

    Args:
        predicted_tlwh: (T, 4) predicted boxes of the tracks.
        boxes_tlwh: (N, 4) boxes of the detections.
        marks: (T, 8) marks of the tracks.
        least: Smallest IoU of a pair that counts.

    Returns:
        (T,) int64 pairs of each track, and (N,) int64 pairs of each detection.
    """
    choices = np.zeros(len(predicted_tlwh), np.int64)
    rivals = np.zeros(len(boxes_tlwh), np.int64)
    starts, detections, overlaps = overlapping_pairs(predicted_tlwh, boxes_tlwh)
    for track in range(len(predicted_tlwh)):
        if marks[track, AGE] > 0:
            continue
        if least <= 0:  # every pair counts, also one that does not overlap
            choices[track] = len(boxes_tlwh)
            rivals += 1
            continue
        for pair in range(starts[track], starts[track + 1]):
            if overlaps[pair] >= least:
                choices[track] += 1
                rivals[detections[pair]] += 1
    return choices, rivals


_find_certain = compile_cached(
    _certainty_kernel(source_digest()),
    f"void({BOXES}, int64[::1], float64[:,:,::1], int64[:,::1], int64, int64, float64, int64,"
    " int64[::1], boolean[::1])",
)
