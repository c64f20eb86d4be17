"""The CLEAR MOT matching: which result box belongs to which person in each frame."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flatsort.evaluation.tracks.preprocessing import ScoredFrame, distances

if TYPE_CHECKING:
    from motmetrics import MOTAccumulator


@dataclass(frozen=True)
class Course:
    """The identities with which one tracker followed one person.

    Attributes:
        frames: (M,) int64, ascending: the frames in which a result box matches the person.
        ids: (M,) int64, the identity of the matching box in each of these frames.
    """

    frames: np.ndarray
    ids: np.ndarray


def match_frames(frames: list[ScoredFrame]) -> "MOTAccumulator":
    """Match the boxes of every frame with motmetrics.

    A pair that matched in an earlier frame is kept if it is still possible; the remaining boxes
    are matched by the least total distance.

    Args:
        frames: every frame of the sequence, after preprocessing.

    Returns:
        motmetrics' accumulator; its frame numbers start at 1.
    """
    import motmetrics

    # motmetrics takes the first solver that is installed; a fixed one breaks ties the same way
    # on every machine.
    with motmetrics.lap.set_default_solver("lap"):
        accumulator = motmetrics.MOTAccumulator()
        for number, frame in enumerate(frames, 1):
            accumulator.update(
                frame.truth_ids, frame.result_ids, distances(frame.ious), frameid=number
            )
    return accumulator


def follow(matched: "MOTAccumulator") -> dict[int, Course]:
    """Find the course of every person who is matched at least once.

    motmetrics counts a switch where two consecutive matches of a person have different identities.

    Args:
        matched: the result of :func:`match_frames`.

    Returns:
        Ground-truth identity -> course.
    """
    events = matched.mot_events
    matched = events[events["Type"].isin(["MATCH", "SWITCH"])]
    people = matched["OId"].to_numpy(float).astype(np.int64)
    ids = matched["HId"].to_numpy(float).astype(np.int64)
    numbers = matched.index.get_level_values("FrameId").to_numpy(np.int64)
    return {
        int(person): Course(numbers[people == person], ids[people == person])
        for person in np.unique(people)
    }
