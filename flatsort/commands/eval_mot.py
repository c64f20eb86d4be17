"""Score tracking results. See `python tools/eval_mot.py --help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.distribution_options import add_jobs_option
from flatsort.commands.options import add_mot_root_option
from flatsort.evaluation.tracks.counts import OPTIONAL_COLUMNS
from flatsort.messages import LOGGER

_COLUMNS = "\n".join(f"  {name:12}{meaning}" for name, meaning in OPTIONAL_COLUMNS.items())
EXAMPLES = f"""\
A tracker is a folder under RESULTS that holds SEQ.txt files, from any program.

further columns:
{_COLUMNS}

examples:
  # every tracker under results/, on the sequences of data/MOT16 that it has results for
  python tools/eval_mot.py
  # two trackers, one row per sequence, the numbers in a file
  python tools/eval_mot.py --tracker sort fmvae --per-sequence --json scores.json
  # how pure the tracks are, and how whole the people's courses
  python tools/eval_mot.py --columns Purity Continuity Mixed Tracks
  # results and ground truth elsewhere; an error if a training sequence has no results
  python tools/eval_mot.py --results ~/runs --mot-root ~/MOT16 --seq all
  # ground truth of other tools: two classes of VisDrone; all classes of CVAT
  python tools/eval_mot.py --seq data/uav0000086 --gt-classes 1 2
  python tools/eval_mot.py --seq data/mine --gt-classes all
  # the built-in rendered sequence
  python tools/eval_mot.py --seq scene
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "eval_mot",
        description="Score tracking results as the MOTChallenge benchmark does, in the columns of "
        "the paper's Table 2 and HOTA.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add(
        "--tracker",
        nargs="+",
        metavar="NAME",
        help="folders under RESULTS (default: all folders with results)",
    )
    add(
        "--seq",
        nargs="+",
        metavar="NAME|FOLDER|all",
        help="sequences that every tracker must have (default: each tracker's own sequences)",
    )
    add_mot_root_option(parser)
    add(
        "--results",
        type=Path,
        default=Path("results"),
        metavar="DIR",
        help="folder with TRACKER/SEQ.txt (default: results)",
    )
    add(
        "--gt-classes",
        nargs="+",
        type=_gt_class,
        metavar="N",
        help="class numbers of the ground truth to score instead of 1, or all: each row whose flag "
        "is not 0",
    )
    add("--per-sequence", action="store_true", help="add one row per sequence")
    add(
        "--columns",
        nargs="+",
        choices=[*OPTIONAL_COLUMNS, "all"],
        default=[],
        metavar="NAME",
        help="further columns, see below, or all",
    )
    add_jobs_option(parser, "result files to score at the same time (one per core)", default=None)
    add("--json", type=OutputPath, metavar="FILE", help="write all numbers as JSON")
    add("--csv", type=OutputPath, metavar="FILE", help="write all numbers as CSV")
    add("--markdown", type=OutputPath, metavar="FILE", help="write the table as Markdown")
    return parser.parse_args(words)


def _gt_class(text: str) -> int | str:
    """Return a class number, or "all"."""
    if text != "all" and not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}: give class numbers, or all")
    return text if text == "all" else int(text)


def check(arguments: argparse.Namespace) -> None:
    """Check, before any work is done, that the files can be written.

    Raises:
        InputError: a file cannot be written.
    """
    from flatsort.files.atomic import check_writable

    for path in filter(None, (arguments.json, arguments.csv, arguments.markdown)):
        check_writable(path)


def main(words: list[str] | None = None) -> None:
    """Score, print the table and write the requested files."""
    arguments = parse_arguments(words)
    check(arguments)
    from flatsort.evaluation.tracks.score_folders import ScoringRequest, score_folders
    from flatsort.evaluation.tracks.score_table import (
        text_table,
        write_csv,
        write_json,
        write_markdown,
    )
    from flatsort.files.sequence import default_mot_root

    root = default_mot_root() if arguments.mot_root is None else Path(arguments.mot_root)
    request = ScoringRequest(
        results=arguments.results,
        trackers=arguments.tracker,
        sequences=arguments.seq,
        root=root,
        classes="all" if "all" in (arguments.gt_classes or ()) else arguments.gt_classes,
        workers=arguments.jobs,
    )
    optional = OPTIONAL_COLUMNS if "all" in arguments.columns else arguments.columns
    scores, notes = score_folders(request)
    print(text_table(scores, arguments.per_sequence, optional))
    for note in notes:
        LOGGER.info(note)
    if arguments.json:
        write_json(arguments.json, scores, optional)
    if arguments.csv:
        write_csv(arguments.csv, scores, optional)
    if arguments.markdown:
        write_markdown(arguments.markdown, scores, arguments.per_sequence, optional)
