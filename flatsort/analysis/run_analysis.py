"""Analyse a finished run: counts, occupancy, visits, walks and doubtful links."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.boundaries import Boundary, Line, Zone, check_names
from flatsort.analysis.count_intervals import Count, count_with_intervals
from flatsort.analysis.crossings import Crossing, find_crossings
from flatsort.analysis.doubtful_links import Doubt, draw_linkings, find_doubts
from flatsort.analysis.ground_scale import GroundScale
from flatsort.analysis.visits import LONGEST_GAP_S, Visit, find_visits, occupancy
from flatsort.analysis.walks import Walk, find_walks
from flatsort.files.mot_files import Rows


@dataclass(frozen=True)
class AnalysisRequest:
    """The questions to a run.

    Attributes:
        lines: lines at which people are counted.
        zones: zones in which people are counted and timed.
        scale: turns pixels into metres.
    """

    lines: tuple[Line, ...]
    zones: tuple[Zone, ...]
    scale: GroundScale

    @property
    def boundaries(self) -> tuple[Boundary, ...]:
        """All lines and zones."""
        return (*self.lines, *self.zones)


@dataclass(frozen=True)
class Analysis:
    """The answers.

    Attributes:
        request: the questions.
        rows: the results.
        frames: number of frames.
        frame_rate: frames per second.
        counts: crossings of each line and zone in each direction.
        crossings: all crossings, by frame.
        visits: visits to each zone, by zone and first frame.
        people: (F,) number of people in the picture in each frame.
        occupancies: name of a zone -> (F,) number of people in it in each frame.
        walks: the walk of each identity.
        doubts: the doubtful links, the most doubtful ones first.
    """

    request: AnalysisRequest
    rows: Rows
    frames: int
    frame_rate: float
    counts: list[Count]
    crossings: list[Crossing]
    visits: list[Visit]
    people: NDArray[np.int64]
    occupancies: dict[str, NDArray[np.int64]]
    walks: list[Walk]
    doubts: list[Doubt]

    def seconds(self, frame: int) -> float:
        """Return the time of a frame in seconds."""
        return (frame - 1) / self.frame_rate


def analyse(rows: Rows, frames: int, frame_rate: float, request: AnalysisRequest) -> Analysis:
    """Answer the questions to the results of a run.

    Args:
        rows: the results; each identity once per frame.
        frames: number of frames.
        frame_rate: frames per second.
        request: the questions.

    Raises:
        InputError: two lines or zones have the same name.
    """
    check_names(request.boundaries)
    linkings = draw_linkings(rows, frames, frame_rate)
    crossings, counts = [], []
    for boundary in request.boundaries:
        found = find_crossings(rows, boundary)
        crossings += found
        numbers = {way: sum(each.direction == way for each in found) for way in ("in", "out")}
        counts += count_with_intervals(numbers, boundary, linkings)
    visits = {zone.name: find_visits(rows, zone, frame_rate) for zone in request.zones}
    return Analysis(
        request=request,
        rows=rows,
        frames=frames,
        frame_rate=frame_rate,
        counts=counts,
        crossings=sorted(crossings, key=lambda each: (each.frame, each.name, each.identity)),
        visits=[visit for each in visits.values() for visit in each],
        people=occupancy(_stays(rows, frame_rate), frames),
        occupancies={name: occupancy(each, frames) for name, each in visits.items()},
        walks=find_walks(rows, frame_rate, request.scale),
        doubts=find_doubts(linkings),
    )


def _stays(rows: Rows, frame_rate: float) -> list[Visit]:
    """Return the stays of each track in the picture, without long absences."""
    order = np.lexsort((rows.frames, rows.ids))
    frames, ids = rows.frames[order], rows.ids[order]
    is_new = (np.diff(frames) > LONGEST_GAP_S * frame_rate) | (np.diff(ids) != 0)
    return [
        Visit("picture", int(ids[part[0]]), int(frames[part[0]]), int(frames[part[-1]]), True, True)
        for part in np.split(np.arange(len(frames)), np.flatnonzero(is_new) + 1)
        if len(part)
    ]
