"""DeepSORT's update, on NumPy arrays."""

from collections.abc import Callable

import numpy as np

from ..appearance import AppearanceMetric
from ..arrays import Bools, Floats, Ints, Picture
from ..config import DeepSortConfig
from ..detections import Detections, surviving_rows
from ..features import Describe
from ..motion import MotionModel
from ..tracks import Tracks
from .cascade import match_appearance, match_overlap
from .gallery import Gallery
from .selection import usable_rows
from .table import TrackTable


class ReferenceDeepSort:
    """The readable engine of :class:`tracker.DeepSort`.

    Args:
        config: Settings.
        metric: Distance of features and its gate.
        describe: Gives the features of detections.
        motion: Makes the motion model.

    Attributes:
        dropped: Invalid boxes ignored so far.
    """

    def __init__(
        self,
        config: DeepSortConfig,
        metric: AppearanceMetric,
        describe: Describe,
        motion: Callable[[], MotionModel],
    ) -> None:
        self._config = config
        self._metric = metric
        self._describe = describe
        self._table = TrackTable(motion())
        self._gallery = Gallery(metric, config.budget)
        self.dropped = 0

    def update(self, detections: Detections, frame: Picture | None = None) -> Tracks:
        """Advance by one frame: see :meth:`tracker.DeepSort.update`."""
        rows = self._usable_rows(detections)
        kept = detections.select(rows)
        table, gallery = self._table, self._gallery
        # Appearance comes first, so that bad features raise before anything changes.
        features = gallery.prepare(self._describe(kept, frame))
        appearance_cost = gallery.distances(np.flatnonzero(self._confirmed()), features)
        table.predict()
        tracks, matched, unmatched = self._associate(kept.boxes_tlwh, appearance_cost)
        table.match(tracks, kept.select(matched), rows[matched])
        table.start(kept.select(unmatched), rows[unmatched])
        # Upstream keeps the features of a tentative track aside until the track is confirmed. Here
        # they wait in the gallery: no detection is compared with a tentative track.
        gallery.push(tracks, features[matched])
        gallery.append(features[unmatched])
        self._remove_dead()
        return table.report(self._reportable())

    def _usable_rows(self, detections: Detections) -> Ints:
        """Select the detections worth tracking, most confident first; new ids follow this order."""
        config = self._config
        rows, dropped = usable_rows(detections, config.min_confidence, config.min_height)
        self.dropped += dropped
        boxes, confidences = detections.boxes_tlwh[rows], detections.confidences[rows]
        return rows[surviving_rows(boxes, confidences, config.nms_max_overlap)]

    def _confirmed(self) -> Bools:
        """Return the mask (T,) of the confirmed tracks."""
        # Hits alone decide, because they never fall and a tentative track dies at its first miss.
        return self._table.hits >= self._config.n_init

    def _associate(self, boxes_tlwh: Floats, appearance_cost: Floats) -> tuple[Ints, Ints, Ints]:
        """Match by appearance, then match the remaining tracks and detections by overlap.

        Args:
            boxes_tlwh: (N, 4) boxes of the detections.
            appearance_cost: (confirmed tracks, N) distances from the gallery.

        Returns:
            (K,) matched tracks, (K,) their detections, and the unmatched detections.
        """
        table, config, confirmed = self._table, self._config, self._confirmed()
        by_appearance, missed, free = match_appearance(
            table,
            np.flatnonzero(confirmed),
            boxes_tlwh,
            appearance_cost,
            self._metric.gate,
            config.max_age,
        )
        # Confirmed tracks missed for longer have drifted too far to be recognised by overlap.
        recent = missed[table.time_since_update[missed] == 1]
        candidates = np.concatenate([np.flatnonzero(~confirmed), recent])
        by_overlap, unmatched = match_overlap(
            table, candidates, boxes_tlwh, free, config.max_iou_distance
        )
        matches = np.concatenate([by_appearance, by_overlap])
        return matches[:, 0], matches[:, 1], unmatched

    def _remove_dead(self) -> Bools:
        """Remove the tracks missed for too long; return the mask (T,) of the others."""
        patience = np.where(self._confirmed(), self._config.max_age, 0)
        alive = self._table.time_since_update <= patience
        self._table.keep(alive)
        self._gallery.keep(alive)
        return alive

    def _reportable(self) -> Bools:
        """Return the mask (T,) of the tracks to report."""
        recent = self._table.time_since_update <= self._config.max_coasted
        return recent & self._confirmed()
