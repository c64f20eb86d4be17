"""The parts of a tracking run, opened and checked before any frame is tracked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flatsort.camera_motion.measurement import CameraMeasurement
from flatsort.camera_motion.registry import load_camera_motion
from flatsort.descriptors import Descriptor, load_descriptor
from flatsort.detectors.box_cache import DetectorLoader, open_detector
from flatsort.detectors.detection_file import DetectionTable
from flatsort.detectors.detection_recorder import DetectionRecorder
from flatsort.detectors.detector import Detector
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.files.mot_files import Rows, read_detections
from flatsort.files.sequence import Sequence
from flatsort.sources.source import Source
from flatsort.tracking.feed import Feed, SequenceFeed, SourceFeed
from flatsort.tracking.learned_thresholds import learn_thresholds
from flatsort.tracking.outputs import Outputs, refuse_to_replace
from flatsort.tracking.region import RegionDetector
from flatsort.tracking.tracker_options import TrackerOptions
from flatsort.tracking.tracking_request import TrackingRequest


@dataclass(frozen=True)
class Loaders:
    """The functions that load the networks of a run; runs of many streams share networks.

    Attributes:
        descriptor: loads a descriptor, as :func:`flatsort.descriptors.load_descriptor` does.
        detector: loads a detector, as :func:`flatsort.detectors.registry.load_detector` does.
    """

    descriptor: Callable[[str, Sequence | None], Descriptor | None] = load_descriptor
    detector: DetectorLoader = load_detector


@dataclass(frozen=True)
class OpenedBoxes:
    """A detector, its name for the record of the run, and the options to track its boxes with."""

    detector: Detector
    name: str
    options: TrackerOptions


@dataclass(frozen=True)
class RunParts:
    """The parts of a run.

    Attributes:
        feed: gives the frames.
        detector: gives the boxes to track.
        recorder: remembers the boxes for a file; None without --save-detections.
        descriptor: describes the boxes; None for motion alone.
        camera: measures the camera's movement; None for a tracker that sees boxes only.
        outputs: the files and the window.
    """

    feed: Feed
    detector: Detector
    recorder: DetectionRecorder | None
    descriptor: Descriptor | None
    camera: CameraMeasurement | None
    outputs: Outputs


def make_feed(footage: Sequence | Source, request: TrackingRequest) -> Feed:
    """Return the feed of footage.

    Raises:
        InputError: the request links the tracks of live footage.
    """
    if isinstance(footage, Sequence):
        return SequenceFeed(footage, request.selection)
    if request.linking is not None and footage.is_live:
        raise InputError(
            f"--offline: the frames of {footage.location} cannot be read again: record them first"
        )
    return SourceFeed(footage, request.selection)


@contextmanager
def open_boxes(
    request: TrackingRequest,
    feed: Feed,
    footage: Sequence | Source,
    load: DetectorLoader = load_detector,
) -> Iterator[OpenedBoxes]:
    """Open the detector, which may keep its boxes for the next run, or the detection file.

    Raises:
        InputError: the detector or the file cannot be used.
    """
    word, options = request.detector, request.options
    if word is not None:
        settings, selection = request.detector_settings, request.selection
        kept_in = request.cache
        with open_detector(word, settings, footage, kept_in, selection, load) as detector:
            yield OpenedBoxes(detector, word, options)
        return
    if not isinstance(footage, Sequence):
        raise InputError(f"{feed.location}: name a detector: only a sequence has a detection file")
    path = find_detections(footage, request.detections)
    rows = read_detections(path, footage.length)
    if request.learns_thresholds:
        rows, options = _learn_thresholds(rows, options, feed, footage)
    yield OpenedBoxes(DetectionTable(rows), str(path), options)


def open_parts(
    footage: Sequence | Source,
    request: TrackingRequest,
    feed: Feed,
    detector: Detector,
    load: Callable[[str, Sequence | None], Descriptor | None] = load_descriptor,
) -> RunParts:
    """Open the other parts of a run; nothing is written.

    Raises:
        InputError: a word of the request cannot be used, or a file cannot be written.
    """
    sequence = footage if isinstance(footage, Sequence) else None
    recorder = None
    if request.save_detections is not None:
        detector = recorder = DetectionRecorder(detector, request.save_detections)
    if request.region is not None:
        # Outside the recorder, so that its file serves other regions too.
        detector = RegionDetector(detector, request.region)
    descriptor = load(request.descriptor, sequence)
    camera = None
    if request.options.preset == "flatsort":
        # Only FlatSORT makes use of it.
        camera = load_camera_motion(request.options.camera_motion, feed.name, sequence)
    outputs = Outputs(request, feed, detector.class_names)
    if sequence is None:
        # Two videos may have the same name by chance; a sequence's name is unique.
        refuse_to_replace(outputs.results, feed.location)
    return RunParts(feed, detector, recorder, descriptor, camera, outputs)


def find_detections(sequence: Sequence, name: str) -> Path:
    """Return the file of this name in the sequence's det/, else the file at this path."""
    if not (sequence.folder / "det" / name).is_file() and Path(name).is_file():
        return Path(name)
    return sequence.find_detections(name)


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
