"""One sequence through a tracker: detections in, tracks out to the sinks, time kept apart."""

import time
from collections.abc import Sequence as Items
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

from tqdm import tqdm

from tools.descriptors.cache import FeatureCache
from tools.descriptors.descriptor import Descriptor
from tools.errors import InputError
from tools.frame_descriptor import FrameDescriptor, is_worth_reading
from tools.mot.files import Rows
from tools.mot.sequence import Sequence
from tools.read_ahead import ReadAhead
from tools.sinks import Sink, StopTracking
from tracker import (
    AppearanceMetric,
    DeepSort,
    DeepSortConfig,
    Detections,
    LazyDeepSort,
    Sort,
    SortConfig,
)

# "max cosine distance 0.2" of the paper's appendix A.3.
PAPER_METRIC = AppearanceMetric("cosine", gate=0.2)


@dataclass(frozen=True)
class Options:
    """How to track; None stands for the tracker's own default.

    Attributes:
        min_confidence: detections below are ignored.
        nms_overlap: covered fraction above which a detection is suppressed; SORT has none.
        paper_metric: cosine about the origin at 0.2 instead of the descriptor's calibrated metric.
        max_distance: appearance gate; the metric's own if None.
        lazy: describe only the boxes whose track motion leaves in doubt.
        max_age: frames a track survives without a detection.
        max_coasted: frames without a detection for which a track is still reported.
    """

    min_confidence: float = 0.3
    nms_overlap: float | None = None
    paper_metric: bool = False
    max_distance: float | None = None
    lazy: bool = False
    max_age: int | None = None
    max_coasted: int | None = None


@dataclass
class Report:
    """What a run took.

    Attributes:
        frames: tracked; fewer than the sequence has if the user stopped, and nothing was written.
        identities: reported.
        detections: in the file.
        confident: of them, those of at least the minimum confidence.
        dropped: detections that were no boxes.
        reused: of the boxes described, those whose features were kept from an earlier run.
        described: boxes that the tracker wanted features of.
        decoding: seconds waiting for frames, which are read and decoded ahead in a thread.
        description: seconds in the descriptor, looking up what was kept included.
        association: seconds in the tracker, the descriptor's excluded.
        output: seconds drawing and encoding.
    """

    frames: int = 0
    identities: int = 0
    detections: int = 0
    confident: int = 0
    dropped: int = 0
    described: int = 0
    reused: int = 0
    decoding: float = 0.0
    description: float = 0.0
    association: float = 0.0
    output: float = 0.0

    def line(self) -> str:
        """One line for a person."""
        stages = [
            f"{name} {seconds:.2f} s ({1000 * seconds / max(1, self.frames):.2f} ms a frame)"
            for name, seconds in (
                ("waiting for decoding", self.decoding),
                ("descriptor", self.description),
                ("association", self.association),
                ("output", self.output),
            )
        ]
        dropped = f" ({self.dropped} invalid boxes dropped)" if self.dropped else ""
        counted = (
            f"{self.frames} frames, {self.confident} of {self.detections} detections{dropped}, "
            f"{self.identities} identities"
        )
        if self.described:
            counted += f", {self.described} described"
        if self.reused:
            counted += f" ({self.reused} of {self.described} features from the cache)"
        return f"{counted}; {', '.join(stages)}"


def make_tracker(descriptor: Descriptor | None, options: Options) -> Sort | DeepSort:
    """SORT without a descriptor, DeepSORT with one.

    Raises:
        InputError: an option is out of range.
    """
    try:
        if descriptor is None:
            return _make_sort(options)
        return _make_deep_sort(descriptor, options)
    except ValueError as error:
        raise InputError(str(error)) from error


def track_sequence(
    sequence: Sequence,
    detections: Rows,
    descriptor: Descriptor | None,
    options: Options,
    sinks: Items[Sink],
    cache: FeatureCache | None = None,
) -> Report:
    """Track a sequence from its first frame to its last.

    Args:
        sequence: where frames are read from, if anything needs them.
        detections: of all frames, in any order.
        descriptor: None for SORT.
        options: how to track.
        sinks: receive each frame's tracks.
        cache: of the descriptor's features. A frame is read only if a sink needs it or one of its
            boxes is not there.

    Returns:
        Counts and times.

    Raises:
        InputError: frames are needed and missing or damaged, or an option is out of range.
    """
    sinks_need_images = any(sink.needs_images for sink in sinks)
    describes_images = descriptor is not None and descriptor.needs_images
    if (sinks_need_images or describes_images) and not sequence.has_images:
        raise InputError(
            f"{sequence.image_folder} has no frames: get the images, or track with --descriptor "
            "none and without --video"
        )
    by_frame = [
        Detections(detections.boxes_tlwh[rows], detections.confidences[rows])
        for rows in detections.by_frame(sequence.length)
    ]
    confident = detections.confidences >= options.min_confidence
    numbers = range(1, sequence.length + 1)
    planned = [
        number
        for number, boxes in zip(numbers, by_frame, strict=True)
        if sinks_need_images
        or (describes_images and is_worth_reading(number, boxes, options.min_confidence, cache))
    ]
    frames = ReadAhead(sequence.read_frame, planned)
    described = None if descriptor is None else FrameDescriptor(descriptor, frames, cache)
    tracker = make_tracker(described, options)
    report = Report(detections=len(detections), confident=int(confident.sum()))
    identities: set[int] = set()
    with ExitStack() as stack:
        # Entered first, so left last: the sinks see the stop, and write nothing that is not whole.
        stack.enter_context(suppress(StopTracking))
        for sink in sinks:
            stack.enter_context(sink)
        stack.enter_context(frames)
        for number in tqdm(numbers, desc=sequence.name, unit="frame"):
            start = time.perf_counter()
            image = frames.frame(number) if sinks_need_images else None
            if described is not None:
                described.start_frame(number)
            tracks = tracker.update(by_frame[number - 1])
            tracked = time.perf_counter()
            identities.update(tracks.ids.tolist())
            report.frames, report.identities = number, len(identities)
            for sink in sinks:
                sink.write(number, image, tracks)
            report.association += tracked - start
            report.output += time.perf_counter() - tracked
    report.decoding = frames.waited
    if described is not None:
        report.description = described.seconds
        report.described, report.reused = described.described, described.reused
    report.association -= report.decoding + report.description
    report.dropped = tracker.dropped
    return report


def _make_sort(options: Options) -> Sort:
    if options.nms_overlap not in (None, 1):
        raise InputError("--nms-overlap needs a descriptor: SORT has no non-maximum suppression")
    if options.max_distance is not None:
        raise InputError("--max-distance needs a descriptor: SORT does not look at people")
    if options.lazy:
        raise InputError("--appearance lazy needs a descriptor: SORT does not look at people")
    return Sort(SortConfig(**_without_none(_common(options))))


def _make_deep_sort(descriptor: Descriptor, options: Options) -> DeepSort:
    given = {**_common(options), "nms_max_overlap": options.nms_overlap}
    metric = PAPER_METRIC if options.paper_metric else descriptor.metric
    if options.max_distance is not None:
        metric = replace(metric, gate=options.max_distance)
    tracker = LazyDeepSort if options.lazy else DeepSort
    return tracker(DeepSortConfig(**_without_none(given)), metric, descriptor)


def _common(options: Options) -> dict[str, object]:
    """The settings that both trackers have."""
    return {
        "min_confidence": options.min_confidence,
        "max_age": options.max_age,
        "max_coasted": options.max_coasted,
    }


def _without_none(values: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not None}
