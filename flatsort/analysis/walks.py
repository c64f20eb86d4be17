"""How far and how fast each person walks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.ground_scale import GroundScale
from flatsort.analysis.visits import LONGEST_GAP_S
from flatsort.files.mot_files import Rows

STEP_S = 0.5
"""Seconds between the places that give length and speed. The jitter of each frame would add up to a
long way; over half a second a step is larger than the jitter."""


@dataclass(frozen=True)
class Walk:
    """One person's way on the ground.

    Attributes:
        identity: identity of the track.
        first: first frame of the track.
        last: last frame.
        boxes: number of boxes.
        length: length of the way, metres, or pixels if the scale is unknown.
        seconds: seconds in which the way was seen, without long absences.
        top_speed: speed of the fastest half second, per second.
    """

    identity: int
    first: int
    last: int
    boxes: int
    length: float
    seconds: float
    top_speed: float

    @property
    def speed(self) -> float:
        """Mean speed in metres (or pixels) per second."""
        return self.length / self.seconds if self.seconds else 0.0


def find_walks(rows: Rows, frame_rate: float, scale: GroundScale) -> list[Walk]:
    """Return the walk of each identity, by identity."""
    walks = []
    for own in map(rows.select, rows.by_identity()):
        places = scale.places(feet(own.boxes_tlwh))
        steps, step_s = _steps(own.frames, places, frame_rate)
        walks.append(
            Walk(
                identity=int(own.ids[0]),
                first=int(own.frames[0]),
                last=int(own.frames[-1]),
                boxes=len(own),
                length=float(steps.sum()),
                seconds=float(step_s.sum()),
                top_speed=float((steps / step_s).max(initial=0.0)),
            )
        )
    return walks


def feet(boxes_tlwh: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (N, 2) the middles of the lower edges of boxes (N, 4), pixels."""
    return boxes_tlwh[:, :2] + boxes_tlwh[:, 2:] * (0.5, 1.0)


def _steps(
    frames: NDArray[np.int64], places: NDArray[np.float64], frame_rate: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lengths (K,) of the steps of a track, and their seconds (K,).

    A step goes from the mean place of one half second to that of the next one. Nobody knows the way
    in a long absence, so that step is left out.
    """
    numbers = np.floor((frames - frames[0]) / (STEP_S * frame_rate)).astype(np.int64)
    seen = np.isfinite(places).all(axis=1)
    numbers, times, places = numbers[seen], frames[seen] / frame_rate, places[seen]
    parts, starts = np.unique(numbers, return_index=True)
    counts = np.diff(np.append(starts, len(numbers)))
    if len(parts) < 2:
        return np.empty(0), np.empty(0)
    middles = np.add.reduceat(places, starts) / counts[:, None]
    moments = np.add.reduceat(times, starts) / counts
    steps, step_s = np.linalg.norm(np.diff(middles, axis=0), axis=1), np.diff(moments)
    # If two half seconds have boxes at their common end only, the step is mostly jitter.
    known = (step_s <= LONGEST_GAP_S) & (step_s >= STEP_S / 2)
    return steps[known], step_s[known]
