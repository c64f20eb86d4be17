"""Write report.md: how the run went, and how the new descriptor compares with the old one."""

from collections.abc import Iterable
from pathlib import Path

from flatsort.adaptation.findings import NONE, Findings
from flatsort.adaptation.report_figures import plot_before_and_after
from flatsort.adaptation.report_tables import gate_band_table, make_tables
from flatsort.evaluation.tracks.score_table import markdown_table
from flatsort.files.atomic import atomic_writer

PAGE, HELD_OUT, LABELLED, SHEET = "report.md", "distances.png", "labelled.png", "sheet.png"


def write_report(folder: Path, findings: Findings, facts: Iterable[str]) -> list[str]:
    """Write the page and its pictures; training has written its sheet to the folder already.

    Args:
        folder: folder of the run.
        findings: the comparison to report.
        facts: sentences about the footage and the training.

    Returns:
        The headlines, for the command to print.

    Raises:
        InputError: a file cannot be written.
    """
    _plot(folder, findings)
    lines = headlines(findings)
    parts = [f"# {findings.after}", lines[0], " ".join(facts)]
    for table in make_tables(findings):
        parts.append(f"## {table.title}\n\n{table.text('github')}\n\n{table.note}")
    if findings.scores:
        scores = {name: {"footage": score} for name, score in findings.scores.items()}
        parts.append(f"## Tracks, by labels\n\n{markdown_table(scores, optional=['Purity'])}")
    if findings.gate_bands:
        table = gate_band_table(findings)
        parts.append(f"## {table.title}\n\n{table.text('github')}\n\n{table.note}")
    pictures = {HELD_OUT: findings.held_out, LABELLED: findings.judgements}
    drawn = [f"![Distances before and after]({name})" for name, shown in pictures.items() if shown]
    if drawn:
        parts += ["## Distances", *drawn]
    parts.append(
        "## Training\n\nRows from the top: crops, the decoder's targets, the decoder's outputs, "
        f"and decoded straight lines between people.\n\n![Training sheet]({SHEET})"
    )
    with atomic_writer(folder / PAGE) as handle:
        handle.write("\n\n".join(parts) + "\n")
    return lines


def headlines(findings: Findings) -> list[str]:
    """Return the verdict, the figures of the tracks and, with ground truth, scores by labels."""
    before, after = findings.before, findings.after
    figures = findings.figures
    lines = [
        _verdict(findings),
        "Tracks: "
        + "; ".join(
            f"{name} {figures[name].identities} identities of {figures[name].mean_length:.1f} "
            "frames on average"
            for name in (after, before, NONE)
        )
        + ".",
    ]
    if findings.judgements:
        new, old = (findings.judgements[name].scores for name in (after, before))
        lines.append(
            f"By labels: same-person AUC {new.auc:.3f}, with {before} {old.auc:.3f}; rank-1 "
            f"{new.rank_1:.3f}, {old.rank_1:.3f}; mAP {new.mean_average_precision:.3f}, "
            f"{old.mean_average_precision:.3f}."
        )
    if findings.scores:
        new, old = (findings.scores[name].columns() for name in (after, before))
        lines.append(
            f"By labels: IDF1 {new['IDF1']:.1f}, with {before} {old['IDF1']:.1f}; MOTA "
            f"{new['MOTA']:.1f}, {old['MOTA']:.1f}; {new['IDs']} identity switches, {old['IDs']}."
        )
    if findings.gate_bands:
        new, old = (findings.gate_bands[name] for name in (after, before))
        lines.append(
            f"By labels, mean over gates around each descriptor's own: IDF1 {new['IDF1']}, with "
            f"{before} {old['IDF1']}; MOTA {new['MOTA']}, {old['MOTA']}; {new['IDs']} identity "
            f"switches, {old['IDs']}."
        )
    return lines


def _verdict(findings: Findings) -> str:
    before, after = findings.before, findings.after
    if findings.is_better is None:
        return (
            f"Whether {after} is better than {before} could not be measured: too few people could "
            "be held out of training. Give footage in which more people stay in view for longer, "
            "together with others."
        )
    old, new = (100 * findings.held_out[name].equal_error_rate for name in (before, after))
    rates = (
        f"on people held out of training, {after} errs in {new:.1f} % of the cases, {before} in "
        f"{old:.1f} %"
    )
    if findings.is_better:
        return f"{after} tells people apart better here than {before}: {rates}."
    doubt = "not clearly" if new < old else "not"
    return f"Keep {before}: {after} is {doubt} better here; {rates}."


def _plot(folder: Path, findings: Findings) -> None:
    if findings.held_out:
        plot_before_and_after(
            folder / HELD_OUT,
            "Without labels: distances to galleries, people held out",
            {name: (found.pairs, found.metric) for name, found in findings.held_out.items()},
        )
    if findings.judgements:
        plot_before_and_after(
            folder / LABELLED,
            "By labels: distances of pairs 20 to 150 frames apart",
            {name: (judged.pairs, judged.metric) for name, judged in findings.judgements.items()},
        )
