"""Run the trackers of the accuracy benchmark: their result files, and their time per frame."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy_boxes import BoxSet
from benchmarks.accuracy_trackers import LEAST_CONFIDENCE, Contender
from benchmarks.adapters import Tracked
from benchmarks.association_boxes import Frame
from flatsort.files.mot_files import Rows, write_results
from flatsort.files.sequence import Sequence

TIMED_FRAMES = 200
"""Number of frames per sequence that are timed, from the first; the slowest tracker takes a quarter
of a second per frame."""


def split_installed(all_of_them: list[Contender]) -> tuple[list[Contender], list[Contender]]:
    """Return the trackers whose package is installed, and those whose package is missing."""
    probe = Sequence("probe", Path(), 1, 30.0, Path(), ".jpg", "MOT16")
    installed, missing = [], []
    for contender in all_of_them:
        try:
            contender.start(probe, 0.5)
        except ImportError:
            missing.append(contender)
        else:
            installed.append(contender)
    return installed, missing


def can_run(contender: Contender, box_set: BoxSet) -> bool:
    """Return whether a tracker has the frames that it needs in all sequences of a set."""
    return not contender.needs_frames or all(each.has_images for each, _ in box_set.boxes)


def track(contender: Contender, box_set: BoxSet, folder: Path) -> None:
    """Write the result file of each sequence of a set: FOLDER/TRACKER/SEQ.txt."""
    for sequence, rows in box_set.boxes:
        update = contender.start(sequence, box_set.strong)
        results: list[tuple[float, ...]] = []
        for number, given, image in _inputs(contender, box_set.strong, sequence, rows):
            answer = update(given, image) if contender.needs_frames else update(given)
            results += _usable(number, contender.adapter.read(answer))
        write_results(folder / contender.name / f"{sequence.name}.txt", results)


def seconds_per_frame(contender: Contender, box_set: BoxSet, repeat: int) -> float:
    """Return the processor time per frame, the median over turns.

    Only the update counts. Its input is made, and its frame is read, before the clock starts.
    """
    taken = []
    for _ in range(repeat):
        seconds = frames = 0.0
        for sequence, rows in box_set.boxes:
            update = contender.start(sequence, box_set.strong)
            for number, given, image in _inputs(contender, box_set.strong, sequence, rows):
                if number > TIMED_FRAMES:
                    break
                start = time.process_time()
                update(given, image) if contender.needs_frames else update(given)
                seconds += time.process_time() - start
                frames += 1
        taken.append(seconds / frames)
    return statistics.median(taken)


def _inputs(
    contender: Contender, strong: float, sequence: Sequence, rows: Rows
) -> Iterator[tuple[int, Any, NDArray[np.uint8] | None]]:
    """Yield the number, the tracker's input and the picture, if it needs one, of each frame."""
    least = LEAST_CONFIDENCE if contender.takes_all else strong
    kept = rows.select(rows.confidences >= least)
    for number, indices in enumerate(kept.by_frame(sequence.length), 1):
        frame = Frame(kept.boxes_tlwh[indices], kept.confidences[indices], None)
        image = sequence.read_frame(number) if contender.needs_frames else None
        yield number, contender.adapter.given(frame), image


def _usable(number: int, tracked: Tracked) -> list[tuple[float, ...]]:
    """Return the rows of one frame; a filter of a peer may predict a box without an extent."""
    ids, boxes_tlwh = tracked
    usable = np.isfinite(boxes_tlwh).all(axis=1) & (boxes_tlwh[:, 2:] > 0).all(axis=1)
    rows = np.column_stack([np.full(usable.sum(), number), ids[usable], boxes_tlwh[usable]])
    return [tuple(row) for row in rows.tolist()]
