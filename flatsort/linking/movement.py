"""How strongly places and times of two tracklets speak for one person."""

import numpy as np
from numpy.typing import NDArray

from flatsort.linking.tracklet import End, Tracklet

_START_DEVIATION = 0.15
"""Standard deviation of a predicted place at once, in box heights: boxes jitter."""
_WALKING_DEVIATION = 0.35
"""Its growth per second. A box is about 1.8 m high, and people seldom turn."""
_FARTHEST_START, _FARTHEST_SPEED = 1.0, 1.5
"""Farthest way at once in box heights, and its growth per second: 2.7 m/s, a fast run."""
_STRAIGHT_S = 1.0
"""Seconds for which the velocities at both ends predict the way."""
_SCENE_SHARE = 1 / 3
"""Share of the extent of all boxes in which people can be."""
_MOST_OF_SCENE = 0.4
"""Largest standard deviation as a fraction of the scene's side: after long, people are anywhere."""
_LEAVING_RATE = 0.3
"""Nats per unit of log(1 + seconds) against a return: the longer away, the more likely gone."""
_HEIGHT_DEVIATION, _HEIGHT_GROWTH, _HEIGHT_SECONDS = 0.12, 0.15, 3.0
"""Standard deviation of the logarithm of the height at once, its growth per second, and the seconds
for which it grows: people come nearer or go away."""
_BOUNDS = (-4.0, 5.0)
"""Bounds in nats of the evidence of the place: the place alone neither proves nor excludes."""


class Movement:
    """Evidence of places and times, between the end of a tracklet and the start of a later one.

    Args:
        tracklets: T tracklets.
        least: Frames by which the start must come later than the end, at least.
        most: Most frames by which it may come later.
    """

    def __init__(self, tracklets: list[Tracklet], least: float, most: float) -> None:
        self._rate = tracklets[0].frame_rate if tracklets else 1.0
        self._least, self._most = max(1, least), most
        self._ends = _Ends([each.end for each in tracklets])
        self._starts = _Ends([each.start for each in tracklets])
        self._area = _SCENE_SHARE * _extent(tracklets)

    def evidence(self, before: NDArray[np.intp], after: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the evidence in nats that the person of one tracklet goes on as another.

        It is the logarithm of p(start | the person of the tracklet before) / p(start | anyone). The
        way that the velocities at both ends predict has a Gaussian error, which grows with the
        time between them; anyone's start is uniform over the scene.

        Args:
            before: (N,) numbers of tracklets.
            after: (N,) numbers of tracklets.

        Returns:
            (N,); -inf if the second tracklet starts too early, too late, or where nobody can have
            walked.
        """
        ends, starts = self._ends.at(before), self._starts.at(after)
        frames = starts.frames - ends.frames
        seconds = np.maximum(frames, 0) / self._rate
        height = (ends.heights + starts.heights) / 2
        way = starts.places - ends.places
        straight = np.minimum(frames, _STRAIGHT_S * self._rate)[:, None]
        error = way - (ends.velocities + starts.velocities) / 2 * straight
        deviation = np.minimum(
            height * (_START_DEVIATION + _WALKING_DEVIATION * seconds),
            _MOST_OF_SCENE * np.sqrt(self._area),
        )
        odds = np.log(self._area / (2 * np.pi * deviation**2))
        odds -= (error**2).sum(axis=1) / (2 * deviation**2)
        odds = np.clip(odds - _LEAVING_RATE * np.log1p(seconds), *_BOUNDS)
        growth = np.log(starts.heights / ends.heights)
        spread = _HEIGHT_DEVIATION + _HEIGHT_GROWTH * np.minimum(seconds, _HEIGHT_SECONDS)
        odds -= growth**2 / (2 * spread**2)
        walked = np.linalg.norm(way, axis=1)
        reach = height * (_FARTHEST_START + _FARTHEST_SPEED * seconds)
        possible = (frames >= self._least) & (frames <= self._most) & (walked <= reach)
        return np.where(possible, odds, -np.inf)


class _Ends:
    """Ends of tracklets as arrays."""

    def __init__(self, ends: list[End]) -> None:
        self.frames = np.array([end.frame for end in ends], np.int64)
        self.places = np.array([end.place for end in ends]).reshape(-1, 2)
        self.heights = np.array([end.height for end in ends], np.float64)
        self.velocities = np.array([end.velocity for end in ends]).reshape(-1, 2)

    def at(self, rows: NDArray[np.intp]) -> "_Ends":
        """Return the ends at these rows."""
        chosen = _Ends([])
        chosen.frames, chosen.places = self.frames[rows], self.places[rows]
        chosen.heights, chosen.velocities = self.heights[rows], self.velocities[rows]
        return chosen


def _extent(tracklets: list[Tracklet]) -> float:
    """Return the area in square pixels that all boxes span, at least 1."""
    if not tracklets:
        return 1.0
    boxes = np.concatenate([each.boxes_tlwh for each in tracklets])
    sides = (boxes[:, :2] + boxes[:, 2:]).max(axis=0) - boxes[:, :2].min(axis=0)
    return max(1.0, float(sides.prod()))
