"""Write report.md and the tracks: how the run went, and whether the new descriptor helps."""

from collections.abc import Iterable
from pathlib import Path

from flatsort.adaptation.findings import NONE, Findings
from flatsort.adaptation.identity_strips import draw_strips
from flatsort.adaptation.observed_footage import Footage
from flatsort.adaptation.report_figures import plot_before_and_after
from flatsort.adaptation.report_tables import gate_band_table, make_tables
from flatsort.evaluation.tracks.score_table import markdown_table
from flatsort.evaluation.verdict.verdict_words import headline
from flatsort.files.atomic import atomic_writer
from flatsort.files.markdown_text import plain
from flatsort.files.mot_files import write_results

PAGE, LABELLED, SHEET = "report.md", "labelled.png", "sheet.png"
TRACKS, STRIPS = "tracks.txt", "identities.png"


def write_report(
    folder: Path, findings: Findings, footage: Footage, facts: Iterable[str]
) -> list[str]:
    """Write the page, its pictures, and the tracks of the recommended descriptor.

    Training has written its sheet to the folder already.

    Args:
        folder: folder of the run.
        findings: the comparison to report.
        footage: the footage, with the crops of its boxes.
        facts: sentences about the footage and the training.

    Returns:
        The headlines, for the command to print.

    Raises:
        InputError: a file cannot be written.
    """
    chosen = findings.verdict.recommended
    tracks = findings.tracks[chosen]
    write_results(
        folder / TRACKS,
        zip(tracks.frames, tracks.ids, *tracks.boxes_tlwh.T, strict=True),
    )
    drawn = draw_strips(folder / STRIPS, tracks, footage)
    if findings.judgements:
        plot_before_and_after(
            folder / LABELLED,
            "By labels: distances of pairs 20 to 150 frames apart",
            {name: (judged.pairs, judged.metric) for name, judged in findings.judgements.items()},
        )
    lines = headlines(findings)
    parts = [f"# {plain(findings.verdict.after)}", plain(lines[0]), plain(" ".join(facts))]
    for table in make_tables(findings):
        parts.append(f"## {table.title}\n\n{table.text('github')}\n\n{table.note}")
    if findings.scores:
        scores = {name: {"footage": score} for name, score in findings.scores.items()}
        parts.append(f"## Tracks, by labels\n\n{markdown_table(scores, optional=['Purity'])}")
    if findings.gate_bands:
        table = gate_band_table(findings)
        parts.append(f"## {table.title}\n\n{table.text('github')}\n\n{table.note}")
    if findings.judgements:
        parts += ["## Distances, by labels", f"![Distances before and after]({LABELLED})"]
    parts.append(f"## Identities\n\n{_describe_strips(chosen, drawn)}")
    parts.append(
        "## Training\n\nRows from the top: crops, the decoder's targets, the decoder's outputs, "
        f"and decoded straight lines between people.\n\n![Training sheet]({SHEET})"
    )
    with atomic_writer(folder / PAGE) as handle:
        handle.write("\n\n".join(parts) + "\n")
    return lines


def headlines(findings: Findings) -> list[str]:
    """Return the verdict, the figures of the tracks and, with ground truth, scores by labels."""
    before, after = findings.verdict.before, findings.verdict.after
    figures = findings.figures
    lines = [
        headline(findings.verdict),
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


def _describe_strips(chosen: str, drawn: int) -> str:
    """Say what the tracks and the strips of crops show."""
    tracker = "SORT, without a descriptor" if chosen == NONE else f"DeepSORT with {chosen}"
    written = f"`{TRACKS}` holds the tracks of {tracker}."
    if not drawn:
        return written
    return (
        f"{written} The {drawn} longest of them, one per row: the first crop, the middle one, the "
        f"last one, and the one that looks least like the rest. Look for rows with two people.\n\n"
        f"![Crops of each identity]({STRIPS})"
    )
