"""The paper's Table 2 and ours, side by side. See `python tools/table2.py --help`."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.cli import run
from tools.errors import InputError
from tools.paths import PROJECT

if TYPE_CHECKING:
    from tools.evaluation.score import Score
    from tools.mot.sequence import Sequence

EXAMPLES = """\
Ours are tracked anew on every sequence that has ground truth and frames, with the boxes in
det/det.txt and, where they are, those in det/yolox.txt. The paper's are on all seven sequences with
the POI detections: compare the order and the gaps, not the figures.

examples:
  python tools/table2.py
  python tools/table2.py --mot-root ~/MOT16 --seq MOT16-09
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
and the gaps compare, not the figures. VHP-VAE and VHP-FMVAE are the shipped weights: their
unlabelled training crops include MOT16-09, as the paper's included its test sequences. The gate of
each was calibrated without labels on those crops. Where det/yolox.txt is ByteTrack's YOLOX-x, that
detector saw the first half of each sequence in its training."""

ROWS = (
    Row("SORT", "none"),
    Row("histogram", "histogram"),
    Row("VHP-VAE-SORT", "vhpvae"),
    Row("VHP-FMVAE-SORT", "fmvae"),
    # Its features were computed for one detector's boxes only.
    Row("DeepSORT (mars-small128)", "features:frcnn-mars-small128.npy", ("det.txt",)),
)


def main(words: list[str] | None = None) -> None:
    """Track, score, print and write the table."""
    arguments = parse_arguments(words)
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

    from tools.atomic import atomic_writer

    with atomic_writer(arguments.out) as file:
        file.write(text + "\n")


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Print the paper's five trackers beside ours, and write docs/table2.md.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--mot-root", metavar="DIR", help="holds the sequences ($MOT16_ROOT, else data/MOT16)")
    add("--seq", default="all", metavar="NAME|FOLDER|all", help="which of them (all)")
    add("--results", type=Path, default=Path("results/table2"), metavar="DIR", help="result files")
    add("--out", type=Path, default=PROJECT / "docs" / "table2.md", metavar="FILE", help="the page")
    return parser.parse_args(words)


def find_usable(arguments: argparse.Namespace, detections: str) -> list["Sequence"]:
    """The sequences asked for that have ground truth, frames and these detections."""
    from tools.mot.sequence import find_sequences

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
    from tools.evaluation.score import combine
    from tools.evaluation.table import coverage

    if not sequences:
        return None
    scores = {}
    for row in ROWS:
        if detections in row.detections and can_describe(row, sequences):
            scores[row.name] = track_and_score(row, sequences, detections, arguments.results)
    table = tabulate_rows(
        {name: combine(score.values()).columns() for name, score in scores.items()}
    )
    note = " ".join(coverage(scores))
    return f"## Ours, det/{detections}\n\n{table}\n\n{note}; default settings of each tracker."


def can_describe(row: Row, sequences: list["Sequence"]) -> bool:
    """Whether features computed before are there for every sequence."""
    _, _, features = row.descriptor.partition("features:")
    return not features or all((s.folder / "det" / features).is_file() for s in sequences)


def track_and_score(
    row: Row, sequences: list["Sequence"], detections: str, results: Path
) -> dict[str, "Score"]:
    """Sequence name to score, tracked anew."""
    from tools.descriptors import create_descriptor
    from tools.evaluation.score import Job, score_files
    from tools.mot.files import read_detections
    from tools.sinks import ResultFile
    from tools.tracking import Options, track_sequence

    scores = {}
    for sequence in sequences:
        path = results / Path(detections).stem / row.name.split()[0] / f"{sequence.name}.txt"
        track_sequence(
            sequence,
            read_detections(sequence.find_detections(detections), sequence.length),
            create_descriptor(row.descriptor, sequence),
            Options(),
            [ResultFile(path)],
        )
        (scores[sequence.name],) = score_files([Job(sequence, path)])
    return scores


def paper_table() -> str:
    """The paper's rows."""
    from tools.evaluation.counts import COLUMNS
    from tools.evaluation.paper import PAPER_TABLE_2

    return tabulate_rows(
        {name: dict(zip(COLUMNS, values, strict=True)) for name, values in PAPER_TABLE_2.items()}
    )


def tabulate_rows(rows: dict[str, dict[str, float]]) -> str:
    """Markdown of trackers and their columns; HOTA where it is known."""
    from tabulate import tabulate

    from tools.evaluation.table import format_cell

    cells = [
        {"Tracker": name, **{column: format_cell(column, v) for column, v in columns.items()}}
        for name, columns in rows.items()
    ]
    return tabulate(cells, headers="keys", tablefmt="github", disable_numparse=True)


if __name__ == "__main__":
    run(main)
