"""Count people at lines and zones while they are tracked."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.boundaries import Boundary, Line, check_names
from flatsort.analysis.crossings import CrossingCounter
from flatsort.sources.source import Frame
from flatsort.tracker import Tracks


class LiveCounts:
    """A sink that counts the crossings so far, and draws them into frames for other sinks.

    Predicted boxes do not count. Sinks that draw the counts come after this one.

    Args:
        boundaries: the lines and zones.

    Raises:
        InputError: two have the same name.
    """

    needs_images = False

    def __init__(self, boundaries: tuple[Boundary, ...]) -> None:
        check_names(boundaries)
        self._counters = [CrossingCounter(boundary) for boundary in boundaries]
        self._seen: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None: ...

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Count one frame's crossings."""
        is_seen = tracks.time_since_update == 0
        self._seen = tracks.ids[is_seen].tolist()
        for identity, box_tlwh in zip(self._seen, tracks.boxes_tlwh[is_seen], strict=True):
            for counter in self._counters:
                counter.see(frame.number, identity, box_tlwh)

    def draw(self, canvas: NDArray[np.uint8]) -> None:
        """Draw lines, zones and counts into a picture, (H, W, 3) uint8 BGR."""
        from flatsort.images.boundary_drawing import draw_boundary

        for counter in self._counters:
            boundary = counter.boundary
            is_line = isinstance(boundary, Line)
            points = (boundary.start, boundary.end) if is_line else boundary.corners
            draw_boundary(canvas, points, not is_line, self._words(counter))

    def sentences(self) -> list[str]:
        """Return the counts of each line and zone as text."""
        return [
            f"{each.boundary.name}: {each.counts['in']} in, {each.counts['out']} out"
            for each in self._counters
        ]

    def _words(self, counter: CrossingCounter) -> str:
        words = f"{counter.boundary.name}  in {counter.counts['in']}  out {counter.counts['out']}"
        if isinstance(counter.boundary, Line):
            return words
        sides = map(counter.side, self._seen)
        return f"{words}  now {sum(side is not None and side.is_inside for side in sides)}"
