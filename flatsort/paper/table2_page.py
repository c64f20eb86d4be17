"""The page docs/table2.md: the paper's Table 2, and our trackers in the same columns."""

from collections.abc import Sequence as Items
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

from flatsort.descriptors.registry import weights_path
from flatsort.errors import InputError
from flatsort.evaluation.tracks.counts import COLUMNS
from flatsort.evaluation.tracks.score import combine
from flatsort.evaluation.tracks.score_table import coverage, format_cell
from flatsort.files.sequence import Sequence
from flatsort.paper.printed_table2 import PAPER_TABLE_2
from flatsort.paper.tracker_comparison import Line, compare

CAVEATS = """\
Written by `python tools/table2.py` (`make table2`).

How to read it: the paper's figures come from other sequences and other detections than ours, so
compare the order of the trackers and the gaps between them, not the figures. The shipped weights
come in two families. The unlabelled training crops of the first family include MOT16-09, as the
paper's training crops included its test sequences. The training crops of the `unseen` family do
not include it. PCA is the principal subspace of the same crops, with as many numbers: the baseline
without training. The [model cards](../weights/MODEL_CARD.md) say which of our decoders is such a
plane too. Each descriptor is tracked with two settings. With the paper's settings, the gate is a
cosine distance of 0.2 about the origin, and a detection is dropped if a more confident one covers
more than 0.7 of it. With ours, the metric and the gate are calibrated without labels: for the
shipped weights on tracklets held out of training, for other descriptors on the sequence's own
detections. Our settings, like SORT's, drop no detections beyond those that the detector itself
drops. Where det/yolox.txt comes from ByteTrack's YOLOX-x, that detector was trained on the first
half of each sequence."""

DETECTIONS = ("det.txt", "yolox.txt")
"""Files in det/ that our trackers run on."""


@dataclass(frozen=True)
class Row:
    """One of our trackers.

    Attributes:
        name: the name in the table.
        descriptor: its descriptor, as `load_descriptor` takes it.
        detections: the files in det/ that the tracker can run on.
    """

    name: str
    descriptor: str
    detections: tuple[str, ...] = DETECTIONS


ROWS = (
    Row("SORT", "none"),
    Row("histogram", "histogram"),
    Row("PCA", "pca"),
    Row("VHP-VAE-SORT", "vhpvae"),
    Row("VHP-FMVAE-SORT, beta 300", "fmvae-300"),
    Row("VHP-FMVAE-SORT, beta 3000", "fmvae"),
    Row("fmvae-track", "fmvae-track"),
    Row("PCA, unseen", "pca-unseen"),
    Row("VHP-VAE-SORT, unseen", "vhpvae-unseen"),
    Row("VHP-FMVAE-SORT, unseen", "fmvae-unseen"),
    Row("fmvae-track, unseen", "fmvae-track-unseen"),
    # Its features were computed for the boxes of one detector only.
    Row("DeepSORT (mars-small128)", "features:frcnn-mars-small128.npy", ("det.txt",)),
)
SHIPPED = {row.descriptor for row in ROWS if row.descriptor.startswith(("vhpvae", "fmvae", "pca"))}
"""Descriptors whose weights come with the project."""


def make_page(sequences: Items[Sequence], rows: Items[Row], results: Path) -> str:
    """Track and score all rows on both detection files, and write the page's Markdown.

    Args:
        sequences: the sequences; those without ground truth, frames or detections are left out.
        rows: our trackers.
        results: folder for the result files.

    Raises:
        InputError: no sequence can be used, or a descriptor or a sequence is wrong.
    """
    usable = [each for each in sequences if each.has_ground_truth and each.has_images]
    ours = []
    for detections in DETECTIONS:
        tracked = [each for each in usable if (each.folder / "det" / detections).is_file()]
        if tracked:
            ours.append(_our_section(tracked, detections, rows, results))
    if not ours:
        raise InputError(
            f"{', '.join(each.name for each in sequences)}: no ground truth, no frames, or neither "
            "det/det.txt nor det/yolox.txt: name other sequences"
        )
    title = "The paper's figures (MOT16 train, seven sequences, POI detections)"
    printed = f"## {title}\n\n{paper_table()}"
    return "\n\n".join(["# Table 2", CAVEATS, printed, *ours])


def all_rows(onnx: str | None) -> list[Row]:
    """List our rows, and one more for a re-identification network in an ONNX file."""
    if onnx is None:
        return list(ROWS)
    return [*ROWS, Row(f"DeepSORT ({Path(onnx).stem})", f"onnx:{onnx}")]


def lacks_weights(row: Row) -> bool:
    """Whether a row needs shipped weights whose file is missing."""
    return row.descriptor in SHIPPED and weights_path(row.descriptor) is None


def paper_table() -> str:
    """Make the Markdown table of the paper's rows."""
    cells = [
        {"Tracker": name}
        | {c: format_cell(c, value) for c, value in zip(COLUMNS, values, strict=True)}
        for name, values in PAPER_TABLE_2.items()
    ]
    return tabulate(cells, headers="keys", tablefmt="github", disable_numparse=True)


def _our_section(
    sequences: Items[Sequence], detections: str, rows: Items[Row], results: Path
) -> str:
    words = {row.name: row.descriptor for row in rows if _can_run(row, detections, sequences)}
    compared = compare(sequences, detections, words, results / Path(detections).stem)
    # Both lines of a tracker have its name, so coverage() gets numbers instead of names.
    note = " ".join(coverage({str(n): each.scores for n, each in enumerate(compared)}))
    return f"## Our figures, det/{detections}\n\n{_our_table(compared)}\n\n{note}."


def _can_run(row: Row, detections: str, sequences: Items[Sequence]) -> bool:
    """Whether a row can run on these detections; every sequence needs the row's feature file."""
    _, _, features = row.descriptor.partition("features:")
    return detections in row.detections and (
        not features or all((each.folder / "det" / features).is_file() for each in sequences)
    )


def _our_table(compared: list[Line]) -> str:
    cells = []
    for each in compared:
        columns = combine(each.scores.values()).columns()
        cells.append(
            {"Tracker": each.name, "Settings": each.settings}
            | {column: format_cell(column, value) for column, value in columns.items()}
        )
    return tabulate(cells, headers="keys", tablefmt="github", disable_numparse=True)
