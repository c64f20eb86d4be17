"""What a result file was made of: RESULTS/TRACKER/SEQ.json beside RESULTS/TRACKER/SEQ.txt."""

import json
import platform
from dataclasses import asdict, dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.tracking.options import Options
from flatsort.tracking.run_statistics import STAGES, Report

_COUNTS = ("detections", "confident", "dropped", "missing", "described", "reused", "identities")
# What results depend on, by the names that packages have on PyPI.
_PACKAGES = ("flatsort", "numpy", "opencv-python", "av", "torch", "onnxruntime")


@dataclass(frozen=True)
class RunRecord:
    """A run of tools/track.py.

    Attributes:
        sequence: name of the sequence or footage; the result file's stem.
        source: absolute path, URL (without its password) or camera number of the footage; of a
            sequence its folder.
        frame_rate: nominal, frames per second.
        size: [width, height] of the first frame, pixels; None where no frame was read.
        frames: that were tracked, from the first; fewer than the footage has if it was stopped.
        tracker: name of the results' folder.
        descriptor: as on the command line.
        detector: as on the command line, or the path of the detection file.
        options: of the tracker, by name.
        film: absolute path of the overlay film, or None.
        seconds: spent in "decoding", "detection", "description", "association" and "output".
        counts: "detections", "confident", "dropped", "missing", "described", "reused" and
            "identities", see :class:`flatsort.tracking.run_statistics.Report`.
        notes: what a person was told of the footage: cut off, stalled, frames dropped.
        versions: of Python and of the packages that results depend on.
    """

    sequence: str
    source: str
    frame_rate: float
    size: list[int] | None
    frames: int
    tracker: str
    descriptor: str
    detector: str
    options: dict[str, Any]
    film: str | None
    seconds: dict[str, float]
    counts: dict[str, int]
    notes: list[str]
    versions: dict[str, str]


def make_run_record(
    report: Report,
    options: Options,
    *,
    sequence: str,
    source: str,
    frame_rate: float,
    tracker: str,
    descriptor: str,
    detector: str,
    film: str | None,
    notes: list[str],
) -> RunRecord:
    """The record of a run, by what it reported; the other arguments are RunRecord's attributes."""
    return RunRecord(
        sequence=sequence,
        source=source,
        frame_rate=frame_rate,
        size=None if report.size is None else list(report.size),
        frames=report.frames,
        tracker=tracker,
        descriptor=descriptor,
        detector=detector,
        options=asdict(options),
        film=film,
        seconds={name: round(getattr(report, name), 3) for name in STAGES},
        counts={name: getattr(report, name) for name in _COUNTS},
        notes=notes,
        versions=current_versions(),
    )


def write_run_record(results: Path, record: RunRecord) -> None:
    """Write the record of a result file beside it.

    Args:
        results: the result file, SEQ.txt.
        record: what it was made of.

    Raises:
        InputError: it cannot be written there.
    """
    with atomic_writer(record_path(results)) as file:
        file.write(json.dumps(asdict(record), indent=1) + "\n")


def read_run_record(results: Path) -> RunRecord | None:
    """The record of a result file, SEQ.txt; None where there is none.

    Raises:
        InputError: it is damaged.
    """
    path = record_path(results)
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return RunRecord(**{field.name: values[field.name] for field in fields(RunRecord)})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: not a record of tools/track.py ({error}): remove it, or track again"
        ) from error


def record_path(results: Path) -> Path:
    """SEQ.json beside SEQ.txt."""
    return results.with_suffix(".json")


def current_versions() -> dict[str, str]:
    """Python and the packages that results depend on, without importing them."""
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            # An optional one that is not installed had no part in it.
            continue
    return versions
