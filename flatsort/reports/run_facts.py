"""The facts and figures of a run, as text for the page."""

from collections.abc import Sequence as Items
from pathlib import Path
from typing import Any

import numpy as np

from flatsort.descriptors import descriptor_label
from flatsort.reports.track_timeline import Track
from flatsort.reports.truth_section import Judgement
from flatsort.tracking.finished_run import Run
from flatsort.tracking.run_record import RunRecord


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
    facts["Frames"] = f"{frames:,} at {run.frame_rate:g} per second"
    if size:
        facts["Size"] = f"{size[0]} x {size[1]}"
    return facts


def key_figures(tracks: Items[Track], judgement: Judgement | None) -> dict[str, str]:
    """Return the key figures at the top of the page: name -> value."""
    figures = {"tracks": f"{len(tracks):,}"}
    if judgement:
        columns = judgement.score.columns()
        return {
            **{name: f"{columns[name]:.1f}" for name in ("HOTA", "IDF1", "MOTA")},
            "switches": f"{columns['IDs']:,}",
            "fragments": f"{columns['FM']:,}",
            "people": f"{len(judgement.people):,}",
            **figures,
        }
    lengths = [track.frames for track in tracks]
    if lengths:
        figures["frames of the median track"] = f"{np.median(lengths):,.0f}"
        figures["frames of the longest track"] = f"{max(lengths):,}"
        figures["gaps"] = f"{sum(len(track.bars) - 1 for track in tracks):,}"
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
    details |= {_words(name): _value(value) for name, value in record.options.items()}
    details |= {_words(name): f"{count:,}" for name, count in record.counts.items()}
    if record.notes:
        details["Notes"] = "; ".join(record.notes)
    versions = (f"{name} {version}" for name, version in record.versions.items())
    return details | {"Versions": ", ".join(versions)}


def frames_per_second(record: RunRecord) -> str:
    """Return the frames per second of a run, over the time of all its stages, as text."""
    speed = record.frames / max(1e-9, sum(record.seconds.values()))
    return f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _value(value: Any) -> str:
    if value is None:
        return "the tracker's own"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
