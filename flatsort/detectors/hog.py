"""OpenCV's people detector: histograms of oriented gradients (Dalal and Triggs, 2005).

It needs no download. It finds people who stand or walk upright, in full view and not too small.
Better detectors need a download: see :mod:`flatsort.detectors.registry`.
"""

import hashlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.detectors.detector_settings import PERSON, DetectorSettings
from flatsort.errors import InputError
from flatsort.sources.source import Frame
from flatsort.tracker import Detections
from flatsort.tracker.detections import surviving_rows

# Longer side, in pixels, to which larger frames are reduced. At this size the detector finds people
# who are at least about 96 pixels tall.
WORKING_SIZE = 1280
# The detector's weight is the distance from the SVM's plane. This logistic curve turns it into the
# probability of a person (Platt, 1999); it was fitted to 1,245 boxes in seven sequences of MOT16. A
# weight of 0.4 becomes 0.3.
PLATT_SLOPE, PLATT_MIDDLE = 2.25, 0.75
# Width and height of the detector's window in pixels.
WINDOW = (64, 128)
# Margin to cut off a window on each side, as a fraction of its width and height. The detector was
# trained on windows with a person 96 pixels tall in the middle. On MOT16 the cut raises the mean
# IoU with true boxes from 0.45 to 0.77.
MARGIN_X, MARGIN_Y = 0.2, 0.125
# IoU of bodies for suppression: on MOT16 it removes the fewest true boxes per false box.
NMS_OVERLAP = 0.3
# A box is dropped if a more confident box covers a larger fraction of it than this. It probably
# shows a part of that body, such as legs or a bag. On MOT16 this drops 30 % of the false boxes and
# 1 % of the true ones, which show people behind others.
PART_COVERED = 0.7


def create(argument: str, settings: DetectorSettings) -> "HogDetector":
    """Open ``hog``.

    Raises:
        InputError: the word has an argument, or the classes are not people.
    """
    if argument:
        raise InputError(f"--detector hog:{argument}: hog takes no argument")
    if settings.classes != (PERSON,):
        raise InputError(f"--classes {' '.join(settings.classes)}: hog finds people only")
    return HogDetector(settings)


class HogDetector:
    """Finds people by their outlines, at scales 5 % apart.

    Args:
        settings: settings of the detector. Boxes of negative weight, which have a confidence below
            0.16, are never reported.
    """

    needs_images = True
    cache_key = f"hog {cv2.__version__} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}"

    def __init__(self, settings: DetectorSettings) -> None:
        self._settings = settings
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(cv2.HOGDescriptor.getDefaultPeopleDetector())

    def __call__(self, frame: Frame) -> Detections:
        """Return the bodies of people in the frame, without the margin of the detector's window."""
        image = frame.image
        scale = min(1.0, WORKING_SIZE / max(image.shape[:2]))
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        if image.shape[1] < WINDOW[0] or image.shape[0] < WINDOW[1]:
            # For such pictures OpenCV would read memory outside the image.
            return Detections.empty()
        # Windows are not grouped, so that each keeps its own weight.
        windows, weights = self._hog.detectMultiScale(
            image, hitThreshold=0, winStride=(8, 8), padding=(16, 16), scale=1.05, groupThreshold=0
        )
        windows, weights = np.reshape(windows, (-1, 4)), np.ravel(weights)
        # OpenCV's threads append windows in the order in which they finish. The tracker numbers
        # tracks by the order of detections, so that order must be the same in every run.
        order = np.lexsort(windows.T)
        boxes_tlwh = body_boxes(windows[order] / scale)
        found = self._settings.select(boxes_tlwh, confidences(weights[order]), NMS_OVERLAP)
        if self._settings.nms_overlap == 1:
            return found
        return found.select(surviving_rows(found.boxes_tlwh, found.confidences, PART_COVERED))


def confidences(weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Convert the SVM's weights (N,) to probabilities."""
    return 1 / (1 + np.exp(-PLATT_SLOPE * (np.asarray(weights, float) - PLATT_MIDDLE)))


def body_boxes(windows_tlwh: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the boxes of bodies in the middle of the detector's windows; both (N, 4) tlwh."""
    left, top, width, height = np.asarray(windows_tlwh, float).T
    return np.column_stack(
        [
            left + MARGIN_X * width,
            top + MARGIN_Y * height,
            width * (1 - 2 * MARGIN_X),
            height * (1 - 2 * MARGIN_Y),
        ]
    )
