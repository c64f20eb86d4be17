"""Find where trackers differ about who a person is, and draw it. See --help."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.cli import make_parser
from flatsort.errors import InputError

if TYPE_CHECKING:
    from flatsort.evaluation.switches.moments import Moment
    from flatsort.files.mot_files import Rows
    from flatsort.files.sequence import Sequence

EXAMPLES = """\
A tracker is a folder under RESULTS that holds SEQ.txt. With ground truth the switches are those
that eval_mot.py counts (IDs). Without it the result files are compared with each other: a track of
one stands for a person whom the others follow. Listed are the moments at which one tracker switches
and another keeps its identity, by the number of frames for which they differ.

examples:
  python tools/compare_tracks.py --seq MOT16-09 --tracker SORT fmvae --out docs/switches.jpg

  # the table only, of three trackers, and everything as JSON
  python tools/compare_tracks.py --seq MOT16-09 --tracker SORT vhpvae fmvae --json switches.json

  # the switches at a frame chosen by hand
  python tools/compare_tracks.py --seq MOT16-09 --tracker SORT fmvae --at 420 --out switch.png
"""


def main(words: list[str] | None = None) -> None:
    """Find, print, write and draw."""
    arguments = parse_arguments(words)
    sequence = check(arguments)
    results = read_trackers(arguments, sequence)
    moments = find_moments(sequence, results)
    shown = choose_moments(moments, arguments)

    from flatsort.evaluation.switches.switch_report import moments_table, totals_table, write_json

    differing = [moment for moment in moments if moment.disagreement]
    if differing:
        print(f"{moments_table(differing)}\n")
    print(totals_table(moments, list(results)))
    print(f"\n{sequence.name}, {sequence.length} frames; {explain(sequence)}")
    if not differing:
        print("The trackers never differ: none switches while another keeps its identity.")
    # First what may still fail: a frame can be damaged.
    if arguments.out and shown:
        draw(arguments.out, sequence, results, shown)
        frames = ", ".join(str(moment.switches[0].frame) for moment in shown)
        print(f"wrote {arguments.out}: the switches at frame {frames}")
    if arguments.json:
        write_json(arguments.json, sequence.name, moments, list(results))


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = make_parser(
        "compare_tracks",
        description="Find where result files differ in identity, and draw it, frame beside frame.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    trackers = "two or more folders under RESULTS (all that have the sequence)"
    results = {"type": Path, "default": Path("results"), "metavar": "DIR"}
    add("--seq", required=True, metavar="NAME|FOLDER", help="the sequence")
    add("--tracker", nargs="+", metavar="NAME", help=trackers)
    add("--mot-root", metavar="DIR", help="where names are looked up ($MOT16_ROOT, data/MOT16)")
    add("--results", **results, help="holds TRACKER/SEQ.txt (results)")
    add("--out", type=Path, metavar="FILE", help="the picture, .png or .jpg")
    add("--top", type=int, default=4, metavar="N", help="moments in the picture, at most (4)")
    add("--at", type=int, metavar="FRAME", help="draw the switches at this frame, not the first")
    add("--json", type=Path, metavar="FILE", help="write all that was found as JSON")
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> "Sequence":
    """The sequence, once all that was asked for is known to be possible.

    Raises:
        InputError: it is not.
    """
    from flatsort.files.atomic import check_writable
    from flatsort.files.sequence import find_sequences

    if arguments.top < 1:
        raise InputError(f"--top {arguments.top}: a picture has at least one moment")
    for path in filter(None, (arguments.out, arguments.json)):
        check_writable(path)
    sequences = find_sequences(arguments.seq, arguments.mot_root)
    if len(sequences) > 1:
        raise InputError("--seq all: one sequence is compared at a time, name it")
    (sequence,) = sequences
    if arguments.out:
        from flatsort.evaluation.switches.strip import check_picture

        check_picture(arguments.out)
        if not sequence.has_images:
            raise InputError(
                f"{sequence.image_folder} has no frames: get the images, or leave out --out"
            )
    return sequence


def read_trackers(arguments: argparse.Namespace, sequence: "Sequence") -> dict[str, "Rows"]:
    """Tracker to the rows of its result file, in the order they were named.

    Raises:
        InputError: a result file is missing or wrong, or there are fewer than two.
    """
    from flatsort.files.mot_files import read_results
    from flatsort.files.result_folders import tracker_folders

    results = {}
    for folder in tracker_folders(arguments.results, arguments.tracker):
        path = folder / f"{sequence.name}.txt"
        if arguments.tracker or path.is_file():
            inside = folder.is_relative_to(arguments.results)
            name = folder.relative_to(arguments.results) if inside else folder
            results[name.as_posix()] = read_results(path, sequence.length)
    if len(results) < 2:
        there = ", ".join(results) or "none"
        raise InputError(
            f"{arguments.results}: two trackers with {sequence.name}.txt are needed to compare "
            f"(there: {there}): track it with another --descriptor, or name two with --tracker"
        )
    return results


def find_moments(sequence: "Sequence", results: dict[str, "Rows"]) -> list["Moment"]:
    """All moments, that of the greatest disagreement first."""
    from tqdm import tqdm

    from flatsort.evaluation.switches.moments import moments_by_each_other, moments_by_truth
    from flatsort.files.mot_files import read_ground_truth

    length, layout = sequence.length, sequence.layout
    total = len(results) if sequence.has_ground_truth else len(results) * (len(results) - 1)
    # disable=None: no bar where stderr is no terminal, so an error stays one line.
    with tqdm(total=total, desc="matching", leave=False, disable=None) as bar:
        if not sequence.has_ground_truth:
            return moments_by_each_other(results, length, bar.update)
        truth = read_ground_truth(sequence.ground_truth_path, length, layout)
        return moments_by_truth(truth, results, length, layout, bar.update)


def choose_moments(moments: list["Moment"], arguments: argparse.Namespace) -> list["Moment"]:
    """Those to draw: at the frame asked for, else those with disagreement; the first of them.

    Raises:
        InputError: nobody switches at the frame asked for.
    """
    if arguments.at is None:
        chosen = [moment for moment in moments if moment.disagreement]
    else:
        chosen = [
            moment
            for moment in moments
            if any(switch.last <= arguments.at <= switch.frame for switch in moment.switches)
        ]
        if not chosen:
            frames = {switch.frame for moment in moments for switch in moment.switches}
            nearest = sorted(sorted(frames, key=lambda frame: abs(frame - arguments.at))[:3])
            known = ", ".join(map(str, nearest)) or "no switches at all"
            raise InputError(f"--at {arguments.at}: nobody switches there; nearest: {known}")
    return chosen[: arguments.top]


def explain(sequence: "Sequence") -> str:
    """Who the people of the table are."""
    if sequence.has_ground_truth:
        return "people are those of the ground truth."
    return (
        "no ground truth: a person is a track of the tracker named, so who is right is not known."
    )


def draw(
    path: Path, sequence: "Sequence", results: dict[str, "Rows"], moments: list["Moment"]
) -> None:
    """The picture."""
    from flatsort.evaluation.switches.strip import draw_strip, write_strip

    write_strip(path, draw_strip(sequence, results, moments))
