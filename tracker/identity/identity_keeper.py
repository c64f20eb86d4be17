"""Identities by looks: which person each body shows, by evidence of a stated strength.

The motion tracker follows bodies, frame by frame. This layer gives each body the identity of a
person. A body bears an identity of its own until looks say otherwise, so a descriptor that tells
nobody apart changes nothing.

A body that is new, or comes out of cover, is on probation: its clean crops wait beside the gallery.
When there are enough of them, :mod:`tracker.identity.identity_judge` compares the body with its own
person and with the lost people, and decides: the body keeps its identity, takes that of a lost
person, leaves its identity for a new one, or exchanges it with another body on probation.
"""

from collections.abc import Callable

import numpy as np

from ..appearance import AppearanceMetric, check_columns
from ..arrays import Floats, Ints, Singles
from ..tracks import Tracks
from .census import GALLERY, Census
from .distance_calibration import DistanceCalibration, Pairs
from .frame_crops import judge_crops
from .identity_judge import Judge
from .person import Sighting
from .relative_distance import FEWEST_PEOPLE, relative_distances
from .scene import Scene

_LONG_MISS_S = 0.17
"""Seconds without a detection after which looks have to prove an identity again."""
_GALLERY_INTERVAL_S = 0.17
"""Seconds between crops in a gallery: nearer ones look the same."""
_CROP_INTERVAL_S = 0.07
"""Seconds between the crops of a probation, after the first ones."""
_LAG_S = 1.0
"""Seconds between the crops of a pair of one person that calibrates: after that time people have
taken another pose, and often another place."""
_OBSERVE_INTERVAL_S = 0.1
"""Seconds between observations that calibrate."""
_FIT_INTERVAL_S = 0.33
"""Seconds between fits of the calibration."""


