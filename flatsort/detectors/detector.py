"""The interface of all detectors."""

from typing import Protocol

from flatsort.sources.source import Frame
from flatsort.tracker import Detections


class Detector(Protocol):
    """Finds objects of given classes in a frame.

    Attributes:
        needs_images: whether the detector reads ``frame.image``; if not, the image may be None.
        cache_key: a text that differs between two detectors if their boxes of the same frame may
            differ by more than their settings. None if the detector cannot give such a text, or if
            its boxes are not worth keeping for the next run.
        class_names: number -> name of the classes that it finds; empty if it knows no names.
    """

    needs_images: bool
    cache_key: str | None
    class_names: dict[int, str]

    def __call__(self, frame: Frame) -> Detections:
        """Return boxes (N, 4) tlwh in pixels of the frame, with confidences and class numbers.

        They have no features; without known classes they have no class numbers.

        Boxes below the minimum confidence are left out, and so are boxes that non-maximum
        suppression removes.

        Raises:
            InputError: the detector cannot process the frame, such as a frame of another size.
        """
