"""The interface of all detectors."""

from typing import Protocol

from flatsort.sources.source import Frame
from flatsort.tracker import Detections


class Detector(Protocol):
    """Finds objects of given classes in a frame.

    Attributes:
        needs_images: whether the detector reads ``frame.image``; if not, the image may be None.
    """

    needs_images: bool

    def __call__(self, frame: Frame) -> Detections:
        """Return boxes (N, 4) tlwh in pixels of the frame, with confidences and without features.

        Boxes below the minimum confidence are left out, and so are boxes that non-maximum
        suppression removes.

        Raises:
            InputError: the detector cannot process the frame, such as a frame of another size.
        """
