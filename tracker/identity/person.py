"""A person as the tracker knows them: crops seen in the open, and the last sighting."""

from dataclasses import dataclass

import numpy as np

from ..appearance import AppearanceMetric
from ..arrays import Floats, Reals, Singles

NEAREST_SHARE = 4
"""A distance from a person is the mean over the nearest quarter of the person's crops: the nearest
one alone is chance, and the mean over all punishes people who turn around."""


@dataclass(frozen=True)
class Sighting:
    """Where and when a person was seen.

    Attributes:
        frame: Number of the frame.
        box_tlwh: (4,) the box, in the picture of that frame.
        camera: (2,) the camera's way until that frame, in pixels.
    """

    frame: int
    box_tlwh: Floats
    camera: Floats

    def moved(self, camera: Floats) -> Floats:
        """Return the box where the camera's way since then has moved it."""
        return np.concatenate([self.box_tlwh[:2] + camera - self.camera, self.box_tlwh[2:]])


class Person:
    """One identity.

    Args:
        sighting: The first sighting.
        body: Id of the body that was sighted.

    Attributes:
        born: Frame of the first sighting.
        last: The last sighting of the body that bears this identity.
        proven: The last sighting at which looks had proven the identity.
        body: Id of the body that bears this identity; None while it is lost.
    """

    def __init__(self, sighting: Sighting, body: int) -> None:
        self.last = self.proven = sighting
        self.born = sighting.frame
        self.body: int | None = body
        self._frames: list[int] = []
        self._features = np.empty((0, 0), np.float32)
        self._written = 0

    @property
    def is_known(self) -> bool:
        """Whether any crop shows how the person looks."""
        return bool(self._frames)

    @property
    def newest(self) -> int:
        """Frame of the newest crop, -1 without any."""
        return max(self._frames, default=-1)

    def add(self, frame: int, feature: Singles, budget: int) -> None:
        """Keep a prepared feature (D,); the oldest of ``budget`` ones makes room."""
        if len(self._features) == 0:
            self._features = np.empty((budget, len(feature)), np.float32)
        place = self._written % budget
        self._features[place] = feature
        self._frames[place : place + 1] = [frame]
        self._written += 1

    def learn(self, crops: list[tuple[int, Singles]], budget: int) -> None:
        """Keep crops, frame and prepared feature each, that prove the identity until now."""
        for frame, feature in crops:
            self.add(frame, feature, budget)
        self.proven = self.last

    def absorb(self, other: "Person", budget: int) -> None:
        """Take over the crops of another identity, which shows the same person."""
        if other.is_known:
            crops = other._features[: len(other._frames)]
            for frame, feature in zip(other._frames, crops, strict=True):
                self.add(frame, feature, budget)

    def distances(
        self, metric: AppearanceMetric, features: Singles, until: int | None = None
    ) -> Reals:
        """Return the distances (N,) of prepared features (N, D) from this person.

        Args:
            metric: Compares features.
            features: (N, D) prepared features.
            until: Newest frame whose crops count; None for all.

        Returns:
            Mean over the nearest quarter of the crops; NaN if there is no crop.
        """
        if not self._frames:
            return np.full(len(features), np.nan)
        crops = self._features[: len(self._frames)]
        if until is not None:
            crops = crops[np.array(self._frames) <= until]
            if len(crops) == 0:
                return np.full(len(features), np.nan)
        count = max(1, len(crops) // NEAREST_SHARE)
        nearest = np.partition(metric.compare(crops, features), count - 1, axis=0)[:count]
        mean: Reals = nearest.mean(axis=0)
        return mean
