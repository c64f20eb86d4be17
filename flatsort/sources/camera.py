"""The cameras of this machine, opened by OpenCV."""

import time
from collections.abc import Generator

import cv2

from flatsort.errors import InputError
from flatsort.sources.container import plausible_rate
from flatsort.sources.live import Arrival, LiveSource


def open_camera(index: int, timeout: float) -> LiveSource:
    """Open a camera by its number.

    Args:
        index: number of the camera, from 0.
        timeout: seconds without a frame after which the camera counts as lost.

    Raises:
        InputError: there is no such camera, or another program uses it.
    """
    # The error below replaces OpenCV's warnings about a missing camera.
    log = cv2.utils.logging
    level = log.getLogLevel()
    log.setLogLevel(log.LOG_LEVEL_SILENT)
    try:
        capture = cv2.VideoCapture(index)
    finally:
        log.setLogLevel(level)
    if not capture.isOpened():
        raise InputError(
            f"camera {index} cannot be opened: connect it, or end the program that uses it"
        )
    # A driver that does not know the rate gives 0, -1 or NaN.
    rate = plausible_rate(capture.get(cv2.CAP_PROP_FPS))
    return LiveSource(CameraReceiver(capture), f"camera-{index}", f"{index}", rate, timeout)


class CameraReceiver:
    """Receives a camera's frames, and takes their times from the clock.

    Args:
        capture: an open camera; closing the generator of :meth:`arrivals` releases it.
    """

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self.failure: str | None = None
        self._capture = capture

    def arrivals(self) -> Generator[Arrival, None, None]:
        """Iterate over the frames as the camera gives them."""
        try:
            while True:
                is_read, image = self._capture.read()
                if not is_read:
                    self.failure = "the camera gives no more frames"
                    return
                yield Arrival(time.monotonic(), lambda image=image: image)
        finally:
            self._capture.release()

    def close(self) -> None:
        """Release the camera; call this only if no iteration over :meth:`arrivals` has begun."""
        self._capture.release()
