"""Give counts at a boundary with the interval that doubtful links leave."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.boundaries import Boundary
from flatsort.analysis.crossings import CrossingCounter, Side, change
from flatsort.analysis.doubtful_links import Linkings
from flatsort.analysis.unseen_crossings import unseen_crossings

_TAILS = (0.025, 0.975)
"""Shares of the draws below the ends of a 95 % interval."""


@dataclass(frozen=True)
class Count:
    """The number of crossings in one direction.

    Attributes:
        name: name of the line or zone.
        direction: "in" or "out".
        count: crossings as the tracks are.
        likely: median of the draws. Trackers lose people more often than they invent some, so it is
            the better estimate where many links are doubtful.
        low: lower end of the interval.
        high: upper end of the interval.
    """

    name: str
    direction: str
    count: int
    likely: int
    low: int
    high: int


def count_with_intervals(
    counts: dict[str, int], boundary: Boundary, linkings: Linkings
) -> list[Count]:
    """Return the counts in both directions with their 95 % intervals.

    A crossing within a piece counts however the pieces are linked. A link crosses the boundary if
    its pieces lie on different sides. People whom nobody saw at the boundary are added, see
    :mod:`flatsort.analysis.unseen_crossings`. Each drawn way to link thus has a count of its own.

    Args:
        counts: "in" and "out" -> crossings as the tracks are.
        boundary: the line or zone.
        linkings: the tracker's way to link the pieces, and other ways.
    """
    pieces = linkings.pieces.tracklets
    sides = [_sides(boundary, piece.frames, piece.boxes_tlwh) for piece in pieces]
    crossed = _crossed(boundary, linkings, sides)
    found = []
    for direction, is_crossing in crossed.items():
        own = int(is_crossing[linkings.is_own].sum())
        drawn = counts[direction] + linkings.draws @ is_crossing.astype(np.int64) - own
        drawn += unseen_crossings(boundary, linkings, sides, direction)
        low, high = np.quantile(drawn, _TAILS, method="nearest")
        count = counts[direction]
        found.append(
            Count(
                boundary.name,
                direction,
                count,
                likely=int(np.quantile(drawn, 0.5, method="nearest")),
                low=max(0, min(int(low), count)),
                high=max(int(high), count),
            )
        )
    return found


def _crossed(
    boundary: Boundary, linkings: Linkings, sides: list[tuple[Side, Side]]
) -> dict[str, NDArray[np.bool_]]:
    """Return, for each direction, (L,) whether each link crosses the boundary in it."""
    crossings = [
        change(boundary, sides[before][1], sides[after][0], 0)
        for before, after in linkings.links.tolist()
    ]
    return {
        direction: np.array(
            [each is not None and each.direction == direction for each in crossings]
        )
        for direction in ("in", "out")
    }


def _sides(
    boundary: Boundary, frames: NDArray[np.int64], boxes_tlwh: NDArray[np.float64]
) -> tuple[Side, Side]:
    """Return the first and the last certain side of a piece; without one, its last side."""
    counter, first = CrossingCounter(boundary), None
    for frame, box_tlwh in zip(frames.tolist(), boxes_tlwh, strict=True):
        counter.see(frame, 0, box_tlwh)
        first = first or counter.side(0)
    if first is None:
        left, top, width, height = boxes_tlwh[-1].tolist()
        place = (left + width / 2, top + height)
        first = Side(boundary.depth(place) > 0, place, int(frames[-1]))
    return first, counter.side(0) or first
