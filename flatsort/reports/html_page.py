"""Render the page about a run: one HTML file that needs no other file and no network."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flatsort.files.atomic import atomic_writer
from flatsort.images.drawing import colour
from flatsort.reports.analysis_section import AnalysisSection
from flatsort.reports.distance_histogram import Histogram
from flatsort.reports.page_film import EmbeddedFilm
from flatsort.reports.score_section import FigureGroup
from flatsort.reports.speed_section import Stage
from flatsort.reports.timeline_rows import Row
from flatsort.reports.truth_section import Judgement

_HERE = Path(__file__).parent
_CHARTS = _HERE.parent / "analysis"


@dataclass(frozen=True)
class Page:
    """The contents of the page; a missing part is None or empty.

    Attributes:
        sequence: name of the footage.
        tracker: name of the tracker.
        results: name of the result file.
        digest: SHA-256 of the result file, for the edits that the page saves.
        facts: facts of the heading, name -> value.
        details: further facts, such as options and versions, name -> value.
        frames: number of frames.
        frame_rate: frames per second.
        first: the frame with which the film begins.
        film: the film; None if it was left out.
        tracks: rows of the timeline of tracks.
        people: rows of the timeline of people of the ground truth.
        judgement: comparison with the ground truth; None without ground truth.
        figures: key figures, name -> value.
        scores: groups of the table of scores.
        histograms: histograms of distances.
        stages: the time that each stage of the run took.
        pictures: identity -> JPEG picture of the track.
        picture_frames: identity -> frame of the picture.
        series: identity -> frame -> JPEG picture, over the time of the track.
        section: people over time, counts, maps and doubtful moments.
        notes: name of a section -> sentence that names its missing parts and the reason.
    """

    sequence: str
    tracker: str
    results: str
    digest: str
    facts: Mapping[str, str]
    details: Mapping[str, str]
    frames: int
    frame_rate: float
    first: int
    film: EmbeddedFilm | None
    tracks: list[Row]
    people: list[Row]
    judgement: Judgement | None
    figures: Mapping[str, str]
    scores: list[FigureGroup]
    histograms: list[Histogram]
    stages: list[Stage]
    pictures: Mapping[int, bytes]
    picture_frames: Mapping[int, int]
    series: Mapping[int, Mapping[int, bytes]]
    section: AnalysisSection
    notes: Mapping[str, str]


def write_page(path: Path, page: Page) -> None:
    """Write the page, whole or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    with atomic_writer(path) as handle:
        for part in render(page):
            handle.write(part)


def render(page: Page) -> Iterator[str]:
    """Yield the HTML of the page in parts."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader([_HERE, _CHARTS]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "place": _place,
        "paint": _paint,
        "jpeg": _jpeg,
        "nearest": _nearest_crop,
    }
    script = (_HERE / "page.js").read_text("utf-8")
    style = (_HERE / "page.css").read_text("utf-8")
    yield from environment.get_template("page.html.jinja").generate(
        **vars(page),
        script=Markup(script),  # noqa: S704 - our own page.js, with no text of a user
        style=Markup(style),  # noqa: S704 - our own page.css, with no text of a user
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _place(frame: int, frames: int) -> str:
    """Return the place where a frame begins, in percent of all frames."""
    return f"{100 * (frame - 1) / frames:.3f}"


def _paint(identity: int) -> str:
    """Return CSS variables: the colour of a track in the film, and of letters on this colour."""
    blue, green, red = colour(identity)
    # The labels in the film use the same rule.
    light = 0.114 * blue + 0.587 * green + 0.299 * red > 140
    return f"--own:#{red:02x}{green:02x}{blue:02x};--ink:{'#000' if light else '#fff'}"


def _nearest_crop(series: Mapping[int, bytes], frame: int) -> int:
    """Return the frame of the picture that is nearest to a frame."""
    return min(series, key=lambda each: abs(each - frame))


def _jpeg(data: bytes) -> str:
    """Return a JPEG file as a data URL."""
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode('ascii')}"
