"""Where tracks go: a result file, a video, a window.

Each is a context manager and sees every frame once, in order. What it writes appears when the block
ends well, whole, or not at all.
"""

import os
import sys
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from tools.atomic import check_writable
from tools.errors import InputError
from tools.mot.files import write_results
from tools.mot.sequence import Sequence
from tracker.tracks import Tracks


class Sink(Protocol):
    """Receives the tracks of each frame.

    Attributes:
        needs_images: whether ``image`` is looked at; if not it may be None.
    """

    needs_images: bool

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None: ...

    def write(self, frame_number: int, image: NDArray[np.uint8] | None, tracks: Tracks) -> None:
        """Take in one frame: its number from 1, its image (H, W, 3) uint8 BGR, its tracks."""


class ResultFile:
    """A MOTChallenge result file.

    Args:
        path: the file; folders are made.

    Raises:
        InputError: it cannot be written there; found out before the tracking, not after it.
    """

    needs_images = False

    def __init__(self, path: Path) -> None:
        check_writable(path)
        self._path = path
        self._rows: list[tuple[float, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        if kind is None:
            write_results(self._path, self._rows)

    def write(self, frame_number: int, image: NDArray[np.uint8] | None, tracks: Tracks) -> None:
        """Keep the rows; they are few bytes a frame, and the file appears at the end."""
        for identity, box in zip(tracks.ids.tolist(), tracks.boxes_tlwh.tolist(), strict=True):
            self._rows.append((frame_number, identity, *box))


class OverlayVideo:
    """An mp4 of the frames with the tracks drawn in; coasting ones are left out, as upstream does.

    Args:
        path: the video, ending in .mp4.
        sequence: gives the frame rate.
        caption: shown in the corner of each frame.
    """

    needs_images = True

    def __init__(self, path: Path, sequence: Sequence, caption: str) -> None:
        from tools.drawing import Overlay
        from tools.video import VideoWriter

        self._overlay = Overlay()
        self._video = VideoWriter(path, sequence.frame_rate)
        self._caption = caption

    def __enter__(self) -> Self:
        self._video.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        self._video.__exit__(kind, *error_and_trace)

    def write(self, frame_number: int, image: NDArray[np.uint8] | None, tracks: Tracks) -> None:
        """Draw and encode."""
        seen = tracks.time_since_update == 0
        self._video.write(
            self._overlay.draw(
                image, frame_number, tracks.ids[seen], tracks.boxes_tlwh[seen], self._caption
            )
        )


class Window:
    """A live window; closing it or pressing q or Escape ends the run, and nothing is written.

    Args:
        title: of the window, and caption of the frames.

    Raises:
        InputError: there is no display.
    """

    needs_images = True

    def __init__(self, title: str) -> None:
        import cv2

        from tools.drawing import Overlay

        # Without a display Qt ends the whole process instead of raising.
        if sys.platform == "linux" and not (
            os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        ):
            raise InputError("--show needs a display: write a film with --video FILE.mp4 instead")
        try:
            cv2.namedWindow(title, cv2.WINDOW_NORMAL)
        except cv2.error as error:
            raise InputError("--show: OpenCV cannot open a window here, use --video") from error
        self._cv2 = cv2
        self._title = title
        self._overlay = Overlay()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        self._cv2.destroyAllWindows()

    def write(self, frame_number: int, image: NDArray[np.uint8] | None, tracks: Tracks) -> None:
        """Draw and show.

        Raises:
            StopTracking: the user closed the window.
        """
        seen = tracks.time_since_update == 0
        picture = self._overlay.draw(
            image, frame_number, tracks.ids[seen], tracks.boxes_tlwh[seen], self._title
        )
        self._cv2.imshow(self._title, picture)
        closed = self._cv2.getWindowProperty(self._title, self._cv2.WND_PROP_VISIBLE) < 1
        if self._cv2.waitKey(1) & 0xFF in (ord("q"), 27) or closed:
            raise StopTracking


class StopTracking(Exception):
    """The user asked to stop."""
