"""The scores of searches as tables, as a Markdown page and as JSON."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flatsort.descriptors import descriptor_label
from flatsort.evaluation.reid.reid_tables import Table
from flatsort.files.atomic import atomic_writer
from flatsort.files.markdown_text import plain
from flatsort.retrieval.search_scores import RANKS, Findings, Scores, TaskFindings

_COLUMNS = [*(f"P@{rank}" for rank in RANKS), "mAP"]


def make_tables(findings: list[Findings]) -> list[Table]:
    """Return one table per task, each with the rows of all indexes."""
    names = dict.fromkeys(each.task.name for outcome in findings for each in outcome.tasks)
    return [_table(name, findings) for name in names]


def summary(findings: list[Findings]) -> list[str]:
    """Return one sentence per set of indexed tracks; it lists all descriptors of these tracks."""
    described: dict[str, list[str]] = {}
    for outcome in findings:
        facts = f"{outcome.tracks} tracks of {', '.join(outcome.sources)}, {outcome.samples} boxes"
        described.setdefault(facts, []).append(_label(outcome))
    return [f"{', '.join(labels)}: {facts}." for facts, labels in described.items()]


def agreement(findings: list[Findings]) -> list[str]:
    """Return one sentence per engine that says how often it agrees with exhaustive comparisons."""
    tasks = [each for outcome in findings for each in outcome.tasks]
    asked = sum(len(each.task.queries) for each in tasks)
    return [
        f"{engine}: for {sum(each.agreement[engine] for each in tasks)} of {asked} queries the "
        f"first {RANKS[-1]} answers equal an exhaustive comparison, in the same order."
        for engine in tasks[0].agreement
    ]


def write_markdown(path: Path, findings: list[Findings]) -> None:
    """Write the tables and sentences as a Markdown page.

    Raises:
        InputError: the file cannot be written.
    """
    parts = ["# Searching tracks", "Written by `python tools/search.py evaluate`."]
    parts.append("\n".join(f"- {plain(line)}" for line in summary(findings)))
    for table in make_tables(findings):
        parts.append(f"## {table.title}\n\n{table.text('github')}\n\n{table.note}")
    parts.append("\n".join(f"- {line}" for line in agreement(findings)))
    with atomic_writer(path) as handle:
        handle.write("\n\n".join(parts) + "\n")


def write_json(path: Path, findings: list[Findings]) -> None:
    """Write all figures in full precision, as a list with one entry per index.

    Raises:
        InputError: the file cannot be written.
    """
    with atomic_writer(path) as handle:
        json.dump([_numbers(outcome) for outcome in findings], handle, indent=1)
        handle.write("\n")


def _table(name: str, findings: list[Findings]) -> Table:
    rows, notes = [], {}
    for outcome in findings:
        for each in outcome.tasks:
            if each.task.name == name:
                rows += _rows(outcome, each)
                notes[each.task.meaning] = None
    return Table(
        name,
        ["Descriptor", "Distance", *_COLUMNS, "queries"],
        rows,
        f"{' '.join(notes)} P@k: share of right answers among the first k (P@1 is rank-1). Best "
        "possible: a search that puts all right answers first. The centre of the centred cosine is "
        "the mean of the index's features; the own-centred cosine has the descriptor's own centre. "
        "*: the distance for which the descriptor is calibrated; searches use it by default.",
    )


def _rows(outcome: Findings, found: TaskFindings) -> list[list[str]]:
    count = str(len(found.task.queries))
    rows = [["", "best possible", *_cells(found.best), count]]
    for distance, scores in found.scores.items():
        mark = " *" if distance == outcome.own else ""
        rows.append(["", distance + mark, *_cells(scores), ""])
    rows[0][0] = _label(outcome)
    return rows


def _cells(scores: Scores) -> list[str]:
    figures = [*scores.precision.values(), scores.mean_average_precision]
    return [f"{figure:.3f}" for figure in figures]


def _label(outcome: Findings) -> str:
    return descriptor_label(outcome.descriptor)


def _numbers(outcome: Findings) -> dict[str, Any]:
    return {
        "descriptor": outcome.descriptor,
        "calibrated_for": outcome.own,
        "sources": outcome.sources,
        "tracks": outcome.tracks,
        "samples": outcome.samples,
        "tasks": {
            each.task.name: {
                "queries": len(each.task.queries),
                "best_possible": asdict(each.best),
                "distances": {name: asdict(scores) for name, scores in each.scores.items()},
                "agreement": each.agreement,
            }
            for each in outcome.tasks
        },
    }
