"""The report's tables of before and after."""

from flatsort.adaptation.findings import NONE, Findings
from flatsort.adaptation.gate_band import SHARES
from flatsort.evaluation.reid.pairs import MAX_GAP_FRAMES, MIN_GAP_FRAMES, distance_name
from flatsort.evaluation.reid.reid_tables import SCORES, Table


def make_tables(findings: Findings) -> list[Table]:
    """Those that have rows."""
    tables = [maker(findings) for maker in (_separations, _figures, _judgements)]
    return [table for table in tables if table.rows]


def _separations(findings: Findings) -> Table:
    rows = [
        [
            name,
            distance_name(found.metric),
            _percent(found.equal_error_rate),
            f"{found.metric.gate:.3f}",
            _percent(found.errors.false_accept),
            _percent(found.errors.false_reject),
            f"{len(found.pairs.same):,}",
            f"{len(found.pairs.other):,}",
        ]
        for name, found in findings.separations.items()
    ]
    return Table(
        "People held out, without labels",
        [
            *("Descriptor", "Distance", "equal error", "gate"),
            *("others accepted", "same rejected", "same", "others"),
        ],
        rows,
        "Boxes of tracklets that were held out of training, each against the nearest of its own "
        "tracklet ten frames ago and earlier, and of those of people seen together with it. equal "
        "error: at the best gate that this footage could give. accepted, rejected: at the gate "
        "that the descriptor is tracked with.",
    )


def _figures(findings: Findings) -> Table:
    rows = [
        [
            name,
            "SORT" if name == NONE else "DeepSORT",
            f"{each.identities}",
            f"{each.mean_length:.1f}",
            f"{each.median_length:.1f}",
            f"{each.cut}",
        ]
        for name, each in findings.figures.items()
    ]
    return Table(
        "Tracks, without labels",
        ["Descriptor", "Tracker", "identities", "mean frames", "median frames", "cut"],
        rows,
        "Of the footage looked at, each stretch of consecutive frames by itself. cut: tracks that "
        "end inside the picture before the stretch does. Fewer identities and longer tracks are "
        "better as long as nobody is taken for somebody else.",
    )


def _judgements(findings: Findings) -> Table:
    rows = [
        [
            name,
            distance_name(judged.metric),
            *(f"{getattr(judged.scores, key):.3f}" for key in SCORES),
        ]
        for name, judged in findings.judgements.items()
    ]
    return Table(
        "People, by labels",
        ["Descriptor", "Distance", *SCORES.values()],
        rows,
        f"Labelled boxes {MIN_GAP_FRAMES} to {MAX_GAP_FRAMES} frames apart, by the distance that "
        "the descriptor is tracked with. Labels only measured: nothing was trained, linked or "
        "chosen by them.",
    )


def around_table(findings: Findings) -> Table:
    """The scores at gates about each descriptor's own."""
    columns = ["IDF1", "IDs", "FM", "MOTA", "HOTA"]
    rows = [
        [name, *(str(spreads[column]) for column in columns)]
        for name, spreads in findings.around.items()
    ]
    return Table(
        "Tracks at other gates, by labels",
        ["Descriptor", *columns],
        rows,
        f"Means and standard deviations over {len(SHARES)} gates, from {SHARES[0]:g} to "
        f"{SHARES[-1]:g} of each descriptor's own. A match more or less can leave two people with "
        "each other's identity for good: with few people, differences at one gate within such a "
        "deviation are chance.",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
