"""FlatSORT's update, on NumPy arrays."""

import numpy as np

from ..arrays import Bools, Floats, Ints, Picture
from ..boxes import iou
from ..camera_movement import CameraMovement
from ..config import LARGEST_COUNT, FlatSortConfig
from ..constants import NATS_PER_IOU
from ..detections import Detections
from ..tracks import Tracks
from .assignment import min_cost_matching
from .camera_motion import CameraMotion
from .flat_sort_motion import FlatSortMotion
from .selection import usable_rows
from .table import TrackTable


class ReferenceFlatSort:
    """The readable engine of :class:`tracker.FlatSort`.

    Args:
        config: Settings.

    Attributes:
        dropped: Invalid boxes ignored so far.
    """

    def __init__(self, config: FlatSortConfig) -> None:
        self._config = config
        self._motion = FlatSortMotion()
        self._table = TrackTable(self._motion)
        self._camera = CameraMotion(config.min_camera_pairs, config.sure_camera_pairs)
        self._n_init = min(config.n_init, LARGEST_COUNT)
        self._is_first_frame = True
        self.dropped = 0

    @property
    def ids(self) -> Ints:
        """The ids (T,) of the living tracks, ascending."""
        return self._table.ids

    @property
    def camera_velocity(self) -> Floats:
        """The movement (2,) of the picture in the last frame, in pixels."""
        return self._camera.velocity

    def missed(self) -> Tracks:
        """Return the confirmed tracks that were not matched, with their predicted boxes."""
        return self._tracks(self._confirmed() & (self._table.time_since_update > 0))

    def newborn(self) -> Tracks:
        """Return the tentative tracks that started in this frame."""
        return self._tracks(~self._confirmed() & (self._table.hits == 1))

    def confirm(self, ids: Ints) -> None:
        """Confirm the living tracks of these ids."""
        self._table.hits[np.isin(self._table.ids, ids)] = self._n_init

    def reserve_id(self) -> int:
        """Return an id that no track will have."""
        return self._table.reserve_id()

    def forget(self, ids: Ints) -> None:
        """End the living tracks of these ids."""
        self._table.keep(~np.isin(self._table.ids, ids))

    def update(
        self,
        detections: Detections,
        frame: Picture | None = None,
        movement: CameraMovement | None = None,
        evidence: Floats | None = None,
    ) -> Tracks:
        """Advance by one frame: see :class:`tracker.engine.FlatSortEngine`."""
        rows, dropped = usable_rows(detections, self._config.min_confidence)
        self.dropped += dropped
        kept = detections.select(rows)
        table = self._table
        self._motion.hold_height(table.time_since_update > 0)
        table.predict()
        self._follow_camera(kept, movement)
        tracks, matched = self._associate(kept, None if evidence is None else evidence[:, rows])
        born = self._births(kept, matched)
        table.match(tracks, kept.select(matched), rows[matched])
        table.start(kept.select(born), rows[born])
        if self._is_first_frame:
            table.hits[:] = self._n_init
        self._is_first_frame = False
        self._remove_dead()
        return self._report(detections)

    def _confirmed(self) -> Bools:
        """Return the mask (T,) of the confirmed tracks."""
        # Hits only grow, and a tentative track dies at its first miss: so hits give the state.
        return self._table.hits >= self._n_init

    def _sure(self, kept: Detections) -> Bools:
        """Return the mask (N,) of the sure detections."""
        return kept.confidences >= self._config.sure_confidence

    def _follow_camera(self, kept: Detections, movement: CameraMovement | None) -> None:
        """Move the predicted tracks with the camera, as far as it is known."""
        uses_boxes = self._config.camera_motion == "boxes"
        recent = np.flatnonzero(self._confirmed() & (self._table.time_since_update == 1))
        boxes_tlwh = kept.boxes_tlwh[self._sure(kept) & uses_boxes]
        if movement is not None:
            self._camera.follow_measured(self._motion, recent, boxes_tlwh, movement)
        elif uses_boxes:
            self._camera.follow(self._motion, recent, boxes_tlwh)

    def _associate(self, kept: Detections, evidence: Floats | None) -> tuple[Ints, Ints]:
        """Match tracks and detections in three stages.

        Args:
            kept: N detections.
            evidence: (T, N) evidence in nats, or None.

        Returns:
            (K,) matched tracks, ascending, and (K,) their detections.
        """
        config, sure, confirmed = self._config, self._sure(kept), self._confirmed()
        recent = confirmed & (self._table.time_since_update == 1)
        overlap = iou(self._motion.boxes_tlwh(), kept.boxes_tlwh)
        # Of two boxes that overlap a track equally, the more confident one is the better match.
        weighted = 1 - overlap * np.minimum(kept.confidences, 1.0)
        plain = 1 - overlap
        if evidence is not None:
            # Looks count only where the boxes overlap: elsewhere the track cannot have gone.
            relief = np.where(overlap > 0, evidence / NATS_PER_IOU, 0.0)
            weighted, plain = weighted - relief, plain - relief
        detection_of = np.full(len(self._table), -1)
        for cost, tracks, candidates, max_cost in (
            (weighted, confirmed, sure, config.max_sure_cost),
            (plain, recent, ~sure, config.max_unsure_cost),
            (weighted, ~confirmed, sure, config.max_tentative_cost),
        ):
            is_free = np.ones(len(kept), dtype=bool)
            is_free[detection_of[detection_of >= 0]] = False
            rows = np.flatnonzero(tracks & (detection_of < 0))
            columns = np.flatnonzero(candidates & is_free)
            matches, _, _ = min_cost_matching(cost[np.ix_(rows, columns)], max_cost)
            detection_of[rows[matches[:, 0]]] = columns[matches[:, 1]]
        tracks = np.flatnonzero(detection_of >= 0)
        return tracks, detection_of[tracks]

    def _births(self, kept: Detections, matched: Ints) -> Ints:
        """Return the detections that start a track, ascending.

        Args:
            kept: N detections.
            matched: (K,) detections matched in this frame.
        """
        config, boxes_tlwh = self._config, kept.boxes_tlwh
        starts = self._sure(kept) & (kept.confidences >= config.birth_confidence)
        starts[matched] = False
        covered = iou(boxes_tlwh, boxes_tlwh[matched]).max(axis=1, initial=0.0)
        return np.flatnonzero(starts & (covered <= config.max_birth_overlap))

    def _remove_dead(self) -> None:
        """Remove the tracks whose next detection would come too late."""
        patience = np.where(self._confirmed(), self._config.memory, 1)
        self._table.keep(self._table.time_since_update < patience)

    def _tracks(self, mask: Bools) -> Tracks:
        """Return the tracks in the mask (T,), with the boxes of the filter."""
        table = self._table
        return Tracks(
            table.ids[mask],
            self._motion.boxes_tlwh()[mask],
            table.time_since_update[mask],
            table.detection_indices[mask],
            table.confidences[mask],
        )

    def _report(self, detections: Detections) -> Tracks:
        """Return the confirmed tracks that were matched, with the boxes of their detections."""
        table = self._table
        mask = self._confirmed() & (table.time_since_update == 0)
        indices = table.detection_indices[mask]
        return Tracks(
            table.ids[mask],
            detections.boxes_tlwh[indices],
            table.time_since_update[mask],
            indices,
            table.confidences[mask],
        )
