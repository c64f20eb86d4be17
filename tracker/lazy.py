"""DeepSORT that describes a detection only if motion alone leaves its track in doubt."""

from collections.abc import Callable
from functools import partial

from .appearance import AppearanceMetric
from .checks import check_whole
from .compiled import has_numba
from .config import DeepSortConfig
from .deep_sort import DeepSort
from .engine import Engine
from .features import Describe, Descriptor
from .motion import MotionModel
from .reference.kalman import DeepSortMotion
from .reference.lazy import ReferenceLazyDeepSort


class LazyDeepSort(DeepSort):
    """:class:`DeepSort` that asks for the features of some detections only.

    A pair of a track and a detection is certain if three things hold: the track was seen in the
    last frame, motion allows the track no other detection, and motion allows the detection no other
    track, lost tracks included. A certain pair is matched by motion, whatever the detection looks
    like. Its detection is described only if the newest feature of its track is old. Each track
    therefore has a recent feature, by which it can be recognised after it was lost.

    Neither the paper nor upstream does this. It pays where the descriptor costs more than the
    rest of the tracker.

    Args:
        config: Settings.
        metric: Distance of appearance features and its gate; None as for :class:`DeepSort`.
        descriptor: Computes the features of detections that carry none.
        motion: Makes the motion model, as for :class:`DeepSort`.
        refresh: Frames after which the newest feature of a track is old; 1 describes every
            detection.
        class_agnostic: Whether objects of different classes may share a track.

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
        class_agnostic: bool = False,
    ) -> None:
        check_whole("refresh", refresh, minimum=1)
        self._refresh = refresh
        super().__init__(config, metric, descriptor, motion, class_agnostic)

    def _engine_maker(
        self,
        config: DeepSortConfig,
        metric: AppearanceMetric,
        describe: Describe,
        motion: Callable[[], MotionModel] | None,
    ) -> Callable[[], Engine]:
        if motion is None and has_numba():
            from .compiled.lazy import CompiledLazyDeepSort

            return partial(CompiledLazyDeepSort, config, metric, describe, self._refresh)
        return partial(
            ReferenceLazyDeepSort, config, metric, describe, self._refresh, motion or DeepSortMotion
        )
