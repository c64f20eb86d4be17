"""FlatSORT's runs with the camera's motion from different places, scored whole and in clips."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.camera_motion.measurement import CameraMeasurement
from flatsort.camera_motion.movement_file import MovementFile
from flatsort.camera_motion.optical_flow import OpticalFlow
from flatsort.evaluation.tracks.score import Score, combine, score_rows
from flatsort.files.mot_files import Rows, read_detections, read_ground_truth, rows_of
from flatsort.files.sequence import Sequence
from flatsort.sources.source import Frame
from flatsort.tracker import CameraMovement, Detections, FlatSort, FlatSortConfig

CLIP = 150
"""Frames per clip. A single exchange of two people changes the score of one clip, not of a whole
sequence, so clips tell a better camera from good luck."""

CLIP_STEP = 75
"""Frames from the start of one clip to that of the next."""

BOXES = "boxes"
"""The variant with which the others are compared: FlatSORT's default."""

Movements = list[CameraMovement | None]
"""The measured movement of each frame of a sequence; None where there is none."""


@dataclass(frozen=True)
class Footage:
    """A sequence with its ground truth, and its detections frame by frame.

    Attributes:
        name: its name in the tables.
        sequence: gives length, frame rate and the rules of scoring.
        truth: all rows of the ground truth.
        frames: the detections of each frame.
        image: returns the image of a frame by its number, from 1; None without images.
    """

    name: str
    sequence: Sequence
    truth: Rows
    frames: list[Detections]
    image: Callable[[int], NDArray[np.uint8]] | None


@dataclass(frozen=True)
class Variant:
    """A place from which FlatSORT learns the camera's motion.

    Attributes:
        name: its name in the tables.
        config: FlatSORT's settings.
        movements: the measured movement of each frame.
    """

    name: str
    config: FlatSortConfig
    movements: Movements


def read_footage(sequence: Sequence, file: str) -> Footage:
    """Read a sequence and one of its detection files."""
    found = read_detections(sequence.find_detections(file), sequence.length)
    frames = [
        Detections(found.boxes_tlwh[rows], found.confidences[rows])
        for rows in found.by_frame(sequence.length)
    ]
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    image = sequence.read_frame if sequence.has_images else None
    return Footage(sequence.name, sequence, truth, frames, image)


def variants_of(footage: Footage, file: Path | None) -> list[Variant]:
    """Return all variants that footage allows: with frames only if it has frames.

    Args:
        footage: the footage.
        file: its file of movements, if it has one.
    """
    sequence, count = footage.sequence, len(footage.frames)
    still, following = (
        FlatSortConfig(frame_rate=sequence.frame_rate, camera_motion=word)
        for word in ("none", "boxes")
    )
    variants = [
        Variant("none", still, [None] * count),
        Variant(BOXES, following, [None] * count),
    ]
    cameras: dict[str, CameraMeasurement] = {}
    if file is not None:
        cameras["file"] = MovementFile(file, count)
    if footage.image is not None:
        cameras["frames"] = OpticalFlow()
    for name, camera in cameras.items():
        movements = _measured(footage, camera)
        variants.append(Variant(f"{name} alone", still, movements))
        variants.append(Variant(f"{BOXES}, {name}", following, movements))
    return variants


def score_whole(footage: Footage, variant: Variant) -> Score:
    """Track and score a whole sequence."""
    return _score_part(footage, variant, 0, footage.sequence.length)


def score_clips(footage: Footage, variant: Variant) -> np.ndarray:
    """Track and score clips, each with a new tracker; return their IDF1 in percent, (C,)."""
    starts = range(0, footage.sequence.length - CLIP + 1, CLIP_STEP)
    scores = [_score_part(footage, variant, start, start + CLIP) for start in starts]
    return np.array([score.columns()["IDF1"] for score in scores])


def jackknife(scores: list[Score], usual: list[Score], column: str) -> tuple[float, float]:
    """Return the difference of two variants' pooled scores, and its standard error.

    The error comes from leaving out one sequence at a time.

    Args:
        scores: one score per sequence.
        usual: the scores of the variant to compare with.
        column: name of the column.
    """

    def difference(kept: list[int]) -> float:
        one, other = (combine(each[k] for k in kept).columns() for each in (scores, usual))
        return one[column] - other[column]

    count = len(scores)
    without = [difference([k for k in range(count) if k != left]) for left in range(count)]
    spread = np.sqrt((count - 1) * np.var(without))
    return difference(list(range(count))), float(spread)


def paired(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Return the mean difference of paired numbers (C,), and its standard error."""
    differences = one - other
    return float(differences.mean()), float(differences.std(ddof=1) / np.sqrt(len(differences)))


def _score_part(footage: Footage, variant: Variant, start: int, end: int) -> Score:
    """Track and score the frames from start to end, counted from 0."""
    length = end - start
    results = np.concatenate(list(_tracked(footage, variant, start, end)))
    truth = footage.truth
    rows = truth.select((truth.frames > start) & (truth.frames <= end))
    rows = replace(rows, frames=rows.frames - start)
    layout = footage.sequence.layout
    return score_rows(rows, rows_of(results, "results", length), length, layout)


def _tracked(footage: Footage, variant: Variant, start: int, end: int) -> Iterator[np.ndarray]:
    """Yield each frame's results, (T, 6), as a result file has them."""
    tracker = FlatSort(variant.config)
    for frame in range(start, end):
        movement = variant.movements[frame] if frame > start else None
        tracks = tracker.update(footage.frames[frame], movement=movement)
        numbers = np.full(len(tracks), frame - start + 1)
        yield np.column_stack([numbers, tracks.ids, tracks.boxes_tlwh.round(2)])


def _measured(footage: Footage, camera: CameraMeasurement) -> Movements:
    """Return a measurement's movement of each frame, as a tracking run asks for them."""
    movements = []
    for number, found in enumerate(footage.frames, 1):
        image = footage.image(number) if camera.needs_images else None
        is_used = found.confidences >= FlatSortConfig.min_confidence
        movements.append(camera(Frame(number, 0.0, image), found.boxes_tlwh[is_used]))
    return movements
