"""The outputs of a tracking run: result file, other text files, film and window."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from flatsort.analysis.live_counts import LiveCounts
from flatsort.errors import InputError
from flatsort.exchange.coco import CocoFile
from flatsort.exchange.cvat import CvatFile
from flatsort.exchange.yolo_text import YoloFolder
from flatsort.files.atomic import check_writable
from flatsort.files.overlap import refuse_overlap
from flatsort.sinks import CsvFile, JsonLinesFile, OverlayVideo, ResultFile, Sink, Window
from flatsort.sinks.film import Drawing
from flatsort.tracking.feed import Feed
from flatsort.tracking.region import RegionOutline
from flatsort.tracking.run_record import read_run_record, record_path
from flatsort.tracking.tracking_request import TrackingRequest

_FORMATS = {
    "csv": ("csv", CsvFile),
    "jsonl": ("jsonl", JsonLinesFile),
    "coco": ("coco.json", CocoFile),
    "cvat": ("cvat.xml", CvatFile),
    "yolo": ("yolo", YoloFolder),
}
"""Word of --also -> ending of the file's name, and its sink."""


class Outputs:
    """The files and the window of a run.

    Args:
        request: names the outputs.
        feed: the footage.
        class_names: number -> name of the classes that the detector finds.

    Raises:
        InputError: a file cannot be written, or there is no display.

    Attributes:
        results: the result file, RESULTS/TRACKER/SEQ.txt.
        film: the overlay film; None for no film.
        counts: the counts at lines and zones; None without any.
        sinks: the outputs as sinks.
        files: the files and folders that the run writes.
    """

    def __init__(
        self, request: TrackingRequest, feed: Feed, class_names: Mapping[int, str]
    ) -> None:
        tracker = request.tracker_name
        self.results = request.results / tracker / f"{feed.name}.txt"
        self.film = request.video_path(feed.name)
        self.sinks: list[Sink] = [ResultFile(self.results)]
        check_writable(record_path(self.results))
        tables = [
            (self.results.with_name(f"{feed.name}.{ending}"), make_sink)
            for ending, make_sink in (_FORMATS[word] for word in dict.fromkeys(request.also))
        ]
        written = [self.results, record_path(self.results), *(path for path, _ in tables)]
        written += [path for path in (self.film, request.save_detections) if path is not None]
        refuse_overlap(written, [feed.location, *request.words()])
        self.files = written
        self.sinks += [make_sink(path, class_names) for path, make_sink in tables]
        self.counts = LiveCounts(request.boundaries) if request.boundaries else None
        if self.counts is not None:
            self.sinks.append(self.counts)
        extras: list[Drawing] = [] if self.counts is None else [self.counts]
        if request.region is not None:
            extras.append(RegionOutline(request.region))
        every = request.selection.every
        if self.film is not None:
            self.sinks.append(
                OverlayVideo(
                    self.film,
                    feed.frame_rate,
                    tracker,
                    class_names,
                    extras,
                    request.blurs_heads,
                    every,
                )
            )
        if request.show:
            self.sinks.append(Window(f"{feed.name} {tracker}", class_names, extras, every))


def refuse_to_replace(results: Path, location: str) -> None:
    """Refuse to replace the results of other footage that has the same name.

    If the other footage is no longer at its place, this footage is assumed to be the same, moved.

    Args:
        results: the result file.
        location: place of the footage to track.

    Raises:
        InputError: the result file belongs to other footage.
    """
    record = None
    # A damaged record does not say which footage the results belong to.
    with suppress(InputError):
        record = read_run_record(results)
    if record is None or record.source == location:
        return
    if Path(record.source).exists() and Path(location).exists():
        raise InputError(
            f"{results} has the tracks of {record.source}: give --tracker NAME to keep them, or "
            "delete the file"
        )
