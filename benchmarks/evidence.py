"""Compare the descriptors of the paper's Table 2 over many recordings: docs/evidence.md.

Forty rendered scenes and MOT16-09 with the boxes of three detectors are tracked with two presets,
with descriptors of several trainings each. `python -m benchmarks.evidence_training` trains them.
Scenes, boxes and features are kept in --folder; the same command goes on where it was stopped.
"""

import argparse
import json
from pathlib import Path

from benchmarks.evidence_training import SEEDS, add_kinds
from benchmarks.options import add_boxes, add_folder, add_page, make_parser
from flatsort.commands.cli import run
from flatsort.errors import InputError

EXAMPLES = """\
examples:
  python -m benchmarks.evidence_training --jobs 2
  python -m benchmarks.evidence --jobs 2 --detector yolox_nano_416x416.onnx \\
      --osnet reid_osnet_x025_market1501.onnx

  # a quick trial
  python -m benchmarks.evidence --scenes 4 --seeds 1 --kind vhpvae fmvae --out runs/trial.md
"""


def main(words: list[str] | None = None) -> None:
    """Measure everything, and write the page, its picture and its figures."""
    arguments = _parse(words)
    from benchmarks.evidence_cards import training_table
    from benchmarks.evidence_contestants import contestants
    from benchmarks.evidence_figures import figures
    from benchmarks.evidence_footage import all_footage
    from benchmarks.evidence_page import make_page
    from benchmarks.evidence_plot import forest_plot
    from benchmarks.evidence_runs import gather
    from benchmarks.evidence_scenes import SCENES
    from benchmarks.evidence_tables import differences
    from flatsort.files.atomic import atomic_path, atomic_writer, check_writable

    if not 1 <= arguments.scenes <= SCENES:
        raise InputError(f"--scenes is {arguments.scenes}: give 1 to {SCENES}")
    if arguments.seeds < 1 or arguments.jobs < 1:
        raise InputError("--seeds and --jobs must be above 0")
    picture, kept = (arguments.out.with_suffix(suffix) for suffix in (".png", ".json"))
    for path in (arguments.out, picture, kept):
        check_writable(path)
    folder = arguments.folder
    chosen = contestants(folder, arguments.kind, arguments.seeds, arguments.osnet)
    footages = all_footage(arguments.mot_root, arguments.detector, folder, arguments.scenes)
    evidence = gather(footages, chosen, folder / "features", arguments.jobs)
    found = differences(evidence)
    page = make_page(evidence, found, training_table(chosen), picture.name)
    with atomic_path(picture) as temporary:
        forest_plot(found).savefig(temporary, dpi=80, format="png")
    with atomic_writer(kept) as handle:
        handle.write(json.dumps(figures(evidence, found), indent=1) + "\n")
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("evidence", __doc__, EXAMPLES)
    add_boxes(parser)
    add = parser.add_argument
    add("--osnet", type=Path, metavar="FILE", help="OSNet as an ONNX file (left out)")
    add("--scenes", type=int, default=40, metavar="N", help="number of scenes, at most 40 (40)")
    add_kinds(parser, "kinds to compare")
    add("--seeds", type=int, default=SEEDS, metavar="N", help=f"trainings of each kind ({SEEDS})")
    add("--jobs", type=int, default=1, metavar="N", help="recordings at a time (1)")
    add_folder(parser, "evidence", "folder of the trainings, also for scenes and features")
    add_page(parser, "evidence", "the page; beside it lie its picture and its figures as .json")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
