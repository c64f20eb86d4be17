"""Fit the frame numbers of a file of boxes to footage, whose frames count from 1."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

import numpy as np

from flatsort.errors import InputError
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Sequence
from flatsort.sources.numbered import ImageFolder, SequenceSource
from flatsort.sources.source import Source


def fit_frames(rows: Rows, footage: Sequence | Source) -> tuple[Rows, str | None]:
    """Return the rows with frames that count from 1, and a sentence if their numbers changed.

    Frames that all lie in the footage stay as they are. Otherwise they may be the numbers in the
    names of the images: frames 101 to 106 of the images 101.jpg to 106.jpg become 1 to 6.

    Args:
        rows: the boxes of a file.
        footage: the frames that they belong to.

    Raises:
        InputError: the footage is a folder of images, and no box lies in one of its frames.
    """
    names = _image_names(footage)
    if not names or len(rows) == 0 or rows.frames.max() <= len(names):
        return rows, None
    numbers = [_last_number(name) for name in names]
    first, last = rows.frames.min(), rows.frames.max()
    file = rows.path.name
    if set(rows.frames.tolist()) <= set(numbers) and len(set(numbers)) == len(numbers):
        places = {number: place for place, number in enumerate(numbers, 1)}
        frames = np.array([places[number] for number in rows.frames.tolist()])
        return replace(rows, frames=frames), (
            f"frames {first} to {last} of {file} are taken for the numbers in the images' names: "
            f"{names[0]} is frame 1"
        )
    if first > len(names):
        raise InputError(
            f"{rows.path}: it has boxes of frames {first} to {last}, but {footage.name} has frames "
            f"1 to {len(names)}, from {names[0]} to {names[-1]}: number the frames from 1"
        )
    return rows, None


def outside_note(rows: Rows, last: int) -> str | None:
    """Return a sentence if boxes belong to frames after the last one of the footage."""
    outside = np.count_nonzero(rows.frames > last)
    if not outside:
        return None
    return (
        f"{outside:,} of {len(rows):,} boxes of {rows.path.name} are left out: their frames, up to "
        f"{rows.frames.max()}, come after the last frame, {last}"
    )


def _image_names(footage: Sequence | Source) -> list[str]:
    """Return the names of the footage's images in order; nothing if its frames have no names."""
    if isinstance(footage, SequenceSource):
        footage = footage.sequence
    paths: Iterable[PurePath] = ()
    if isinstance(footage, ImageFolder):
        paths = footage.paths
    elif isinstance(footage, Sequence):
        paths = map(footage.frame_path, range(1, footage.length + 1))
    return [path.name for path in paths]


def _last_number(name: str) -> int:
    """Return the last number in a file's name; -1 without one."""
    found = re.findall(r"\d+", PurePath(name).stem)
    return int(found[-1]) if found else -1
