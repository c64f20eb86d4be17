"""Link the tracks of any tracker over a whole recording. See `python tools/link.py --help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.distribution_options import add_jobs_option, make_pool, run_all
from flatsort.commands.options import add_mot_root_option, add_source_option, seconds

EXAMPLES = """\
The command reads a result file of any tracker. It cuts tracks where they may go on with someone
else: after a cover, at a gap, where boxes or looks jump. Then it joins the parts that show one
person, by looks and movement together. Nobody is in two places at once. It learns from the
recording how strongly looks count; if they do not tell these people apart, or without a
descriptor, tracks stay whole and are joined over short gaps by movement alone.

examples:
  # results of tools/track.py: the record beside them names the footage
  python tools/link.py --results results/none/walk.txt --descriptor fmvae-track-unseen

  # results of another program, and the footage they belong to
  python tools/link.py --results theirs/MOT16-09.txt --seq MOT16-09 --descriptor fmvae-track

  # the results of seven sequences, two at a time
  python tools/link.py --results results/none/MOT16-*.txt --descriptor fmvae-track --jobs 2

  # by movement alone: no frames needed; fill gaps of up to half a second
  python tools/link.py --results theirs/MOT16-09.txt --seq MOT16-09 --fill 0.5s
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "link",
        description="Decide who is who over a whole recording, from the results of any tracker.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add(
        "--results",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE",
        help="MOTChallenge result files",
    )
    footage = parser.add_mutually_exclusive_group()
    footage.add_argument(
        "--seq",
        metavar="NAME|FOLDER",
        help="the sequence of the results (the footage in the record beside the results, else the "
        "sequence that has the file's name)",
    )
    add_source_option(footage, "the footage of the results, if it is no sequence")
    add_mot_root_option(parser)
    add("--descriptor", default="none", metavar="NAME", help="describes people (none)")
    add(
        "--memory",
        type=seconds,
        default=60.0,
        metavar="S",
        help="longest absence after which looks can bring a person back (60s)",
    )
    add(
        "--fill",
        type=seconds,
        default=0.0,
        metavar="S",
        help="fill gaps of a track of up to so many seconds by straight courses; these boxes have "
        "confidence 0 (0)",
    )
    add(
        "--out",
        type=OutputPath,
        metavar="FILE",
        help="result file to write (TRACKER-linked/SEQ.txt beside the folder TRACKER)",
    )
    add_jobs_option(parser, "result files to link at the same time, one process each (1)")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Link the tracks of each file, write the results and print the counts."""
    arguments = parse_arguments(words)
    check(arguments)
    from flatsort.distribution.linking_unit import LinkingUnit
    from flatsort.linking.linking_request import LinkingRequest
    from flatsort.tracking.finished_run import RunRequest

    request = LinkingRequest(arguments.descriptor, arguments.memory, arguments.fill)
    units = [
        LinkingUnit(
            RunRequest(
                results=results,
                seq=arguments.seq,
                tracker=None,
                source=arguments.source,
                mot_root=arguments.mot_root,
            ),
            request,
            arguments.out,
        )
        for results in arguments.results
    ]
    if arguments.jobs > 1:
        run_all(units, make_pool(arguments.jobs), print, "linking", "file")
        return
    for unit in units:
        print(unit())


def check(arguments: argparse.Namespace) -> None:
    """Check the options that go with one result file only.

    Raises:
        InputError: there are several files.
    """
    from flatsort.errors import InputError

    count = len(arguments.results)
    for option in ("seq", "source", "out"):
        if count > 1 and getattr(arguments, option) is not None:
            raise InputError(
                f"--{option} goes with one result file, and --results names {count}: link them one "
                "at a time"
            )
