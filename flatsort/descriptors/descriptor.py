"""The descriptor seam: an image of people in, one feature vector per person out."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from flatsort.tracker import AppearanceMetric


class Descriptor(Protocol):
    """Describes how the people in a frame look.

    Attributes:
        metric: the distance between two features, and the gate that suits them.
        needs_images: whether the descriptor reads ``frame``; if False, ``frame`` may be None.
        cache_key: a text that differs between two descriptors if their features of the same frame
            and box may differ. None if the descriptor cannot give such a text, or if its features
            are not worth keeping for the next run.
    """

    metric: AppearanceMetric
    needs_images: bool
    cache_key: str | None = None

    def start_frame(self, frame_number: int) -> None:
        """Receive the number of the next frame, from 1; a file of features finds its rows by it."""

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Map a frame (H, W, 3) uint8 BGR and boxes (N, 4) in pixels to features (N, D)."""
