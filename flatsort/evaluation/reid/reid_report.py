"""Write a descriptor report as text, as JSON, or as a folder with a page and its pictures."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from flatsort.descriptors import descriptor_label
from flatsort.evaluation.reid.reid_findings import DescriptorReport, Report
from flatsort.evaluation.reid.reid_tables import make_tables, summary
from flatsort.evaluation.reid.seeds import group_seeds, seed_spreads
from flatsort.files.atomic import atomic_path, atomic_writer
from flatsort.files.markdown_text import plain

PAGE, NUMBERS, ROC = "report.md", "report.json", "roc.png"


def terminal_text(report: Report) -> str:
    """Make all tables as text for the terminal."""
    parts = [summary(report)]
    for table in make_tables(report):
        parts.append(f"{table.title}\n\n{table.text('simple')}\n\n{table.note}")
    return "\n\n".join(parts)


def write_json(path: Path, report: Report) -> None:
    """Write all figures in full precision.

    Raises:
        InputError: the file cannot be written.
    """
    with atomic_writer(path) as handle:
        json.dump(_numbers(report), handle, indent=1, allow_nan=False)
        handle.write("\n")


def write_folder(folder: Path, report: Report) -> None:
    """Write report.json, roc.png, one distances-NAME.png per descriptor, and last report.md.

    Raises:
        InputError: a file cannot be written.
    """
    # Imported only here: a report in the terminal needs no pictures.
    from flatsort.evaluation.reid.reid_plots import plot_distances, plot_roc

    write_json(folder / NUMBERS, report)
    with atomic_path(folder / ROC) as path:
        plot_roc(path, report.descriptors)
    for each in report.descriptors:
        with atomic_path(folder / _picture(each)) as path:
            plot_distances(path, each)
    with atomic_writer(folder / PAGE) as handle:
        handle.write(_page(report))


def _page(report: Report) -> str:
    parts = [
        f"# Descriptors on {plain(report.sequence)}",
        f"Written by `python tools/descriptor_report.py`. {plain(summary(report))}",
    ]
    for table in make_tables(report):
        parts.append(f"## {table.title}\n\n{table.text('github')}\n\n{table.note}")
    if not group_seeds(each.name for each in report.descriptors):
        parts.append(
            "No descriptor has weights of other seeds here (NAME-seed1 and so on, from `make "
            "seeds`), so the page shows no spread over trainings."
        )
    parts.append("## ROC curves\n\nEach curve shows the descriptor's best distance.")
    parts.append(f"![ROC curves]({ROC})")
    parts.append("## Distances")
    parts += [f"![Distances of {each.name}]({_picture(each)})" for each in report.descriptors]
    return "\n\n".join(parts) + "\n"


def _picture(report: DescriptorReport) -> str:
    return f"distances-{descriptor_label(report.name)}.png"


def _numbers(report: Report) -> dict[str, Any]:
    """Convert the report, without its pairs but with the spread over seeds, to JSON values."""
    facts = asdict(replace(report, descriptors=[]))
    del facts["descriptors"]
    facts["descriptors"] = {each.name: _descriptor_numbers(each) for each in report.descriptors}
    facts["seeds"] = _seed_numbers({each.name: each for each in report.descriptors})
    return facts


def _descriptor_numbers(report: DescriptorReport) -> dict[str, Any]:
    facts = asdict(replace(report, pairs={}))
    del facts["pairs"], facts["name"]
    return facts


def _seed_numbers(reports: dict[str, DescriptorReport]) -> dict[str, Any]:
    return {
        model: {
            "members": members,
            "scores": {
                distance: {key: asdict(figures) for key, figures in spreads.items()}
                for distance, spreads in seed_spreads([reports[name] for name in members]).items()
            },
        }
        for model, members in group_seeds(reports).items()
    }
