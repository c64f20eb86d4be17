"""The paper's Table 2 and ours, side by side. See `python tools/table2.py --help`."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.cli import make_parser
from flatsort.errors import InputError
from flatsort.files.paths import PROJECT

if TYPE_CHECKING:
    from flatsort.files.sequence import Sequence
    from flatsort.paper.tracker_comparison import Line

EXAMPLES = """\
Ours are tracked anew on every sequence that has ground truth and frames, with the boxes in
det/det.txt and, where they are, those in det/yolox.txt. The paper's are on all seven sequences with
the POI detections: compare the order and the gaps, not the figures.

examples:
  python tools/table2.py
  python tools/table2.py --mot-root ~/MOT16 --seq MOT16-09
  python tools/table2.py --onnx osnet_x025_market1501.onnx     # and a supervised network of yours
"""


@dataclass(frozen=True)
class Row:
    """A tracker of the table.

    Attributes:
        name: as printed.
        descriptor: the command line's word for its descriptor.
        detections: names in det/ that it can be tracked on.
    """

    name: str
    descriptor: str
    detections: tuple[str, ...] = ("det.txt", "yolox.txt")


CAVEATS = """\
Written by `python tools/table2.py` (`make table2`).

How to read it: the paper's figures are on other sequences and detections than ours, so the order
and the gaps compare, not the figures. The shipped weights come in two families: the unlabelled
training crops of the first include MOT16-09, as the paper's included its test sequences; those of
the `unseen` ones do not. Each descriptor is tracked with the paper's settings, cosine distance 0.2
about the origin and detections suppressed that a surer one covers by more than 0.7, and with ours:
a metric and gate calibrated without labels, on tracklets held out of training for the shipped
weights, on the sequence's own detections for the others, and no suppression beyond the detector's
own, as in SORT. Where det/yolox.txt is ByteTrack's YOLOX-x, that detector saw the first half of
each sequence in its training."""

ROWS = (
    Row("SORT", "none"),
    Row("histogram", "histogram"),
    Row("VHP-VAE-SORT", "vhpvae"),
    Row("VHP-FMVAE-SORT, beta 300", "fmvae-300"),
    Row("VHP-FMVAE-SORT, beta 3000", "fmvae"),
    Row("fmvae-track", "fmvae-track"),
    Row("VHP-VAE-SORT, unseen", "vhpvae-unseen"),
    Row("VHP-FMVAE-SORT, unseen", "fmvae-unseen"),
    Row("fmvae-track, unseen", "fmvae-track-unseen"),
    # Its features were computed for one detector's boxes only.
    Row("DeepSORT (mars-small128)", "features:frcnn-mars-small128.npy", ("det.txt",)),
)


SHIPPED = {row.descriptor for row in ROWS if row.descriptor.startswith(("vhpvae", "fmvae"))}


def main(words: list[str] | None = None) -> None:
    """Track, score, print and write the table."""
    from flatsort.files.atomic import atomic_writer, check_writable

    arguments = parse_arguments(words)
    check_writable(arguments.out)
    sections = [
        "# Table 2",
        CAVEATS,
        f"## The paper's (MOT16 train, seven sequences, POI detections)\n\n{paper_table()}",
    ]
    ours = []
    for detections in ("det.txt", "yolox.txt"):
        section = our_section(find_usable(arguments, detections), detections, arguments)
        if section:
            ours.append(section)
    if not ours:
        raise InputError(
            f"{arguments.seq}: no sequence with ground truth, frames and det/det.txt or "
            "det/yolox.txt: name another --seq or --mot-root"
        )
    text = "\n\n".join([*sections, *ours])
    print(text)
    with atomic_writer(arguments.out) as file:
        file.write(text + "\n")


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = make_parser(
        "table2",
        description="Print the paper's five trackers beside ours, and write docs/table2.md.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--mot-root", metavar="DIR", help="holds the sequences ($MOT16_ROOT, else data/MOT16)")
    add("--seq", default="all", metavar="NAME|FOLDER|all", help="which of them (all)")
    add("--results", type=Path, default=Path("results/table2"), metavar="DIR", help="result files")
    add("--onnx", metavar="FILE", help="a supervised re-ID network for one more row")
    add("--out", type=Path, default=PROJECT / "docs" / "table2.md", metavar="FILE", help="the page")
    return parser.parse_args(words)


def find_usable(arguments: argparse.Namespace, detections: str) -> list["Sequence"]:
    """The sequences asked for that have ground truth, frames and these detections."""
    from flatsort.files.sequence import find_sequences

    return [
        sequence
        for sequence in find_sequences(arguments.seq, arguments.mot_root)
        if sequence.has_ground_truth
        and sequence.has_images
        and (sequence.folder / "det" / detections).is_file()
    ]


def our_section(
    sequences: list["Sequence"], detections: str, arguments: argparse.Namespace
) -> str | None:
    """A heading and our table for one detection set; None when no sequence can be used."""
    from flatsort.evaluation.tracks.score_table import coverage
    from flatsort.paper.tracker_comparison import compare

    if not sequences:
        return None
    rows = [
        row
        for row in all_rows(arguments)
        if can_describe(row, detections, sequences) and has_weights(row)
    ]
    words = {row.name: row.descriptor for row in rows}
    results = arguments.results / Path(detections).stem
    compared = compare(sequences, detections, words, results)
    note = " ".join(coverage({str(n): each.scores for n, each in enumerate(compared)}))
    table = tabulate_compared(compared)
    return f"## Ours, det/{detections}\n\n{table}\n\n{note}."


def all_rows(arguments: argparse.Namespace) -> list[Row]:
    """Ours, and the network that the user named."""
    if not arguments.onnx:
        return list(ROWS)
    return [*ROWS, Row(f"DeepSORT ({Path(arguments.onnx).stem})", f"onnx:{arguments.onnx}")]


def can_describe(row: Row, detections: str, sequences: list["Sequence"]) -> bool:
    """Whether the row is for these boxes, and features computed before are there."""
    _, _, features = row.descriptor.partition("features:")
    return detections in row.detections and (
        not features or all((s.folder / "det" / features).is_file() for s in sequences)
    )


def has_weights(row: Row) -> bool:
    """Whether a row of shipped weights can be had; says so if not."""
    from flatsort.descriptors.registry import weights_path

    if row.descriptor in SHIPPED and weights_path(row.descriptor) is None:
        print(f"note: no {row.name}: weights/{row.descriptor}.safetensors is missing: make weights")
        return False
    return True


def tabulate_compared(compared: list["Line"]) -> str:
    """Markdown of ours: tracker, settings, the paper's columns and HOTA."""
    from tabulate import tabulate

    from flatsort.evaluation.tracks.score import combine
    from flatsort.evaluation.tracks.score_table import format_cell

    cells = []
    for each in compared:
        columns = combine(each.scores.values()).columns()
        cells.append(
            {"Tracker": each.name, "Settings": each.settings}
            | {column: format_cell(column, value) for column, value in columns.items()}
        )
    return tabulate(cells, headers="keys", tablefmt="github", disable_numparse=True)


def paper_table() -> str:
    """Markdown of the paper's rows."""
    from tabulate import tabulate

    from flatsort.evaluation.tracks.counts import COLUMNS
    from flatsort.evaluation.tracks.score_table import format_cell
    from flatsort.paper.printed_table2 import PAPER_TABLE_2

    cells = [
        {"Tracker": name}
        | {c: format_cell(c, value) for c, value in zip(COLUMNS, values, strict=True)}
        for name, values in PAPER_TABLE_2.items()
    ]
    return tabulate(cells, headers="keys", tablefmt="github", disable_numparse=True)
