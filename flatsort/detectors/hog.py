"""OpenCV's people detector: histograms of oriented gradients (Dalal and Triggs, 2005).

It needs no download and finds people who stand or walk upright, in full view and not too small.
Anything better is worth its download: see :mod:`flatsort.detectors.registry`.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.detectors.detector_settings import PERSON, DetectorSettings
from flatsort.errors import InputError
from flatsort.sources.source import Frame
from flatsort.tracker import Detections
from flatsort.tracker.detections import surviving_rows

# Larger frames are looked at in this size (pixels of the longer side), in which people must be
# about 96 pixels tall to be found.
WORKING_SIZE = 1280
# A weight is a distance from the SVM's plane. These make it the probability that there is a person
# (Platt, 1999); fitted on 1,245 boxes in seven sequences of MOT16. A weight of 0.4 becomes 0.3.
PLATT_SLOPE, PLATT_MIDDLE = 2.25, 0.75
# Width and height of what it looks at, pixels.
WINDOW = (64, 128)
# It was trained on windows with people 96 pixels tall in the middle: what has to go at
# each side, as a fraction. On MOT16 it takes the mean overlap with true boxes from 0.45 to 0.77.
MARGIN_X, MARGIN_Y = 0.2, 0.125
# IoU of bodies, at which the fewest true boxes of MOT16 go for each false one.
NMS_OVERLAP = 0.3
# A box of which a surer one covers more shows a part of that body, such as legs or a bag. On MOT16
# three in ten false boxes are such, and one in a hundred true ones, of people behind others.
PART_COVERED = 0.7


def create(argument: str, settings: DetectorSettings) -> "HogDetector":
    """Open ``hog``.

    Raises:
        InputError: an argument, or classes that are not people.
    """
    if argument:
        raise InputError(f"--detector hog:{argument}: hog takes no argument")
    if settings.classes != (PERSON,):
        raise InputError(f"--classes {' '.join(settings.classes)}: hog finds people only")
    return HogDetector(settings)


class HogDetector:
    """Finds people by their outlines, at scales 5 % apart.

    Args:
        settings: what to report. What is more likely no person (a weight below 0, a confidence
            below 0.16) is never reported.
    """

    needs_images = True

    def __init__(self, settings: DetectorSettings) -> None:
        self._settings = settings
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(cv2.HOGDescriptor.getDefaultPeopleDetector())

    def __call__(self, frame: Frame) -> Detections:
        """The people in the frame: their bodies, without the margin of the detector's window."""
        image = frame.image
        scale = min(1.0, WORKING_SIZE / max(image.shape[:2]))
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        if image.shape[1] < WINDOW[0] or image.shape[0] < WINDOW[1]:
            # OpenCV reads beyond the picture.
            return Detections.empty()
        # Ungrouped, so that a window's weight stays its own.
        windows, weights = self._hog.detectMultiScale(
            image, hitThreshold=0, winStride=(8, 8), padding=(16, 16), scale=1.05, groupThreshold=0
        )
        boxes_tlwh = body_boxes(np.reshape(windows, (-1, 4)) / scale)
        found = self._settings.select(boxes_tlwh, confidences(np.ravel(weights)), NMS_OVERLAP)
        if self._settings.nms_overlap == 1:
            return found
        return found.select(surviving_rows(found.boxes_tlwh, found.confidences, PART_COVERED))


def confidences(weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """The SVM's weights (N,) as probabilities."""
    return 1 / (1 + np.exp(-PLATT_SLOPE * (np.asarray(weights, float) - PLATT_MIDDLE)))


def body_boxes(windows_tlwh: NDArray[np.floating]) -> NDArray[np.float64]:
    """The people in the middle of the detector's windows; both (N, 4) tlwh."""
    left, top, width, height = np.asarray(windows_tlwh, float).T
    return np.column_stack(
        [
            left + MARGIN_X * width,
            top + MARGIN_Y * height,
            width * (1 - 2 * MARGIN_X),
            height * (1 - 2 * MARGIN_Y),
        ]
    )
