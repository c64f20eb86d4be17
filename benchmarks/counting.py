"""Count people at lines and in a zone of rendered scenes, whose true counts are known.

The scenes are those of `python -m benchmarks.scenes`, and are kept in --folder with the features of
their boxes.
"""

import argparse
from pathlib import Path

from flatsort.commands.cli import run

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = """\
examples:
  # twenty scenes, and the street that was counted by eye, as in docs/counting.md
  python -m benchmarks.counting --video street.mp4 --detector yolox_nano_416x416.onnx

  # a quick trial
  python -m benchmarks.counting --seeds 3 --out runs/scenes/counting.md
"""


def main(words: list[str] | None = None) -> None:
    """Track the scenes, count, and write the page."""
    arguments = _parse(words)
    from benchmarks.counting_page import make_page
    from benchmarks.counting_runs import count_scene, count_street
    from benchmarks.scenes_runs import open_scene
    from flatsort.errors import InputError
    from flatsort.files.atomic import atomic_writer, check_writable
    from flatsort.progress import ProgressBar

    check_writable(arguments.out)
    if arguments.video and not arguments.detector:
        raise InputError("--video needs --detector FILE, which finds the people in it")
    rows = []
    for seed in ProgressBar(range(arguments.seeds), desc="scenes", unit="scene"):
        rows += count_scene(open_scene(arguments.folder, seed))
    street = count_street(arguments.video, arguments.detector) if arguments.video else []
    page = make_page(rows, street)
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
    add(
        "--seeds", type=int, default=20, metavar="N", help="number of scenes, seeds 0 to N - 1 (20)"
    )
    add("--video", type=Path, metavar="FILE", help="the street that was counted by eye (left out)")
    add(
        "--detector",
        type=Path,
        metavar="FILE",
        help="YOLOX-nano as an ONNX file, which finds people in --video",
    )
    add(
        "--folder",
        type=Path,
        default=ROOT / "runs" / "scenes",
        metavar="DIR",
        help="folder for scenes and features (runs/scenes)",
    )
    add(
        "--out",
        type=Path,
        default=ROOT / "docs" / "counting.md",
        metavar="FILE",
        help="the page (docs/counting.md)",
    )
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
