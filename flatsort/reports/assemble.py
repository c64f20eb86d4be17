"""From a run to the page about it."""

import tempfile
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.reports.distance_histogram import Histogram, draw_histogram
from flatsort.reports.distance_pairs import pairs_over_time, pairs_without_labels
from flatsort.reports.facts import frames_a_second, key_facts, key_figures, run_details
from flatsort.reports.frame_pass import Described, Footage, look_at
from flatsort.reports.page import Page, write_page
from flatsort.reports.page_film import FilmPlan
from flatsort.reports.reported_run import Run
from flatsort.reports.score_section import group_figures
from flatsort.reports.speed_section import find_stages
from flatsort.reports.timeline_rows import person_rows, track_rows
from flatsort.reports.track_timeline import find_tracks
from flatsort.reports.truth_section import Judgement, judge
from flatsort.tracking.options import Options, appearance_metric


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        bytes: of the page.
        film_bytes: of the film in it; 0 without one.
        tracks: number of tracks.
        notes: what is missing on the page and why.
    """

    bytes: int
    film_bytes: int
    tracks: int
    notes: list[str]


def write_report(
    run: Run, out: Path, descriptor: str | None, width: int | None, cache: Path | None
) -> Written:
    """Write the page about a run.

    Args:
        run: which.
        out: the file, .html.
        descriptor: the word for what described people; None if that is not known.
        width: of the film at most, pixels; None for no film.
        cache: folder of the features that runs kept; None to describe all anew.

    Raises:
        InputError: something cannot be read or written.
    """
    judgement = None
    if run.truth is not None:
        judgement = judge(run.truth, run.rows, run.sequence.length, run.sequence.layout)
    with tempfile.TemporaryDirectory(prefix="flatsort-") as folder:
        film = None if width is None else FilmPlan(Path(folder) / "film.mp4", width)
        footage = None
        if run.source is not None:
            footage = look_at(run, run.source, descriptor, film, cache)
        page = _make_page(run, descriptor, judgement, footage)
        write_page(out, page)
        return Written(
            bytes=out.stat().st_size,
            film_bytes=page.film.bytes if page.film else 0,
            tracks=len(page.tracks),
            notes=list(dict.fromkeys(page.notes.values())),
        )


def _make_page(
    run: Run, descriptor: str | None, judgement: Judgement | None, footage: Footage | None
) -> Page:
    frames = footage.frames if footage else run.frames
    tracks = find_tracks(run.rows)
    figures = key_figures(tracks, judgement)
    if run.record:
        figures["frames/s"] = frames_a_second(run.record)
    described = footage.described if footage else None
    return Page(
        sequence=run.name,
        tracker=run.tracker,
        facts=key_facts(run, descriptor, frames, footage.size if footage else None),
        details=run_details(run),
        frames=frames,
        frame_rate=run.frame_rate,
        film=footage.film if footage else None,
        tracks=track_rows(tracks, judgement),
        people=person_rows(judgement) if judgement else [],
        judgement=judgement,
        figures=figures,
        scores=group_figures(judgement.score.columns()) if judgement else [],
        histograms=_histograms(run, described, judgement) if described else [],
        stages=find_stages(run.record.seconds, run.record.frames) if run.record else [],
        pictures=footage.pictures if footage else {},
        picture_frames=footage.picture_frames if footage else {},
        notes=_notes(run, descriptor, footage, len(tracks)),
    )


def _histograms(run: Run, described: Described, judgement: Judgement | None) -> list[Histogram]:
    """Without labels, and with them where there are any."""
    metric = appearance_metric(described.descriptor, _options(run))
    boxes, features = described.boxes, described.features
    found = {
        ("As the result has it", "one track, 20 to 150 frames apart", "two boxes of one frame"): (
            pairs_without_labels(boxes, features, metric)
        )
    }
    if judgement:
        people = _people_in(boxes, judgement)
        known = people >= 0
        labelled = Boxes(boxes.frames[known], boxes.boxes_tlwh[known], people[known])
        names = "As the ground truth has it", "one person, 20 to 150 frames apart", "two people"
        found[names] = pairs_over_time(labelled, features[known], metric)
    return [
        draw_histogram(title, (same, other), pairs, metric.gate)
        for (title, same, other), pairs in found.items()
        if len(pairs.same) + len(pairs.other)
    ]


def _options(run: Run) -> Options:
    """How the run tracked, as far as it is known."""
    recorded = run.record.options if run.record else {}
    known = {field.name for field in fields(Options)}
    return Options(**{name: value for name, value in recorded.items() if name in known})


def _people_in(boxes: Boxes, judgement: Judgement) -> np.ndarray:
    """(N,) the person that each box is on, -1 for nobody."""
    person_on = {
        (frame, identity): person
        for person, course in judgement.courses.items()
        for frame, identity in zip(course.frames.tolist(), course.ids.tolist(), strict=True)
    }
    places = zip(boxes.frames.tolist(), boxes.ids.tolist(), strict=True)
    return np.array([person_on.get(place, -1) for place in places], np.int64)


def _notes(
    run: Run, descriptor: str | None, footage: Footage | None, tracks: int
) -> dict[str, str]:
    """What is missing, by section."""
    notes = {}
    if footage is None:
        notes["film"] = notes["distances"] = run.why_no_source
    elif descriptor == "none":
        notes["distances"] = "None: boxes only, without a descriptor."
    elif descriptor is None:
        notes["distances"] = (
            "Not known: nothing says which descriptor tracked them. Name it with --descriptor."
        )
    elif tracks == 0:
        notes["distances"] = "None: there are no tracks."
    elif footage.described is None:
        notes["distances"] = f"None: {descriptor} describes no boxes but those it was made for."
    if footage and footage.notes:
        notes["film"] = "; ".join(footage.notes)
    if footage and len(footage.pictures) < tracks:
        notes["pictures"] = (
            f"Of {len(footage.pictures):,} of the {tracks:,} tracks: those seen longest, and in "
            "the frame at all."
        )
    if run.record is None:
        notes["speed"] = "Not known: there is no record of the run beside its results."
    return notes
