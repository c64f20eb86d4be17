"""Crossings of people whom nobody saw at the boundary.

If no link continues a piece, its person walks on unseen, behind something or missed by the
detector. If no link precedes a piece, its person came unseen. Each draw gives these people a
straight way for a random time, at most to the footage's first or last frame. A boundary on this way
is crossed.
"""

import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.boundaries import Boundary
from flatsort.analysis.crossings import Side, change
from flatsort.analysis.doubtful_links import Linkings
from flatsort.linking.tracklet import Tracklet

_UNSEEN_S = 3.0
"""Mean of the random time in seconds, which has an exponential distribution. It was set by hand on
rendered scenes with seeds 100 to 108."""
_STEP_S = 0.2
"""Seconds between the places on the unseen way that are looked at."""
_FARTHEST_S = 4.0
"""Seconds after which the unseen way ends: people do not walk straight on for longer."""
_SEED = 19
"""Seed of the random times, so that the same results give the same interval."""


def unseen_crossings(
    boundary: Boundary, linkings: Linkings, sides: list[tuple[Side, Side]], direction: str
) -> NDArray[np.int64]:
    """Return (DRAWS,) the number of unseen crossings in one direction in each draw.

    Args:
        boundary: the line or zone.
        linkings: the drawn ways to link.
        sides: first and last side of each piece.
        direction: "in" or "out".
    """
    pieces, draws, links = linkings.pieces.tracklets, linkings.draws, linkings.links
    random = np.random.default_rng(_SEED)
    size = (len(draws), len(pieces))
    draw, link = np.nonzero(draws)
    is_free = {column: np.ones(size, bool) for column in (0, 1)}
    for column, free in is_free.items():
        free[draw, links[link, column]] = False
    # The unseen way from a piece to one that may follow it is walked once, not from both ends.
    draw, link = np.nonzero(is_free[0][:, links[:, 0]] & is_free[1][:, links[:, 1]])
    is_free[1][draw, links[link, 1]] = False
    found = np.zeros(len(draws), np.int64)
    for column, free in is_free.items():
        times = np.array(
            [
                _time(boundary, linkings.frames, piece, ends, column == 1, direction)
                for piece, ends in zip(pieces, sides, strict=True)
            ]
        )
        found += (free & (random.exponential(_UNSEEN_S, size) >= times)).sum(axis=1)
    return found


def _time(
    boundary: Boundary,
    frames: int,
    piece: Tracklet,
    sides: tuple[Side, Side],
    is_before: bool,
    direction: str,
) -> float:
    """Return the seconds from a piece to its unseen crossing; infinity if there is none.

    Args:
        boundary: the line or zone.
        frames: number of frames of the footage.
        piece: the piece.
        sides: first and last side of the piece.
        is_before: whether the unseen way leads to the piece, instead of from it.
        direction: "in" or "out".
    """
    seen, end = (sides[0], piece.start) if is_before else (sides[1], piece.end)
    step = end.velocity * piece.frame_rate * (-_STEP_S if is_before else _STEP_S)
    left = (piece.first - 1 if is_before else frames - piece.last) / piece.frame_rate
    for number in range(1, int(min(left, _FARTHEST_S) / _STEP_S) + 1):
        place = (seen.place[0] + number * step[0], seen.place[1] + number * step[1])
        unseen = Side(boundary.depth(place) > 0, place, seen.frame)
        way = (unseen, seen) if is_before else (seen, unseen)
        crossing = change(boundary, *way, piece.track)
        if crossing is not None:
            return number * _STEP_S if crossing.direction == direction else np.inf
    return np.inf
