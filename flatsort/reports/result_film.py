"""Draw a result file over its frames, as a film or as one picture."""

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.images.drawing import TRAIL_LENGTH, Overlay
from flatsort.images.head_blur import blur_heads
from flatsort.images.image_file import write_image
from flatsort.images.video import VideoWriter
from flatsort.progress import ProgressBar
from flatsort.sources.source import Frame
from flatsort.tracking.finished_run import Run


def write_film(run: Run, path: Path, blurs_heads: bool = False) -> int:
    """Write an mp4 of the tracked frames with their tracks, and show a progress bar.

    Args:
        run: the results and their frames.
        path: file of the film, .mp4.
        blurs_heads: whether to make heads unrecognisable.

    Returns:
        The number of frames.

    Raises:
        InputError: a frame cannot be read, or the film cannot be written.
    """
    count, number, begin_s = 0, 0, 0.0
    with VideoWriter(path, run.frame_rate / run.selection.every) as video:
        for frame, image in _draw_frames(run, None, blurs_heads):
            begin_s = frame.seconds if count == 0 else begin_s
            video.write(image, frame.seconds - begin_s)
            count, number = count + 1, frame.number
        last = int(run.rows.frames.max(initial=0))
        if number < last:
            raise InputError(
                f"{run.name} ends at frame {number}, but the results have frame {last}: name the "
                "right footage with --source"
            )
    return count


def write_picture(run: Run, frame: int, path: Path, blurs_heads: bool = False) -> None:
    """Write one frame with its tracks and their trails.

    Args:
        run: the results and their frames.
        frame: number of the frame, from 1.
        path: the picture, .png or .jpg.
        blurs_heads: whether to make heads unrecognisable.

    Raises:
        InputError: there is no such frame, it cannot be read, or the picture cannot be written.
    """
    if not 1 <= frame <= run.frames:
        raise InputError(f"--frame {frame}: {run.name} has frames 1 to {run.frames}")
    every = run.selection.every
    numbers = range(frame - min(TRAIL_LENGTH, (frame - 1) // every) * every, frame + 1, every)
    drawn = deque(_draw_frames(run, numbers, blurs_heads), maxlen=1)
    if not drawn:
        raise InputError(f"--frame {frame}: {run.name} ends before it")
    _, image = drawn[0]
    write_image(path, image)


def _draw_frames(
    run: Run, numbers: Iterable[int] | None, blurs_heads: bool
) -> Iterator[tuple[Frame, NDArray[np.uint8]]]:
    """Yield frames, and their images, (H, W, 3) uint8 BGR, with the rows drawn in."""
    class_names = run.record.class_names if run.record else None
    overlay = Overlay(class_names=class_names, every=run.selection.every)
    by_frame = run.rows.by_frame(run.frames)
    with run.source as source:
        frames = source.frames(run.selection.wanted if numbers is None else numbers)
        if numbers is None:
            total = run.selection.count(run.frames)
            frames = ProgressBar(frames, desc=f"filming {run.name}", unit="frame", total=total)
        for frame in frames:
            known = frame.number <= len(by_frame)
            here = run.rows.select(by_frame[frame.number - 1] if known else slice(0))
            image = blur_heads(frame.image, here.boxes_tlwh) if blurs_heads else frame.image
            yield (
                frame,
                overlay.draw(
                    image,
                    frame.number,
                    here.ids,
                    here.boxes_tlwh,
                    run.tracker,
                    here.detector_classes,
                ),
            )
