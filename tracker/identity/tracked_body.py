"""A body: one track of the motion tracker, and what proves whom it shows."""

from dataclasses import dataclass, field

import numpy as np

from ..arrays import Singles

FIRST_CROPS = 2
"""Crops of a body that are taken at once; later ones follow at intervals."""


@dataclass
class Body:
    """One track of the motion tracker, while it lives.

    Attributes:
        person: The identity that it bears.
        born: Frame in which it was first seen.
        is_new: Whether its identity is its own, and it may still turn out to show a lost person.
        on_probation: Whether looks have to prove its identity: it is new, or comes out of cover.
        is_tried: Whether a new body has been compared with lost people already.
        crops: Frame and prepared feature of the clean crops since the probation began.
    """

    person: int
    born: int
    is_new: bool = True
    on_probation: bool = True
    is_tried: bool = False
    crops: list[tuple[int, Singles]] = field(default_factory=list)

    def doubt(self) -> None:
        """Put the body on probation, from this frame on."""
        self.on_probation, self.crops = True, []

    def reconsider(self) -> None:
        """Compare the body with lost people once more."""
        self.is_new, self.is_tried = True, False
        self.doubt()

    def settle(self) -> list[tuple[int, Singles]]:
        """End the probation and return its crops."""
        crops, self.crops = self.crops, []
        self.on_probation = self.is_new = False
        return crops

    def collect(self, frame: int, feature: Singles, interval: int) -> None:
        """Add a clean crop, unless the last one is too fresh to add anything."""
        if len(self.crops) < FIRST_CROPS or frame - self.crops[-1][0] >= interval:
            self.crops.append((frame, feature))

    @property
    def features(self) -> Singles:
        """The features (K, D) of the crops."""
        return np.stack([feature for _, feature in self.crops])
