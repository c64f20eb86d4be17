"""What a run of tools/track.py leaves: files, a film, a window, a record, a line for a person."""

import argparse
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flatsort.descriptors import descriptor_label
from flatsort.detectors.registry import detector_label
from flatsort.errors import InputError
from flatsort.files.atomic import check_writable
from flatsort.sinks import CsvFile, JsonLinesFile, OverlayVideo, ResultFile, Sink, Window
from flatsort.tracking.options import PAPER_OPTIONS, Options
from flatsort.tracking.run_record import (
    make_run_record,
    read_run_record,
    record_path,
    write_run_record,
)
from flatsort.tracking.run_statistics import Report

_FORMATS = {"csv": CsvFile, "jsonl": JsonLinesFile}


@dataclass(frozen=True)
class Footage:
    """What is tracked, for results and their record.

    Attributes:
        name: of result files.
        location: as in :class:`flatsort.sources.source.Source`.
        frame_rate: nominal, frames per second.
        detector: what finds people in it: a word of the command line, or a detection file.
    """

    name: str
    location: str
    frame_rate: float
    detector: str


class Outputs:
    """The files and the window that the command line asks for.

    Args:
        arguments: the command line.
        footage: what is tracked.

    Raises:
        InputError: a file cannot be written there, or there is no display.

    Attributes:
        sinks: to be given the tracks.
    """

    def __init__(self, arguments: argparse.Namespace, footage: Footage) -> None:
        self._arguments, self._footage = arguments, footage
        self._tracker = tracker_name(arguments)
        self._results = arguments.results / self._tracker / f"{footage.name}.txt"
        self._film = arguments.video and video_path(arguments.video, footage.name)
        self.sinks: list[Sink] = [ResultFile(self._results)]
        check_writable(record_path(self._results))
        for suffix in dict.fromkeys(arguments.also):
            path = self._results.with_name(f"{footage.name}.{suffix}")
            self.sinks.append(_FORMATS[suffix](path))
        if self._film:
            self.sinks.append(OverlayVideo(self._film, footage.frame_rate, self._tracker))
        if arguments.show:
            self.sinks.append(Window(f"{footage.name} {self._tracker}"))

    def refuse_to_replace(self) -> None:
        """Keep the results of other footage of the same name.

        What is no longer where it was is taken to have been moved here.

        Raises:
            InputError: there are such results.
        """
        record = None
        # A damaged record says nothing.
        with suppress(InputError):
            record = read_run_record(self._results)
        if record is None or record.source == self._footage.location:
            return
        if Path(record.source).exists() and Path(self._footage.location).exists():
            raise InputError(
                f"{self._results} has the tracks of {record.source}: say --tracker NAME to keep "
                "them, or delete the file"
            )

    def conclude(self, report: Report, notes: list[str]) -> None:
        """Record how the results were made, and tell a person."""
        arguments, footage = self._arguments, self._footage
        record = make_run_record(
            report,
            make_options(arguments),
            sequence=footage.name,
            source=footage.location,
            frame_rate=footage.frame_rate,
            tracker=self._tracker,
            descriptor=arguments.descriptor,
            detector=footage.detector,
            film=str(self._film.resolve()) if self._film else None,
            notes=notes,
        )
        write_run_record(self._results, record)
        print(f"{self._results}: {report.line()}")
        if report.confident == 0:
            print(
                f"note: no detection of {footage.name} has confidence >= "
                f"{arguments.min_confidence:g}: nothing was tracked"
            )
        for note in notes:
            print(f"note: {note}")


def make_options(arguments: argparse.Namespace) -> Options:
    """How to track."""
    overlap = arguments.nms_overlap
    if arguments.paper and overlap is None:
        overlap = PAPER_OPTIONS.nms_overlap
    return Options(
        min_confidence=arguments.min_confidence,
        nms_overlap=overlap,
        paper_metric=arguments.paper,
        max_distance=arguments.max_distance,
        lazy=arguments.appearance == "lazy",
        max_age=arguments.max_age,
        max_coasted=arguments.coasted,
    )


def tracker_name(arguments: argparse.Namespace) -> str:
    """TRACKER: the user's, else what tells this way of tracking from others: fmvae-lazy@hog."""
    if arguments.tracker:
        return arguments.tracker
    name = descriptor_label(arguments.descriptor)
    if arguments.appearance == "lazy":
        name += "-lazy"
    if arguments.detector:
        name += f"@{detector_label(arguments.detector)}"
    elif arguments.detections not in (None, "det.txt"):
        name += f"@{Path(arguments.detections).stem}"
    return name


def video_path(given: Path, sequence: str) -> Path:
    """A file as given, or SEQ.mp4 in the folder given."""
    return given if given.suffix else given / f"{sequence}.mp4"
