"""Track footage as a request says: open the parts, track, and record the run."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from flatsort.camera_motion.measurement import CameraMeasurement
from flatsort.camera_motion.registry import load_camera_motion
from flatsort.descriptors import Descriptor, descriptor_label, load_descriptor
from flatsort.descriptors.feature_cache import FeatureCache, open_cache
from flatsort.detectors.box_cache import CachedDetector, open_detector
from flatsort.detectors.detection_file import DetectionTable
from flatsort.detectors.detection_recorder import DetectionRecorder
from flatsort.detectors.detector import Detector
from flatsort.errors import InputError
from flatsort.files.mot_files import Rows, read_detections
from flatsort.files.sequence import Sequence
from flatsort.linking.link_recording import LinkedRecording, link_recording
from flatsort.linking.linking_request import LinkingRequest
from flatsort.sources.registry import open_source
from flatsort.sources.source import Source
from flatsort.tracking.feed import Feed, Keep, SequenceFeed, SourceFeed
from flatsort.tracking.learned_thresholds import learn_thresholds
from flatsort.tracking.outputs import Outputs, refuse_to_replace
from flatsort.tracking.recorded_tracks import RecordedTracks
from flatsort.tracking.region import RegionDetector
from flatsort.tracking.run import track_feed
from flatsort.tracking.run_record import make_run_record, write_run_record
from flatsort.tracking.run_statistics import RunStatistics
from flatsort.tracking.tracker_options import TrackerOptions
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


def track_footage(footage: Sequence | Source, request: TrackingRequest) -> TrackedFootage:
    """Track footage as a request says, and write its files and the record of the run.

    If the user stops the run early, a sequence leaves no files; a source leaves files with the
    frames so far.

    Args:
        footage: a MOTChallenge sequence, or a source with the user's own footage.
        request: how to track, and which files to write.

    Raises:
        InputError: the footage, a word or an option of the request cannot be used, or a file cannot
            be written.
    """
    sequence = footage if isinstance(footage, Sequence) else None
    if request.linking is not None and sequence is None and footage.is_live:
        raise InputError(
            f"--offline: the frames of {footage.location} cannot be read again: record them first"
        )
    selection = request.selection
    feed: Feed = (
        SourceFeed(footage, selection) if sequence is None else SequenceFeed(sequence, selection)
    )
    with _open_detector(request, feed, footage) as opened:
        return _track(footage, request, feed, opened)


@dataclass(frozen=True)
class _OpenedDetector:
    """A detector, its name for the record of the run, and the options to track its boxes with."""

    detector: Detector
    name: str
    options: TrackerOptions


def _track(
    footage: Sequence | Source, request: TrackingRequest, feed: Feed, opened: _OpenedDetector
) -> TrackedFootage:
    """Track footage with an opened detector, and write the files of the run."""
    sequence = footage if isinstance(footage, Sequence) else None
    detector, options = opened.detector, opened.options
    recorder = None
    if request.save_detections is not None:
        detector = recorder = DetectionRecorder(detector, request.save_detections)
    if request.region is not None:
        # Outside the recorder, so that its file serves other regions too.
        detector = RegionDetector(detector, request.region)
    descriptor = load_descriptor(request.descriptor, sequence)
    camera = _open_camera(request, feed, sequence)
    outputs = Outputs(request, feed, detector.class_names)
    if sequence is None:
        # Two videos may have the same name by chance; a sequence's name is unique.
        refuse_to_replace(outputs.results, feed.location)
    linked = None
    if request.linking is None:
        with _open_cache(request, descriptor, sequence) as cache:
            statistics = track_feed(
                feed, detector, descriptor, options, outputs.sinks, cache, camera
            )
    else:
        recorded = RecordedTracks()
        statistics = track_feed(feed, detector, None, options, [recorded], camera=camera)
        if statistics.is_kept:
            again = footage if sequence is None else open_source(str(sequence.folder))
            linked = _link(recorded, request.linking, feed, descriptor, again, outputs, statistics)
    if isinstance(opened.detector, CachedDetector) and opened.detector.reused:
        feed.notes.append(f"boxes of {opened.detector.reused:,} frames come from an earlier run")
    if note := _corners_note(opened.detector, statistics, sequence):
        feed.notes.append(note)
    if statistics.is_kept:
        if recorder is not None:
            recorder.write()
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


@contextmanager
def _open_detector(
    request: TrackingRequest, feed: Feed, footage: Sequence | Source
) -> Iterator[_OpenedDetector]:
    """Open the detector, which may keep its boxes for the next run, or the detection file."""
    word, options = request.detector, request.options
    if word is not None:
        settings, selection = request.detector_settings, request.selection
        with open_detector(word, settings, footage, request.cache, selection) as detector:
            yield _OpenedDetector(detector, word, options)
        return
    if not isinstance(footage, Sequence):
        raise InputError(f"{feed.location}: name a detector: only a sequence has a detection file")
    path = find_detections(footage, request.detections)
    rows = read_detections(path, footage.length)
    if request.learns_thresholds:
        rows, options = _learn_thresholds(rows, options, feed, footage)
    yield _OpenedDetector(DetectionTable(rows), str(path), options)


def _corners_note(
    detector: Detector, statistics: RunStatistics, sequence: Sequence | None
) -> str | None:
    """Return a sentence if the boxes of a file look like corners, in pictures of a known size."""
    size = statistics.size or (sequence.size if sequence else None)
    if size is None or not isinstance(detector, DetectionTable):
        return None
    return detector.corners_note(size)


def _learn_thresholds(
    rows: Rows, options: TrackerOptions, feed: Feed, sequence: Sequence
) -> tuple[Rows, TrackerOptions]:
    """Return the boxes of a detection file and the options, both as learned from the boxes."""
    learned = learn_thresholds(rows, sequence.length, sequence.frame_rate)
    memory_s = learned.memory_s
    note = f"learned from {rows.path.name}: boxes are sure from {learned.sure_from:.2f}"
    if memory_s is not None and options.max_age is None and options.max_age_s is None:
        options = replace(options, max_age_s=memory_s)
        note += f", and tracks wait {memory_s:.1f} s"
    feed.notes.append(note)
    return learned.boxes, options


def _open_camera(
    request: TrackingRequest, feed: Feed, sequence: Sequence | None
) -> CameraMeasurement | None:
    """Return the measurement of the camera's motion; only FlatSORT makes use of one."""
    if request.options.preset != "flatsort":
        return None
    return load_camera_motion(request.options.camera_motion, feed.name, sequence)


def find_detections(sequence: Sequence, name: str) -> Path:
    """Return the file of this name in the sequence's det/, else the file at this path."""
    if not (sequence.folder / "det" / name).is_file() and Path(name).is_file():
        return Path(name)
    return sequence.find_detections(name)


def _open_cache(
    request: TrackingRequest, descriptor: Descriptor | None, sequence: Sequence | None
) -> AbstractContextManager[FeatureCache | None]:
    """Return the cache of a sequence's features, or None for a source."""
    if sequence is None:
        return nullcontext()
    return open_cache(request.cache, descriptor_label(request.descriptor), descriptor, sequence)
