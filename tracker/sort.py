"""SORT: Kalman prediction, overlap, assignment (Bewley et al., 2016)."""

from collections.abc import Callable
from functools import partial

from .arrays import Picture
from .compiled import has_numba
from .config import SortConfig
from .detections import Detections
from .engine import Engine
from .motion import MotionModel
from .per_class import PerClass
from .reference.kalman import SortMotion
from .reference.sort import ReferenceSort
from .tracks import Tracks


class Sort:
    """The SORT tracker. Call :meth:`update` once per frame, also when nothing was detected.

    Args:
        config: Settings.
        motion: Makes the motion model; :meth:`reset` calls it again. None means SortMotion and runs
            the compiled engine where numba is installed. If a motion model is given, even
            SortMotion, the reference engine runs. Both engines give the same tracks.
        class_agnostic: Whether objects of different classes may share a track.
    """

    def __init__(
        self,
        config: SortConfig | None = None,
        motion: Callable[[], MotionModel] | None = None,
        class_agnostic: bool = False,
    ) -> None:
        start = _engine_maker(config or SortConfig(), motion)
        self._start_engine = partial(PerClass, start, class_agnostic)
        self.reset()

    @property
    def dropped(self) -> int:
        """Number of invalid boxes ignored since the last reset."""
        return self._engine.dropped

    def reset(self) -> None:
        """Forget everything before another video; ids start at 1 again (upstream's go on)."""
        self._engine = self._start_engine()

    def update(self, detections: Detections, frame: Picture | None = None) -> Tracks:
        """Advance by one frame.

        Args:
            detections: All detections of the frame. Their features are ignored.
            frame: Ignored. It lets callers call every tracker in the same way.

        Returns:
            The tracks whose last match was at most max_coasted frames ago and came after min_hits
            matches in a row (see :class:`SortConfig`). Boxes are the filter's estimates.
        """
        return self._engine.update(detections, frame)


def _engine_maker(
    config: SortConfig, motion: Callable[[], MotionModel] | None
) -> Callable[[], Engine]:
    """Return the function that builds the engine; :class:`Sort` describes the choice."""
    if motion is None and has_numba():
        from .compiled.sort import CompiledSort

        return partial(CompiledSort, config)
    return partial(ReferenceSort, config, motion or SortMotion)
