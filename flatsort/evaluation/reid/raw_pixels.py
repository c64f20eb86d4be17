"""The yardstick every descriptor has to pass: the pixels themselves."""

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.images.crops import cut_crops
from flatsort.tracker.gallery import AppearanceMetric

PIXELS = "raw pixels"
SIDE = 16
_CROP_SIDE = 64


class RawPixels(Descriptor):
    """A crop averaged down to 16 x 16 RGB values in [0, 1]: 768 numbers, nothing learned."""

    needs_images = True
    # Nobody tracks with it: its gate was never set.
    metric = AppearanceMetric("euclidean", gate=1.0)

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Frame (H, W, 3) uint8 BGR, boxes (N, 4) -> (N, 768)."""
        crops = cut_crops(frame, boxes_tlwh, _CROP_SIDE, _CROP_SIDE)
        small = [cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for crop in crops]
        return np.array(small, np.float32).reshape(len(crops), 3 * SIDE**2) / 255
