"""LazyDeepSort's update, on NumPy arrays."""

from collections.abc import Callable
from copy import deepcopy

import numpy as np

from ..appearance import AppearanceMetric
from ..arrays import Bools, Floats, Ints, Picture, Singles
from ..boxes import iou
from ..config import DeepSortConfig
from ..constants import CHI2_95_4
from ..detections import Detections
from ..features import Describe
from ..motion import MotionModel
from ..tracks import Tracks
from .deep_sort import ReferenceDeepSort


class ReferenceLazyDeepSort(ReferenceDeepSort):
    """The readable engine of :class:`tracker.LazyDeepSort`.

    Args:
        config: Settings.
        metric: Distance of features and its gate.
        describe: Gives the features of detections.
        refresh: Frames after which the newest feature of a track is old.
        motion: Makes the motion model.
    """

    def __init__(
        self,
        config: DeepSortConfig,
        metric: AppearanceMetric,
        describe: Describe,
        refresh: int,
        motion: Callable[[], MotionModel],
    ) -> None:
        super().__init__(config, metric, describe, motion)
        self._refresh = refresh
        # (T,) frames since the newest feature of each track.
        self._feature_ages = np.empty(0, dtype=np.int64)

    def update(self, detections: Detections, frame: Picture | None = None) -> Tracks:
        """Advance by one frame: see :class:`tracker.LazyDeepSort`."""
        rows = self._usable_rows(detections)
        kept = detections.select(rows)
        certain = self._certain_pairs(kept.boxes_tlwh)
        fresh = self._feature_ages[certain[:, 0]] + 1 < self._refresh
        described = np.ones(len(kept), dtype=bool)
        described[certain[fresh, 1]] = False
        # As in DeepSORT, bad features raise before anything changes.
        features = self._gallery.prepare(self._describe(kept.select(described), frame))
        cost = self._appearance_cost(certain, features, described)
        self._table.predict()
        tracks, matched, unmatched = self._associate(kept.boxes_tlwh, cost)
        self._feature_ages += 1
        self._table.match(tracks, kept.select(matched), rows[matched])
        self._table.start(kept.select(unmatched), rows[unmatched])
        self._remember(tracks, matched, unmatched, features, described)
        self._feature_ages = self._feature_ages[self._remove_dead()]
        return self._table.report(self._reportable())

    def _certain_pairs(self, boxes_tlwh: Floats) -> Ints:
        """Return (K, 2) rows of tracks and of boxes (N, 4) that can only belong to each other."""
        table = self._table
        # The table itself must not move before the features are known to be good.
        ahead = deepcopy(table.motion)
        ahead.predict()
        overlap = iou(ahead.boxes_tlwh(), boxes_tlwh) >= 1 - self._config.max_iou_distance
        confirmed = np.flatnonzero(self._confirmed())
        near = np.zeros_like(overlap)
        near[confirmed] = ahead.gating_distance(confirmed, boxes_tlwh) <= CHI2_95_4
        lost = table.time_since_update > 0
        # A lost track may be anywhere within its gate. The other tracks are where they are
        # expected.
        possible = np.where(lost[:, None], near, overlap)
        alone = (possible.sum(1) == 1)[:, None] & (possible.sum(0) == 1)
        return np.argwhere(alone & overlap & near & ~lost[:, None])

    def _appearance_cost(self, certain: Ints, features: Singles, described: Bools) -> Floats:
        """Return costs (confirmed tracks, N); each certain pair can match only each other.

        Args:
            certain: (K, 2) certain pairs of a track and a detection.
            features: (M, D) features of the described detections.
            described: (N,) mask of the described detections.
        """
        confirmed = np.flatnonzero(self._confirmed())
        cost = np.full((len(confirmed), len(described)), np.inf)
        cost[:, described] = self._gallery.distances(confirmed, features)
        tracks, columns = np.searchsorted(confirmed, certain[:, 0]), certain[:, 1]
        cost[tracks], cost[:, columns] = np.inf, np.inf
        cost[tracks, columns] = 0.0
        return cost

    def _remember(
        self,
        tracks: Ints,
        matched: Ints,
        unmatched: Ints,
        features: Singles,
        described: Bools,
    ) -> None:
        """Put the features (M, D) of the described detections (N,) into the galleries."""
        feature_of = np.cumsum(described) - 1
        seen = described[matched]
        self._gallery.push(tracks[seen], features[feature_of[matched[seen]]])
        # A detection that starts a track was in no certain pair, so it was described.
        self._gallery.append(features[feature_of[unmatched]])
        self._feature_ages[tracks[seen]] = 0
        started = np.zeros(len(unmatched), dtype=np.int64)
        self._feature_ages = np.concatenate([self._feature_ages, started])
