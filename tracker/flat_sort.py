"""FlatSORT: sure boxes first, then the others; looks decide as far as they tell people apart."""

from collections.abc import Callable
from functools import partial

from .appearance import AppearanceMetric
from .arrays import Picture
from .camera_movement import CameraMovement
from .compiled import has_numba
from .config import FlatSortConfig
from .detections import Detections
from .engine import Engine, FlatSortEngine
from .features import Descriptor, describe
from .identity.flat_sort_by_looks import FlatSortByLooks
from .per_class import PerClass
from .reference.flat_sort import ReferenceFlatSort
from .tracks import Tracks


class FlatSort:
    """The FlatSORT tracker. Call :meth:`update` once per frame, also when nothing was detected.

    Each frame it predicts all tracks, moves them with the camera and matches in three stages:
    confirmed tracks with sure detections, confirmed tracks of the last frame with the other
    detections, tentative tracks with the sure detections that are left. The sure and confident
    detections that remain start tracks, unless they overlap a matched one. A tentative track is
    deleted at its first miss. The stages are those of ByteTrack, the motion model is BoT-SORT's.

    It looks at boxes and confidences, and at the camera's movement if the caller has measured it.
    With appearance it also learns, from this footage and without labels, how strongly a distance of
    looks speaks for one person. Looks then change the costs of matches, bring people back after a
    long absence, and correct identities after people have covered each other. People whom no
    detection shows are reported where motion predicts them, as long as such predictions have proved
    right more often than wrong. As long as the looks do not tell these people apart, the tracks are
    those without appearance, to the last bit.

    Args:
        config: Settings. Give it the frame rate of the footage, because the memory counts seconds.
        metric: Distance of appearance features; its gate is not used. None means the descriptor's
            own attribute `metric` if it has one, else cosine.
        descriptor: Computes the features of detections that carry none. Without a descriptor and
            a metric the tracker looks at boxes and confidences only.
        class_agnostic: Whether objects of different classes may share a track. If not, each class
            is tracked alone, and the camera's movement by the boxes is that of its own boxes.
    """

    def __init__(
        self,
        config: FlatSortConfig | None = None,
        metric: AppearanceMetric | None = None,
        descriptor: Descriptor | None = None,
        class_agnostic: bool = False,
    ) -> None:
        config = config or FlatSortConfig()
        if metric is None and descriptor is not None:
            metric = getattr(descriptor, "metric", None) or AppearanceMetric()
        bodies = _engine_maker(config)
        start: Callable[[], Engine] = bodies
        if metric is not None:
            features = partial(describe, descriptor=descriptor)
            start = partial(FlatSortByLooks, bodies, config, metric, features)
        self._start_engine = partial(PerClass, start, class_agnostic)
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
        frame: Picture | None = None,
        movement: CameraMovement | None = None,
    ) -> Tracks:
        """Advance by one frame.

        Args:
            detections: All detections of the frame, the doubtful ones too. With a metric they carry
                features unless there is a descriptor; without one their features are ignored.
            frame: (H, W, 3) uint8 BGR, for the descriptor.
            movement: How the camera has moved since the last update, if it was measured. FlatSORT
                combines it with the movement of the boxes, each by its uncertainty. With
                camera_motion "none" it counts alone.

        Returns:
            The confirmed tracks that were matched in this frame, with the boxes of their
            detections. With appearance that tells people apart, also those of the others whose
            predicted boxes are likely to be right.

        Raises:
            ValueError: If there is a metric, but neither features nor a descriptor, or if the
                features are not finite or have a wrong shape. The call then changes nothing but
                `dropped`, which counts the invalid boxes of this frame.
        """
        return self._engine.update(detections, frame, movement)


def _engine_maker(config: FlatSortConfig) -> Callable[[], FlatSortEngine]:
    """Return the function that starts the engine: compiled with numba, else the reference."""
    if has_numba():
        from .compiled.flat_sort import CompiledFlatSort

        return partial(CompiledFlatSort, config)
    return partial(ReferenceFlatSort, config)
