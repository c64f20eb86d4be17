"""Draw a result file over its frames, as a film or as one picture."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from flatsort.errors import InputError
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Sequence
from flatsort.images.drawing import TRAIL_LENGTH, Overlay
from flatsort.images.image_file import write_image
from flatsort.images.video import VideoWriter


def write_film(sequence: Sequence, rows: Rows, path: Path) -> None:
    """Write an mp4 of all frames with their tracks, and show a progress bar.

    Args:
        sequence: a sequence with frames.
        rows: the results of the sequence.
        path: file of the film, .mp4.

    Raises:
        InputError: a frame cannot be read, or the film cannot be written.
    """
    with VideoWriter(path, sequence.frame_rate) as video:
        frames = tqdm(range(1, sequence.length + 1), desc=sequence.name, unit="frame")
        for image in _draw_frames(sequence, rows, frames):
            video.write(image)


def write_picture(sequence: Sequence, rows: Rows, frame: int, path: Path) -> None:
    """Write one frame with its tracks and their trails.

    Args:
        sequence: a sequence with frames.
        rows: the results of the sequence.
        frame: number of the frame, from 1.
        path: the picture, .png or .jpg.

    Raises:
        InputError: there is no such frame, it cannot be read, or the picture cannot be written.
    """
    if not 1 <= frame <= sequence.length:
        raise InputError(f"--frame {frame}: {sequence.name} has frames 1 to {sequence.length}")
    first = max(1, frame - TRAIL_LENGTH)
    *_, image = _draw_frames(sequence, rows, range(first, frame + 1))
    write_image(path, image)


def _draw_frames(
    sequence: Sequence, rows: Rows, numbers: Iterable[int]
) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of these numbers, (H, W, 3) uint8 BGR, with the rows drawn in."""
    overlay = Overlay()
    by_frame = rows.by_frame(sequence.length)
    # The caption is TRACKER if the file is TRACKER/SEQ.txt, else the stem of the file.
    path = rows.path.resolve()
    caption = path.parent.name if path.stem == sequence.name else path.stem
    for number in numbers:
        here = by_frame[number - 1]
        image = sequence.read_frame(number)
        yield overlay.draw(image, number, rows.ids[here], rows.boxes_tlwh[here], caption)
