"""Write an analysis as tables (CSV) and as JSON."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flatsort.analysis.run_analysis import Analysis
from flatsort.files.atomic import atomic_writer

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]
"""Names of the columns, and the rows."""


def tables(analysis: Analysis) -> dict[str, Table]:
    """Return all tables of an analysis: name of the file -> table."""
    unit = analysis.request.scale.unit
    zones = list(analysis.occupancies)
    return {
        "counts.csv": (
            ("name", "direction", "count", "likely", "low", "high"),
            [
                (each.name, each.direction, each.count, each.likely, each.low, each.high)
                for each in analysis.counts
            ],
        ),
        "crossings.csv": (
            ("name", "direction", "id", "frame", "seconds"),
            [
                (each.name, each.direction, each.identity, each.frame, _time(analysis, each.frame))
                for each in analysis.crossings
            ],
        ),
        "visits.csv": (
            ("zone", "id", "first_frame", "last_frame", "seconds", "has_entered", "has_left"),
            [
                (
                    *(each.name, each.identity, each.first, each.last),
                    round(each.frames / analysis.frame_rate, 3),
                    *(int(each.has_entered), int(each.has_left)),
                )
                for each in analysis.visits
            ],
        ),
        "occupancy.csv": (
            ("frame", "seconds", "people", *zones),
            [
                (
                    frame,
                    _time(analysis, frame),
                    int(analysis.people[frame - 1]),
                    *(int(analysis.occupancies[zone][frame - 1]) for zone in zones),
                )
                for frame in sampled_frames(analysis)
            ],
        ),
        "people.csv": (
            (
                *("id", "first_frame", "last_frame", "boxes", "seconds"),
                *(f"length_{unit}", f"speed_{unit}_per_s", f"top_speed_{unit}_per_s"),
            ),
            [
                (
                    *(each.identity, each.first, each.last, each.boxes, round(each.seconds, 2)),
                    *(round(each.length, 2), round(each.speed, 3), round(each.top_speed, 3)),
                )
                for each in analysis.walks
            ],
        ),
        "doubts.csv": (
            ("id", "other", "last_frame", "first_frame", "share", "reason"),
            [
                (
                    *(each.identity, each.other, each.last, each.first),
                    *(round(each.share, 3), each.reason),
                )
                for each in analysis.doubts
            ],
        ),
    }


def write_tables(folder: Path, analysis: Analysis) -> None:
    """Write all tables into a folder, each whole or not at all.

    Raises:
        InputError: a file cannot be written.
    """
    for name, (columns, rows) in tables(analysis).items():
        with atomic_writer(folder / name) as handle:
            write_csv(handle, columns, rows)


def write_csv(handle: Any, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write a table to an open text file."""
    writer = csv.writer(handle, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def write_json(path: Path, analysis: Analysis, facts: Mapping[str, Any]) -> None:
    """Write an analysis as one JSON object.

    Args:
        path: the file.
        analysis: the analysis.
        facts: further facts, such as the name of the footage.

    Raises:
        InputError: the file cannot be written.
    """
    content = {
        **facts,
        "frames": analysis.frames,
        "frame_rate": analysis.frame_rate,
        "unit": analysis.request.scale.unit,
        "lines": [asdict(line) for line in analysis.request.lines],
        "zones": [asdict(zone) for zone in analysis.request.zones],
        "counts": [asdict(count) for count in analysis.counts],
    }
    for name, (columns, rows) in tables(analysis).items():
        if name != "counts.csv":
            content[Path(name).stem] = [dict(zip(columns, row, strict=True)) for row in rows]
    with atomic_writer(path) as handle:
        handle.write(json.dumps(content, indent=1) + "\n")


def sampled_frames(analysis: Analysis) -> range:
    """Return the frames in which people are listed over time: about one per second."""
    return range(1, analysis.frames + 1, max(1, round(analysis.frame_rate)))


def _time(analysis: Analysis, frame: int) -> float:
    return round(analysis.seconds(frame), 3)
