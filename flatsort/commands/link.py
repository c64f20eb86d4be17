"""Link the tracks of any tracker over a whole recording. See `python tools/link.py --help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
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
    add("--results", type=Path, required=True, metavar="FILE", help="MOTChallenge result file")
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
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Link the tracks, write the results and print the counts."""
    arguments = parse_arguments(words)
    from flatsort.linking.link_results import link_results
    from flatsort.linking.linking_request import LinkingRequest
    from flatsort.tracking.finished_run import RunRequest, find_run

    run = find_run(
        RunRequest(
            results=arguments.results,
            seq=arguments.seq,
            tracker=None,
            source=arguments.source,
            mot_root=arguments.mot_root,
        )
    )
    request = LinkingRequest(arguments.descriptor, arguments.memory, arguments.fill)
    linked = link_results(run, request, arguments.out)
    print(f"{linked.path}: {linked.recording.summary()}")
