"""DeepSORT: SORT with a gallery of appearance features (Wojke et al., 2017)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from .assignment import Matching, matching_cascade, min_cost_matching
from .boxes import iou
from .checks import check_at_least, check_fraction, check_number, check_whole
from .compiled import load
from .detections import Detections, surviving_rows, valid_mask
from .gallery import AppearanceMetric, Gallery
from .kalman import CHI2_95_4, DeepSortMotion, MotionModel
from .table import TrackTable
from .tracks import Tracks

if TYPE_CHECKING:
    from .compiled.deep_sort import CompiledDeepSort

Descriptor = Callable[[np.ndarray | None, np.ndarray], np.ndarray]
"""(frame (H, W, 3) uint8 BGR, boxes_tlwh (N, 4) float32 px) -> features (N, D) float32.

The frame is passed on as update() got it, None included: precomputed features need none."""


@dataclass(frozen=True)
class DeepSortConfig:
    """Settings of :class:`DeepSort`.

    The defaults are nwojke/deep_sort's evaluation settings. FMVAE's paper suppresses at 0.7, which
    takes people for duplicates who stand behind others.

    Attributes:
        min_confidence: Detections below are ignored.
        nms_max_overlap: Greatest covered fraction of a detection, see
            :func:`tracker.detections.surviving_rows`; at 1 none is suppressed.
        min_height: Detections lower than this many pixels are ignored.
        max_iou_distance: Greatest 1 - IoU of a match by overlap.
        max_age: Most frames between two successive detections of a confirmed track.
        n_init: Frames matched in a row, the first included, before a track is confirmed.
        budget: Features kept a track.
        max_coasted: Confirmed tracks are reported for so many frames after their last detection.

    Raises:
        ValueError: If a value is out of range; names the argument and the value.
    """

    min_confidence: float = 0.3
    nms_max_overlap: float = 1.0
    min_height: float = 0.0
    max_iou_distance: float = 0.7
    max_age: int = 30
    n_init: int = 3
    budget: int = 100
    max_coasted: int = 1

    def __post_init__(self) -> None:
        check_number("min_confidence", self.min_confidence)
        check_fraction("nms_max_overlap", self.nms_max_overlap)
        check_at_least("min_height", self.min_height, minimum=0)
        check_fraction("max_iou_distance", self.max_iou_distance)
        check_whole("max_age", self.max_age, minimum=1)
        check_whole("n_init", self.n_init, minimum=1)
        check_whole("budget", self.budget, minimum=1)
        check_whole("max_coasted", self.max_coasted, minimum=0)


class DeepSort:
    """The DeepSORT tracker. Call :meth:`update` once a frame, also when nothing was detected.

    A track is tentative until it has been matched in its first n_init frames, and is deleted at a
    miss before that; every unmatched detection starts one and consumes an id.

    Args:
        config: Settings.
        metric: Distance of appearance features and its gate, calibrated for the descriptor. None is
            the descriptor's own attribute `metric` where it has one, else cosine at 0.2.
        descriptor: Computes the features of detections that carry none.
        motion: Makes the motion model; called again by :meth:`reset`. None is DeepSortMotion, and
            compiled where numba is installed; a model that is given, DeepSortMotion too, runs the
            readable code below. Both give the same tracks.

    Attributes:
        dropped: Invalid boxes ignored since the last reset.
    """

    def __init__(
        self,
        config: DeepSortConfig | None = None,
        metric: AppearanceMetric | None = None,
        descriptor: Descriptor | None = None,
        motion: Callable[[], MotionModel] | None = None,
    ) -> None:
        self._config = config or DeepSortConfig()
        self._metric = metric or getattr(descriptor, "metric", None) or AppearanceMetric()
        self._descriptor = descriptor
        self._motion = motion or DeepSortMotion
        self._start_compiled = self._compiled_form() if motion is None else None
        self.reset()

    def reset(self) -> None:
        """Forget everything, as between two videos; ids start at 1 again."""
        self._compiled = None if self._start_compiled is None else self._start_compiled()
        self._table = TrackTable(self._motion())
        self._gallery = Gallery(self._metric, self._config.budget)
        self.dropped = 0

    def update(self, detections: Detections, frame: np.ndarray | None = None) -> Tracks:
        """Advance by one frame.

        Args:
            detections: All detections of the frame, with features unless there is a descriptor.
            frame: (H, W, 3) uint8 BGR, for the descriptor.

        Returns:
            The confirmed tracks matched at most max_coasted frames ago. Boxes are the filter's
            estimates.

        Raises:
            ValueError: If there is no way to the features, or they are not finite or of a wrong
                shape. The tracker is as before the call, but for `dropped`.
        """
        if self._compiled is not None:
            try:
                return self._compiled.update(detections, frame)
            finally:
                self.dropped = self._compiled.dropped
        return self._update(detections, frame)

    def _compiled_form(self) -> "Callable[[], CompiledDeepSort] | None":
        """What makes this tracker as machine code, or None."""
        code = load("deep_sort")
        return code and partial(code.CompiledDeepSort, self._config, self._metric, self._features)

    def _update(self, detections: Detections, frame: np.ndarray | None) -> Tracks:
        """Advance by one frame, readably."""
        rows = self._usable_rows(detections)
        kept = detections.select(rows)
        table, gallery = self._table, self._gallery
        # Appearance first: all that can be wrong with the features shows before anything changes.
        features = gallery.prepare(self._features(kept, frame))
        appearance_cost = gallery.distances(np.flatnonzero(self._confirmed()), features)
        table.predict()
        matches, unmatched = self._associate(kept.boxes_tlwh, appearance_cost)
        tracks, matched = matches[:, 0], matches[:, 1]
        table.match(tracks, kept.select(matched), rows[matched])
        table.start(kept.select(unmatched), rows[unmatched])
        # Upstream keeps a tentative track's features aside until it is confirmed. Nobody compares
        # with a tentative track, so they may as well wait in the gallery.
        gallery.push(tracks, features[matched])
        gallery.append(features[unmatched])
        self._remove_dead()
        recent = table.time_since_update <= self._config.max_coasted
        return table.report(recent & self._confirmed())

    def _usable_rows(self, detections: Detections) -> np.ndarray:
        """Rows worth tracking, in the order of suppression, which numbers the new tracks."""
        valid = valid_mask(detections)
        self.dropped += int(np.count_nonzero(~valid))
        high_enough = detections.boxes_tlwh[:, 3] >= self._config.min_height
        confident = detections.confidences >= self._config.min_confidence
        rows = np.flatnonzero(valid & high_enough & confident)
        boxes, confidences = detections.boxes_tlwh[rows], detections.confidences[rows]
        return rows[surviving_rows(boxes, confidences, self._config.nms_max_overlap)]

    def _features(self, detections: Detections, frame: np.ndarray | None) -> np.ndarray:
        if detections.features is not None:
            return detections.features
        if len(detections) == 0:
            return np.empty((0, 0), dtype=np.float32)
        if self._descriptor is None:
            raise ValueError(
                "DeepSort needs appearance features: give detections that carry them, "
                "or construct it with a descriptor"
            )
        boxes_tlwh = detections.boxes_tlwh.astype(np.float32)
        features = np.asarray(self._descriptor(frame, boxes_tlwh), dtype=np.float32)
        if features.ndim != 2 or len(features) != len(detections):
            raise ValueError(
                f"the descriptor must return features of shape ({len(detections)}, D), "
                f"not {features.shape}"
            )
        return features

    def _confirmed(self) -> np.ndarray:
        # Hits only grow and a tentative track dies at its first miss, so they give the state.
        return self._table.hits >= self._config.n_init

    def _associate(
        self, boxes_tlwh: np.ndarray, appearance_cost: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Match by appearance, then what is left by overlap.

        Args:
            boxes_tlwh: (N, 4) boxes of the detections.
            appearance_cost: (confirmed tracks, N) distances from the gallery.

        Returns:
            matches (K, 2) of track rows and detections, and the unmatched detections.
        """
        ages, confirmed = self._table.time_since_update, self._confirmed()
        rows = np.flatnonzero(confirmed)
        by_appearance, missed, free = self._match_appearance(rows, boxes_tlwh, appearance_cost)
        # Confirmed tracks missed for longer have drifted too far to be recognised by overlap.
        recent = missed[ages[missed] == 1]
        rows = np.concatenate([np.flatnonzero(~confirmed), recent])
        overlap = iou(self._table.motion.boxes_tlwh()[rows], boxes_tlwh[free])
        by_overlap, _, left = min_cost_matching(1 - overlap, self._config.max_iou_distance)
        by_overlap = np.column_stack([rows[by_overlap[:, 0]], free[by_overlap[:, 1]]])
        return np.concatenate([by_appearance, by_overlap]), free[left]

    def _match_appearance(
        self, rows: np.ndarray, boxes_tlwh: np.ndarray, appearance_cost: np.ndarray
    ) -> Matching:
        """The cascade; returns matches, missed track rows and free detections."""
        distances = self._table.motion.gating_distance(rows, boxes_tlwh)
        # The gate comes before the threshold: a pair that cannot be by its motion must cost as
        # much as one that cannot be by its looks.
        cost = np.where(distances <= CHI2_95_4, appearance_cost, np.inf)
        matches, missed, free = matching_cascade(
            cost, self._metric.gate, self._table.time_since_update[rows], self._config.max_age
        )
        return np.column_stack([rows[matches[:, 0]], matches[:, 1]]), rows[missed], free

    def _remove_dead(self) -> np.ndarray:
        """Which tracks (T,) stayed."""
        patience = np.where(self._confirmed(), self._config.max_age, 0)
        alive = self._table.time_since_update <= patience
        self._table.keep(alive)
        self._gallery.keep(alive)
        return alive
