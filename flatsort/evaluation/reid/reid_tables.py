"""The tables of a descriptor report, for the terminal and for Markdown."""

from dataclasses import dataclass

from flatsort.evaluation.reid.gates import Errors, JudgedGate
from flatsort.evaluation.reid.pairs import (
    CENTRED_COSINE,
    MAX_GAP_FRAMES,
    MIN_GAP_FRAMES,
    OWN_CENTRED_COSINE,
)
from flatsort.evaluation.reid.reid_findings import DescriptorReport, Report
from flatsort.evaluation.reid.seeds import group_seeds, seed_spreads
from flatsort.files.markdown_text import plain

SCORES = {
    "auc": "AUC",
    "equal_error_rate": "EER",
    "rank_1": "rank-1",
    "mean_average_precision": "mAP",
}
_UNKNOWN = "-"


@dataclass(frozen=True)
class Table:
    """A table with a title and a note.

    Attributes:
        title: heading of the table.
        header: headings of the columns; the first two columns hold words, the others figures.
        rows: rows of cells, as printed.
        note: explanation of the columns.
    """

    title: str
    header: list[str]
    rows: list[list[str]]
    note: str

    def text(self, style: str) -> str:
        """Format the table in one of tabulate's styles."""
        from tabulate import tabulate

        align = ["left", "left", *["right"] * (len(self.header) - 2)]
        rows = self.rows
        if style == "github":
            rows = [[plain(row[0]), *row[1:]] for row in rows]
        return tabulate(rows, self.header, tablefmt=style, colalign=align, disable_numparse=True)


def summary(report: Report) -> str:
    """Say which crops, pairs and detections the figures come from."""
    return (
        f"{report.sequence} has {report.labelled:,} labelled crops of {report.people} people. They "
        f"form {report.same_pairs:,} pairs of one person and {report.other_pairs:,} pairs of two "
        f"people, {MIN_GAP_FRAMES} to {MAX_GAP_FRAMES} frames apart. Gates are found without "
        f"labels, on {report.detected:,} detections of {report.detections}."
    )


def make_tables(report: Report) -> list[Table]:
    """Make the report's tables; tables without rows are left out."""
    others = [maker(report.descriptors) for maker in (_seeds, _gates, _flatness)]
    return [table for table in (_scores(report), *others) if table.rows]


def _scores(report: Report) -> Table:
    rows = []
    for each in report.descriptors:
        facts = [str(each.dimensions), f"{each.crops_per_second:.0f}", f"{each.busy_cores:.1f}"]
        for distance, scores in each.scores.items():
            best = " *" if distance == each.best_distance else ""
            figures = [f"{getattr(scores, key):.3f}" for key in SCORES]
            rows.append([each.name, distance + best, *figures, *facts])
    centres = f"{CENTRED_COSINE}: the cosine distance about the mean of the " + (
        "detections." if report.detected else "labelled crops, because there are no detections."
    )
    if any(OWN_CENTRED_COSINE in each.scores for each in report.descriptors):
        centres += (
            f" {OWN_CENTRED_COSINE}: the cosine distance about the descriptor's own centre; for "
            "trained weights this is the mean of their training crops."
        )
    return Table(
        "Scores",
        ["Descriptor", "Distance", *SCORES.values(), "D", "crops/s", "cores"],
        _name_once(rows, {0, 6, 7, 8}),
        f"*: the descriptor's highest AUC. EER: equal error rate. {centres} D: length of the "
        "features. crops/s: crops described per second in one run, including the cutting. cores: "
        "average number of busy processor cores in that run.",
    )


def _seeds(descriptors: list[DescriptorReport]) -> Table:
    named = {each.name: each for each in descriptors}
    rows = []
    for model, members in group_seeds(named).items():
        for distance, spreads in seed_spreads([named[name] for name in members]).items():
            cells = [f"{spreads[key].mean:.3f} ± {spreads[key].deviation:.3f}" for key in SCORES]
            rows.append([f"{model} ({len(members)} seeds)", distance, *cells])
    return Table(
        "Seeds",
        ["Descriptor", "Distance", *SCORES.values()],
        _name_once(rows, {0}),
        "Mean and standard deviation over the trainings NAME and NAME-seedN. The JSON file also "
        "has the lowest and the highest value.",
    )


