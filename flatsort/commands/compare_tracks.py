"""Compare trackers' identities. See `python tools/compare_tracks.py --help`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.options import add_mot_root_option
from flatsort.errors import InputError

if TYPE_CHECKING:
    from flatsort.evaluation.switches.recorded_footage import RecordedFootage
    from flatsort.files.sequence import Sequence

EXAMPLES = """\
A tracker is a folder under RESULTS that holds SEQ.txt. With ground truth, the switches are those
that tools/eval_mot.py counts (IDs). Without it, the result files are compared with each other: a
track of one tracker stands for a person whom the other trackers follow. The table lists the moments
at which one tracker switches identity and another keeps it, sorted by the number of frames in which
the two differ.

examples:
  python tools/compare_tracks.py --seq MOT16-09 --tracker SORT fmvae --out docs/switches.jpg

  # only the table, of three trackers, and all moments as JSON
  python tools/compare_tracks.py --seq MOT16-09 --tracker SORT vhpvae fmvae --json switches.json

  # two runs of track.py on a video of your own, walk.mp4
  python tools/compare_tracks.py --seq walk --out switches.jpg

  # the switches at one frame
  python tools/compare_tracks.py --seq MOT16-09 --tracker SORT fmvae --at 420 --out switch.png
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "compare_tracks",
        description="Find the moments at which result files differ in identity, and draw them as "
        "frames side by side.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add(
        "--seq",
        required=True,
        metavar="NAME|FOLDER",
        help="the sequence; or the name of other footage, SEQ.txt, "
        "which the records of track.py beside the results name",
    )
    add(
        "--tracker",
        nargs="+",
        metavar="NAME",
        help="two or more folders under RESULTS (all folders with the sequence)",
    )
    add_mot_root_option(parser)
    add(
        "--results",
        type=Path,
        default=Path("results"),
        metavar="DIR",
        help="folder with TRACKER/SEQ.txt (results)",
    )
    add("--out", type=OutputPath, metavar="FILE", help="write the picture, .png or .jpg")
    add("--top", type=int, default=4, metavar="N", help="largest number of moments drawn (4)")
    add(
        "--at",
        type=int,
        metavar="FRAME",
        help="draw the switches at this frame instead of those with the largest difference",
    )
    add("--json", type=OutputPath, metavar="FILE", help="write all moments as JSON")
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> "Sequence | RecordedFootage":
    """Check the arguments before any work is done, and open the footage.

    Raises:
        InputError: a file cannot be written, or the sequence or its frames are missing.
    """
    from flatsort.evaluation.switches.recorded_footage import find_compared
    from flatsort.files.atomic import check_writable
    from flatsort.files.sequence import Sequence
    from flatsort.images.figure_file import check_figure_name

    if arguments.top < 1:
        raise InputError(f"--top {arguments.top}: a picture has at least one moment")
    for path in filter(None, (arguments.out, arguments.json)):
        check_writable(path)
    sequence = find_compared(
        arguments.seq, arguments.mot_root, arguments.results, arguments.tracker
    )
    if arguments.out:
        check_figure_name(arguments.out)
        if not isinstance(sequence, Sequence):
            if sequence.source is None:
                raise InputError(f"{sequence.location} is not there: leave out --out")
        elif not sequence.has_images:
            raise InputError(
                f"{sequence.image_folder} has no frames: get the images, or leave out --out"
            )
    return sequence


def main(words: list[str] | None = None) -> None:
    """Find the moments, print the tables, and write the requested files."""
    arguments = parse_arguments(words)
    sequence = check(arguments)
    from flatsort.evaluation.switches.sequence_moments import (
        find_moments,
        moments_at,
        read_trackers,
    )
    from flatsort.evaluation.switches.switch_report import moments_table, totals_table, write_json

    results = read_trackers(arguments.results, arguments.tracker, sequence)
    moments = find_moments(sequence, results)
    differing = [moment for moment in moments if moment.disagreement]
    chosen = differing if arguments.at is None else moments_at(moments, arguments.at)
    shown = chosen[: arguments.top]

    if differing:
        print(f"{moments_table(differing)}\n")
    print(totals_table(moments, list(results)))
    if sequence.has_ground_truth:
        people = "the people come from the ground truth."
    else:
        people = (
            "no ground truth: a person is a track of the named tracker, so the right identity is "
            "unknown."
        )
    print(f"\n{sequence.name}, {sequence.length} frames; {people}")
    if not differing:
        print("The trackers never differ: no tracker switches while another keeps its identity.")
    # The picture comes before the JSON file: a damaged frame then leaves neither.
    if arguments.out and shown:
        from flatsort.evaluation.switches.strip import draw_strip
        from flatsort.images.figure_file import write_figure

        write_figure(arguments.out, draw_strip(sequence, results, shown))
        frames = ", ".join(str(moment.switches[0].frame) for moment in shown)
        print(f"wrote {arguments.out}: the switches at frame {frames}")
    if arguments.json:
        write_json(arguments.json, sequence.name, moments, list(results))
