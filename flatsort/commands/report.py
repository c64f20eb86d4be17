"""Write a run as one HTML page: film, timeline, switches, scores. See --help."""

import argparse
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.files.paths import FEATURE_CACHE

# Bytes that a browser opens without complaint.
MUCH = 100_000_000

EXAMPLES = """\
The page is one file that needs no network: an overlay film, who is visible when, a picture of each
track, how near appearances are to the gate, and how long each stage took. With ground truth it has
the scores, and who was followed by whom, with switches and fragments.

What was tracked, by which descriptor and how fast is read from SEQ.json, which track.py writes
beside its results; --source and --descriptor tell it of results from elsewhere.

examples:
  # of results/fmvae-track/MOT16-09.txt
  python tools/report.py --seq MOT16-09 --tracker fmvae-track --out report.html

  # of a video of one's own
  python tools/report.py --results results/fmvae/street.txt --source walk.mp4 --out report.html

  # a small page: a narrow film, or none
  python tools/report.py --seq MOT16-09 --tracker fmvae-track --width 480 --out small.html
  python tools/report.py --seq MOT16-09 --tracker fmvae-track --no-video --out smallest.html
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = make_parser(
        "report",
        description="Write one self-contained HTML page about a tracking run.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--seq", metavar="NAME|FOLDER", help="the sequence, for RESULTS/TRACKER/SEQ.txt")
    add("--tracker", metavar="NAME", help="folder under RESULTS (the one that has the sequence)")
    add(
        "--results",
        type=Path,
        default=Path("results"),
        metavar="DIR|FILE",
        help="a result file, or what holds TRACKER/SEQ.txt (results)",
    )
    add("--source", metavar="SOURCE", help="the footage, as for track.py (what the run recorded)")
    add("--mot-root", metavar="DIR", help="where names are looked up ($MOT16_ROOT, data/MOT16)")
    add(
        "--descriptor",
        metavar="NAME",
        help="as for track.py; none leaves distances out (what the run recorded)",
    )
    add("--out", type=Path, required=True, metavar="FILE", help="the page, .html")
    add("--width", type=int, metavar="PX", help="of the film, at most (960)")
    add("--no-video", action="store_true", help="leave the film out")
    add(
        "--cache",
        type=Path,
        default=FEATURE_CACHE,
        metavar="DIR",
        help="where track.py kept features (runs/descriptors)",
    )
    add("--no-cache", action="store_true", help="describe people anew")
    add("--plugin", metavar="FILE.py", help="Python file that registers a descriptor of your own")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Write the page and say how large it is."""
    arguments = parse_arguments(words)
    check(arguments)
    from flatsort.descriptors import load_plugin
    from flatsort.reports.assemble import write_report
    from flatsort.reports.page_film import MOST_WIDTH
    from flatsort.reports.reported_run import find_run

    if arguments.plugin:
        load_plugin(arguments.plugin)
    found = find_run(arguments)
    recorded = found.record.descriptor if found.record else None
    width = None if arguments.no_video else arguments.width or MOST_WIDTH
    written = write_report(
        found,
        arguments.out,
        arguments.descriptor or recorded,
        width,
        None if arguments.no_cache else arguments.cache,
    )
    film = f", {megabytes(written.film_bytes)} of it the film" if written.film_bytes else ""
    print(f"wrote {arguments.out}: {megabytes(written.bytes)}{film}; {written.tracks} tracks")
    for note in written.notes:
        print(f"note: {note}")
    if written.bytes > MUCH:
        print("note: browsers take long to open so large a page: try --width 480, or --no-video")


def check(arguments: argparse.Namespace) -> None:
    """Find out before the work what cannot be.

    Raises:
        InputError: options that exclude each other, or a page that cannot be written.
    """
    from flatsort.errors import InputError
    from flatsort.files.atomic import check_writable

    if arguments.out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{arguments.out}: the page's name must end in .html")
    check_writable(arguments.out)
    if arguments.width is not None and arguments.no_video:
        raise InputError("--width: it is the film's, which --no-video leaves out")
    if arguments.width is not None and arguments.width < 16:
        raise InputError(f"--width {arguments.width}: a film is at least 16 pixels wide")


def megabytes(size: int) -> str:
    """A file's size as people say it."""
    return f"{size / 1e6:.1f} MB"
