"""The options of commands that work on many sequences at the same time."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flatsort.distribution.units import Engine


def add_jobs_option(
    group: argparse._ActionsContainer, purpose: str, default: int | None = 1
) -> None:
    """Add --jobs, the number of processes.

    Args:
        group: a parser, or one of its groups.
        purpose: the option's help text.
        default: the number without the option; None if the command chooses it.
    """
    group.add_argument("--jobs", type=_positive, default=default, metavar="N", help=purpose)


def add_cluster_option(group: argparse._ActionsContainer) -> None:
    """Add --cluster, the address of a Dask scheduler."""
    group.add_argument(
        "--cluster",
        metavar="tcp://HOST:8786",
        help="work on the machines of this Dask scheduler, see docs/scale.md; needs "
        "flatsort[cluster]",
    )


def is_distributed(arguments: argparse.Namespace) -> bool:
    """Return whether several processes share the work."""
    return arguments.jobs > 1 or arguments.cluster is not None


def make_engine(arguments: argparse.Namespace) -> "Engine":
    """Return the engine that the command line names."""
    if arguments.cluster is not None:
        from flatsort.distribution.cluster import Cluster

        return Cluster(arguments.cluster)
    return make_pool(arguments.jobs)


def make_pool(jobs: int) -> "Engine":
    """Return the engine of several processes of this machine."""
    from flatsort.distribution.pool import Pool

    return Pool(jobs)


def run_all(
    units: Sequence[Any],
    engine: "Engine",
    show: Callable[[Any], None],
    work: str,
    kind: str = "sequence",
) -> None:
    """Run all units, show their results in order, and list the failed ones at the end.

    Args:
        units: the units, as :func:`flatsort.distribution.units.run_units` takes them.
        engine: runs them.
        show: prints the result of a unit.
        work: the work, for the progress bar, such as "tracking".
        kind: the name of one unit.

    Raises:
        SystemExit: a unit has failed; the status is 1.
    """
    from contextlib import closing

    from flatsort.distribution.units import run_units

    failed = []
    # An interrupt must end the workers at once, not when Python collects the generator.
    try:
        with closing(run_units(units, engine, work, kind)) as outcomes:
            for outcome in outcomes:
                if outcome.failure is None:
                    show(outcome.value)
                else:
                    failed.append(outcome)
    finally:
        # Also after an interrupt, or if the scheduler has gone.
        for outcome in failed:
            print(f"error: {outcome.name}: {outcome.failure}", file=sys.stderr)
    if not failed:
        return
    print(f"{len(failed)} of {len(units)} {kind}s failed; the others are complete", file=sys.stderr)
    sys.exit(1)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: give a whole number above 0")
    return int(text)
