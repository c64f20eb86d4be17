"""FlatSORT: sure boxes first, then the others; looks decide as far as they tell people apart."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from .appearance import AppearanceMetric
from .camera_movement import CameraMovement
from .coasting import Coasting
from .compiled import has_numba
from .config import FlatSortConfig
from .detections import Detections
from .engine import FlatSortEngine
from .features import Descriptor, describe
from .identity.identity_keeper import IdentityKeeper
from .reference.flat_sort import ReferenceFlatSort
from .reference.selection import usable_rows
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
    """

    def __init__(
        self,
        config: FlatSortConfig | None = None,
        metric: AppearanceMetric | None = None,
        descriptor: Descriptor | None = None,
    ) -> None:
        self._config = config or FlatSortConfig()
        if metric is None and descriptor is not None:
            metric = getattr(descriptor, "metric", None) or AppearanceMetric()
        self._metric = metric
        self._describe = partial(describe, descriptor=descriptor)
        self._start_engine = _engine_maker(self._config)
        self.reset()

    @property
    def dropped(self) -> int:
        """Invalid boxes ignored since the last reset."""
        return self._engine.dropped + self._dropped

    def reset(self) -> None:
        """Forget everything, as between two videos; ids start at 1 again."""
        self._engine = self._start_engine()
        self._dropped = 0
        self._coasting = Coasting()
        self._keeper: IdentityKeeper | None = None
        if self._metric is not None:
            config = self._config
            self._keeper = IdentityKeeper(self._metric, config.frame_rate, config.return_s)

    def update(
        self,
        detections: Detections,
        frame: np.ndarray | None = None,
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
        if self._keeper is None:
            return self._engine.update(detections, frame, movement)
        rows, dropped = usable_rows(detections, self._config.min_confidence)
        self._dropped += dropped
        kept = detections.select(rows)
        features = self._describe(kept, frame)
        keeper = self._keeper
        keeper.start_frame(kept.boxes_tlwh, kept.confidences, features)
        evidence = keeper.evidence(self._engine.ids)
        tracks = self._engine.update(kept, frame, movement, evidence)
        return self._name(keeper, tracks, kept.boxes_tlwh, rows)

    def _name(
        self, keeper: IdentityKeeper, tracks: Tracks, boxes_tlwh: np.ndarray, rows: np.ndarray
    ) -> Tracks:
        """Return the tracks with the identities of their people and the rows of the user.

        Lost people who are recognised in a new track are added at once. People whom no detection
        shows are added where they may be reported.

        Args:
            keeper: Knows the people.
            tracks: The reported tracks.
            boxes_tlwh: (N, 4) boxes of the detections.
            rows: (N,) rows of the detections among those of the user.
        """
        engine = self._engine
        missed, newborn = engine.missed(), engine.newborn()
        forgotten = keeper.follow(tracks, engine.ids, engine.camera_velocity, engine.reserve_id)
        recognised, ended = keeper.recognise(newborn)
        forgotten += ended
        if forgotten:
            engine.forget(np.array(forgotten))
        if recognised:
            engine.confirm(np.array(recognised))
            back = newborn.select(np.isin(newborn.ids, recognised))
            tracks = tracks.joined(replace(back, boxes_tlwh=boxes_tlwh[back.detection_indices]))
        coasting = self._coasting.follow(tracks, missed)
        if self._config.coasts and keeper.is_informative:
            tracks = tracks.joined(coasting.select(~np.isin(coasting.ids, forgotten)))
        names = keeper.named(tracks.ids)
        is_seen = tracks.detection_indices >= 0
        indices = np.full(len(tracks), -1)
        indices[is_seen] = rows[tracks.detection_indices[is_seen]]
        named = replace(tracks, ids=names, detection_indices=indices)
        return named.select(np.argsort(names))


def _engine_maker(config: FlatSortConfig) -> Callable[[], FlatSortEngine]:
    """Return the function that starts the engine: compiled with numba, else the reference."""
    if has_numba():
        from .compiled.flat_sort import CompiledFlatSort

        return partial(CompiledFlatSort, config)
    return partial(ReferenceFlatSort, config)
