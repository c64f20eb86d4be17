"""Search for a preset's settings. See `python tools/tune.py --help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.commands.options import add_mot_root_option
from flatsort.errors import InputError

EXAMPLES = """\
Optuna tries settings on some sequences; the best ones are then scored on sequences that the search
never saw. Without --held-out, each sequence is left out once, and a last search on all sequences
gives the preset file. The report shows the default settings beside both. A run that was stopped
goes on when the same command is given again; with more --trials it goes further.

examples:
  # flatsort on YOLOX boxes of the training sequences: runs/tune/yolox/preset.json
  python tools/tune.py --preset flatsort --detections yolox.txt --name yolox

  # tune on six sequences, score on one; tracks must stay 95 % pure
  python tools/tune.py --preset flatsort --detections yolox.txt --held-out MOT16-09 \\
      --least-purity 95 --name pure

  # DeepSORT with a descriptor, on sequences with frames
  python tools/tune.py --preset deepsort --descriptor fmvae-track --seq MOT16-09 MOT16-11 \\
      --objective IDF1 --name fmvae-track

  # track with the settings found
  python tools/track.py --seq all --detections yolox.txt --preset runs/tune/yolox/preset.json
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "tune",
        description="Search for a tracker's settings on some sequences, and score them on others.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add(
        "--preset",
        required=True,
        choices=("sort", "deepsort", "flatsort"),
        help="the tracker, see tools/track.py",
    )
    add("--descriptor", default="none", metavar="NAME", help="see tools/track.py (none)")
    add(
        "--seq",
        nargs="+",
        default=["all"],
        metavar="NAME|FOLDER|all",
        help="sequences to tune and to score on (all)",
    )
    add_mot_root_option(parser)
    add("--detections", default="det.txt", metavar="FILE", help="boxes in det/ (det.txt)")
    add(
        "--held-out",
        nargs="+",
        default=[],
        metavar="NAME",
        help="sequences of --seq that are only scored (each one in turn)",
    )
    add(
        "--objective",
        choices=("HOTA", "IDF1", "MOTA"),
        default="HOTA",
        help="column of the score to maximise (HOTA)",
    )
    add(
        "--least-purity",
        type=float,
        default=0.0,
        metavar="P",
        help="settings whose tracks are less pure, in percent, lose against all others (0)",
    )
    add("--trials", type=int, default=50, metavar="N", help="settings tried per search (50)")
    add("--name", required=True, help="name of the run")
    add(
        "--out",
        type=Path,
        default=Path("runs/tune"),
        metavar="DIR",
        help="folder for DIR/NAME/preset.json and report.md (runs/tune)",
    )
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> None:
    """Check the arguments before any work is done.

    Raises:
        InputError: a number is out of range, or the name is a path.
    """
    if arguments.trials < 1:
        raise InputError(f"--trials {arguments.trials}: a search tries at least one")
    if not 0 <= arguments.least_purity <= 100:
        raise InputError(f"--least-purity {arguments.least_purity:g}: give a percentage, 0 to 100")
    if Path(arguments.name).name != arguments.name:
        raise InputError(f"--name {arguments.name}: give a name, not a path")


def main(words: list[str] | None = None) -> None:
    """Tune, print the report and name the preset file."""
    arguments = parse_arguments(words)
    check(arguments)
    from flatsort.files.sequence import find_sequences
    from flatsort.tuning.study import Goal
    from flatsort.tuning.tuning_run import TuningRequest, tune

    sequences = {
        sequence.name: sequence
        for name in arguments.seq
        for sequence in find_sequences(name, arguments.mot_root)
    }
    folder = arguments.out / arguments.name
    request = TuningRequest(
        preset=arguments.preset,
        descriptor=arguments.descriptor,
        sequences=list(sequences.values()),
        detections=arguments.detections,
        held_out=arguments.held_out,
        goal=Goal(arguments.objective, arguments.least_purity),
        trials=arguments.trials,
        folder=folder,
    )
    print(tune(request))
    print(f"\nwrote {folder / 'preset.json'} and {folder / 'report.md'}")
