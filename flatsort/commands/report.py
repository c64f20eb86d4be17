"""Write a page about a run: film, timeline, switches, scores. See `--help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.options import add_boundary_options, add_mot_root_option
from flatsort.files.paths import FEATURE_CACHE
from flatsort.messages import LOGGER

LARGE_PAGE_BYTES = 100_000_000
"""Size from which browsers open a page slowly."""

EXAMPLES = """\
The page is one file that needs no network. It shows a film with the tracks, the moments in which
identities are in doubt, people over time, a map of their paths, a timeline and pictures of each
track, the distances between people and the gate, and the time of each stage. Mistakes can be marked
on it for tools/correct.py. With ground truth it also shows the scores, and the tracks on each
person with switches and fragments.

The footage, the descriptor and the speed of the run are read from SEQ.json, which track.py writes
beside its results. For other results, name the footage with --source and the descriptor with
--descriptor.

examples:
  # a page about results/fmvae-track/MOT16-09.txt
  python tools/report.py --seq MOT16-09 --tracker fmvae-track --out report.html

  # a page about your own video
  python tools/report.py --results results/fmvae/street.txt --source walk.mp4 --out report.html

  # with counts at a door
  python tools/report.py --results results/fmvae/street.txt --line door=100,400,600,400 \\
      --out report.html

  # a small page: a narrow film, or none
  python tools/report.py --seq MOT16-09 --tracker fmvae-track --width 480 --out small.html
  python tools/report.py --seq MOT16-09 --tracker fmvae-track --no-video --out smallest.html
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "report",
        description="Write one self-contained HTML page about a tracking run.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--seq", metavar="NAME|FOLDER", help="sequence of the result file RESULTS/TRACKER/SEQ.txt")
    add("--tracker", metavar="NAME", help="folder in RESULTS (the only one with the sequence)")
    add(
        "--results",
        type=Path,
        default=Path("results"),
        metavar="DIR|FILE",
        help="a result file, or the folder that holds TRACKER/SEQ.txt (results)",
    )
    add("--source", metavar="SOURCE", help="the footage, as for track.py (the recorded one)")
    add_mot_root_option(parser)
    add(
        "--descriptor",
        metavar="NAME",
        help="as for track.py; `none` leaves distances out (the recorded one)",
    )
    add("--out", type=OutputPath, required=True, metavar="FILE", help="the page to write, .html")
    add_boundary_options(parser)
    add("--width", type=int, metavar="PX", help="largest width of the film (960)")
    add("--no-video", action="store_true", help="leave the film out")
    add(
        "--cache",
        type=Path,
        default=FEATURE_CACHE,
        metavar="DIR",
        help="folder in which track.py keeps features (runs/descriptors)",
    )
    add("--no-cache", action="store_true", help="compute all features again")
    add("--plugin", metavar="FILE.py", help="Python file that registers a descriptor of your own")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Write the page and say how large it is."""
    arguments = parse_arguments(words)
    _check(arguments)
    from flatsort.analysis.boundaries import parse_line, parse_zone
    from flatsort.analysis.ground_scale import GroundScale
    from flatsort.analysis.run_analysis import AnalysisRequest
    from flatsort.descriptors import load_plugin
    from flatsort.reports.page_film import MOST_WIDTH
    from flatsort.reports.run_page import write_run_page
    from flatsort.tracking.finished_run import RunRequest, find_run

    if arguments.plugin:
        load_plugin(arguments.plugin)
    questions = AnalysisRequest(
        lines=tuple(map(parse_line, arguments.line)),
        zones=tuple(map(parse_zone, arguments.zone)),
        scale=GroundScale.in_pixels(),
    )
    run = find_run(
        RunRequest(
            results=arguments.results,
            seq=arguments.seq,
            tracker=arguments.tracker,
            source=arguments.source,
            mot_root=arguments.mot_root,
        )
    )
    recorded = run.record.descriptor if run.record else None
    written = write_run_page(
        run,
        arguments.out,
        descriptor=arguments.descriptor or recorded,
        width=None if arguments.no_video else arguments.width or MOST_WIDTH,
        cache=None if arguments.no_cache else arguments.cache,
        questions=questions,
    )
    film = f", with a film of {_megabytes(written.film_bytes)}" if written.film_bytes else ""
    print(f"wrote {arguments.out}: {_megabytes(written.bytes)}{film}; {written.tracks} tracks")
    for note in written.notes:
        LOGGER.info(note)
    if written.bytes > LARGE_PAGE_BYTES:
        LOGGER.info("browsers open so large a page slowly: try --width 480, or --no-video")


def _check(arguments: argparse.Namespace) -> None:
    """Check the options before any work is done.

    Raises:
        InputError: options exclude each other, or the page cannot be written.
    """
    from flatsort.errors import InputError
    from flatsort.files.atomic import check_writable

    if arguments.out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{arguments.out}: the page's name must end in .html")
    check_writable(arguments.out)
    if arguments.width is not None and arguments.no_video:
        raise InputError("--width is the width of the film, which --no-video leaves out")
    if arguments.width is not None and arguments.width < 16:
        raise InputError(f"--width {arguments.width}: a film is at least 16 pixels wide")


def _megabytes(size: int) -> str:
    """Return a size in bytes as text in megabytes."""
    return f"{size / 1e6:.1f} MB"
