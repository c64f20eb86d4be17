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
    """The descriptor; it has no argument and is the same for every sequence."""
    if argument:
        raise InputError(f"--descriptor histogram:{argument}: histogram takes no argument")
    return HistogramDescriptor()


class HistogramDescriptor(Descriptor):
    """Head, chest, hips and legs: a hue-saturation histogram each, square-rooted.

    The square root makes the dot product of two histograms their Bhattacharyya coefficient, so
    cosine distance is a known distance of histograms. Brightness is left out: it is the light's.
    The outer columns of a box, which show the street, count less.
    """

    needs_images = True
    # Histograms are non-negative and share grey, so their cosines crowd near 1: the paper's 0.2 of
    # a learned descriptor happens to be of the right order, and is kept rather than tuned.
    metric = AppearanceMetric("cosine", gate=0.2)
    # This file is all there is to it.
    cache_key = f"histogram {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}"

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Frame (H, W, 3) uint8 BGR, boxes (N, 4) -> (N, 4 strips x 12 hues x 6 saturations)."""
        crops = cut_crops(frame, boxes_tlwh, CROP_WIDTH, CROP_HEIGHT)
        # One call for all crops: stacked they are one tall picture.
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
    """1 in the middle of the box, falling to 0.1 at its sides."""
    across = np.linspace(-1, 1, CROP_WIDTH)
    return 0.1 + 0.9 * np.cos(across * np.pi / 2) ** 2
