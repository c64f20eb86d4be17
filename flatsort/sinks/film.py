"""Tracks drawn over the frames, as an mp4."""

from pathlib import Path
from typing import Self

from flatsort.sources.source import Frame
from flatsort.tracker import Tracks


class OverlayVideo:
    """An mp4 of the frames with the tracks drawn in; coasting ones are left out, as upstream does.

    Frames are shown at their own times. Those of another size than the first are fitted into it.

    Args:
        path: the video, ending in .mp4.
        frame_rate: nominal, frames per second.
        caption: shown in the corner of each frame.
    """

    needs_images = True

    def __init__(self, path: Path, frame_rate: float, caption: str) -> None:
        from flatsort.images.drawing import Overlay
        from flatsort.images.video import VideoWriter

        self._overlay = Overlay()
        self._video = VideoWriter(path, frame_rate)
        self._caption = caption
        self._size: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        self._video.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        self._video.__exit__(kind, *error_and_trace)

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Draw and encode."""
        from flatsort.images.letterbox import letterbox

        seen = tracks.time_since_update == 0
        picture = self._overlay.draw(
            frame.image, frame.number, tracks.ids[seen], tracks.boxes_tlwh[seen], self._caption
        )
        height, width = picture.shape[:2]
        if self._size is None:
            self._size = (width, height)
        elif self._size != (width, height):
            picture, _ = letterbox(picture, *self._size, grey=0)
        self._video.write(picture, frame.seconds)
