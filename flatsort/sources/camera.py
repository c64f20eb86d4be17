"""Cameras of this machine, through OpenCV."""

import time
from collections.abc import Generator

import cv2

from flatsort.errors import InputError
from flatsort.sources.container import plausible_rate
from flatsort.sources.live import Arrival, LiveSource


def open_camera(index: int, timeout: float) -> LiveSource:
    """A camera by its number.

    Args:
        index: from 0.
        timeout: seconds without a frame after which it counts as lost.

    Raises:
        InputError: there is none, or another program has it.
    """
    # A missing camera is our sentence, not OpenCV's warnings.
    log = cv2.utils.logging
    level = log.getLogLevel()
    log.setLogLevel(log.LOG_LEVEL_SILENT)
    try:
        capture = cv2.VideoCapture(index)
    finally:
        log.setLogLevel(level)
    if not capture.isOpened():
        raise InputError(
            f"camera {index} cannot be opened: it is not there, or another program has it"
        )
    # 0, -1 or NaN where the driver does not know.
    rate = plausible_rate(capture.get(cv2.CAP_PROP_FPS))
    return LiveSource(CameraReceiver(capture), f"camera-{index}", f"{index}", rate, timeout)


class CameraReceiver:
    """A camera's frames as they come, by the clock.

    Args:
        capture: opened; released when the arrivals are closed.
    """

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self.failure: str | None = None
        self._capture = capture

    def arrivals(self) -> Generator[Arrival, None, None]:
        """The frames."""
        try:
            while True:
                there, image = self._capture.read()
                if not there:
                    self.failure = "the camera delivers no more"
                    return
                yield Arrival(time.monotonic(), lambda image=image: image)
        finally:
            self._capture.release()

    def close(self) -> None:
        """Release a camera whose arrivals nobody began."""
        self._capture.release()
