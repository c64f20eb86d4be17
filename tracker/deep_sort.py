"""DeepSORT: SORT with a gallery of appearance features (Wojke et al., 2017)."""

from collections.abc import Callable
from functools import partial

from .appearance import AppearanceMetric
from .arrays import Picture
from .compiled import has_numba
from .config import DeepSortConfig
from .detections import Detections
from .engine import Engine
from .features import Describe, Descriptor, describe
from .motion import MotionModel
from .per_class import PerClass
from .reference.deep_sort import ReferenceDeepSort
from .reference.kalman import DeepSortMotion
from .tracks import Tracks


class DeepSort:
    """The DeepSORT tracker. Call :meth:`update` once per frame, also when nothing was detected.

    A track is tentative until it has been matched in its first n_init frames. A tentative track is
    deleted at its first miss. Every unmatched detection starts a track and uses up an id.

    Args:
        config: Settings.
        metric: Distance of appearance features and its gate, calibrated for the descriptor. None
            means the descriptor's own attribute `metric` if it has one, else cosine at 0.2.
        descriptor: Computes the features of detections that carry none.
        motion: Makes the motion model; :meth:`reset` calls it again. None means DeepSortMotion and
            runs the compiled engine where numba is installed. If a motion model is given, even
            DeepSortMotion, the reference engine runs. Both engines give the same tracks.
        class_agnostic: Whether objects of different classes may share a track.
    """

    def __init__(
        self,
        config: DeepSortConfig | None = None,
        metric: AppearanceMetric | None = None,
        descriptor: Descriptor | None = None,
        motion: Callable[[], MotionModel] | None = None,
        class_agnostic: bool = False,
    ) -> None:
        start = self._engine_maker(
            config or DeepSortConfig(),
            metric or getattr(descriptor, "metric", None) or AppearanceMetric(),
            partial(describe, descriptor=descriptor),
            motion,
        )
        self._start_engine = partial(PerClass, start, class_agnostic)
        self.reset()

    @property
    def dropped(self) -> int:
        """Number of invalid boxes ignored since the last reset."""
        return self._engine.dropped

    def reset(self) -> None:
        """Forget everything before another video; ids start at 1 again."""
        self._engine = self._start_engine()

    def update(self, detections: Detections, frame: Picture | None = None) -> Tracks:
        """Advance by one frame.

        Args:
            detections: All detections of the frame, with features unless there is a descriptor.
            frame: (H, W, 3) uint8 BGR, for the descriptor.

        Returns:
            The confirmed tracks matched at most max_coasted frames ago. Boxes are the filter's
            estimates.

        Raises:
            ValueError: If there are neither features nor a descriptor, or if the features are not
                finite or have a wrong shape. The call then changes nothing but `dropped`, which
                counts the invalid boxes of this frame.
        """
        return self._engine.update(detections, frame)

    def _engine_maker(
        self,
        config: DeepSortConfig,
        metric: AppearanceMetric,
        describe: Describe,
        motion: Callable[[], MotionModel] | None,
    ) -> Callable[[], Engine]:
        """Return the function that builds the engine; :class:`DeepSort` describes the choice."""
        if motion is None and has_numba():
            from .compiled.deep_sort import CompiledDeepSort

            return partial(CompiledDeepSort, config, metric, describe)
        return partial(ReferenceDeepSort, config, metric, describe, motion or DeepSortMotion)
