"""Write the page of an analysis: an HTML file beside its pictures and tables."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flatsort.analysis.analysis_files import tables
from flatsort.analysis.charts import Bars, Curve, draw_bars, draw_curve
from flatsort.analysis.count_intervals import Count
from flatsort.analysis.run_analysis import Analysis
from flatsort.files.atomic import atomic_writer

HEAT_MAP, PATHS = "heat-map.jpg", "paths.jpg"
"""Names of the pictures beside the page."""
_HERE = Path(__file__).parent
_MOST_DOUBTS = 20
"""Most doubtful links in the page; the table beside it has all."""


@dataclass(frozen=True)
class Stays:
    """The stays of people in one zone.

    Attributes:
        name: name of the zone.
        visits: number of visits.
        people: number of identities.
        median: median seconds of a visit.
        longest: seconds of the longest visit.
    """

    name: str
    visits: int
    people: int
    median: float
    longest: float


@dataclass(frozen=True)
class Charts:
    """The charts of an analysis, which the page of a run shows too.

    Attributes:
        counts: the counts with their intervals.
        curves: people over time, in the picture and in each zone.
        bars: crossings over time of each line and zone.
        stays: the stays in each zone.
    """

    counts: list[Count]
    curves: list[Curve]
    bars: list[Bars]
    stays: list[Stays]


def make_charts(analysis: Analysis) -> Charts:
    """Return the charts of an analysis."""
    frames: dict[tuple[str, str], list[int]] = {}
    for crossing in analysis.crossings:
        frames.setdefault((crossing.name, crossing.direction), []).append(crossing.frame)
    return Charts(
        counts=analysis.counts,
        curves=[
            draw_curve("in the picture", analysis.people),
            *(draw_curve(f"in {zone}", each) for zone, each in analysis.occupancies.items()),
        ],
        bars=[
            draw_bars(
                boundary.name,
                frames.get((boundary.name, "in"), []),
                frames.get((boundary.name, "out"), []),
                analysis.frames,
                analysis.frame_rate,
            )
            for boundary in analysis.request.boundaries
        ],
        stays=[_stays(analysis, zone) for zone in analysis.occupancies],
    )


def write_analysis_page(folder: Path, analysis: Analysis, name: str) -> None:
    """Write index.html into a folder that has the tables and the pictures.

    Args:
        folder: the folder.
        analysis: the analysis.
        name: name of the footage.

    Raises:
        InputError: the file cannot be written.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("analysis.html.jinja").render(
        name=name,
        analysis=analysis,
        charts=make_charts(analysis),
        doubts=analysis.doubts[:_MOST_DOUBTS],
        reasons=Counter(doubt.reason for doubt in analysis.doubts),
        speeds=[walk.speed for walk in analysis.walks if walk.seconds],
        median=np.median,
        files=[*tables(analysis), "analysis.json"],
        heat_map=HEAT_MAP,
        paths=PATHS,
    )
    with atomic_writer(folder / "index.html") as handle:
        handle.write(page)


def _stays(analysis: Analysis, zone: str) -> Stays:
    visits = [visit for visit in analysis.visits if visit.name == zone]
    seconds = [visit.frames / analysis.frame_rate for visit in visits]
    return Stays(
        name=zone,
        visits=len(visits),
        people=len({visit.identity for visit in visits}),
        median=float(np.median(seconds)) if seconds else 0.0,
        longest=max(seconds, default=0.0),
    )
