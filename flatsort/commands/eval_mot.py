"""Score tracking results as the MOTChallenge benchmark does, in the paper's columns and HOTA."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.cli import make_parser
from flatsort.errors import InputError
from flatsort.files.atomic import check_writable
from flatsort.files.result_folders import tracker_folders
from flatsort.files.sequence import (
    Sequence,
    default_mot_root,
    find_folder,
    find_sequences,
    open_sequence,
)

if TYPE_CHECKING:
    from flatsort.evaluation.tracks.score_table import Scores

EXAMPLES = """\
A tracker is a folder under RESULTS that holds SEQ.txt files, whoever made them.

examples:
  # every tracker under results/, on the sequences of data/MOT16 it has results for
  python tools/eval_mot.py
  # two trackers, a row for each sequence, the numbers to a file
  python tools/eval_mot.py --tracker sort fmvae --per-sequence --json scores.json
  # results and ground truth elsewhere, all training sequences or an error
  python tools/eval_mot.py --results ~/runs --mot-root ~/MOT16 --seq all
  # the built-in rendered sequence
  python tools/eval_mot.py --seq scene
"""


def main(arguments: list[str] | None = None) -> None:
    """Score, print the table and write the files asked for."""
    options = _parse(arguments)
    for path in filter(None, (options.json, options.csv, options.markdown)):
        check_writable(path)
    root = options.mot_root or default_mot_root()
    if options.seq:
        sequences, notes = _asked_sequences(options.seq, root), []
    else:
        sequences, notes = _sequences_with_results(
            tracker_folders(options.results, options.tracker), root
        )
    trackers = _trackers(options, sequences)
    scores = _score(options.results, trackers)

    from flatsort.evaluation.tracks.score_table import (
        text_table,
        write_csv,
        write_json,
        write_markdown,
    )

    print("\n".join([text_table(scores, options.per_sequence), *notes]))
    if options.json:
        write_json(options.json, scores)
    if options.csv:
        write_csv(options.csv, scores)
    if options.markdown:
        write_markdown(options.markdown, scores, options.per_sequence)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = make_parser(
        "eval_mot",
        description=__doc__,
        epilog=EXAMPLES,
    )
    parser.add_argument(
        "--tracker",
        nargs="+",
        metavar="NAME",
        help="folders under RESULTS (default: all that hold results)",
    )
    parser.add_argument(
        "--seq",
        nargs="+",
        metavar="NAME|FOLDER|all",
        help="sequences that every tracker must have (default: those each has results for)",
    )
    parser.add_argument(
        "--mot-root",
        type=Path,
        metavar="DIR",
        help="holds train/ and test/ (default: $MOT16_ROOT, else data/MOT16)",
    )
    parser.add_argument(
        "--results",
        type=Path,
        default=Path("results"),
        metavar="DIR",
        help="holds TRACKER/SEQ.txt (default: results)",
    )
    parser.add_argument("--per-sequence", action="store_true", help="a row for each sequence too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers as JSON")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write all numbers as CSV")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table as markdown")
    return parser.parse_args(arguments)


def _asked_sequences(selections: list[str], root: Path) -> list[Sequence]:
    sequences: dict[str, Sequence] = {}
    for selection in selections:
        for sequence in find_sequences(selection, root):
            other = sequences.setdefault(sequence.name, sequence)
            if other.folder != sequence.folder:
                raise InputError(
                    f"{other.folder} and {sequence.folder} have the same name: score one at a time"
                )
    for sequence in sequences.values():
        if not sequence.has_ground_truth:
            raise InputError(
                f"{sequence.ground_truth_path}: no ground truth to score {sequence.name} against"
            )
    return list(sequences.values())


def _sequences_with_results(
    folders: Iterable[Path], root: Path
) -> tuple[list[Sequence], list[str]]:
    """The sequences that any of the trackers has results for, and notes on files left out.

    Sequences outside the benchmark's root (the built-in one) count only where there is no other:
    an average over both would mean nothing.
    """
    files = sorted({path.name for folder in folders for path in folder.glob("*.txt")})
    inside, outside, notes = [], [], []
    for file in files:
        folder = find_folder(Path(file).stem, root)
        if folder is None:
            notes.append(f"note: {file} left out: no sequence of that name")
            continue
        sequence = open_sequence(folder)
        if not sequence.has_ground_truth:
            notes.append(f"note: {file} left out: its sequence has no ground truth")
        elif folder.is_relative_to(root):
            inside.append(sequence)
        else:
            outside.append(sequence)
    if inside:
        notes += [
            f"note: {sequence.name} left out: not under {root}; score it by --seq {sequence.name}"
            for sequence in outside
        ]
    if not inside and not outside:
        raise InputError(
            f"no ground truth for {', '.join(files) or 'any result'}: name the folder that holds "
            f"train/SEQ/gt/gt.txt with --mot-root (now {root}), or the sequence's own with --seq"
        )
    return inside or outside, notes


def _trackers(options: argparse.Namespace, sequences: list[Sequence]) -> dict[str, list[Sequence]]:
    """What to score of each tracker."""
    trackers = {}
    for folder in tracker_folders(options.results, options.tracker):
        found = [item for item in sequences if (folder / f"{item.name}.txt").is_file()]
        missing = [f"{item.name}.txt" for item in sequences if item not in found]
        named = bool(options.tracker)
        # A folder nobody named and that has none of the sequences is some other experiment.
        if (named and not found) or (options.seq and missing and (named or found)):
            raise InputError(f"{folder}: no {', '.join(missing)}: track these sequences first")
        if found:
            trackers[folder.name] = found
    if not trackers:
        names = ", ".join(f"{item.name}.txt" for item in sequences)
        raise InputError(f"{options.results}: no tracker has {names}: track these sequences first")
    return trackers


def _score(results: Path, trackers: dict[str, list[Sequence]]) -> "Scores":
    from tqdm import tqdm

    from flatsort.evaluation.tracks.score import Job, score_files
    from flatsort.processors import available_cores

    pairs = [(tracker, item) for tracker, found in trackers.items() for item in found]
    jobs = [Job(item, results / tracker / f"{item.name}.txt") for tracker, item in pairs]
    # disable=None: no bar where stderr is no terminal, so an error stays one line.
    with tqdm(total=len(jobs), desc="scoring", unit="seq", leave=False, disable=None) as bar:
        scored = score_files(jobs, workers=available_cores(), advance=bar.update)
    scores: Scores = {tracker: {} for tracker in trackers}
    for (tracker, item), score in zip(pairs, scored, strict=True):
        scores[tracker][item.name] = score
    return scores
