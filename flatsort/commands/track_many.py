"""`python tools/track.py` in several processes, of this machine or of others: one sequence each."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.distribution_options import is_distributed, make_engine, run_all

if TYPE_CHECKING:
    from flatsort.files.sequence import Sequence
    from flatsort.sources.source import Source
    from flatsort.tracking.track_footage import TrackedFootage
    from flatsort.tracking.tracking_request import TrackingRequest


def check_distribution(arguments: argparse.Namespace) -> None:
    """Check the options that do not go with several processes.

    Raises:
        InputError: an option needs this process.
    """
    from flatsort.errors import InputError

    if not is_distributed(arguments):
        return
    option = "--jobs" if arguments.cluster is None else "--cluster"
    if arguments.jobs > 1 and arguments.cluster is not None:
        raise InputError(
            "--jobs and --cluster: the workers say how much they do at a time: leave out --jobs"
        )
    if arguments.show:
        raise InputError(f"--show does not go with {option}: leave out one")
    if arguments.adapt is not None:
        raise InputError(f"--adapt does not go with {option}: adapt one sequence at a time")


def track_many(
    footages: "list[Sequence | Source]",
    requests: "list[TrackingRequest]",
    arguments: argparse.Namespace,
    show: "Callable[[TrackedFootage], None]",
) -> None:
    """Track footage in several processes, of this machine or of others.

    Failed footage is listed at the end.

    Args:
        footages: the sequences or sources.
        requests: how to track each of them.
        arguments: the command line.
        show: prints the summary of a run.

    Raises:
        InputError: a source is live.
        SystemExit: footage has failed; the status is 1.
    """
    from flatsort.distribution.tracking_unit import TrackingUnit
    from flatsort.errors import InputError
    from flatsort.files.sequence import Sequence

    for each in footages:
        if not isinstance(each, Sequence) and each.is_live:
            raise InputError(
                f"--source {each.location}: live footage goes with neither --jobs nor --cluster"
            )
    plugin = None if arguments.plugin is None else Path(arguments.plugin)
    units = [
        TrackingUnit(footage, request, plugin)
        for footage, request in zip(footages, requests, strict=True)
    ]
    engine = make_engine(arguments)
    if arguments.cluster is not None:
        from flatsort.distribution.remote_tracking import RemoteTracking

        units = [RemoteTracking(unit) for unit in units]
    run_all(units, engine, show, "tracking")
