"""OpenCV's people detector: histograms of oriented gradients (Dalal and Triggs, 2005).

It needs no download. It finds people who stand or walk upright, in full view and not too small.
Better detectors need a download: see :mod:`flatsort.detectors.registry`.
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.detectors.detector_settings import PERSON, DetectorSettings
from flatsort.errors import InputError
from flatsort.processors import available_cores
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
# Each scale is 5 % coarser than the one before. OpenCV tries at most 64 scales.
SCALE_STEP, MOST_SCALES = 1.05, 64
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
    class_names: ClassVar = {0: PERSON}

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
        windows, weights = self._windows(image)
        boxes_tlwh = body_boxes(windows / scale)
        people = np.zeros(len(weights), np.int64)
        found = self._settings.select(boxes_tlwh, confidences(weights), NMS_OVERLAP, people)
        if self._settings.nms_overlap == 1:
            return found
        return found.select(surviving_rows(found.boxes_tlwh, found.confidences, PART_COVERED))

    def _windows(self, image: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return all windows (N, 4) tlwh in pixels of the image, and their weights (N,).

        OpenCV's detectMultiScale gives the same windows. But its threads append a scale's windows
        and their weights in two steps. If another thread comes in between, windows get the weights
        of others, and a run has other boxes than the run before.
        """
        height, width = image.shape[:2]
        scales = [1.0]
        while len(scales) < MOST_SCALES and _holds_window(width, height, scales[-1] * SCALE_STEP):
            scales.append(scales[-1] * SCALE_STEP)
        with ThreadPoolExecutor(available_cores()) as pool:
            found = list(pool.map(lambda scale: self._windows_at(image, scale), scales))
        boxes_tlwh = np.concatenate([boxes for boxes, _ in found])
        weights = np.concatenate([values for _, values in found])
        corners = np.maximum(boxes_tlwh[:, :2], 0)
        sizes = np.minimum(boxes_tlwh[:, :2] + boxes_tlwh[:, 2:], [width, height]) - corners
        order = np.lexsort(np.column_stack([corners, sizes]).T)
        return np.concatenate([corners, sizes], axis=1)[order], weights[order]

    def _windows_at(
        self, image: NDArray[np.uint8], scale: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the windows (N, 4) tlwh at one scale, which may leave the image, and weights."""
        size = _reduced(image.shape[1], image.shape[0], scale)
        small = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR_EXACT)
        places, weights = self._hog.detect(
            small, hitThreshold=0, winStride=(8, 8), padding=(16, 16)
        )
        corners = np.rint(np.reshape(places, (-1, 2)) * scale)
        sizes = np.broadcast_to(np.rint(np.multiply(WINDOW, scale)), corners.shape)
        return np.concatenate([corners, sizes], axis=1), np.ravel(weights).astype(float)


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


def _reduced(width: int, height: int, scale: float) -> tuple[int, int]:
    return round(width / scale), round(height / scale)


def _holds_window(width: int, height: int, scale: float) -> bool:
    """Whether an image reduced by a scale is as large as the detector's window."""
    reduced = _reduced(width, height, scale)
    return reduced[0] >= WINDOW[0] and reduced[1] >= WINDOW[1]
