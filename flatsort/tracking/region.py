"""Track only the people whose feet are in a region of the picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.boundaries import Zone
from flatsort.detectors.detector import Detector
from flatsort.sources.source import Frame
from flatsort.tracker import Detections


class RegionDetector:
    """A detector that leaves out the boxes outside a region.

    Args:
        detector: finds the boxes.
        region: the region.
    """

    cache_key = None

    def __init__(self, detector: Detector, region: Zone) -> None:
        self._detector, self._region = detector, region
        self.class_names = detector.class_names
        self.needs_images = detector.needs_images

    def __call__(self, frame: Frame) -> Detections:
        """Return the detections of a frame that are in the region."""
        found = self._detector(frame)
        return found.select(is_inside(self._region, found.boxes_tlwh))


@dataclass(frozen=True)
class RegionOutline:
    """Draws a region into the frames of a film.

    Attributes:
        region: the region.
    """

    region: Zone

    def draw(self, canvas: NDArray[np.uint8]) -> None:
        """Draw the outline into a picture, (H, W, 3) uint8 BGR."""
        from flatsort.images.boundary_drawing import draw_boundary

        draw_boundary(canvas, self.region.corners, True, self.region.name)


def is_inside(region: Zone, boxes_tlwh: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which boxes (N, 4) have the middle of their lower edge in a region or on its outline.

    A box with a number that is not finite lies nowhere.
    """
    feet = boxes_tlwh[:, :2] + boxes_tlwh[:, 2:] * (0.5, 1.0)
    inside = [
        bool(np.isfinite(foot).all()) and region.depth((foot[0], foot[1])) >= 0 for foot in feet
    ]
    return np.array(inside, bool)
