"""A film of the frames with their tracks drawn in."""

from collections.abc import Mapping
from collections.abc import Sequence as Items
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from flatsort.sources.source import Frame
from flatsort.tracker import Tracks


class Drawing(Protocol):
    """Something that draws itself over a frame, such as counts at lines."""

    def draw(self, canvas: NDArray[np.uint8]) -> None:
        """Draw into a picture, (H, W, 3) uint8 BGR."""


class OverlayVideo:
    """Writes an mp4 of the frames with their tracks; like upstream, it omits coasting tracks.

    Each frame is shown at its own time since the first one. Frames whose size differs are fitted
    into the first frame's size.

    Args:
        path: the film, .mp4.
        frame_rate: nominal rate in frames per second.
        caption: text in the corner of each frame.
        class_names: number -> name of the classes; labels name them if there are several.
        extras: drawn over the tracks.
        blurs_heads: whether to make the heads of tracked people unrecognisable.
        every: distance between the numbers of two frames.

    Raises:
        InputError: the name does not end in .mp4, or the film cannot be written there.
    """

    needs_images = True

    def __init__(
        self,
        path: Path,
        frame_rate: float,
        caption: str,
        class_names: Mapping[int, str] | None = None,
        extras: Items[Drawing] = (),
        blurs_heads: bool = False,
        every: int = 1,
    ) -> None:
        from flatsort.images.drawing import Overlay
        from flatsort.images.video import VideoWriter

        self._overlay = Overlay(class_names=class_names, every=every)
        self._video = VideoWriter(path, frame_rate)
        self._caption, self._extras = caption, extras
        self._blurs_heads = blurs_heads
        self._size: tuple[int, int] | None = None
        self._begin_s: float | None = None

    def __enter__(self) -> Self:
        self._video.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        self._video.__exit__(kind, *error_and_trace)

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Draw one frame's tracks and encode the picture."""
        from flatsort.images.head_blur import blur_heads
        from flatsort.images.letterbox import letterbox

        seen = tracks.select(tracks.time_since_update == 0)
        image = frame.image
        if self._blurs_heads:
            # Coasting tracks too: a person whom the detector misses may still be in view.
            image = blur_heads(image, tracks.boxes_tlwh)
        picture = self._overlay.draw(
            image, frame.number, seen.ids, seen.boxes_tlwh, self._caption, seen.classes
        )
        for extra in self._extras:
            extra.draw(picture)
        height, width = picture.shape[:2]
        if self._size is None:
            self._size = (width, height)
        elif self._size != (width, height):
            picture, _ = letterbox(picture, *self._size, grey=0)
        if self._begin_s is None:
            self._begin_s = frame.seconds
        self._video.write(picture, frame.seconds - self._begin_s)
