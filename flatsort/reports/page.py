"""The page itself: one HTML file that needs no other and no network."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flatsort.files.atomic import atomic_writer
from flatsort.images.drawing import colour
from flatsort.reports.distance_histogram import Histogram
from flatsort.reports.page_film import EmbeddedFilm
from flatsort.reports.score_section import FigureGroup
from flatsort.reports.speed_section import Stage
from flatsort.reports.timeline_rows import Row
from flatsort.reports.truth_section import Judgement

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Page:
    """Everything on the page; what there is not is None or empty.

    Attributes:
        sequence: name of the footage.
        tracker: name of the tracker.
        facts: about the run, name to value.
        details: the same of less interest: options, versions.
        frames: number of them.
        frame_rate: frames per second.
        film: None if it was left out.
        tracks: rows of the tracks' timeline.
        people: rows of the ground truth's timeline.
        judgement: the ground truth's; None where there is none.
        figures: key figures, name to value.
        scores: the table of scores.
        histograms: of distances.
        stages: where the time went.
        pictures: identity to JPEG.
        picture_frames: identity to the picture's frame.
        notes: what is missing and why, by the name of the section.
    """

    sequence: str
    tracker: str
    facts: Mapping[str, str]
    details: Mapping[str, str]
    frames: int
    frame_rate: float
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
    notes: Mapping[str, str]


def write_page(path: Path, page: Page) -> None:
    """Write the page, whole or not at all.

    Raises:
        InputError: the file cannot be written there.
    """
    with atomic_writer(path) as handle:
        for part in render(page):
            handle.write(part)


def render(page: Page) -> Iterator[str]:
    """The page's HTML, part after part."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"place": _place, "paint": _paint, "jpeg": _jpeg}
    script = (_HERE / "page.js").read_text("utf-8")
    style = (_HERE / "page.css").read_text("utf-8")
    yield from environment.get_template("page.html.jinja").generate(
        **vars(page),
        # Not escaped: files of this folder, into which nothing of a user's goes.
        script=Markup(script),  # noqa: S704
        style=Markup(style),  # noqa: S704
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _place(frame: int, frames: int) -> str:
    """Where a frame begins, in percent of all."""
    return f"{100 * (frame - 1) / frames:.3f}"


def _paint(identity: int) -> str:
    """CSS variables: the colour that a track has in the film, and that of letters on it."""
    blue, green, red = colour(identity)
    # As on the labels in the film.
    light = 0.114 * blue + 0.587 * green + 0.299 * red > 140
    return f"--own:#{red:02x}{green:02x}{blue:02x};--ink:{'#000' if light else '#fff'}"


def _jpeg(data: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode('ascii')}"
