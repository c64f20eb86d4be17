"""Count how often an identity that looks like two people is mixed by labels: docs/two-modes.md.

The command tracks MOT16-09 and rendered scenes by motion, and asks without labels which identities
look like two people, as the report of adapt.py does. Scenes and features are kept in --folder.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.options import add_boxes, add_folder, add_page, make_parser
from flatsort.commands.cli import run

if TYPE_CHECKING:
    from benchmarks.flat_linking_footage import LinkableFootage
    from flatsort.tracker import AppearanceMetric

EXAMPLES = """\
examples:
  python -m benchmarks.two_modes --detector yolox_nano_416x416.onnx
"""
TITLE = """\
# Identities that look like two people

The report of `adapt.py` counts, without labels, the identities whose crops before and after some
moment look like two people. Here the labels say whether they are mixed: less than {pure:.0%} of
their matched boxes show their main person. All identities with at least {boxes} matched boxes are
judged, by the looks of `{descriptor}`, which saw none of this footage. Written by
`python -m benchmarks.two_modes`.
"""
DESCRIPTOR = "fmvae-track-unseen"
PURE, LEAST_BOXES = 0.9, 10


def main(words: list[str] | None = None) -> None:
    """Track, judge, count, and write the page."""
    arguments = _parse(words)
    from tabulate import tabulate

    from benchmarks.flat_linking_footage import linkable_footage
    from flatsort.descriptors.registry import load_descriptor
    from flatsort.files.atomic import atomic_writer, check_writable

    check_writable(arguments.out)
    folder, metric = arguments.folder, load_descriptor(DESCRIPTOR).metric
    counts: dict[str, np.ndarray] = {}
    for footage in linkable_footage(
        arguments.mot_root, arguments.detector, folder, arguments.seeds
    ):
        name = footage.name if footage.group != "scenes" else f"{arguments.seeds} scenes"
        found = _judge(footage, metric, folder / "features")
        counts[name] = counts.get(name, np.zeros(4, int)) + found
    counts["all"] = sum(counts.values())
    table = [
        [name, *row.tolist(), _share(row[0], row[0] + row[1]), _share(row[0], row[0] + row[2])]
        for name, row in counts.items()
    ]
    headers = ["footage", "named, mixed", "named, pure", "not named, mixed", "not named, pure"]
    page = TITLE.format(pure=PURE, boxes=LEAST_BOXES, descriptor=DESCRIPTOR)
    page += "\n" + tabulate(
        table, [*headers, "named that are mixed", "mixed that are named"], tablefmt="github"
    )
    with atomic_writer(arguments.out) as handle:
        handle.write(f"{page}\n")
    print(page)


def _judge(footage: "LinkableFootage", metric: "AppearanceMetric", cache: Path) -> np.ndarray:
    """Return the four counts of the table for one piece of footage."""
    from flatsort.evaluation.verdict.two_modes import two_mode_identities
    from flatsort.linking.cutting import whole_tracks
    from flatsort.linking.tracklet_crops import choose_crops

    whole = whole_tracks(footage.tracks, footage.sequence.frame_rate)
    footage = replace(footage, crops=[choose_crops(each, footage.around) for each in whole])
    features = footage.describe(DESCRIPTOR, cache)
    named = two_mode_identities(
        footage.tracks,
        footage.sequence.frame_rate,
        lambda rows: {row: features[row] for row in rows.tolist()},
        metric,
    )
    counts = np.zeros(4, int)
    for identity in np.unique(footage.tracks.ids).tolist():
        people = footage.people[footage.tracks.ids == identity]
        people = people[people >= 0]
        if len(people) >= LEAST_BOXES:
            is_mixed = np.bincount(people).max() < PURE * len(people)
            counts[2 * (identity not in (named or ())) + (not is_mixed)] += 1
    return counts


def _share(part: int, whole: int) -> str:
    """Return a share with its Wilson interval, in percent."""
    from flatsort.evaluation.verdict.intervals import share_of_people

    if whole == 0:
        return "-"
    return share_of_people(np.repeat([1.0, 0.0], [part, whole - part]), 0.95).text(digits=0)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("two_modes", __doc__, EXAMPLES)
    add_boxes(parser)
    parser.add_argument(
        "--seeds", type=int, default=12, metavar="N", help="number of rendered scenes (12)"
    )
    content = "folder for scenes and features, shared with benchmarks.flat_linking"
    add_folder(parser, "flat-linking", content)
    add_page(parser, "two-modes")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
