"""Tables of scores as text, Markdown, CSV and JSON."""

import csv
import json
from collections.abc import Collection
from pathlib import Path

from flatsort.evaluation.tracks.score import Score, combine
from flatsort.files.atomic import atomic_writer
from flatsort.files.markdown_text import plain

Scores = dict[str, dict[str, Score]]
"""Tracker -> name of a sequence -> score."""

OVERALL = "OVERALL"
_COUNTS = {"Mixed", "Tracks", "MT", "PT", "ML", "FP", "FN", "IDs", "FM"}


def text_table(scores: Scores, per_sequence: bool = False, optional: Collection[str] = ()) -> str:
    """Make the table for the terminal, rounded as in the paper, and the lines of :func:`coverage`.

    Args:
        scores: at least one tracker, each with at least one sequence.
        per_sequence: whether to add a row for each sequence.
        optional: further columns, names of
            :data:`flatsort.evaluation.tracks.counts.OPTIONAL_COLUMNS`.
    """
    table = _tabulate(scores, per_sequence, optional, "simple")
    return f"{table}\n\n" + "\n".join(coverage(scores))


def markdown_table(
    scores: Scores, per_sequence: bool = False, optional: Collection[str] = ()
) -> str:
    """Make the table of :func:`text_table` in Markdown."""
    shown = {
        plain(tracker): {plain(name): score for name, score in row.items()}
        for tracker, row in scores.items()
    }
    table = _tabulate(shown, per_sequence, optional, "github")
    return f"{table}\n\n" + "  \n".join(coverage(shown))


def coverage(scores: Scores) -> list[str]:
    """Say which sequences the overall rows cover.

    Returns:
        One sentence about all sequences, and one for each tracker that lacks some of them.
    """
    names = _all_sequences(scores)
    lines = [f"{_counted(len(names), 'sequence')}: {', '.join(names)}"]
    complete = next((row for row in scores.values() if len(row) == len(names)), None)
    if complete is not None:
        counts = combine(complete.values()).counts
        lines[0] += (
            f" ({_counted(counts.frames, 'frame')}, "
            f"{_counted(counts.truth_boxes, 'ground-truth box', 'es')}, "
            f"{_counted(counts.truth_tracks, 'track')})"
        )
    for tracker, row in scores.items():
        missing = [name for name in names if name not in row]
        if missing:
            lines.append(
                f"note: {tracker} has no results for {', '.join(missing)}; its overall row covers "
                f"{len(row)} of {len(names)} sequences, so do not compare it with the other rows"
            )
    return lines


def format_cell(column: str, value: float) -> str:
    """Format a number as the paper does: counts whole, FAR with two decimals, others with one."""
    if column in _COUNTS:
        return str(value)
    return f"{value:.2f}" if column == "FAR" else f"{value:.1f}"


def write_json(path: str | Path, scores: Scores, optional: Collection[str] = ()) -> None:
    """Write {tracker: {"OVERALL": {column: number}, sequence: {...}}}, in full precision."""
    with atomic_writer(path) as handle:
        json.dump(_numbers(scores, optional), handle, indent=1)
        handle.write("\n")


def write_csv(path: str | Path, scores: Scores, optional: Collection[str] = ()) -> None:
    """Write each tracker's overall row and one row per sequence, in full precision."""
    with atomic_writer(path) as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["Tracker", "Sequence", "Covers", *_names(scores, optional)])
        for tracker, rows in _numbers(scores, optional).items():
            for name, columns in rows.items():
                covers = " ".join(scores[tracker]) if name == OVERALL else name
                writer.writerow([tracker, name, covers, *columns.values()])


def write_markdown(
    path: str | Path,
    scores: Scores,
    per_sequence: bool = False,
    optional: Collection[str] = (),
) -> None:
    """Write :func:`markdown_table` to a file."""
    with atomic_writer(path) as handle:
        handle.write(markdown_table(scores, per_sequence, optional) + "\n")


def _tabulate(scores: Scores, per_sequence: bool, optional: Collection[str], style: str) -> str:
    from tabulate import tabulate

    total = len(_all_sequences(scores))
    rows = []
    for tracker, row in scores.items():
        # If there is only one sequence, the overall row already shows its score.
        if per_sequence and len(row) > 1:
            rows += [_cells(tracker, name, score, optional) for name, score in row.items()]
        rows.append(_cells(tracker, _covered(row, total), combine(row.values()), optional))
    header = ["Tracker", "Sequences", *_names(scores, optional)]
    align = ["left", "left", *["right"] * (len(header) - 2)]
    return tabulate(rows, header, tablefmt=style, colalign=align, disable_numparse=True)


def _covered(row: dict[str, Score], total: int) -> str:
    if len(row) == 1:
        return next(iter(row))
    return f"all {total}" if len(row) == total else f"{len(row)} of {total}"


def _names(scores: Scores, optional: Collection[str]) -> list[str]:
    """Return the names of the columns with numbers; every score has the same."""
    score = next(score for row in scores.values() for score in row.values())
    return list(score.columns(optional))


def _cells(tracker: str, sequences: str, score: Score, optional: Collection[str]) -> list[str]:
    columns = score.columns(optional)
    return [tracker, sequences, *(format_cell(*column) for column in columns.items())]


def _numbers(scores: Scores, optional: Collection[str]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        tracker: {
            OVERALL: combine(row.values()).columns(optional),
            **{name: score.columns(optional) for name, score in row.items()},
        }
        for tracker, row in scores.items()
    }


def _all_sequences(scores: Scores) -> list[str]:
    return sorted({name for row in scores.values() for name in row})


def _counted(number: int, noun: str, plural: str = "s") -> str:
    return f"{number:,} {noun}{'' if number == 1 else plural}"
