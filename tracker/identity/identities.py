"""Identities by looks: which person each body shows, decided with a stated strength of evidence.

The motion tracker follows bodies, frame by frame. This layer gives each body the identity of a
person. A body bears its own new identity until looks say otherwise, so a descriptor that tells
nobody apart changes nothing.

A body that is new, or comes out of cover, is on probation: its clean crops wait beside the gallery.
When there are enough of them, the layer compares the body with its own person and with the lost
people, and decides: it keeps its identity, takes that of a lost person, leaves its identity for a
new one, or exchanges it with another body on probation.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..appearance import AppearanceMetric, check_columns
from ..boxes import iou
from ..reference.assignment import min_cost_matching
from ..tracks import Tracks
from .body import Body
from .calibration import DistanceCalibration
from .person import Person, Sighting
from .place import place_evidence
from .visibility import covered_shares, crowding

_MOST_COVERED = 0.3
"""Largest covered share of a clean crop. Crops that are covered more show someone else as well."""
_HIDDEN = 0.6
"""Covered share above which a body may come out of cover as someone else."""
_CLEAN_CONFIDENCE = 0.5
"""Smallest confidence of a clean crop: other boxes are often cut off."""
_MOST_CROWDED = 0.2
"""Largest IoU with another box of a crop that calibrates or enters a gallery."""
_UNCLEAN_WEIGHT = 0.5
"""Weight of the evidence of crops that are neither clean nor hidden."""
_LONG_MISS_S = 0.17
"""Seconds without a detection after which looks have to prove an identity again."""
_GALLERY_INTERVAL_S = 0.17
"""Seconds between crops in a gallery: nearer ones look the same."""
_CROP_INTERVAL_S = 0.07
"""Seconds between the crops of a probation, after the first ones."""
_GALLERY = 40
"""Crops per person, about seven seconds."""
_PROBATION_CROPS = 3
"""Crops that end a probation."""
_MOST_CROPS = 6
"""Newest crops that are compared if a probation takes longer."""
_LAG_S = 1.0
"""Seconds between the crops of a pair of one person that calibrates: after that time people have
taken another pose, and often another place."""
_OBSERVE_INTERVAL_S = 0.1
"""Seconds between observations that calibrate."""
_FIT_INTERVAL_S = 0.33
"""Seconds between fits of the calibration."""
_RETURN_NATS = 2.0
"""Least evidence of looks and place together for which a body takes a lost person's identity: odds
of 7 to 1. Mixing two people is worse than splitting one."""
_LEAST_LOOKS_NATS = 0.5
"""Least evidence of looks alone for that."""
_LEAVE_NATS = 2.0
"""Evidence against its own person for which a body leaves its identity."""
_SWAP_NATS = 3.0
"""Evidence for which two bodies exchange their identities."""
_CROP_GAIN, _MOST_GAIN = 0.25, 1.5
"""Growth of the evidence per further crop, and its limit: crops of one body are alike."""
_LEAST_MISS = 2
"""Frames without a detection from which a person is lost."""


@dataclass(frozen=True)
class _Frame:
    """The detections of the present frame: boxes (N, 4), features (N, D), marks (N,) bool each."""

    boxes_tlwh: np.ndarray
    features: np.ndarray
    is_clean: np.ndarray
    is_hidden: np.ndarray
    is_alone: np.ndarray


class Identities:
    """Bodies and people of one video.

    Args:
        metric: Prepares and compares features; its gate is not used.
        frame_rate: Frames per second.
        memory_s: Seconds for which a lost person can come back.
    """

    def __init__(self, metric: AppearanceMetric, frame_rate: float, memory_s: float) -> None:
        self._metric, self._frame_rate = metric, frame_rate
        self._memory = memory_s * frame_rate
        self._calibration = DistanceCalibration()
        self._bodies: dict[int, Body] = {}
        self._people: dict[int, Person] = {}
        self._frame = 0
        self._camera = np.zeros(2)
        self._scene = np.array([np.inf, np.inf, -np.inf, -np.inf])
        self._now: _Frame | None = None
        self._width: int | None = None

    def start_frame(
        self, boxes_tlwh: np.ndarray, confidences: np.ndarray, features: np.ndarray
    ) -> None:
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
            check_columns(prepared, self._width or prepared.shape[1])
            self._width = prepared.shape[1]
            ends = boxes_tlwh[:, :2] + boxes_tlwh[:, 2:]
            self._scene[:2] = np.minimum(self._scene[:2], boxes_tlwh[:, :2].min(axis=0))
            self._scene[2:] = np.maximum(self._scene[2:], ends.max(axis=0))
        covered = covered_shares(boxes_tlwh, confidences)
        is_clean = (covered <= _MOST_COVERED) & (confidences >= _CLEAN_CONFIDENCE)
        is_alone = is_clean & (crowding(boxes_tlwh, confidences) < _MOST_CROWDED)
        self._frame += 1
        self._now = _Frame(boxes_tlwh, prepared, is_clean, covered > _HIDDEN, is_alone)

    def evidence(self, bodies: np.ndarray) -> np.ndarray | None:
        """Return the evidence in nats that bodies and detections show the same person.

        Args:
            bodies: (T,) ids of the living tracks.

        Returns:
            (T, N) float64; None if the descriptor tells nobody apart so far.
        """
        if not self._calibration.is_informative:
            return None
        now = self._now
        distances = np.full((len(bodies), len(now.boxes_tlwh)), np.nan)
        for row, body in enumerate(bodies.tolist()):
            if body in self._bodies:
                person = self._people[self._bodies[body].person]
                distances[row] = person.distances(self._metric, now.features)
        weights = np.where(now.is_clean, 1.0, np.where(now.is_hidden, 0.0, _UNCLEAN_WEIGHT))
        return self._calibration.evidence(distances) * weights

    def follow(
        self,
        tracks: Tracks,
        living: np.ndarray,
        camera_velocity: np.ndarray,
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
        self._camera = self._camera + camera_velocity
        self._bury(set(living.tolist()))
        seen = dict(zip(tracks.ids.tolist(), tracks.detection_indices.tolist(), strict=True))
        self._note_missed(seen)
        for body, row in seen.items():
            self._sight(body, row)
        if self._is_time_for(_OBSERVE_INTERVAL_S):
            self._observe(seen)
        if self._is_time_for(_FIT_INTERVAL_S):
            self._calibration.fit()
        return self._decide(seen, reserve_id)

    def named(self, bodies: np.ndarray) -> np.ndarray:
        """Return the identities (M,) int64 that bodies (M,) bear."""
        return np.array([self._bodies[body].person for body in bodies.tolist()], np.int64)

    def _is_time_for(self, interval_s: float) -> bool:
        return self._frame % max(1, round(interval_s * self._frame_rate)) == 0

    def _frames(self, seconds: float) -> int:
        return max(1, round(seconds * self._frame_rate))

    def _bury(self, living: set[int]) -> None:
        """Turn people whose body has ended into lost ones, and forget those lost for too long."""
        for body in [body for body in self._bodies if body not in living]:
            ended = self._bodies.pop(body)
            person = self._people[ended.person]
            person.body = None
            if ended.is_new:
                self._keep(person, ended.settle())
        for name, person in list(self._people.items()):
            is_old = self._frame - person.last.frame > self._memory
            if person.body is None and (is_old or not person.is_known):
                del self._people[name]

    def _keep(self, person: Person, crops: list[tuple[int, np.ndarray]]) -> None:
        for frame, feature in crops:
            person.add(frame, feature, _GALLERY)
        person.proven = person.last

    def _note_missed(self, seen: dict[int, int]) -> None:
        """Mark the detections near people who were missed: their box may show those people too."""
        missed = [
            self._people[body.person].last.moved(self._camera)
            for number, body in self._bodies.items()
            if number not in seen
        ]
        now = self._now
        if missed and len(now.boxes_tlwh):
            overlap = iou(now.boxes_tlwh, np.stack(missed)).max(axis=1)
            now.is_alone[:] &= overlap < _MOST_CROWDED

    def _sight(self, number: int, row: int) -> None:
        """Note that a body was matched with the detection of this row."""
        now = self._now
        sighting = Sighting(self._frame, now.boxes_tlwh[row], self._camera)
        if number not in self._bodies:
            self._bodies[number] = Body(person=number, born=self._frame)
            self._people[number] = Person(sighting, number)
        body = self._bodies[number]
        person = self._people[body.person]
        missed = self._frame - person.last.frame
        person.last = sighting
        if not body.on_probation:
            if now.is_hidden[row] or missed > self._frames(_LONG_MISS_S):
                body.doubt()
            else:
                person.proven = sighting
        if not now.is_clean[row]:
            return
        if body.on_probation:
            body.collect(self._frame, now.features[row], self._frames(_CROP_INTERVAL_S))
        elif now.is_alone[row]:
            if self._frame - person.newest >= self._frames(_GALLERY_INTERVAL_S):
                person.add(self._frame, now.features[row], _GALLERY)

    def _observe(self, seen: dict[int, int]) -> None:
        """Give the calibration this frame's pairs of one person and of two people."""
        rows = {self._bodies[b].person: row for b, row in seen.items() if self._now.is_alone[row]}
        if not rows:
            return
        names = [self._bodies[body].person for body in seen]
        features = self._now.features[list(rows.values())]
        until = self._frame - self._frames(_LAG_S)
        distances = np.stack(
            [self._people[name].distances(self._metric, features) for name in names]
        )
        for column, name in enumerate(rows):
            feature = features[column : column + 1]
            same = self._people[name].distances(self._metric, feature, until)[0]
            others = np.array([other != name for other in names])
            different = distances[others, column]
            different = different[np.isfinite(different)]
            if np.isfinite(same) and len(different):
                self._calibration.observe(name, float(same), different)

    def _decide(self, seen: dict[int, int], reserve_id: Callable[[], int]) -> list[int]:
        """Decide whom the bodies on probation show; return the bodies to forget."""
        ready = [number for number in seen if self._is_ready(self._bodies[number])]
        if not ready:
            return []
        if not self._calibration.is_informative:
            for number in ready:
                self._confirm(number)
            return []
        own = {number: self._own_evidence(self._bodies[number]) for number in ready}
        forgotten = []
        returns = self._returns([n for n in ready if own[n] <= -_LEAVE_NATS], seen)
        for number, name in returns.items():
            forgotten += self._take(number, name)
        self._exchange([n for n in ready if n not in returns and not self._bodies[n].is_new], own)
        for number in ready:
            body = self._bodies[number]
            if not body.on_probation:
                continue
            if not body.is_new and own[number] <= -_LEAVE_NATS:
                self._leave(number, reserve_id())
            elif not body.is_new and own[number] < 0:
                # The looks do not prove the identity, nor refute it: more crops may.
                body.forget_old_crops(_MOST_CROPS)
                continue
            self._confirm(number)
        return forgotten

    def _is_ready(self, body: Body) -> bool:
        """Return whether a body has enough crops for a decision."""
        if not body.on_probation:
            return False
        return len(body.crops) >= (1 if body.is_new and not body.is_tried else _PROBATION_CROPS)

    def _own_evidence(self, body: Body) -> float:
        """Return the evidence that a body shows its own person; -inf if it is new."""
        if body.is_new:
            return -np.inf
        person = self._people[body.person]
        return self._looks(body, person) if person.is_known else 0.0

    def _looks(self, body: Body, person: Person) -> float:
        """Return the mean evidence of a body's crops that they show a person."""
        distances = person.distances(self._metric, body.features)
        return float(self._calibration.evidence(distances).mean())

    def _returns(self, numbers: list[int], seen: dict[int, int]) -> dict[int, int]:
        """Return the bodies that show lost people: body -> identity."""
        lost = [
            name
            for name, person in self._people.items()
            if person.is_known and self._frame - person.last.frame >= _LEAST_MISS
        ]
        if not numbers or not lost:
            return {}
        evidence = np.array([[self._return_evidence(n, seen[n], o) for o in lost] for n in numbers])
        matches, _, _ = min_cost_matching(-evidence, -_RETURN_NATS)
        return {numbers[row]: lost[column] for row, column in matches}

    def _return_evidence(self, number: int, row: int, name: int) -> float:
        """Return the evidence in nats that a body shows a lost person; -inf if it cannot."""
        body, person = self._bodies[number], self._people[name]
        # Nobody is in two places at once.
        if body.person == name or body.crops[0][0] <= person.last.frame:
            return -np.inf
        looks = self._looks(body, person)
        if looks < _LEAST_LOOKS_NATS:
            return -np.inf
        gain = min(_MOST_GAIN, 1 + _CROP_GAIN * (len(body.crops) - 1))
        seconds = (self._frame - person.last.frame) / self._frame_rate
        sides = self._scene[2:] - self._scene[:2]
        box_tlwh, last_tlwh = self._now.boxes_tlwh[row], person.last.moved(self._camera)
        return looks * gain + place_evidence(box_tlwh, last_tlwh, seconds, float(sides.prod()))

    def _take(self, number: int, name: int) -> list[int]:
        """Give a body the identity of a lost person; return the body that bore it, if any."""
        body, person = self._bodies[number], self._people[name]
        last = self._people[body.person].last
        if body.is_new:
            own = self._people.pop(body.person)
            if own.is_known:
                person.absorb(own, _GALLERY)
        else:
            self._release(number)
        bearer = person.body
        if bearer is not None:
            del self._bodies[bearer]
        body.person, person.body, person.last = name, number, last
        self._keep(person, body.settle())
        return [] if bearer is None else [bearer]

    def _leave(self, number: int, name: int) -> None:
        """Give a body a new identity, because it does not show the person whose identity it has."""
        body = self._bodies[number]
        last = self._people[body.person].last
        self._release(number)
        body.person = name
        self._people[name] = Person(last, number)

    def _release(self, number: int) -> None:
        """Take a body's identity from it. A known person is lost since the last proof."""
        name = self._bodies[number].person
        person = self._people[name]
        person.body, person.last = None, person.proven
        if not person.is_known:
            del self._people[name]
            return
        # The lost person may go by a new identity since then.
        for other in self._bodies.values():
            if other.person in self._people and other.born > person.proven.frame:
                if self._people[other.person].born > person.proven.frame:
                    other.reconsider()

    def _exchange(self, numbers: list[int], own: dict[int, float]) -> None:
        """Exchange the identities of two bodies on probation where looks demand it."""
        for first, second in itertools.combinations(numbers, 2):
            one, two = self._bodies[first], self._bodies[second]
            people = self._people[one.person], self._people[two.person]
            if not all(person.is_known for person in people):
                continue
            crossed = self._looks(one, people[1]) + self._looks(two, people[0])
            if crossed - own[first] - own[second] <= _SWAP_NATS:
                continue
            one.person, two.person = two.person, one.person
            people[0].last, people[1].last = people[1].last, people[0].last
            people[0].body, people[1].body = second, first
            own[first] = own[second] = 0.0

    def _confirm(self, number: int) -> None:
        """Add the crops of a body to its person, if they suffice; else let it collect more."""
        body = self._bodies[number]
        if len(body.crops) >= _PROBATION_CROPS:
            self._keep(self._people[body.person], body.settle())
        body.is_tried = True
