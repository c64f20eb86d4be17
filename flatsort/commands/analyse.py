"""Count people at lines and in zones, from the results of any tracker. See `--help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.options import add_boundary_options, add_mot_root_option, add_source_option
from flatsort.messages import LOGGER

EXAMPLES = """\
The folder gets tables (CSV), analysis.json, a heat map, a picture of the paths, and index.html.
A person stands where the middle of the box's lower edge is. Each count has an interval, because
tracks are in doubt after a gap and after a close encounter with another track. The command cuts
tracks there, draws 200 other ways to link the parts, and counts again. It prints the median of
these counts as the likely count, and their middle 95 % as the interval.

examples:
  # results of tools/track.py: the record beside them names the footage
  python tools/analyse.py --results results/fmvae@hog/walk.txt --line door=100,400,600,400 \\
      --out counts

  # a zone, and speeds in metres per second
  python tools/analyse.py --results results/fmvae@hog/walk.txt \\
      --zone hall=0,300,640,300,640,700,0,700 --scale 0.01 --out counts

  # results of another program, and the footage they belong to
  python tools/analyse.py --results theirs/MOT16-09.txt --seq MOT16-09 \\
      --line middle=960,1080,960,400 --out counts
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "analyse",
        description="Count people at lines and in zones, with intervals, and show where they walk.",
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
    add_boundary_options(parser)
    add(
        "--scale",
        metavar="M|FILE",
        help="metres per pixel, or a file with the nine numbers of a homography from pixels to "
        "metres on the ground (lengths stay pixels)",
    )
    add("--out", type=OutputPath, required=True, metavar="DIR", help="folder for the answers")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Analyse the run, write the folder and print the counts."""
    arguments = parse_arguments(words)
    from flatsort.analysis.boundaries import parse_line, parse_zone
    from flatsort.analysis.ground_scale import GroundScale, parse_scale
    from flatsort.analysis.run_analysis import AnalysisRequest
    from flatsort.analysis.write_analysis import write_analysis
    from flatsort.tracking.finished_run import RunRequest, find_run

    request = AnalysisRequest(
        lines=tuple(map(parse_line, arguments.line)),
        zones=tuple(map(parse_zone, arguments.zone)),
        scale=parse_scale(arguments.scale) if arguments.scale else GroundScale.in_pixels(),
    )
    run = find_run(
        RunRequest(
            results=arguments.results,
            seq=arguments.seq,
            tracker=None,
            source=arguments.source,
            mot_root=arguments.mot_root,
        )
    )
    analysis = write_analysis(run, request, arguments.out)
    for count in analysis.counts:
        print(
            f"{count.name}: {count.count} {count.direction} "
            f"(likely {count.likely}, {count.low} to {count.high})"
        )
    print(
        f"wrote {arguments.out / 'index.html'}: {len(analysis.walks)} identities, "
        f"{len(analysis.doubts)} doubtful links"
    )
    if run.source is None:
        LOGGER.info(f"{run.why_no_source} The pictures have a plain background.")
