"""The baseline without training: hue-saturation histograms of horizontal strips."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.errors import InputError
from flatsort.files.sequence import Sequence
from flatsort.images.crops import cut_crops
from flatsort.tracker import AppearanceMetric

STRIPS = 4
HUE_BINS, SATURATION_BINS = 12, 6
CROP_WIDTH, CROP_HEIGHT = 32, 64


def create(argument: str, sequence: Sequence | None) -> "HistogramDescriptor":
    """Return the descriptor, which takes no argument and is the same for every sequence.

    Raises:
        InputError: there is an argument.
    """
    if argument:
        raise InputError(f"--descriptor histogram:{argument}: histogram takes no argument")
    return HistogramDescriptor()


class HistogramDescriptor(Descriptor):
    """One hue-saturation histogram for each of four strips: head, chest, hips and legs.

    The features are square roots of the histograms. The dot product of two such features is the
    Bhattacharyya coefficient, so the cosine distance is an established distance of histograms.
    Brightness is left out because it depends on the light more than on the person. The outer
    columns of a box show mostly the street, so they count less.
    """

    needs_images = True
    # Histograms are not negative and all contain grey, so their cosine distances are small. The
    # paper's gate of 0.2, made for a learned descriptor, has the right magnitude; it is not tuned.
    metric = AppearanceMetric("cosine", gate=0.2)
    # The code in this file. The feature cache itself adds the code that cuts the crops.
    cache_key = f"histogram {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}"

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Map a frame (H, W, 3) uint8 BGR and boxes (N, 4) to features (N, 288) float32.

        The columns are 4 strips x 12 hues x 6 saturations.
        """
        crops = cut_crops(frame, boxes_tlwh, CROP_WIDTH, CROP_HEIGHT)
        # One OpenCV call converts all crops, stacked as one tall image.
        stacked = crops.reshape(-1, CROP_WIDTH, 3)
        if len(stacked) == 0:
            return np.empty((0, STRIPS * HUE_BINS * SATURATION_BINS), np.float32)
        colours = cv2.cvtColor(stacked, cv2.COLOR_RGB2HSV).reshape(crops.shape)
        # OpenCV's 8-bit hue runs from 0 to 179.
        hue = colours[..., 0].astype(np.intp) * HUE_BINS // 180
        saturation = colours[..., 1].astype(np.intp) * SATURATION_BINS // 256
        strip = np.arange(CROP_HEIGHT)[:, None] * STRIPS // CROP_HEIGHT
        row = np.arange(len(crops))[:, None, None] * STRIPS + strip
        bins = (row * HUE_BINS + hue) * SATURATION_BINS + saturation
        weights = np.broadcast_to(_column_weights(), bins.shape)
        size = HUE_BINS * SATURATION_BINS
        counts = np.bincount(
            bins.ravel(), weights.ravel(), minlength=len(crops) * STRIPS * size
        ).reshape(len(crops), STRIPS, size)
        return np.sqrt(counts / counts.sum(-1, keepdims=True)).reshape(len(crops), -1).astype("f4")


def _column_weights() -> NDArray[np.float64]:
    """Return the weight of each column (32,): 1 in the middle of the box, 0.1 at its sides."""
    across = np.linspace(-1, 1, CROP_WIDTH)
    return 0.1 + 0.9 * np.cos(across * np.pi / 2) ** 2