def _gates(descriptors: list[DescriptorReport]) -> Table:
    rows = []
    for each in descriptors:
        for distance, found in each.recommended.items():
            if found is None:
                rows.append([each.name, distance, *[_UNKNOWN] * 6])
            else:
                expected = f"{found.equal_error_rate:.3f}"
                rows.append([each.name, *_gate_cells(each.gates[distance], expected)])
        if each.own is not None:
            own = _gate_cells(each.own, _UNKNOWN)
            rows.append([each.name, f"own: {own[0]}", *own[1:]])
    return Table(
        "Gates",
        [
            *("Descriptor", "Distance", "gate", "expected"),
            *("pairs: accept", "reject", "galleries: accept", "reject"),
        ],
        _name_once(rows, {0}),
        "expected: rate of either error at the gate, estimated from detections. accept: share of "
        "the distances between two people within the gate, by labels. reject: share of the "
        "distances of one person beyond the gate, by labels. pairs: distances between the pairs "
        "scored above. galleries: distances from a crop to the nearest of a person's crops that "
        "are at least ten frames older, as in the tracker. own: the metric and the gate that "
        "tools/track.py uses for the descriptor.",
    )


def _gate_cells(judged: JudgedGate, expected: str) -> list[str]:
    return [
        judged.distance,
        f"{judged.gate:.3g}",
        expected,
        *_error_cells(judged.pairs),
        *_error_cells(judged.galleries),
    ]


def _error_cells(errors: Errors | None) -> list[str]:
    if errors is None:
        return [_UNKNOWN, _UNKNOWN]
    return [f"{errors.false_accept:.3f}", f"{errors.false_reject:.3f}"]


def _flatness(descriptors: list[DescriptorReport]) -> Table:
    rows = []
    for each in descriptors:
        flat = each.flatness
        if flat is not None:
            low, median, high = flat.condition
            rows.append(
                [
                    each.name,
                    f"{median:.3g} ({low:.3g} to {high:.3g})",
                    f"{flat.log_mf_deviation:.3g}",
                    f"{flat.log_trace_deviation:.3g}",
                    f"{flat.correlation:.3f}",
                    f"{flat.slope:.3g}",
                    f"{flat.scale:.3g}",
                    f"{flat.decoder_residual:.2g}",
                    _UNKNOWN if flat.encoder_residual is None else f"{flat.encoder_residual:.2g}",
                ]
            )
    crops = max((each.flatness.crops for each in descriptors if each.flatness), default=0)
    return Table(
        "Flatness of the decoder",
        [
            *("Descriptor", "condition number (quartiles)", "sd log MF", "sd log tr G"),
            *("correlation", "slope", "sqrt(tr G / Nz)"),
            *("affine residual: decoder", "encoder"),
        ],
        rows,
        f"The metric tensor G = J^T J at {crops} of the labelled crops, with all columns of J. A "
        "flat decoder has condition number 1 and no deviation; c |z - z'|, with c = "
        "sqrt(tr G / Nz), is then the length along the decoded surface. correlation and slope "
        "compare latent distance with the distance between the decoded pictures. That distance is "
        "the chord of the surface: where the surface is a plane, the correlation is 1 and the "
        "slope is c; where the surface bends, both are smaller. affine residual: share of variance "
        "that the best affine map leaves unexplained, on points that did not fit the map; of the "
        "decoder at latents drawn from its prior, where 0 is a plane, and of the encoder as a map "
        "of the labelled crops' pixels (16 x 16 RGB). An encoder of L*a*b* pictures is not affine "
        "in RGB, even where it is affine in its own picture. PCA has no row: its surface is a "
        "plane by construction, with condition number 1 and affine residual 0.",
    )


def _name_once(rows: list[list[str]], columns: set[int]) -> list[list[str]]:
    """Blank the cells of `columns` in each row whose first cell is the same as in the row above."""
    return [
        [
            "" if column in columns and number and rows[number - 1][0] == row[0] else cell
            for column, cell in enumerate(row)
        ]
        for number, row in enumerate(rows)
    ]
