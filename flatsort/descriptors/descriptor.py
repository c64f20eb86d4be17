"""The seam between how people look and who they are."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from flatsort.tracker import AppearanceMetric


class Descriptor(Protocol):
    """Turns the people in a frame into features that can be compared.

    Attributes:
        metric: the distance and gate the features were calibrated for.
        needs_images: whether ``frame`` is looked at; if not it may be None.
        cache_key: changes whenever other features would come out for the same frame and box; None
            if that cannot be known or they are not worth keeping.
    """

    metric: AppearanceMetric
    needs_images: bool
    cache_key: str | None = None

    def start_frame(self, frame_number: int) -> None:
        """Told before each frame, from 1; only what was computed before is found by it."""

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Frame (H, W, 3) uint8 BGR and boxes (N, 4) in pixels -> features (N, D)."""
