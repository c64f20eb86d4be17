"""The seam between frames and boxes."""

from typing import Protocol

from flatsort.sources.source import Frame
from flatsort.tracker import Detections


class Detector(Protocol):
    """Finds the objects of the classes it was told to find.

    Attributes:
        needs_images: whether ``frame.image`` is looked at; if not it may be None.
    """

    needs_images: bool

    def __call__(self, frame: Frame) -> Detections:
        """Boxes (N, 4) tlwh in pixels of the frame's own size, with confidences, without features.

        Boxes below the detector's minimum confidence and those that its non-maximum suppression
        removes are not among them.

        Raises:
            InputError: the frame cannot be looked at, such as by a network of a fixed size.
        """
