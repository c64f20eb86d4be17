"""The baseline that every descriptor must beat: the pixels themselves."""

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.images.crops import cut_crops
from flatsort.tracker import AppearanceMetric

PIXELS = "raw pixels"
SIDE = 16
"""Width and height of the averaged crop in pixels."""
_CROP_SIDE = 64
"""Width and height of a crop before it is averaged; four pixels become one in each direction."""


class RawPixels(Descriptor):
    """A crop averaged to 16 x 16 RGB values in [0, 1]: 768 numbers, without learning."""

    needs_images = True
    # The gate has no meaning: raw pixels are only scored, never used for tracking.
    metric = AppearanceMetric("euclidean", gate=1.0)

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Describe boxes (N, 4) float32 tlwh of a frame (H, W, 3) uint8 BGR as (N, 768)."""
        crops = cut_crops(frame, boxes_tlwh, _CROP_SIDE, _CROP_SIDE)
        small = [cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for crop in crops]
        return np.array(small, np.float32).reshape(len(crops), 3 * SIDE**2) / 255
