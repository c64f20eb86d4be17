"""Measure how quickly a descriptor learns from footage, and what it then does there.

The command learns from MOT16-09 and from rendered scenes for some minutes each, always from
nothing, and scores the descriptors by labels. Then it learns from the boxes of three detectors on
MOT16-09, and tracks it offline. It takes about an hour. Results are kept as they come, so a stopped
command continues.
"""

import argparse
import json

from benchmarks.options import add_boxes, add_folder, add_page, make_parser
from flatsort.commands.cli import run

EXAMPLES = """\
examples:
  python -m benchmarks.adaptation --detector yolox_nano_416x416.onnx
"""


def main(words: list[str] | None = None) -> None:
    """Learn, score, track, and write the page and its picture."""
    arguments = _parse(words)
    from benchmarks.adaptation_page import make_page, plot_curves
    from flatsort.files.atomic import atomic_writer, check_writable
    from flatsort.images.figure_file import write_figure

    check_writable(arguments.out)
    rows = _measure(arguments)
    picture = arguments.out.with_suffix(".png")
    write_figure(picture, plot_curves(rows))
    page = make_page(rows, picture.name)
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def _measure(arguments: argparse.Namespace) -> list[dict]:
    """Return the facts and scores of each learning, those of an earlier command too."""
    from benchmarks.adaptation_runs import (
        MINUTES,
        SCENE_MINUTES,
        TRACKED_MINUTES,
        WAYS,
        judge,
        learn_for,
        real_footage,
        scenes,
        track_with,
    )
    from flatsort.files.atomic import atomic_writer

    folder = arguments.folder
    path = folder / "results.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    known = {(row["footage"], row["boxes"], row["minutes"]) for row in rows}
    first, *others = real_footage(arguments.mot_root, arguments.detector, folder)
    jobs = [(first, minutes) for minutes in MINUTES]
    jobs += [(each, TRACKED_MINUTES) for each in others]
    jobs += [(each, minutes) for minutes in SCENE_MINUTES for each in scenes(folder)]
    for footage, minutes in jobs:
        if (footage.name, footage.boxes, minutes) in known:
            continue
        weights, row = learn_for(footage, minutes, folder)
        row["scores"] = judge(footage, weights)
        is_tracked = footage.name == first.name and minutes == TRACKED_MINUTES
        ways = WAYS if is_tracked else ()
        row["tracks"] = {way: track_with(footage, weights, way, folder) for way in ways}
        rows.append(row)
        with atomic_writer(path) as handle:
            json.dump(rows, handle, indent=1)
    return rows


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("adaptation", __doc__, EXAMPLES)
    add_boxes(parser)
    add_folder(parser, "adaptation", "folder for the runs, the weights and results.json")
    add_page(parser, "adapting", "the page; its picture lies beside it")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
