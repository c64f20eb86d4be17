"""SORT: Kalman prediction, overlap, assignment (Bewley et al., 2016)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .assignment import max_overlap_matching
from .boxes import iou
from .checks import check_fraction, check_number, check_whole
from .compiled import load
from .detections import Detections, valid_mask
from .kalman import MotionModel, SortMotion
from .table import TrackTable
from .tracks import Tracks


@dataclass(frozen=True)
class SortConfig:
    """Settings of :class:`Sort`; the defaults are abewley/sort's.

    Attributes:
        max_age: Frames a track survives without a detection.
        min_hits: Frames matched in a row, after the first or after a miss, before a track is
            reported. In the first min_hits frames of a video all tracks are.
        min_iou: Least overlap of a detection with a track's predicted box.
        min_confidence: Detections below are ignored.
        max_coasted: Tracks are reported for so many frames after their last detection.

    Raises:
        ValueError: If a value is out of range; names the argument and the value.
    """

    max_age: int = 1
    min_hits: int = 3
    min_iou: float = 0.3
    min_confidence: float = 0.0
    max_coasted: int = 0

    def __post_init__(self) -> None:
        check_whole("max_age", self.max_age, minimum=0)
        check_whole("min_hits", self.min_hits, minimum=0)
        check_fraction("min_iou", self.min_iou)
        check_number("min_confidence", self.min_confidence)
        check_whole("max_coasted", self.max_coasted, minimum=0)


class Sort:
    """The SORT tracker. Call :meth:`update` once a frame, also when nothing was detected.

    Args:
        config: Settings.
        motion: Makes the motion model; called again by :meth:`reset`. None is SortMotion, and
            compiled where numba is installed; a model that is given, SortMotion too, runs the
            readable code below. Both give the same tracks.

    Attributes:
        dropped: Invalid boxes ignored since the last reset.
    """

    def __init__(
        self,
        config: SortConfig | None = None,
        motion: Callable[[], MotionModel] | None = None,
    ) -> None:
        self._config = config or SortConfig()
        self._motion = motion or SortMotion
        code = load("sort") if motion is None else None
        # The class and not its module, which could not be copied.
        self._compiled_class = None if code is None else code.CompiledSort
        self.reset()

    def reset(self) -> None:
        """Forget everything, as between two videos; ids start at 1 again (upstream's run on)."""
        self._compiled = (
            None if self._compiled_class is None else self._compiled_class(self._config)
        )
        self._table = TrackTable(self._motion())
        self._frames = 0
        self.dropped = 0

    def update(self, detections: Detections, frame: np.ndarray | None = None) -> Tracks:
        """Advance by one frame.

        Args:
            detections: All detections of the frame; features are ignored.
            frame: Ignored; there so that all trackers are called alike.

        Returns:
            The tracks matched now (or coasting for at most max_coasted frames) that have been
            matched min_hits times in a row. Boxes are the filter's estimates.
        """
        if self._compiled is not None:
            tracks = self._compiled.update(detections)
            self.dropped = self._compiled.dropped
            return tracks
        self._frames += 1
        rows = self._usable_rows(detections)
        kept = detections.select(rows)
        table = self._table
        table.predict()
        matches, _, unmatched = self._associate(kept)
        matched = matches[:, 1]
        table.match(matches[:, 0], kept.select(matched), rows[matched])
        table.start(kept.select(unmatched), rows[unmatched])
        table.keep(table.time_since_update <= self._config.max_age)
        return table.report(self._reportable())

    def _usable_rows(self, detections: Detections) -> np.ndarray:
        valid = valid_mask(detections)
        self.dropped += int(np.count_nonzero(~valid))
        return np.flatnonzero(valid & (detections.confidences >= self._config.min_confidence))

    def _associate(self, detections: Detections) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        # Detections are the rows, as upstream: the solver breaks ties by position.
        overlap = iou(detections.boxes_tlwh, self._table.motion.boxes_tlwh())
        matches, unmatched, missed = max_overlap_matching(overlap, self._config.min_iou)
        return matches[:, ::-1], missed, unmatched

    def _reportable(self) -> np.ndarray:
        table = self._table
        proven = (table.streaks >= self._config.min_hits) | (self._frames <= self._config.min_hits)
        return proven & (table.time_since_update <= self._config.max_coasted)
