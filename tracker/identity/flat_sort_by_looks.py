"""FlatSORT's engine with people's identities: looks decide as far as they tell people apart."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..appearance import AppearanceMetric
from ..arrays import Floats, Ints, Picture
from ..camera_movement import CameraMovement
from ..coasting import Coasting
from ..config import FlatSortConfig
from ..detections import Detections
from ..engine import FlatSortEngine
from ..features import Describe
from ..reference.selection import usable_rows
from ..tracks import Tracks
from .identity_keeper import IdentityKeeper


class FlatSortByLooks:
    """The state of FlatSORT with appearance between two resets.

    Args:
        start_engine: Starts the engine of the motion.
        config: Settings.
        metric: Distance of appearance features; its gate is not used.
        describe: Gives the features of detections.
    """

    def __init__(
        self,
        start_engine: Callable[[], FlatSortEngine],
        config: FlatSortConfig,
        metric: AppearanceMetric,
        describe: Describe,
    ) -> None:
        self._engine = start_engine()
        self._config, self._describe = config, describe
        self._dropped = 0
        self._coasting = Coasting()
        self._keeper = IdentityKeeper(metric, config.frame_rate, config.return_s)

    @property
    def dropped(self) -> int:
        """Invalid boxes ignored so far."""
        return self._engine.dropped + self._dropped

    def update(
        self,
        detections: Detections,
        frame: Picture | None = None,
        movement: CameraMovement | None = None,
    ) -> Tracks:
        """Advance by one frame; see :meth:`tracker.flat_sort.FlatSort.update`."""
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
        self, keeper: IdentityKeeper, tracks: Tracks, boxes_tlwh: Floats, rows: Ints
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
