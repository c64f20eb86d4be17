"""DeepSORT that looks only where motion leaves a doubt."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from .boxes import iou
from .checks import check_whole
from .compiled import load
from .deep_sort import CHI2_95_4, DeepSort, DeepSortConfig, Descriptor
from .detections import Detections
from .gallery import AppearanceMetric
from .kalman import MotionModel
from .tracks import Tracks

if TYPE_CHECKING:
    from .compiled.lazy import CompiledLazyDeepSort


class LazyDeepSort(DeepSort):
    """:class:`DeepSort` that asks for the features of some detections alone.

    Where one detection is all that a track seen in the last frame can have become, and no other
    track, a lost one included, can have become it, the two are matched by motion, whatever their
    appearance. Such a detection is described only when its track's newest feature is old, so that
    there is something to know the track by when it is lost.

    Not in the paper or upstream. It is for descriptors that cost more than the rest.

    Args:
        config: Settings.
        metric: Distance of appearance features and its gate; None as for :class:`DeepSort`.
        descriptor: Computes the features of detections that carry none.
        motion: Makes the motion model, as in DeepSort.
        refresh: Frames after which a track's newest feature is old; 1 describes everything.

    Attributes:
        dropped: Invalid boxes ignored since the last reset.

    Raises:
        ValueError: If refresh is below 1.
    """

    def __init__(
        self,
        config: DeepSortConfig | None = None,
        metric: AppearanceMetric | None = None,
        descriptor: Descriptor | None = None,
        motion: Callable[[], MotionModel] | None = None,
        refresh: int = 10,
    ) -> None:
        check_whole("refresh", refresh, minimum=1)
        self._refresh = refresh
        super().__init__(config, metric, descriptor, motion)

    def reset(self) -> None:
        """Forget everything, as between two videos; ids start at 1 again."""
        super().reset()
        # (T,) frames since each track's newest feature.
        self._feature_ages = np.empty(0, dtype=np.int64)

    def _compiled_form(self) -> "Callable[[], CompiledLazyDeepSort] | None":
        code = load("lazy")
        return code and partial(
            code.CompiledLazyDeepSort, self._config, self._metric, self._features, self._refresh
        )

    def _update(self, detections: Detections, frame: np.ndarray | None) -> Tracks:
        rows = self._usable_rows(detections)
        kept = detections.select(rows)
        certain = self._certain_pairs(kept.boxes_tlwh)
        fresh = self._feature_ages[certain[:, 0]] + 1 < self._refresh
        described = np.ones(len(kept), dtype=bool)
        described[certain[fresh, 1]] = False
        # As in DeepSort, all that can be wrong with the features shows before anything changes.
        features = self._gallery.prepare(self._features(kept.select(described), frame))
        cost = self._appearance_cost(certain, features, described)
        self._table.predict()
        matches, unmatched = self._associate(kept.boxes_tlwh, cost)
        self._feature_ages += 1
        self._record(kept, rows, matches, unmatched, features, described)
        recent = self._table.time_since_update <= self._config.max_coasted
        return self._table.report(recent & self._confirmed())

    def _certain_pairs(self, boxes_tlwh: np.ndarray) -> np.ndarray:
        """(K, 2) rows of tracks and of boxes (N, 4) that can only belong to each other."""
        table = self._table
        # The tracker itself must not move before the features are there.
        ahead = deepcopy(table.motion)
        ahead.predict()
        overlap = iou(ahead.boxes_tlwh(), boxes_tlwh) >= 1 - self._config.max_iou_distance
        confirmed = np.flatnonzero(self._confirmed())
        near = np.zeros_like(overlap)
        near[confirmed] = ahead.gating_distance(confirmed, boxes_tlwh) <= CHI2_95_4
        lost = table.time_since_update > 0
        # A lost track may be wherever it can have moved to, another is where it is expected.
        possible = np.where(lost[:, None], near, overlap)
        alone = (possible.sum(1) == 1)[:, None] & (possible.sum(0) == 1)
        return np.argwhere(alone & overlap & near & ~lost[:, None])

    def _appearance_cost(
        self, certain: np.ndarray, features: np.ndarray, described: np.ndarray
    ) -> np.ndarray:
        """(confirmed tracks, N), so that certain pairs are matched and nothing else with them."""
        confirmed = np.flatnonzero(self._confirmed())
        cost = np.full((len(confirmed), len(described)), np.inf)
        cost[:, described] = self._gallery.distances(confirmed, features)
        tracks, columns = np.searchsorted(confirmed, certain[:, 0]), certain[:, 1]
        cost[tracks], cost[:, columns] = np.inf, np.inf
        cost[tracks, columns] = 0.0
        return cost

    def _record(
        self,
        kept: Detections,
        rows: np.ndarray,
        matches: np.ndarray,
        unmatched: np.ndarray,
        features: np.ndarray,
        described: np.ndarray,
    ) -> None:
        """Correct, start and remove tracks; features (M, D) are those of the described (N,)."""
        table, gallery = self._table, self._gallery
        feature_of = np.cumsum(described) - 1
        tracks, matched = matches[:, 0], matches[:, 1]
        table.match(tracks, kept.select(matched), rows[matched])
        table.start(kept.select(unmatched), rows[unmatched])
        seen = described[matched]
        gallery.push(tracks[seen], features[feature_of[matched[seen]]])
        # Whatever starts a track was not certain, and so described.
        gallery.append(features[feature_of[unmatched]])
        self._feature_ages[tracks[seen]] = 0
        started = np.zeros(len(unmatched), dtype=np.int64)
        self._feature_ages = np.concatenate([self._feature_ages, started])
        alive = self._remove_dead()
        self._feature_ages = self._feature_ages[alive]
