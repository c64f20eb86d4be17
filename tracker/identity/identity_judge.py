"""The decisions on probation: whom a body shows, by the evidence of its crops."""

import itertools
from collections.abc import Callable

import numpy as np

from ..appearance import AppearanceMetric
from ..arrays import Floats
from ..reference.assignment import min_cost_matching
from .census import Census
from .distance_calibration import DistanceCalibration
from .place import entry_evidence, place_evidence
from .relative_distance import relative_distances
from .scene import Scene
from .tracked_body import Body

Looks = dict[int, float]
"""Identity of each known person -> evidence in nats that a body's crops show this person."""

_PROBATION_CROPS = 3
"""Crops that end a probation."""
_MOST_CROPS = 6
"""Newest crops that are compared if a probation takes longer."""
_RETURN_NATS = 2.0
"""Least evidence of looks and place together for which a body takes a lost person's identity: odds
of 7 to 1. Mixing two people is worse than splitting one."""
_LEAST_LOOKS_NATS = 1.5
"""Least evidence of looks alone for that: most of it, because the place is often shared."""
_LEAVE_NATS = 2.0
"""Evidence against its own person for which a body leaves its identity."""
_SWAP_NATS = 3.0
"""Evidence for which two bodies exchange their identities."""
_CROP_GAIN, _MOST_GAIN = 0.25, 1.5
"""Growth of the evidence per further crop, and its limit: crops of one body are alike."""
_LEAST_MISS = 2
"""Frames without a detection after which a person is lost."""


class Judge:
    """Decides whom the bodies on probation show.

    Args:
        census: Bodies and people; decisions change it.
        scene: Clock, camera and extent.
        metric: Compares features.
        calibration: Turns distances into evidence.
    """

    def __init__(
        self,
        census: Census,
        scene: Scene,
        metric: AppearanceMetric,
        calibration: DistanceCalibration,
    ) -> None:
        self._census, self._scene = census, scene
        self._metric, self._calibration = metric, calibration

    def decide(self, seen: dict[int, Floats], reserve_id: Callable[[], int]) -> list[int]:
        """Decide for all bodies that have enough crops.

        Args:
            seen: Body seen in this frame -> its box (4,).
            reserve_id: Returns an id that no track will have.

        Returns:
            The bodies to forget: another body bears their identity now.
        """
        bodies = self._census.bodies
        ready = [number for number in seen if _is_ready(bodies[number])]
        if not self._calibration.is_informative:
            self._end_probations(ready)
            return []
        looks = {number: self._looks(bodies[number]) for number in ready}
        own = {number: _own_evidence(bodies[number], looks[number]) for number in ready}
        doubtful = {number: seen[number] for number in ready if own[number] <= -_LEAVE_NATS}
        forgotten = []
        for number, name in self._returns(doubtful, looks).items():
            bearer = self._census.take(number, name)
            forgotten += [] if bearer is None else [bearer]
        waiting = [number for number in ready if bodies[number].on_probation]
        self._exchange([number for number in waiting if not bodies[number].is_new], looks)
        for number in [number for number in waiting if bodies[number].on_probation]:
            body = bodies[number]
            if body.is_new or own[number] >= 0:
                self._end_probations([number])
            elif own[number] <= -_LEAVE_NATS:
                self._census.leave(number, reserve_id())
            else:
                # The looks neither prove nor refute the identity: further crops may.
                body.crops = body.crops[-_MOST_CROPS:]
        return forgotten

    def recognise(self, seen: dict[int, Floats]) -> tuple[list[int], list[int]]:
        """Give bodies the identities of lost people that they show for sure.

        Args:
            seen: New body with one crop -> its box (4,).

        Returns:
            The recognised bodies, and the bodies to forget.
        """
        looks = {number: self._looks(self._census.bodies[number]) for number in seen}
        returns = self._returns(seen, looks)
        bearers = [self._census.take(number, name) for number, name in returns.items()]
        return list(returns), [bearer for bearer in bearers if bearer is not None]

    def _end_probations(self, numbers: list[int]) -> None:
        """Confirm the bodies that have enough crops; the others, which are new, collect more."""
        for number in numbers:
            body = self._census.bodies[number]
            body.is_tried = True
            if len(body.crops) >= _PROBATION_CROPS:
                self._census.confirm(number)

    def _looks(self, body: Body) -> Looks:
        """Return the mean evidence of a body's crops that they show each known person."""
        distances = self._census.distances(self._metric, body.features)
        if body.is_new:
            # The body's own crops would compare it with itself.
            distances.pop(body.person, None)
        if not distances:
            return {}
        relative = relative_distances(np.stack(list(distances.values())))
        evidence = self._calibration.relative.evidence(relative).mean(axis=1)
        return dict(zip(distances, evidence.tolist(), strict=True))

    def _returns(self, boxes: dict[int, Floats], looks: dict[int, Looks]) -> dict[int, int]:
        """Return the bodies that show lost people: body -> identity.

        Args:
            boxes: Body -> its box (4,).
            looks: Body -> its looks.
        """
        frame = self._scene.frame
        lost = [
            name
            for name, person in self._census.people.items()
            if person.is_known and frame - person.last.frame >= _LEAST_MISS
        ]
        if not boxes or not lost:
            return {}
        evidence = np.array(
            [
                [self._return_evidence(number, box, name, looks[number]) for name in lost]
                for number, box in boxes.items()
            ]
        )
        matches, _, _ = min_cost_matching(-evidence, -_RETURN_NATS)
        numbers = list(boxes)
        return {numbers[row]: lost[column] for row, column in matches}

    def _return_evidence(self, number: int, box_tlwh: Floats, name: int, looks: Looks) -> float:
        """Return the evidence in nats that a body shows a lost person; -inf if it cannot."""
        scene, body = self._scene, self._census.bodies[number]
        person = self._census.people[name]
        # Nobody is in two places at once.
        if body.person == name or body.crops[0][0] <= person.last.frame:
            return -np.inf
        if looks[name] < _LEAST_LOOKS_NATS:
            return -np.inf
        gain = min(_MOST_GAIN, 1 + _CROP_GAIN * (len(body.crops) - 1))
        last_tlwh = person.last.moved(scene.camera)
        seconds = scene.seconds_since(person.last.frame)
        evidence = looks[name] * gain + place_evidence(box_tlwh, last_tlwh, seconds, scene.area)
        if body.is_new:
            evidence += entry_evidence(scene.widths_from_side(box_tlwh))
        return evidence

    def _exchange(self, numbers: list[int], looks: dict[int, Looks]) -> None:
        """Exchange the identities of two bodies on probation where looks demand it."""
        bodies = self._census.bodies
        for first, second in itertools.combinations(numbers, 2):
            one, two = bodies[first], bodies[second]
            if not (one.on_probation and two.on_probation):
                continue
            if one.person not in looks[first] or two.person not in looks[first]:
                continue
            crossed = looks[first][two.person] + looks[second][one.person]
            straight = looks[first][one.person] + looks[second][two.person]
            if crossed - straight > _SWAP_NATS:
                self._census.exchange(first, second)


def _own_evidence(body: Body, looks: Looks) -> float:
    """Return the evidence that a body shows its own person; -inf if it is new."""
    return -np.inf if body.is_new else looks.get(body.person, 0.0)


def _is_ready(body: Body) -> bool:
    """Return whether a body is on probation and has enough crops for a decision."""
    if not body.on_probation:
        return False
    return len(body.crops) >= (1 if body.is_new and not body.is_tried else _PROBATION_CROPS)
