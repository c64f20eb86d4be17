"""FlatSORT: sure boxes first, then the others, by overlap alone; the camera may move."""

from collections.abc import Callable
from functools import partial

import numpy as np

from .camera_movement import CameraMovement
from .compiled import has_numba
from .config import FlatSortConfig
from .detections import Detections
from .engine import CameraEngine
from .reference.flat_sort import ReferenceFlatSort
from .tracks import Tracks


class FlatSort:
    """The FlatSORT tracker. Call :meth:`update` once per frame, also when nothing was detected.

    Each frame it predicts all tracks, moves them with the camera and matches in three stages:
    confirmed tracks with sure detections, confirmed tracks of the last frame with the other
    detections, tentative tracks with the sure detections that are left. The sure and confident
    detections that remain start tracks, unless they overlap a matched one. A tentative track is
    deleted at its first miss.

    It looks at boxes and confidences only. The stages are those of ByteTrack, the motion model is
    BoT-SORT's.

    Args:
        config: Settings. Give it the frame rate of the footage, because the memory counts seconds.
    """

    def __init__(self, config: FlatSortConfig | None = None) -> None:
        self._start_engine = _engine_maker(config or FlatSortConfig())
        self.reset()

    @property
    def dropped(self) -> int:
        """Invalid boxes ignored since the last reset."""
        return self._engine.dropped

    def reset(self) -> None:
        """Forget everything, as between two videos; ids start at 1 again."""
        self._engine = self._start_engine()

    def update(
        self,
        detections: Detections,
        frame: np.ndarray | None = None,
        movement: CameraMovement | None = None,
    ) -> Tracks:
        """Advance by one frame.

        Args:
            detections: All detections of the frame, the doubtful ones too. Their features are
                ignored.
            frame: Ignored. It lets callers call every tracker in the same way.
            movement: How the camera has moved since the last update, if it was measured. FlatSORT
                combines it with the movement of the boxes, each by its uncertainty. With
                camera_motion "none" it counts alone.

        Returns:
            The confirmed tracks that were matched in this frame. Boxes are those of the matched
            detections.
        """
        return self._engine.update(detections, frame, movement)


def _engine_maker(config: FlatSortConfig) -> Callable[[], CameraEngine]:
    """Return the function that starts the engine: compiled with numba, else the reference."""
    if has_numba():
        from .compiled.flat_sort import CompiledFlatSort

        return partial(CompiledFlatSort, config)
    return partial(ReferenceFlatSort, config)
