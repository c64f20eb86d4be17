"""A window that shows the frames with their tracks drawn in."""

import os
import sys
from collections.abc import Mapping
from collections.abc import Sequence as Items
from typing import Self

from flatsort.errors import InputError
from flatsort.sinks.film import Drawing
from flatsort.sinks.sink import StopTracking
from flatsort.sources.source import Frame
from flatsort.tracker import Tracks

_LARGEST = (1280, 720)
"""Largest width and height of a new window in pixels: it fits on the screen of a laptop."""


class Window:
    """A live window; the user ends the run by closing it, or by pressing q or Escape.

    Args:
        title: title of the window and caption of the frames.
        class_names: number -> name of the classes; labels name them if there are several.
        extras: drawn over the tracks.
        every: distance between the numbers of two frames.

    Raises:
        InputError: there is no display; or this program has imported PyAV before OpenCV, whose
            windows hang then on Linux.
    """

    needs_images = True

    def __init__(
        self,
        title: str,
        class_names: Mapping[int, str] | None = None,
        extras: Items[Drawing] = (),
        every: int = 1,
    ) -> None:
        import cv2

        from flatsort.images.drawing import Overlay

        # Without a display, Qt would end the whole process instead of raising an error.
        if sys.platform == "linux" and not (
            os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        ):
            raise InputError("--show needs a display: write a film with --video FILE.mp4 instead")
        loaded = list(sys.modules)
        if sys.platform == "linux" and "av" in loaded[: loaded.index("cv2")]:
            raise InputError(
                "a window would hang, because this program imports av before cv2: import cv2 first"
            )
        try:
            # The user can change the size; there is no toolbar.
            shape = cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL
            cv2.namedWindow(title, shape)
        except cv2.error as error:
            raise InputError(
                "--show: OpenCV cannot open a window: write a film with --video FILE.mp4 instead"
            ) from error
        self._cv2 = cv2
        self._title, self._extras = title, extras
        self._overlay = Overlay(class_names=class_names, every=every)
        self._is_sized = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        self._cv2.destroyAllWindows()

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Draw one frame's tracks and show the picture.

        Raises:
            StopTracking: the user closed the window.
        """
        seen = tracks.select(tracks.time_since_update == 0)
        picture = self._overlay.draw(
            frame.image, frame.number, seen.ids, seen.boxes_tlwh, self._title, seen.classes
        )
        for extra in self._extras:
            extra.draw(picture)
        if not self._is_sized:
            height, width = picture.shape[:2]
            scale = min(1.0, _LARGEST[0] / width, _LARGEST[1] / height)
            self._cv2.resizeWindow(self._title, round(width * scale), round(height * scale))
            self._is_sized = True
        self._cv2.imshow(self._title, picture)
        closed = self._cv2.getWindowProperty(self._title, self._cv2.WND_PROP_VISIBLE) < 1
        if self._cv2.waitKey(1) & 0xFF in (ord("q"), 27) or closed:
            raise StopTracking