class IdentityKeeper:
    """The identities of one video.

    In each frame call :meth:`start_frame`, :meth:`evidence`, the motion tracker and :meth:`follow`.

    Args:
        metric: Prepares and compares features; its gate is not used.
        frame_rate: Frames per second.
        memory_s: Seconds for which a lost person can come back.
    """

    def __init__(self, metric: AppearanceMetric, frame_rate: float, memory_s: float) -> None:
        self._metric = metric
        self._memory = memory_s * frame_rate
        self._calibration = DistanceCalibration()
        self._scene = Scene(frame_rate)
        self._census = Census()
        self._judge = Judge(self._census, self._scene, metric, self._calibration)
        self._crops = judge_crops(np.empty((0, 4)), np.empty(0), np.empty((0, 0), np.float32))
        self._columns: int | None = None

    @property
    def is_informative(self) -> bool:
        """Whether the descriptor tells these people apart."""
        return self._calibration.is_informative

    def start_frame(self, boxes_tlwh: Floats, confidences: Floats, features: Singles) -> None:
        """Receive the detections of the next frame.

        Args:
            boxes_tlwh: (N, 4) valid boxes.
            confidences: (N,).
            features: (N, D) raw features.

        Raises:
            ValueError: If a feature is not finite, or if earlier features had another number of
                columns. Nothing has changed then.
        """
        prepared = np.asarray(features, np.float32)
        if len(features):
            prepared = self._metric.prepare(features)
            check_columns(prepared, self._columns or prepared.shape[1])
            self._columns = prepared.shape[1]
        self._scene.start_frame(boxes_tlwh)
        self._crops = judge_crops(boxes_tlwh, confidences, prepared)

    def evidence(self, bodies: Ints) -> Floats | None:
        """Return the evidence in nats that bodies and detections show the same person.

        Args:
            bodies: (T,) ids of the living tracks.

        Returns:
            (T, N) float64; None if the descriptor tells nobody apart so far.
        """
        if not self.is_informative:
            return None
        crops = self._crops
        distances = np.full((len(bodies), len(crops.boxes_tlwh)), np.nan)
        for row, number in enumerate(bodies.tolist()):
            if number in self._census.bodies:
                person = self._census.person_of(number)
                distances[row] = person.distances(self._metric, crops.features)
        return self._calibration.plain.evidence(distances) * crops.weights

    def follow(
        self,
        tracks: Tracks,
        living: Ints,
        camera_velocity: Floats,
        reserve_id: Callable[[], int],
    ) -> list[int]:
        """Receive the bodies that were matched in this frame, and decide whom they show.

        Args:
            tracks: The reported tracks, with ids of bodies and rows of this frame's detections.
            living: (T,) ids of all living tracks.
            camera_velocity: (2,) movement of the picture since the last frame, in pixels.
            reserve_id: Returns an id that no track will have.

        Returns:
            The bodies to forget: another body bears their identity now.
        """
        scene, crops = self._scene, self._crops
        scene.move_camera(camera_velocity)
        self._census.bury(set(living.tolist()), scene.frame - self._memory)
        seen = dict(zip(tracks.ids.tolist(), tracks.detection_indices.tolist(), strict=True))
        crops.note_missed(self._census.missed(seen, scene.camera))
        for number, row in seen.items():
            self._sight(number, row)
        if scene.is_time_for(_OBSERVE_INTERVAL_S):
            self._observe(seen)
        if scene.is_time_for(_FIT_INTERVAL_S):
            self._calibration.fit()
        boxes = {number: crops.boxes_tlwh[row] for number, row in seen.items()}
        return self._judge.decide(boxes, reserve_id)

    def recognise(self, newborn: Tracks) -> tuple[list[int], list[int]]:
        """Look for lost people among the bodies that are seen for the first time.

        A body that shows nobody for sure is left unknown until the tracker confirms it.

        Args:
            newborn: Unconfirmed tracks, with rows of this frame's detections.

        Returns:
            The bodies that show a lost person, and the bodies to forget.
        """
        if not self.is_informative:
            return [], []
        crops = self._crops
        rows = dict(zip(newborn.ids.tolist(), newborn.detection_indices.tolist(), strict=True))
        clean = {number: row for number, row in rows.items() if crops.is_clean[row]}
        for number, row in clean.items():
            self._sight(number, row)
        boxes = {number: crops.boxes_tlwh[row] for number, row in clean.items()}
        recognised, forgotten = self._judge.recognise(boxes)
        for number in clean:
            if number not in recognised:
                self._census.dismiss(number)
        return recognised, forgotten

    def named(self, bodies: Ints) -> Ints:
        """Return the identities (M,) int64 that bodies (M,) bear."""
        return np.array([self._census.bodies[n].person for n in bodies.tolist()], np.int64)

    def _sight(self, number: int, row: int) -> None:
        """Note that a body was matched with the detection of this row."""
        census, scene, crops = self._census, self._scene, self._crops
        sighting = Sighting(scene.frame, crops.boxes_tlwh[row], scene.camera)
        if number not in census.bodies:
            census.register(number, sighting)
        body, person = census.bodies[number], census.person_of(number)
        missed = scene.frame - person.last.frame
        person.last = sighting
        if not body.on_probation and (crops.is_hidden[row] or missed > scene.frames(_LONG_MISS_S)):
            body.doubt()
        if not body.on_probation:
            person.proven = sighting
        feature = crops.features[row]
        if body.on_probation and crops.is_clean[row]:
            body.collect(scene.frame, feature, scene.frames(_CROP_INTERVAL_S))
            return
        is_due = scene.frame - person.newest >= scene.frames(_GALLERY_INTERVAL_S)
        if crops.is_alone[row] and is_due and not body.on_probation:
            person.add(scene.frame, feature, GALLERY)

    def _observe(self, seen: dict[int, int]) -> None:
        """Give the calibration this frame's pairs of one person and of two people."""
        census, crops = self._census, self._crops
        names = {census.bodies[number].person: row for number, row in seen.items()}
        rows = {name: row for name, row in names.items() if crops.is_alone[row]}
        if not rows:
            return
        features = crops.features[list(rows.values())]
        distances = census.distances(self._metric, features)
        places = {name: place for place, name in enumerate(distances)}
        until = self._scene.frame - self._scene.frames(_LAG_S)
        for column, name in enumerate(rows):
            feature = features[column : column + 1]
            same = census.people[name].distances(self._metric, feature, until)[0]
            others = [places[other] for other in names if other != name and other in places]
            if not np.isfinite(same) or not others:
                continue
            plain = np.array([each[column] for each in distances.values()])
            plain[places[name]] = same
            relative = relative_distances(plain)
            self._calibration.observe(
                name,
                Pairs(plain[places[name]], plain[others]),
                Pairs(relative[places[name]], relative[others])
                if len(plain) >= FEWEST_PEOPLE
                else None,
            )
