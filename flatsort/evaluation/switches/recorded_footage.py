"""Footage that is no sequence, as the records beside its results name it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.result_folders import tracker_folders
from flatsort.files.sequence import Layout, Sequence, find_sequences, open_sequence
from flatsort.sources.registry import open_source
from flatsort.sources.source import Source
from flatsort.tracking.run_record import read_run_record


@dataclass(frozen=True)
class RecordedFootage:
    """The user's own footage, without ground truth.

    Attributes:
        name: stem of the result files.
        length: number of frames.
        frame_rate: frames per second.
        source: the frames, not opened; None if the footage is no longer there.
        location: place of the footage.
    """

    name: str
    length: int
    frame_rate: float
    source: Source | None
    location: str
    layout: Layout = "MOT16"
    has_ground_truth: bool = False


def find_compared(
    name: str, mot_root: str | None, results: Path, trackers: list[str] | None
) -> Sequence | RecordedFootage:
    """Return the footage that result files are compared on.

    Args:
        name: a sequence's name or folder, else the stem of result files with records.
        mot_root: folder in which sequences are looked up; None for the default.
        results: the folder that holds TRACKER/NAME.txt.
        trackers: names of trackers; None for all.

    Raises:
        InputError: there is neither a sequence nor a record, or the records name different footage.
    """
    try:
        sequences = find_sequences(name, mot_root)
    except InputError:
        footage = _of_records(name, results, trackers)
        if footage is None:
            raise
        return footage
    if len(sequences) > 1:
        raise InputError("--seq all: the command compares one sequence at a time, name it")
    return sequences[0]


def read_frames(
    footage: Sequence | RecordedFootage, numbers: list[int]
) -> dict[int, NDArray[np.uint8]]:
    """Return frames by their numbers, (H, W, 3) uint8 BGR.

    Raises:
        InputError: a frame is missing or damaged.
    """
    if isinstance(footage, Sequence):
        return {number: footage.read_frame(number) for number in numbers}
    wanted = sorted(set(numbers))
    with footage.source as source:
        images = {frame.number: frame.image for frame in source.frames(wanted)}
    missing = [number for number in wanted if number not in images]
    if missing:
        raise InputError(f"{footage.location} has no frame {missing[0]}: restore the footage")
    return images


def _of_records(
    name: str, results: Path, trackers: list[str] | None
) -> Sequence | RecordedFootage | None:
    """Return the footage of the records of NAME.txt; None without records."""
    if Path(name).name != name or not results.is_dir():
        return None
    paths = [folder / f"{name}.txt" for folder in tracker_folders(results, trackers)]
    records = [record for path in paths if (record := read_run_record(path)) is not None]
    if not records:
        return None
    locations = sorted({record.source for record in records})
    if len(locations) > 1:
        raise InputError(
            f"--seq {name}: the results are of different footage, {locations[0]} and "
            f"{locations[1]}: name trackers of one footage"
        )
    # As a path, the word cannot be an address of a network: a record may come from anybody.
    place = Path(locations[0])
    if (place / "seqinfo.ini").is_file():
        return open_sequence(place)
    source = open_source(str(place)) if place.exists() else None
    length = max(record.frames for record in records)
    return RecordedFootage(name, length, records[0].frame_rate, source, locations[0])
