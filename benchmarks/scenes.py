"""Compare the trackers on rendered scenes, with other people, cameras and light for each seed.

The scenes are kept in --folder, with the features of their boxes; the same command goes on where it
was stopped.
"""

import argparse
from pathlib import Path

from flatsort.commands.cli import run

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = """\
examples:
  # twenty scenes, as in docs/scenes.md
  python -m benchmarks.scenes

  # a quick trial
  python -m benchmarks.scenes --seeds 3 --out runs/scenes/trial.md
"""


def main(words: list[str] | None = None) -> None:
    """Render and describe the scenes, track them, and write the page."""
    arguments = _parse(words)
    from benchmarks.scenes_page import make_page
    from benchmarks.scenes_runs import open_scene, score_scene
    from flatsort.files.atomic import atomic_writer, check_writable
    from flatsort.progress import ProgressBar

    check_writable(arguments.out)
    rows = []
    for seed in ProgressBar(range(arguments.seeds), desc="scenes", unit="scene"):
        rows += score_scene(open_scene(arguments.folder, seed))
    page = make_page(rows)
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
        default=ROOT / "docs" / "scenes.md",
        metavar="FILE",
        help="the page (docs/scenes.md)",
    )
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
