"""Make the report's tables, which compare the new descriptor with the old one."""

from flatsort.adaptation.findings import NONE, Findings
from flatsort.adaptation.gate_band import SHARES
from flatsort.evaluation.reid.pairs import MAX_GAP_FRAMES, MIN_GAP_FRAMES, distance_name
from flatsort.evaluation.reid.reid_tables import SCORES, Table
from flatsort.evaluation.verdict.verdict_words import differences_table, trials_table


def make_tables(findings: Findings) -> list[Table]:
    """Return the tables that have rows."""
    verdict = findings.verdict
    tables = [
        trials_table(verdict.trials),
        differences_table(verdict.trials, verdict.before),
        _pairs(findings),
        _figures(findings),
        _judgements(findings),
    ]
    return [table for table in tables if table.rows]


def _pairs(findings: Findings) -> Table:
    rows = [[name, "", found.text()] for name, found in findings.pair_shares.items()]
    return Table(
        "People held out, without labels",
        ["Descriptor", "", "told apart"],
        rows,
        "Each crop of people held out of training is compared with older crops of the same "
        "tracklet, and with as many of somebody else in the same frames. told apart: percentage of "
        "comparisons in which the own crops are nearer, with Wilson's interval, in which each "
        "person counts once. Crops of one tracklet are alike, so this flatters every descriptor; "
        "the verdict does not use it.",
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
            _or_dash(findings.two_modes.get(name)),
        ]
        for name, each in findings.figures.items()
    ]
    return Table(
        "Tracks, without labels",
        [
            *("Descriptor", "Tracker", "identities", "mean frames", "median frames", "cut"),
            "look like two people",
        ],
        rows,
        "Each stretch of consecutive frames is tracked by itself. cut: tracks that end inside the "
        "picture and before the end of the stretch. Fewer and longer tracks say nothing about "
        "quality: a tracker that mixes up people makes them, too. look like two people: identities "
        "whose crops before and after some moment differ more than crops of one person do, to the "
        "old or the new descriptor; others may be mixed without such a moment.",
    )


def _or_dash(count: int | None) -> str:
    return "-" if count is None else f"{count}"


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
