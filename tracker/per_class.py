"""Objects of different classes never share a track: each class has an engine of its own."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from .arrays import Ints
from .detections import Detections, check_detections
from .engine import Engine
from .tracks import Tracks

_MOST_EMPTY_FRAMES = 1000
"""Most frames before the first object of a class that its engine sees. Only SORT treats the first
frames of footage differently, and these are few."""


class PerClass:
    """Runs an engine for each class; without classes, a single engine sees all detections.

    The tracks of a class are those that a tracker of this class alone would give. Footage with one
    class therefore has the same tracks and ids as footage without classes.

    Args:
        start: Starts an engine.
        is_agnostic: Whether one engine tracks all classes. A track then has the class of its last
            matched detection.

    Attributes:
        single: The engine of detections without classes, or of all classes.
    """

    def __init__(self, start: Callable[[], Engine], is_agnostic: bool = False) -> None:
        self._start, self._is_agnostic = start, is_agnostic
        self.single = start()
        self._has_classes = self._has_unclassified = False
        self._engines: dict[int, Engine] = {}
        self._frames = 0
        self._ids = _SharedIds()
        self._last_class: dict[int, int] = {}

    @property
    def dropped(self) -> int:
        """Invalid boxes ignored so far."""
        return self.single.dropped + sum(each.dropped for each in self._engines.values())

    def update(self, detections: Detections, *others: Any) -> Tracks:
        """Advance by one frame.

        Args:
            detections: All detections of the frame.
            others: Further arguments of the engine's update, the same for each class.

        Raises:
            TypeError: If the detections are not Detections.
            ValueError: If some detections of the footage have classes and others have none.
        """
        check_detections(detections)
        self._frames += 1
        classes = detections.classes
        if classes is None:
            if not self._has_classes:
                self._has_unclassified |= len(detections) > 0
                return self.single.update(detections, *others)
            if len(detections):
                raise ValueError("the detections of earlier frames had classes: give classes")
            classes = np.empty(0, np.int64)
            detections = replace(detections, classes=classes)
        elif self._has_unclassified:
            raise ValueError("the detections of earlier frames had no classes: give none")
        self._has_classes = True
        if self._is_agnostic:
            return self._with_last_classes(
                self.single.update(replace(detections, classes=None), *others), classes
            )
        for number in np.unique(classes).tolist():
            if number not in self._engines:
                self._engines[number] = self._started()
        numbers = sorted(self._engines)
        parts = [self._update_class(each, detections, others) for each in numbers]
        if not parts:
            return replace(self.single.update(detections, *others), classes=classes)
        tracks = parts[0]
        for part in parts[1:]:
            tracks = tracks.joined(part)
        return self._named(tracks, np.repeat(numbers, [len(part) for part in parts]))

    def _started(self) -> Engine:
        """Return an engine that has seen the frames before this one, in which it had no objects."""
        engine = self._start()
        for _ in range(min(self._frames - 1, _MOST_EMPTY_FRAMES)):
            engine.update(Detections.empty())
        return engine

    def _update_class(self, number: int, detections: Detections, others: tuple[Any, ...]) -> Tracks:
        """Advance one class, and return its tracks, which have ids of their class."""
        rows = np.flatnonzero(detections.classes == number)
        own = replace(detections.select(rows), classes=None)
        tracks = self._engines[number].update(own, *others)
        indices = np.full(len(tracks), -1)
        is_seen = tracks.detection_indices >= 0
        indices[is_seen] = rows[tracks.detection_indices[is_seen]]
        return replace(tracks, detection_indices=indices)

    def _named(self, tracks: Tracks, classes: Ints) -> Tracks:
        """Return the tracks with their classes and ids; new ids follow the order of detections."""
        ids = np.empty(len(tracks), np.int64)
        for row in np.argsort(tracks.detection_indices, kind="stable").tolist():
            ids[row] = self._ids.of(int(classes[row]), int(tracks.ids[row]))
        return replace(tracks, ids=ids, classes=classes).select(np.argsort(ids))

    def _with_last_classes(self, tracks: Tracks, classes: Ints) -> Tracks:
        """Return the tracks, each with the class of its last matched detection."""
        for identity, row in zip(
            tracks.ids.tolist(), tracks.detection_indices.tolist(), strict=True
        ):
            if row >= 0:
                self._last_class[identity] = int(classes[row])
        last = [self._last_class[identity] for identity in tracks.ids.tolist()]
        return replace(tracks, classes=np.array(last, np.int64))


class _SharedIds:
    """Gives each identity of each class an id of its own: the same id if no other class has it."""

    def __init__(self) -> None:
        self._given: dict[tuple[int, int], int] = {}
        self._taken: set[int] = set()
        self._largest = 0

    def of(self, number: int, identity: int) -> int:
        """Return the id of an identity of a class."""
        key = number, identity
        if key not in self._given:
            given = self._largest + 1 if identity in self._taken else identity
            self._given[key] = given
            self._taken.add(given)
            self._largest = max(self._largest, given)
        return self._given[key]
