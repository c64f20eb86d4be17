"""`python tools/track.py` with several sources: they are tracked at the same time."""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from flatsort.commands.source_options import open_given_source
from flatsort.messages import LOGGER

if TYPE_CHECKING:
    from flatsort.errors import InputError
    from flatsort.tracking.run_statistics import RunStatistics
    from flatsort.tracking.streams.many_streams import EndedStream, Stream
    from flatsort.tracking.track_footage import TrackedFootage
    from flatsort.tracking.tracking_request import TrackingRequest

_MOST_OPENED = 32
"""Sources that are opened at the same time; each may wait for its server."""


def check_streams(arguments: argparse.Namespace) -> None:
    """Check the options that do not go with several sources.

    Raises:
        InputError: an option needs one source, or a folder instead of a file.
    """
    from flatsort.errors import InputError
    from flatsort.tracking.tracking_request import NAME_FIELD

    count, detector = len(arguments.source), arguments.detector or ""
    if arguments.show:
        raise InputError(f"--show shows one source, not {count}: give --video a folder")
    if arguments.adapt is not None:
        raise InputError(f"--adapt learns from one recording, not from {count} sources")
    if detector.startswith("file:") and NAME_FIELD not in detector:
        raise InputError(
            f"--detector {detector}: {count} sources need one file each: write {NAME_FIELD} for "
            f"the name of the source, such as file:boxes/{NAME_FIELD}.txt"
        )


def track_sources(
    arguments: argparse.Namespace,
    request: "TrackingRequest",
    print_plan: Callable[..., None],
    print_summary: "Callable[[TrackedFootage], None]",
) -> None:
    """Track several sources at the same time, and write the results of each.

    Args:
        arguments: the command line.
        request: how to track each of them.
        print_plan: prints the plan of a source, given the source, the arguments and the request.
        print_summary: prints the statistics of a run.

    Raises:
        InputError: two sources have the same name, or a dry run finds an error, before any is
            tracked; or sources have failed, after all the others have ended.
        SystemExit: a signal stopped the runs; the status is 128 plus its number.
    """
    from flatsort.errors import InputError
    from flatsort.progress import above_bars
    from flatsort.tracking.streams.many_streams import refuse_equal_names, track_streams

    streams, errors = _open_all(arguments, request)
    refuse_equal_names([each.source for each in streams])
    failures = [*map(str, errors)]
    if errors and (arguments.dry_run or not streams):
        raise InputError("; ".join(dict.fromkeys(failures)))
    if arguments.dry_run:
        for stream in streams:
            print_plan(stream.source, arguments, stream.request)
        return
    for failure in dict.fromkeys(failures):
        LOGGER.warning(f"{failure}; the other sources are tracked")
    bugs: list[BaseException] = []

    def report(ended: "EndedStream") -> None:
        with above_bars():
            if ended.tracked is not None:
                print_summary(ended.tracked)
                if ended.tracked.is_stopped:
                    _print_stop(ended.tracked)
            elif ended.failure is not None:
                failures.append(ended.failure)
                LOGGER.warning(ended.failure)
            elif ended.error is not None:
                bugs.append(ended.error)
                failures.append(f"{ended.name}: {type(ended.error).__name__}: {ended.error}")
                LOGGER.warning(failures[-1])

    signal = track_streams(streams, report)
    reasons = "; ".join(dict.fromkeys(failures))
    summary = f"{len(failures)} of {len(arguments.source)} sources failed: {reasons}"
    if bugs:
        print(summary, file=sys.stderr)
        raise bugs[0]
    if signal is not None:
        if failures:
            print(summary, file=sys.stderr)
        sys.exit(128 + signal)
    if failures:
        raise InputError(summary)


def _open_all(
    arguments: argparse.Namespace, request: "TrackingRequest"
) -> "tuple[list[Stream], list[InputError]]":
    """Open all sources at the same time; return their streams, and the errors of the others."""
    from flatsort.errors import InputError
    from flatsort.processors import one_core
    from flatsort.sources.frame_selection import select_frames
    from flatsort.tracking.streams.many_streams import Stream

    def open_one(word: str) -> "Stream | InputError":
        try:
            with one_core():
                source = open_given_source(word, arguments)
                selection = select_frames(source, arguments.start, arguments.end, arguments.every)
        except InputError as error:
            return error
        return Stream(source, replace(request.for_footage(source.name), selection=selection))

    with ThreadPoolExecutor(min(len(arguments.source), _MOST_OPENED)) as pool:
        opened = list(pool.map(open_one, arguments.source))
    streams = [each for each in opened if isinstance(each, Stream)]
    return streams, [each for each in opened if isinstance(each, InputError)]


def _print_stop(tracked: "TrackedFootage") -> None:
    kept = kept_text(tracked.statistics)
    print(f"interrupted: the files of {tracked.name} are {kept}", file=sys.stderr)


def kept_text(statistics: "RunStatistics") -> str:
    """Return how much of its files a stopped run has kept."""
    return f"whole up to frame {statistics.frames}" if statistics.is_kept else "not written"
