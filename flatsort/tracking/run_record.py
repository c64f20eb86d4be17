"""The record of a tracking run: RESULTS/TRACKER/SEQ.json beside RESULTS/TRACKER/SEQ.txt."""

import json
import platform
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from flatsort.analysis.boundaries import Zone
from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.files.file_digest import digest_of
from flatsort.files.json_values import as_dataclass, read_json
from flatsort.messages import LOGGER
from flatsort.sources.frame_selection import ALL, FrameSelection
from flatsort.tracking.run_statistics import STAGES, RunStatistics
from flatsort.tracking.tracker_options import TrackerOptions

_COUNTS = ("detections", "confident", "dropped", "missing", "described", "reused", "identities")
_ADVICE = "remove it, or track again"
_PACKAGES = ("flatsort", "numpy", "opencv-python", "av", "torch", "onnxruntime")
"""Packages that results depend on, by their names on PyPI."""


@dataclass(frozen=True)
class RunRecord:
    """The record of one tracking run.

    Attributes:
        sequence: name of the sequence or footage; stem of the result file.
        source: place of the footage: the absolute path of a file or folder, a URL without its
            password, or a camera's number.
        frame_rate: nominal rate of the footage in frames per second.
        size: [width, height] of the first image in pixels; None if no image was read.
        frames: number of the last tracked frame; below the footage's length if the user stopped.
        tracker: name of the folder of the results.
        descriptor: the descriptor's word.
        detector: the detector's word, or the path of the detection file.
        classes: column 8 of the results -> name of the class; empty if the names are unknown.
        options: the tracker's options by name, see
            :class:`flatsort.tracking.tracker_options.TrackerOptions`.
        film: absolute path of the overlay film; None if there is none.
        seconds: seconds in "decoding", "detection", "description", "association" and "output".
        counts: "detections", "confident", "dropped", "missing", "described", "reused" and
            "identities", see :class:`flatsort.tracking.run_statistics.RunStatistics`.
        notes: the notes that the user saw, for example that the footage was cut off, that frames
            were dropped, or that another detector stood in for the default one.
        versions: versions of Python and of the packages that results depend on.
        linking: settings and counts of the linking; None for tracks that nobody has linked.
        corrections: the edits by which people have corrected the tracks, see
            :mod:`flatsort.correction.edits`.
        digest: SHA-256 of the result file; None in records of earlier versions.
        first, last, every: the tracked frames, see
            :class:`flatsort.sources.frame_selection.FrameSelection`.
        region: [x, y] of the corners of the region in which people were tracked; None for the whole
            picture.

    Raises:
        ValueError: a number is out of range.
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
    linking: dict[str, Any] | None = None
    corrections: list[dict[str, Any]] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)
    digest: str | None = None
    first: int = 1
    last: int | None = None
    every: int = 1
    region: list[list[float]] | None = None

    @property
    def selection(self) -> FrameSelection:
        """The tracked frames."""
        return FrameSelection(self.first, self.last, self.every)

    @property
    def tracked(self) -> int:
        """Number of tracked frames, with those that the footage left out."""
        return len(range(self.first, self.frames + 1, self.every))

    def __post_init__(self) -> None:
        if not self.frame_rate > 0 or self.frames < 0:
            raise ValueError("frame_rate must be above 0, and frames at least 0")
        if self.size is not None and (len(self.size) != 2 or min(self.size) < 1):
            raise ValueError("size must have a width and a height, each at least 1")
        if min((*self.seconds.values(), *self.counts.values()), default=0) < 0:
            raise ValueError("seconds and counts must be at least 0")
        if not all(each.isdecimal() for each in self.classes):
            raise ValueError("classes must map whole numbers to names")
        if self.first < 1 or self.every < 1 or (self.last is not None and self.last < self.first):
            raise ValueError("first and every must be at least 1, and last at least first")
        if self.region is not None and not all(len(corner) == 2 for corner in self.region):
            raise ValueError("region must have two numbers per corner")
        as_dataclass(TrackerOptions, self.options)

    @property
    def class_names(self) -> dict[int, str]:
        """Number -> name of the classes, from 0, as in Tracks."""
        return {int(number) - 1: name for number, name in self.classes.items()}


def make_run_record(
    statistics: RunStatistics,
    options: TrackerOptions,
    *,
    sequence: str,
    source: str,
    frame_rate: float,
    tracker: str,
    descriptor: str,
    detector: str,
    film: str | None,
    notes: list[str],
    linking: dict[str, Any] | None = None,
    classes: dict[str, str] | None = None,
    selection: FrameSelection = ALL,
    region: Zone | None = None,
) -> RunRecord:
    """Return the record of a run; the keyword arguments are attributes of RunRecord."""
    return RunRecord(
        sequence=sequence,
        source=source,
        frame_rate=frame_rate,
        size=None if statistics.size is None else list(statistics.size),
        frames=statistics.frames,
        tracker=tracker,
        descriptor=descriptor,
        detector=detector,
        options=asdict(options),
        film=film,
        seconds={name: round(getattr(statistics, name), 3) for name in STAGES},
        counts={name: getattr(statistics, name) for name in _COUNTS},
        notes=notes,
        versions=current_versions(),
        linking=linking,
        classes=classes or {},
        first=selection.first,
        last=selection.last,
        every=selection.every,
        region=None if region is None else [list(corner) for corner in region.corners],
    )


def write_run_record(results: Path, record: RunRecord) -> None:
    """Write the record of a result file beside it, with the file's digest.

    Args:
        results: the result file, SEQ.txt, which is complete.
        record: the record of its run.

    Raises:
        InputError: the result file cannot be read, or the record cannot be written.
    """
    with atomic_writer(record_path(results)) as file:
        file.write(record_text(record, results))


def record_text(record: RunRecord, results: Path) -> str:
    """Return the content of the file of a record, bound to the file of results by its digest.

    Raises:
        InputError: the results cannot be read.
    """
    return json.dumps(asdict(replace(record, digest=digest_of(results))), indent=1) + "\n"


def read_run_record(results: Path) -> RunRecord | None:
    """Read the record of a result file, SEQ.txt; return None if the file has no record.

    A warning says so if the result file is not the one that the record was written for: somebody
    has edited it, or a run was killed between the two files.

    Raises:
        InputError: the record is damaged, or the result file cannot be read.
    """
    path = record_path(results)
    try:
        record = as_dataclass(RunRecord, read_json(path, _ADVICE))
    except FileNotFoundError:
        return None
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{path}: not a record of tools/track.py ({error}): {_ADVICE}") from error
    if record.digest is not None and results.is_file() and record.digest != digest_of(results):
        LOGGER.warning(
            "%s has changed since its record %s was written: the settings in the record may be "
            "those of another run",
            results,
            path.name,
        )
    return record


def record_path(results: Path) -> Path:
    """Return the path of the record, SEQ.json, beside the result file, SEQ.txt."""
    return results.with_suffix(".json")


def current_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on.

    The packages are not imported.
    """
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            # An optional package that is not installed had no part in the results.
            continue
    return versions
