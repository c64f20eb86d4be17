"""Correct the identities of a result file by edits marked on its page. See `--help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.messages import LOGGER

EXAMPLES = """\
Write the page of the run with tools/report.py, mark swaps, merges, splits and false tracks on it,
and save the edits file there. The command rewrites the results and lists the edits in their record.
The tracker's own results stay beside them, as SEQ.txt.orig.

  swap    from a frame on, two tracks have each other's identity
  merge   two tracks show one person
  split   from a frame on, a track shows somebody else
  false   a track shows nobody

examples:
  # mark, save and correct; then look at the page again
  python tools/report.py --results results/fmvae@hog/walk.txt --out walk.html
  python tools/correct.py --results results/fmvae@hog/walk.txt --edits walk.edits.json
  python tools/report.py --results results/fmvae@hog/walk.txt --out walk.html

  # put the tracker's own results back
  python tools/correct.py --results results/fmvae@hog/walk.txt --undo
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "correct",
        description="Correct swapped, torn, joined and false tracks, as marked on a run's page.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--results", type=Path, required=True, metavar="FILE", help="MOTChallenge result file")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--edits", type=Path, metavar="FILE", help="edits file that the page saved")
    what.add_argument(
        "--undo", action="store_true", help="put the tracker's own results back, without any edits"
    )
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Correct the results or undo corrections, and print the changes."""
    arguments = parse_arguments(words)
    from flatsort.correction.correct_results import correct_results, undo_corrections
    from flatsort.correction.edits import read_edits

    if arguments.undo:
        undo_corrections(arguments.results)
        print(f"{arguments.results}: the tracker's own results are back")
        return
    corrected = correct_results(arguments.results, read_edits(arguments.edits))
    print(
        f"{arguments.results}: {corrected.edits} edits, {corrected.tracks_before} tracks are now "
        f"{corrected.tracks}, {corrected.changed} boxes changed; the original is "
        f"{corrected.original.name}"
    )
    for note in corrected.notes:
        LOGGER.info(note)
