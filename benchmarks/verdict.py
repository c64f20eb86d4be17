"""Compare adapt.py's verdict, which needs no labels, with labels: how often is it right?

Features and YOLOX-nano's boxes are kept in --folder, scenes in --scenes. The same command goes on
where it was stopped.
"""

import argparse
from pathlib import Path

from flatsort.commands.cli import run

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = """\
examples:
  # everything, as in docs/verdict.md
  python -m benchmarks.verdict --detector yolox_nano_416x416.onnx --reid osnet.onnx

  # a quick trial
  python -m benchmarks.verdict --seeds 2 --out runs/verdict/trial.md
"""


def main(words: list[str] | None = None) -> None:
    """Judge all footage with and without labels, and write the page."""
    arguments = _parse(words)
    from benchmarks.verdict_footage import labelled_footage
    from benchmarks.verdict_page import make_page
    from benchmarks.verdict_runs import judge_footage
    from flatsort.files.atomic import atomic_writer, check_writable
    from flatsort.progress import ProgressBar

    check_writable(arguments.out)
    pieces = labelled_footage(
        arguments.mot_root,
        arguments.detector,
        arguments.reid,
        arguments.folder,
        arguments.scenes,
        arguments.seeds,
    )
    judged = [judge_footage(piece) for piece in ProgressBar(pieces, desc="judging", unit="piece")]
    page = make_page(judged)
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--mot-root", type=Path, metavar="DIR", help="folder of MOT16 ($MOT16_ROOT or data/MOT16)")
    add(
        "--detector",
        type=Path,
        metavar="FILE",
        help="YOLOX-nano as ONNX; without it, no such boxes",
    )
    add("--reid", type=Path, metavar="FILE", help="a re-identification network to add, as ONNX")
    add(
        "--seeds", type=int, default=20, metavar="N", help="number of scenes, seeds 0 to N - 1 (20)"
    )
    add(
        "--folder",
        type=Path,
        default=ROOT / "runs" / "verdict",
        metavar="DIR",
        help="folder for boxes and features (runs/verdict)",
    )
    add(
        "--scenes",
        type=Path,
        default=ROOT / "runs" / "scenes",
        metavar="DIR",
        help="folder for rendered scenes (runs/scenes)",
    )
    add(
        "--out",
        type=Path,
        default=ROOT / "docs" / "verdict.md",
        metavar="FILE",
        help="the page (docs/verdict.md)",
    )
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
