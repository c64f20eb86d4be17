"""SORT's update, on NumPy arrays."""

from collections.abc import Callable

from ..arrays import Bools, Floats, Ints, Picture
from ..boxes import iou
from ..config import SortConfig
from ..detections import Detections
from ..motion import MotionModel
from ..tracks import Tracks
from .assignment import max_overlap_matching
from .selection import usable_rows
from .table import TrackTable


class ReferenceSort:
    """The readable engine of :class:`tracker.Sort`.

    Args:
        config: Settings.
        motion: Makes the motion model.

    Attributes:
        dropped: Invalid boxes ignored so far.
    """

    def __init__(self, config: SortConfig, motion: Callable[[], MotionModel]) -> None:
        self._config = config
        self._table = TrackTable(motion())
        self._frames = 0
        self.dropped = 0

    def update(self, detections: Detections, frame: Picture | None = None) -> Tracks:
        """Advance by one frame: see :meth:`tracker.Sort.update`."""
        self._frames += 1
        rows, dropped = usable_rows(detections, self._config.min_confidence)
        self.dropped += dropped
        kept = detections.select(rows)
        table = self._table
        table.predict()
        tracks, matched, unmatched = self._associate(kept.boxes_tlwh)
        table.match(tracks, kept.select(matched), rows[matched])
        table.start(kept.select(unmatched), rows[unmatched])
        table.keep(table.time_since_update <= self._config.max_age)
        return table.report(self._reportable())

    def _associate(self, boxes_tlwh: Floats) -> tuple[Ints, Ints, Ints]:
        """Match the tracks with the boxes (N, 4) of the detections.

        Returns:
            (K,) matched tracks, (K,) their detections, and the unmatched detections.
        """
        # Detections are the rows, as upstream, because the solver breaks ties by position.
        overlap = iou(boxes_tlwh, self._table.motion.boxes_tlwh())
        matches, unmatched, _ = max_overlap_matching(overlap, self._config.min_iou)
        return matches[:, 1], matches[:, 0], unmatched

    def _reportable(self) -> Bools:
        """Return the mask (T,) of the tracks to report."""
        table, config = self._table, self._config
        proven = (table.streaks >= config.min_hits) | (self._frames <= config.min_hits)
        return proven & (table.time_since_update <= config.max_coasted)
