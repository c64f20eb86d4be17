"""Which result box is on which person in each frame, as CLEAR MOT matches them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flatsort.evaluation.tracks.preprocessing import ScoredFrame, distances

if TYPE_CHECKING:
    from motmetrics import MOTAccumulator


@dataclass(frozen=True)
class Course:
    """The identities by which a tracker followed one person.

    Attributes:
        frames: (M,) int64, ascending: the frames in which a result box is on the person.
        ids: (M,) int64, that box's identity.
    """

    frames: np.ndarray
    ids: np.ndarray


def match_frames(frames: list[ScoredFrame]) -> "MOTAccumulator":
    """Match every frame by motmetrics: pairs of the frames before first, then the least distance.

    Args:
        frames: every frame of the sequence, after preprocessing; numbered from 1 in the answer.
    """
    import motmetrics

    # motmetrics would take whichever solver is installed; ties must not depend on that.
    with motmetrics.lap.set_default_solver("scipy"):
        accumulator = motmetrics.MOTAccumulator()
        for number, frame in enumerate(frames, 1):
            accumulator.update(
                frame.truth_ids, frame.result_ids, distances(frame.ious), frameid=number
            )
    return accumulator


def follow(frames: list[ScoredFrame]) -> dict[int, Course]:
    """The course of every person who is matched at least once.

    Two matches in a row with different identities are what motmetrics counts as a switch.

    Args:
        frames: every frame of the sequence, after preprocessing.

    Returns:
        Ground-truth identity to course.
    """
    events = match_frames(frames).mot_events
    matched = events[events["Type"].isin(["MATCH", "SWITCH"])]
    people = matched["OId"].to_numpy(float).astype(np.int64)
    ids = matched["HId"].to_numpy(float).astype(np.int64)
    numbers = matched.index.get_level_values("FrameId").to_numpy(np.int64)
    return {
        int(person): Course(numbers[people == person], ids[people == person])
        for person in np.unique(people)
    }
