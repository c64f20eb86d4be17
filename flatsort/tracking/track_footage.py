"""Track footage as a request says: open the parts, track, and record the run."""

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from flatsort.descriptors import Descriptor, descriptor_label
from flatsort.descriptors.feature_cache import FeatureCache, open_cache
from flatsort.detectors.box_cache import CachedDetector
from flatsort.detectors.detection_file import DetectionTable
from flatsort.files.sequence import Sequence
from flatsort.linking.link_recording import LinkedRecording, link_recording
from flatsort.linking.linking_request import LinkingRequest
from flatsort.sources.frame_selection import ALL
from flatsort.sources.registry import open_source
from flatsort.sources.source import Source
from flatsort.tracking.feed import Feed, Keep
from flatsort.tracking.interrupt import Interruption
from flatsort.tracking.outputs import Outputs
from flatsort.tracking.recorded_tracks import RecordedTracks
from flatsort.tracking.run import track_feed
from flatsort.tracking.run_parts import Loaders, OpenedBoxes, make_feed, open_boxes, open_parts
from flatsort.tracking.run_record import make_run_record, write_run_record
from flatsort.tracking.run_statistics import RunStatistics
from flatsort.tracking.tracking_request import TrackingRequest


@dataclass(frozen=True)
class TrackedFootage:
    """A run that has ended.

    Attributes:
        name: name of the footage.
        results: the result file; it exists only if ``statistics.is_kept``.
        statistics: counts and times of the run.
        keep: the files that the run keeps if it stops early.
        notes: sentences about the frames, for the user.
    """

    name: str
    results: Path
    statistics: RunStatistics
    keep: Keep
    notes: list[str]

    @property
    def is_stopped(self) -> bool:
        """Whether the user stopped the run early.

        A source counts as stopped only after a signal, because closing the window is the usual end
        of a camera's run.
        """
        if self.keep is Keep.WHOLE_ONLY:
            return not self.statistics.is_kept
        return self.statistics.signal is not None


def track_footage(
    footage: Sequence | Source,
    request: TrackingRequest,
    loaders: Loaders | None = None,
    interruption: Interruption | None = None,
) -> TrackedFootage:
    """Track footage as a request says, and write its files and the record of the run.

    If the user stops the run early, a sequence leaves no files; a source leaves files with the
    frames so far.

    Args:
        footage: a MOTChallenge sequence, or a source with the user's own footage.
        request: how to track, and which files to write.
        loaders: load the networks; None to load them for this run alone.
        interruption: says when to stop a run in a thread of its own; None for a run in the main
            thread, which signals stop.

    Raises:
        InputError: the footage, a word or an option of the request cannot be used, or a file cannot
            be written.
    """
    feed = make_feed(footage, request)
    loaders = loaders or Loaders()
    with open_boxes(request, feed, footage, loaders.detector) as opened:
        return _track(footage, request, feed, opened, loaders, interruption)


def _track(
    footage: Sequence | Source,
    request: TrackingRequest,
    feed: Feed,
    opened: OpenedBoxes,
    loaders: Loaders,
    interruption: Interruption | None,
) -> TrackedFootage:
    """Track footage with an opened detector, and write the files of the run."""
    sequence = footage if isinstance(footage, Sequence) else None
    parts = open_parts(footage, request, feed, opened.detector, loaders.descriptor)
    detector, options = parts.detector, opened.options
    descriptor, camera, outputs = parts.descriptor, parts.camera, parts.outputs
    linked = None
    if request.linking is None:
        with _open_cache(request, descriptor, sequence) as cache:
            statistics = track_feed(
                feed, detector, descriptor, options, outputs.sinks, cache, camera, interruption
            )
    else:
        recorded = RecordedTracks()
        statistics = track_feed(
            feed, detector, None, options, [recorded], camera=camera, interruption=interruption
        )
        if statistics.is_kept:
            again = footage if sequence is None else open_source(str(sequence.folder))
            linked = _link(recorded, request.linking, feed, descriptor, again, outputs, statistics)
    if isinstance(opened.detector, CachedDetector) and opened.detector.reused:
        feed.notes.append(f"boxes of {opened.detector.reused:,} frames come from an earlier run")
    feed.notes.extend(_detection_notes(opened, statistics, feed, sequence))
    if statistics.is_kept:
        if parts.recorder is not None:
            parts.recorder.write()
        if outputs.counts is not None:
            feed.notes.extend(outputs.counts.sentences())
        record = make_run_record(
            statistics,
            options,
            sequence=feed.name,
            source=feed.location,
            frame_rate=footage.frame_rate,
            tracker=request.tracker_name,
            descriptor=request.descriptor,
            detector=opened.name,
            classes={f"{number + 1}": name for number, name in opened.detector.class_names.items()},
            film=None if outputs.film is None else str(outputs.film.resolve()),
            notes=[*request.notes, *feed.notes],
            linking=None if linked is None else linked.facts(),
            selection=request.selection,
            region=request.region,
        )
        write_run_record(outputs.results, record)
    return TrackedFootage(feed.name, outputs.results, statistics, feed.keep, feed.notes)


def _link(
    recorded: RecordedTracks,
    request: LinkingRequest,
    feed: Feed,
    descriptor: Descriptor | None,
    source: Source,
    outputs: Outputs,
    statistics: RunStatistics,
) -> LinkedRecording:
    """Link the tracks of a whole run, give them to the sinks, and complete the statistics."""
    # Reading the footage again begins its notes anew.
    notes = list(feed.notes)
    start = time.perf_counter()
    linked = link_recording(
        recorded.rows(feed.name),
        source.frame_rate,
        request,
        descriptor,
        source,
        feed.selection,
    )
    linked_at = time.perf_counter()
    recorded.replay(linked.rows, outputs.sinks, source)
    statistics.association += linked_at - start
    statistics.output += time.perf_counter() - linked_at
    statistics.identities = linked.linked.identities
    feed.notes[:] = [*notes, linked.summary()]
    return linked


def _detection_notes(
    opened: OpenedBoxes, statistics: RunStatistics, feed: Feed, sequence: Sequence | None
) -> list[str]:
    """Return sentences on detections that do not fit the footage, or that are all too doubtful."""
    notes = []
    if isinstance(opened.detector, DetectionTable):
        size = statistics.size or (sequence.size if sequence else None)
        # A part of the footage says nothing about rows behind it.
        is_whole = statistics.is_complete and feed.selection == ALL
        last = statistics.frames if is_whole else None
        notes = opened.detector.notes(size, last)
    if statistics.confident == 0:
        least = opened.options.min_confidence
        notes.append(
            f"the frames of {feed.name} have no detection of confidence >= {least:g}: nothing was "
            "tracked"
        )
    return notes


def _open_cache(
    request: TrackingRequest, descriptor: Descriptor | None, sequence: Sequence | None
) -> AbstractContextManager[FeatureCache | None]:
    """Return the cache of a sequence's features, or None for a source."""
    if sequence is None:
        return nullcontext()
    return open_cache(request.cache, descriptor_label(request.descriptor), descriptor, sequence)
