"""Make the report's tables, which compare the new descriptor with the old one."""

from flatsort.adaptation.findings import NONE, Findings
from flatsort.adaptation.gate_band import SHARES
from flatsort.evaluation.reid.pairs import MAX_GAP_FRAMES, MIN_GAP_FRAMES, distance_name
from flatsort.evaluation.reid.reid_tables import SCORES, Table


def make_tables(findings: Findings) -> list[Table]:
    """Return the tables that have rows."""
    tables = [maker(findings) for maker in (_held_out, _figures, _judgements)]
    return [table for table in tables if table.rows]


def _held_out(findings: Findings) -> Table:
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
        for name, found in findings.held_out.items()
    ]
    return Table(
        "People held out, without labels",
        [
            *("Descriptor", "Distance", "equal error", "gate"),
            *("others accepted", "same rejected", "same", "others"),
        ],
        rows,
        "Each box of a tracklet held out of training is compared with boxes at least ten frames "
        "before it: with the nearest box of its own tracklet, and with the nearest box of each "
        "other person seen in the same frames. equal error: error rate at the best gate that this "
        "footage could give. others accepted, same rejected: error rates at the gate that the "
        "tracker uses. same, others: numbers of distances.",
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
        "Each stretch of consecutive frames is tracked by itself. cut: tracks that end inside the "
        "picture and before the end of the stretch. Fewer identities and longer tracks are better, "
        "unless they mix up people.",
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
        f"Pairs of labelled boxes {MIN_GAP_FRAMES} to {MAX_GAP_FRAMES} frames apart, compared by "
        "the distance that the tracker uses. Labels only measure: no training, link or choice uses "
        "them.",
    )


def gate_band_table(findings: Findings) -> Table:
    """Return the table of scores at gates around each descriptor's own."""
    columns = ["IDF1", "Purity", "IDs", "FM", "MOTA", "HOTA"]
    rows = [
        [name, *(str(spreads[column]) for column in columns)]
        for name, spreads in findings.gate_bands.items()
    ]
    return Table(
        "Tracks at other gates, by labels",
        ["Descriptor", *columns],
        rows,
        f"Means and standard deviations over {len(SHARES)} gates, from {SHARES[0]:g} to "
        f"{SHARES[-1]:g} times each descriptor's own. A single match can swap two people's "
        "identities for good. With few people, a difference at one gate that is smaller than the "
        "standard deviation is chance.",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
