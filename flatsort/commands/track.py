"""Track people through footage of any kind. See `python tools/track.py --help`."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.distribution_options import is_distributed
from flatsort.commands.options import detector_settings, find_detector
from flatsort.commands.source_options import open_given_source
from flatsort.commands.track_adapt import adapt_request, make_adaptation
from flatsort.commands.track_arguments import parse_arguments
from flatsort.commands.track_checks import check_combinations, check_several
from flatsort.commands.track_many import track_many
from flatsort.commands.track_streams import kept_text, track_sources
from flatsort.files.paths import BUILT_IN_SCENE, RUNS
from flatsort.messages import LOGGER

if TYPE_CHECKING:
    from flatsort.files.sequence import Sequence
    from flatsort.linking.linking_request import LinkingRequest
    from flatsort.sources.source import Source
    from flatsort.tracking.track_footage import TrackedFootage
    from flatsort.tracking.tracker_options import TrackerOptions
    from flatsort.tracking.tracking_request import TrackingRequest


def main(words: list[str] | None = None) -> None:
    """Track the footage, or each selected sequence, and write its results."""
    arguments = parse_arguments(words)
    from flatsort.descriptors import load_plugin

    if arguments.plugin:
        load_plugin(arguments.plugin)
    check_combinations(arguments)
    is_many = arguments.source is not None and len(arguments.source) > 1
    if is_many and not is_distributed(arguments):
        track_sources(arguments, make_request(arguments), print_plan, print_summary)
        return
    found = find_footage(arguments)
    request = make_request(arguments)
    from flatsort.sources.frame_selection import select_frames
    from flatsort.tracking.track_footage import track_footage

    # Check the frames of all sequences before the first one is tracked.
    selections = [
        select_frames(each, arguments.start, arguments.end, arguments.every) for each in found
    ]
    if is_distributed(arguments) and not arguments.dry_run:
        requests = [
            replace(request.for_footage(footage.name), selection=selection)
            for footage, selection in zip(found, selections, strict=True)
        ]
        track_many(found, requests, arguments, print_summary)
        return
    for footage, selection in zip(found, selections, strict=True):
        adapted = replace(request.for_footage(footage.name), selection=selection)
        if arguments.dry_run:
            print_plan(footage, arguments, adapted)
            continue
        if arguments.adapt is not None:
            adapted = adapt_request(footage, arguments, adapted)
        tracked = track_footage(footage, adapted)
        print_summary(tracked)
        if tracked.is_stopped:
            report_stop(tracked)
            return


def find_footage(arguments: argparse.Namespace) -> "list[Sequence | Source]":
    """Return the sources, or the selected sequences.

    Raises:
        InputError: there is no such footage, two sources have the same name, or several sequences
            would share one film.
    """
    from flatsort.files.sequence import find_sequences
    from flatsort.tracking.streams.many_streams import refuse_equal_names

    if arguments.source is not None:
        sources = [open_given_source(word, arguments) for word in arguments.source]
        refuse_equal_names(sources)
        return [*sources]
    if arguments.seq is None:
        _render_if_missing(BUILT_IN_SCENE, arguments.dry_run)
    sequences = find_sequences(arguments.seq or BUILT_IN_SCENE, arguments.mot_root)
    if len(sequences) > 1:
        check_several(arguments, len(sequences), "sequences", "one --seq")
    return [*sequences]


def make_request(arguments: argparse.Namespace) -> "TrackingRequest":
    """Return the tracking request that the command line stands for.

    Raises:
        InputError: a setting of the detector is out of range, or there is no detector.
    """
    from flatsort.analysis.boundaries import parse_line, parse_region, parse_zone
    from flatsort.detectors.default_detector import DEFAULT_DETECTOR
    from flatsort.detectors.detector_settings import DetectorSettings
    from flatsort.tracking.tracking_request import DETECTION_FILE, TrackingRequest

    detector, settings, notes = None, DetectorSettings(), ()
    if arguments.source is not None or arguments.detector:
        if arguments.dry_run and not arguments.detector:
            # Choosing a detector may download its file.
            arguments.detector = DEFAULT_DETECTOR
        chosen, settings = find_detector(arguments), detector_settings(arguments)
        detector, notes = chosen.word, chosen.notes
    return TrackingRequest(
        descriptor=arguments.descriptor,
        options=_tracker_options(arguments),
        detector=detector,
        detector_settings=settings,
        notes=notes,
        detections=arguments.detections or DETECTION_FILE,
        learns_thresholds=arguments.thresholds == "auto",
        save_detections=arguments.save_detections,
        cache=None if arguments.no_cache else arguments.cache,
        results=arguments.results,
        tracker=arguments.tracker,
        also=tuple(arguments.also),
        video=arguments.video,
        blurs_heads=arguments.blur_heads,
        show=arguments.show,
        boundaries=(*map(parse_line, arguments.line), *map(parse_zone, arguments.zone)),
        region=None if arguments.region is None else parse_region(arguments.region),
        linking=_linking_request(arguments) if arguments.offline else None,
    )


def print_plan(
    footage: "Sequence | Source", arguments: argparse.Namespace, request: "TrackingRequest"
) -> None:
    """Print what the run would read, do and write.

    Raises:
        InputError: the run cannot start.
    """
    from flatsort.tracking.run_plan import plan_run

    plan = plan_run(footage, request)
    if arguments.adapt is not None:
        adaptation = make_adaptation(footage, arguments, request)
        plan["adapt"] = [f"{arguments.adapt:g} minutes, from {adaptation.before}, in {RUNS}/adapt"]
    for subject, sentences in plan.items():
        for place, sentence in enumerate(sentences):
            print(f"{'' if place else subject:<12}{sentence}")


def print_summary(tracked: "TrackedFootage") -> None:
    """Print the statistics and the notes of a run, if it has kept its files."""
    if not tracked.statistics.is_kept:
        return
    print(f"{tracked.results}: {tracked.statistics.line()}")
    for note in tracked.notes:
        LOGGER.info(note)


def report_stop(tracked: "TrackedFootage") -> None:
    """Tell the user which files a stopped run has kept.

    Raises:
        SystemExit: a signal stopped the run; the status is 128 plus its number.
    """
    from flatsort.tracking.feed import Keep

    statistics = tracked.statistics
    if tracked.keep is Keep.WHOLE_ONLY:
        print(f"stopped at frame {statistics.frames} of {tracked.name}: no results written")
    else:
        print(f"interrupted: the files are {kept_text(statistics)}", file=sys.stderr)
    if statistics.signal is not None:
        sys.exit(128 + statistics.signal)


def _tracker_options(arguments: argparse.Namespace) -> "TrackerOptions":
    from flatsort.tracking.tracker_options import PAPER_OPTIONS, TrackerOptions

    overlap = arguments.nms_overlap
    if arguments.paper and overlap is None:
        overlap = PAPER_OPTIONS.nms_overlap
    return TrackerOptions(
        preset="flatsort" if arguments.offline else arguments.preset,
        camera_motion=arguments.camera_motion,
        min_confidence=arguments.min_confidence,
        nms_overlap=overlap,
        paper_metric=arguments.paper,
        max_distance=arguments.max_distance,
        lazy=arguments.appearance == "lazy",
        max_age=None if isinstance(arguments.max_age, float) else arguments.max_age,
        max_age_s=arguments.max_age if isinstance(arguments.max_age, float) else None,
        return_s=None if arguments.offline else arguments.memory,
        max_coasted=arguments.coasted,
        class_agnostic=arguments.class_agnostic,
        settings=arguments.settings,
    )


def _linking_request(arguments: argparse.Namespace) -> "LinkingRequest":
    from flatsort.linking.link_tracks import MEMORY_S
    from flatsort.linking.linking_request import LinkingRequest

    memory = MEMORY_S if arguments.memory is None else arguments.memory
    return LinkingRequest(arguments.descriptor, memory, arguments.fill)


def _render_if_missing(folder: Path, is_dry_run: bool) -> None:
    """Render the built-in sequence unless it is there.

    Raises:
        InputError: it is not there, and a dry run writes nothing.
    """
    if not (folder / "seqinfo.ini").is_file():
        if is_dry_run:
            from flatsort.errors import InputError

            raise InputError(
                f"--dry-run: {folder} is not there yet: without --dry-run, the command renders it "
                "first"
            )
        from flatsort.commands.make_scene import main as make_scene

        make_scene(["--out", str(folder)])
