"""The bodies and the people of a video, and which body bears whose identity."""

import numpy as np

from ..appearance import AppearanceMetric
from ..arrays import Floats, Reals, Singles
from .person import Person, Sighting
from .tracked_body import Body

GALLERY = 40
"""Crops per person: about seven seconds at the interval of galleries."""


class Census:
    """Bodies and people. Each living body bears one identity, and no two bear the same.

    Attributes:
        bodies: Number of the body, the motion tracker's id -> body.
        people: Identity -> person. People without a body are lost.
    """

    def __init__(self) -> None:
        self.bodies: dict[int, Body] = {}
        self.people: dict[int, Person] = {}

    def person_of(self, number: int) -> Person:
        """Return the person whose identity a body bears."""
        return self.people[self.bodies[number].person]

    def register(self, number: int, sighting: Sighting) -> None:
        """Add a body that is seen for the first time, with an identity of its own."""
        self.bodies[number] = Body(person=number, born=sighting.frame)
        self.people[number] = Person(sighting, number)

    def dismiss(self, number: int) -> None:
        """Forget a body that bears an identity of its own, as if it had never been seen."""
        del self.people[self.bodies.pop(number).person]

    def bury(self, living: set[int], oldest: float) -> None:
        """Turn people whose body has ended into lost ones, and forget long lost ones.

        Args:
            living: Numbers of the bodies that live.
            oldest: Last frame before which a lost person is forgotten.
        """
        for number in [number for number in self.bodies if number not in living]:
            body = self.bodies.pop(number)
            person = self.people[body.person]
            person.body = None
            if body.is_new:
                person.learn(body.settle(), GALLERY)
        for name, person in list(self.people.items()):
            if person.body is None and (person.last.frame < oldest or not person.is_known):
                del self.people[name]

    def confirm(self, number: int) -> None:
        """End a body's probation: it shows the person whose identity it bears."""
        self.person_of(number).learn(self.bodies[number].settle(), GALLERY)

    def take(self, number: int, name: int) -> int | None:
        """Give a body the identity of a lost person; it ends the probation.

        Returns:
            The body that bore the identity while it was unseen, and now ends; None without one.
        """
        body, person = self.bodies[number], self.people[name]
        last = self.people[body.person].last
        if body.is_new:
            # Both identities are one person's, so the younger one disappears.
            person.absorb(self.people.pop(body.person), GALLERY)
        else:
            self._release(number)
        bearer = person.body
        if bearer is not None:
            del self.bodies[bearer]
        body.person, person.body, person.last = name, number, last
        self.confirm(number)
        return bearer

    def leave(self, number: int, name: int) -> None:
        """Give a body a new identity, because it does not show the person whose identity it has."""
        body = self.bodies[number]
        last = self.people[body.person].last
        self._release(number)
        body.person = name
        self.people[name] = Person(last, number)
        self.confirm(number)

    def exchange(self, first: int, second: int) -> None:
        """Exchange the identities of two bodies."""
        one, two = self.bodies[first], self.bodies[second]
        people = self.people[one.person], self.people[two.person]
        one.person, two.person = two.person, one.person
        people[0].last, people[1].last = people[1].last, people[0].last
        people[0].body, people[1].body = second, first
        self.confirm(first)
        self.confirm(second)

    def distances(self, metric: AppearanceMetric, features: Singles) -> dict[int, Reals]:
        """Return the distances (N,) of prepared features (N, D) from each known person."""
        return {
            name: person.distances(metric, features)
            for name, person in self.people.items()
            if person.is_known
        }

    def missed(self, seen: dict[int, int], camera: Floats) -> Floats:
        """Return the last boxes (M, 4) of the living bodies that are not seen now.

        Args:
            seen: The bodies seen in this frame are its keys.
            camera: (2,) the camera's way so far.
        """
        boxes = [self.person_of(n).last.moved(camera) for n in self.bodies if n not in seen]
        return np.array(boxes).reshape(-1, 4)

    def _release(self, number: int) -> None:
        """Take a body's identity from it. The person, if known, is lost since the last proof."""
        name = self.bodies[number].person
        person = self.people[name]
        person.body, person.last = None, person.proven
        if not person.is_known:
            del self.people[name]
            return
        # The person may go by another identity since then, so those are compared once more.
        for other in self.bodies.values():
            if other.born > person.proven.frame and self._is_first_identity(other):
                other.reconsider()

    def _is_first_identity(self, body: Body) -> bool:
        """Return whether a body still bears the identity that it was born with."""
        return body.person in self.people and self.people[body.person].born == body.born
