"""The facts and figures of a run, as text for the page."""

from collections.abc import Sequence as Items
from pathlib import Path
from typing import Any

import numpy as np

from flatsort.analysis.run_analysis import Analysis
from flatsort.descriptors import descriptor_label
from flatsort.reports.track_timeline import Track
from flatsort.reports.truth_section import Judgement
from flatsort.sources.frame_selection import ALL
from flatsort.tracking.finished_run import Run


def key_facts(
    run: Run, descriptor: str | None, frames: int, size: tuple[int, int] | None
) -> dict[str, str]:
    """Return the facts of the page's heading: name -> value."""
    facts = {}
    if descriptor:
        facts["Descriptor"] = descriptor_label(descriptor)
    if run.record:
        # A detection file is shown without its folder: the path is too long for a heading.
        facts["Detector"] = Path(run.record.detector).name
    counts = class_counts(run)
    if len(counts) > 1:
        facts["Classes"] = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    facts["Frames"] = f"{frames:,} at {run.frame_rate:g} per second"
    if size:
        facts["Size"] = f"{size[0]} x {size[1]}"
    return facts


def class_counts(run: Run) -> dict[str, int]:
    """Return the number of tracks per class by the class's name, in the order of column 8."""
    is_known = run.rows.classes >= 1
    pairs = np.unique(np.column_stack([run.rows.classes, run.rows.ids])[is_known], axis=0)
    numbers, counts = np.unique(pairs[:, 0], return_counts=True)
    names = run.record.classes if run.record else {}
    return {
        names.get(str(number), f"class {number}"): count
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
    }


def key_figures(
    tracks: Items[Track], judgement: Judgement | None, analysis: Analysis, moments: int
) -> dict[str, str]:
    """Return the key figures at the top of the page: name -> value.

    Args:
        tracks: the tracks.
        judgement: comparison with the ground truth; None without it.
        analysis: people over time.
        moments: number of doubtful moments.
    """
    figures = {
        "of footage": _duration(analysis.frames / analysis.frame_rate),
        "people": f"{len(tracks):,}",
        "at most at a time": f"{analysis.people.max(initial=0):,}",
    }
    if tracks:
        seconds = [track.frames / analysis.frame_rate for track in tracks]
        figures["usual time in sight"] = _duration(float(np.median(seconds)))
        figures["longest time in sight"] = _duration(max(seconds))
    figures["moments in doubt"] = f"{moments:,}"
    if judgement:
        columns = judgement.score.columns()
        figures["people in truth"] = f"{len(judgement.people):,}"
        figures |= {name: f"{columns[name]:.1f}" for name in ("HOTA", "IDF1", "MOTA")}
        figures["switches"] = f"{columns['IDs']:,}"
        figures["fragments"] = f"{columns['FM']:,}"
    return figures


def run_details(run: Run) -> dict[str, str]:
    """Return all other facts that the run recorded: name -> value."""
    details = {"Results": str(run.rows.path)}
    record = run.record
    if record is None:
        return details
    details |= {
        "Footage": record.source,
        "Detector": record.detector,
        "Descriptor": record.descriptor,
    }
    if record.selection != ALL:
        details["Tracked frames"] = (
            f"one of {record.every} frames, from {record.first} to {record.frames}"
        )
    if record.region is not None:
        details["Tracked region"] = " ".join(f"{x:g},{y:g}" for x, y in record.region)
    details |= {_words(name): _value(value) for name, value in record.options.items()}
    details |= {_words(name): f"{count:,}" for name, count in record.counts.items()}
    if record.notes:
        details["Notes"] = "; ".join(record.notes)
    versions = (f"{name} {version}" for name, version in record.versions.items())
    speed = record.tracked / max(1e-9, sum(record.seconds.values()))
    details["Frames per second"] = f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"
    return details | {"Versions": ", ".join(versions)}


def _duration(seconds: float) -> str:
    """Return seconds as text: "3.8 s", "4:05 min" or "1:02 h"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)}:{int(seconds % 60):02d} min"
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d} h"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _value(value: Any) -> str:
    if value is None:
        return "the tracker's own"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
