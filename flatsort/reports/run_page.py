"""Write the page about a run: gather its contents and render them."""

import tempfile
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from flatsort.analysis.run_analysis import Analysis, AnalysisRequest, analyse
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.files.file_digest import digest_of
from flatsort.reports.analysis_section import MOST_MOMENTS, make_section
from flatsort.reports.distance_histogram import Histogram, draw_histogram
from flatsort.reports.distance_pairs import pairs_over_time, pairs_without_labels
from flatsort.reports.doubtful_moments import DoubtfulMoment, doubtful_moments
from flatsort.reports.frame_pass import Described, Footage, view_footage
from flatsort.reports.html_page import Page, write_page
from flatsort.reports.page_film import FilmPlan
from flatsort.reports.run_facts import key_facts, key_figures, run_details
from flatsort.reports.score_section import group_figures
from flatsort.reports.speed_section import find_stages
from flatsort.reports.timeline_rows import person_rows, track_rows
from flatsort.reports.track_timeline import find_tracks
from flatsort.reports.truth_section import Judgement, judge
from flatsort.tracking.finished_run import Run
from flatsort.tracking.tracker_options import TrackerOptions, appearance_metric


@dataclass(frozen=True)
class WrittenPage:
    """The sizes and the notes of a page that was written.

    Attributes:
        bytes: size of the page.
        film_bytes: size of the film in the page, 0 without a film.
        tracks: number of tracks.
        notes: sentences that say which parts are missing, and why.
    """

    bytes: int
    film_bytes: int
    tracks: int
    notes: list[str]


def write_run_page(
    run: Run,
    out: Path,
    descriptor: str | None,
    width: int | None,
    cache: Path | None,
    questions: AnalysisRequest,
) -> WrittenPage:
    """Write the page about a run.

    Args:
        run: the run.
        out: the file to write, .html.
        descriptor: name, as on the command line, of the descriptor that the run used; None if it is
            unknown.
        width: largest width of the film in pixels; None for no film.
        cache: folder in which runs keep features; None to describe all boxes again.
        questions: lines and zones at which people are counted.

    Raises:
        InputError: frames or a descriptor cannot be read, or the page cannot be written.
    """
    judgement = None
    if run.truth is not None:
        judgement = judge(
            run.truth, run.rows, run.sequence.length, run.sequence.layout, run.selection.every
        )
    analysis = analyse(run.rows, run.frames, run.frame_rate, questions)
    moments = doubtful_moments(analysis.doubts, run.frame_rate)
    pictured = {each for moment in moments[:MOST_MOMENTS] for each in moment.pictured()}
    with tempfile.TemporaryDirectory(prefix="flatsort-") as folder:
        film = None if width is None else FilmPlan(Path(folder) / "film.mp4", width)
        footage = None
        if run.source is not None:
            footage = view_footage(run, run.source, descriptor, film, cache, pictured)
        page = _make_page(run, descriptor, judgement, footage, analysis, moments)
        write_page(out, page)
        return WrittenPage(
            bytes=out.stat().st_size,
            film_bytes=page.film.bytes if page.film else 0,
            tracks=len(page.tracks),
            notes=list(dict.fromkeys(page.notes.values())),
        )


def _make_page(
    run: Run,
    descriptor: str | None,
    judgement: Judgement | None,
    footage: Footage | None,
    analysis: Analysis,
    moments: list[DoubtfulMoment],
) -> Page:
    """Put the contents of the page together."""
    frames = footage.frames if footage else run.frames
    tracks = find_tracks(run.rows, run.selection.every)
    section = make_section(analysis, moments, tracks, footage.background if footage else None)
    figures = key_figures(tracks, judgement, analysis, len(moments))
    described = footage.described if footage else None
    return Page(
        sequence=run.name,
        tracker=run.tracker,
        results=run.rows.path.name,
        digest=digest_of(run.rows.path),
        facts=key_facts(run, descriptor, frames, footage.size if footage else None),
        details=run_details(run),
        frames=frames,
        frame_rate=run.frame_rate,
        first=run.selection.first,
        film=footage.film if footage else None,
        tracks=track_rows(tracks, judgement, run.record.classes if run.record else {}),
        people=person_rows(judgement) if judgement else [],
        judgement=judgement,
        figures=figures,
        scores=group_figures(judgement.score.columns()) if judgement else [],
        histograms=_histograms(run, described, judgement) if described else [],
        stages=find_stages(run.record.seconds, run.record.tracked) if run.record else [],
        pictures=footage.pictures if footage else {},
        picture_frames=footage.picture_frames if footage else {},
        series=footage.series if footage else {},
        section=section,
        notes=_notes(run, descriptor, footage, len(tracks)),
    )


def _histograms(run: Run, described: Described, judgement: Judgement | None) -> list[Histogram]:
    """Lay out the histogram without labels and, if there is ground truth, the one with labels."""
    metric = appearance_metric(described.descriptor, _options(run))
    boxes, features = described.boxes, described.features
    found = {
        (
            "Pairs by the tracks of the result",
            "one track, 20 to 150 frames apart",
            "two boxes of one frame",
        ): pairs_without_labels(boxes, features, metric)
    }
    if judgement:
        people = _people_in(boxes, judgement)
        known = people >= 0
        labelled = Boxes(boxes.frames[known], boxes.boxes_tlwh[known], people[known])
        names = (
            "Pairs by the people of the ground truth",
            "one person, 20 to 150 frames apart",
            "two people",
        )
        found[names] = pairs_over_time(labelled, features[known], metric)
    return [
        draw_histogram(title, (same, other), pairs, metric.gate)
        for (title, same, other), pairs in found.items()
        if len(pairs.same) + len(pairs.other)
    ]


def _options(run: Run) -> TrackerOptions:
    """Return the options that the run recorded; options that it did not record have defaults."""
    recorded = run.record.options if run.record else {}
    known = {field.name for field in fields(TrackerOptions)}
    return TrackerOptions(**{name: value for name, value in recorded.items() if name in known})


def _people_in(boxes: Boxes, judgement: Judgement) -> np.ndarray:
    """Return (N,) the person that each box shows, -1 for nobody."""
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
    """Say which parts of the page are missing and why, by section."""
    notes = {}
    if footage is None:
        notes["film"] = notes["distances"] = run.why_no_source
    elif descriptor == "none":
        notes["distances"] = "None: the run used boxes only, no descriptor."
    elif descriptor is None:
        notes["distances"] = (
            "Not known: the descriptor of the run is not recorded. Name it with --descriptor."
        )
    elif tracks == 0:
        notes["distances"] = "None: there are no tracks."
    elif footage.described is None:
        notes["distances"] = f"None: {descriptor} has features for its own detections only."
    if footage and footage.notes:
        notes["film"] = "; ".join(footage.notes)
    if footage and len(footage.pictures) < tracks:
        notes["pictures"] = (
            f"{len(footage.pictures):,} of the {tracks:,} tracks have pictures: the longest ones "
            "among those that lie inside the frame."
        )
    if run.record is None:
        notes["speed"] = "Not known: the run has no record beside its results."
    return notes
