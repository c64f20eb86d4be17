"""The answers on the page of a run: people over time, counts, maps, doubtful moments, tables."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.analysis_files import tables, write_csv
from flatsort.analysis.analysis_page import Charts, make_charts
from flatsort.analysis.charts import Bars, draw_bars
from flatsort.analysis.floor_pictures import heat_map, path_picture, plain_background
from flatsort.analysis.run_analysis import Analysis
from flatsort.images.track_picture import encode_jpeg
from flatsort.reports.doubtful_moments import DoubtfulMoment
from flatsort.reports.track_timeline import Track

MOST_MOMENTS = 60
"""Most doubtful moments in the page: nobody looks at more. The table doubts.csv has all links."""
_MAP_WIDTH = 960
"""Largest width of a map in pixels; the page has no room for more."""


@dataclass(frozen=True)
class AnalysisSection:
    """The answers of an analysis, as the page shows them.

    Attributes:
        charts: counts, people over time, and stays.
        arrivals: tracks that begin (in) and end (out) over time, without those that are there at
            the beginning or the end of the footage.
        moments: the most doubtful moments, the worst first.
        paths: JPEG of the paths of all tracks.
        heat: JPEG of the heat map.
        tables: name of a file -> its content, for downloads.
    """

    charts: Charts
    arrivals: Bars
    moments: list[DoubtfulMoment]
    paths: bytes
    heat: bytes
    tables: dict[str, str]


def make_section(
    analysis: Analysis,
    moments: list[DoubtfulMoment],
    tracks: list[Track],
    background: NDArray[np.uint8] | None,
) -> AnalysisSection:
    """Return the answers of an analysis for the page.

    Args:
        analysis: the analysis.
        moments: the doubtful moments.
        tracks: the tracks of the run.
        background: (H, W, 3) uint8 BGR, a frame; None without frames.
    """
    rows, boundaries = analysis.rows, analysis.request.boundaries
    if background is None:
        background = plain_background(rows)
    rate = analysis.frame_rate
    return AnalysisSection(
        charts=make_charts(analysis),
        arrivals=draw_bars(
            "tracks",
            [track.first for track in tracks if track.first > 1],
            [track.last for track in tracks if track.last < analysis.frames],
            analysis.frames,
            rate,
        ),
        moments=moments[:MOST_MOMENTS],
        paths=_small_jpeg(path_picture(background, rows, rate, boundaries)),
        heat=_small_jpeg(heat_map(background, rows, boundaries)),
        tables=_texts(analysis),
    )


def _texts(analysis: Analysis) -> dict[str, str]:
    """Return the tables that have rows, as CSV."""
    found = {}
    for name, (columns, rows) in tables(analysis).items():
        if rows:
            text = io.StringIO()
            write_csv(text, columns, rows)
            found[name] = text.getvalue()
    return found


def _small_jpeg(picture: NDArray[np.uint8]) -> bytes:
    """Return a JPEG of a picture, shrunk to the page's width."""
    scale = min(1.0, _MAP_WIDTH / picture.shape[1])
    size = [max(1, round(side * scale)) for side in picture.shape[1::-1]]
    return encode_jpeg(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
