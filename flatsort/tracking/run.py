"""Footage through a tracker: frames in, tracks out to the sinks, time kept apart."""

import time
from collections.abc import Iterator
from collections.abc import Sequence as Items
from contextlib import ExitStack, contextmanager, suppress

import numpy as np
from tqdm import tqdm

from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_cache import FeatureCache
from flatsort.detectors.detector import Detector
from flatsort.errors import InputError
from flatsort.files.sequence import Sequence
from flatsort.sinks.sink import Sink, StopTracking
from flatsort.sources.source import Frame, Source
from flatsort.tracker import Detections
from flatsort.tracking.feed import Feed, SequenceFeed, SourceFeed
from flatsort.tracking.frame_descriptor import FrameDescriptor, is_worth_reading
from flatsort.tracking.interrupt import Interruption
from flatsort.tracking.missing_frames import Pace
from flatsort.tracking.options import Options, make_tracker, patience
from flatsort.tracking.run_statistics import IdentityCount, Report


def track_sequence(
    sequence: Sequence,
    detector: Detector,
    descriptor: Descriptor | None,
    options: Options,
    sinks: Items[Sink],
    cache: FeatureCache | None = None,
) -> Report:
    """Track a sequence from its first frame to its last.

    Args:
        sequence: where frames are read from, if anything needs them.
        detector: of the boxes; one that looks at no images is asked for those of all frames first.
        descriptor: None for SORT.
        options: how to track.
        sinks: receive each frame's tracks. If the run is stopped they write nothing.
        cache: of the descriptor's features. A frame is read only if a sink or the detector needs it
            or one of its boxes is not there.

    Returns:
        Counts and times.

    Raises:
        InputError: frames are needed and missing or damaged, or an option is out of range.
    """
    looks = detector.needs_images or any(sink.needs_images for sink in sinks)
    describes = descriptor is not None and descriptor.needs_images
    if (looks or describes) and not sequence.has_images:
        raise InputError(
            f"{sequence.image_folder} has no frames: get the images, or track with --descriptor "
            "none and without --video"
        )
    planned = [
        number
        for number in range(1, sequence.length + 1)
        if looks
        or (
            describes
            and is_worth_reading(
                number, detector(Frame(number, 0.0, None)), options.min_confidence, cache
            )
        )
    ]
    run = _Run(SequenceFeed(sequence, planned), detector, descriptor, options, sinks, cache)
    # Left last: the sinks see the stop, and write nothing that is not whole.
    with Interruption() as interruption, suppress(StopTracking), run.opened():
        run.follow(interruption)
        if run.report.frames < sequence.length:
            raise StopTracking
    return run.report


def track_source(
    source: Source,
    detector: Detector,
    descriptor: Descriptor | None,
    options: Options,
    sinks: Items[Sink],
) -> Report:
    """Track footage from its first frame to its end, or until the user stops it.

    Frames that are missing by the others' times count as frames without detections, up to as many
    as any track survives, so that motion and ages follow the clock.

    Args:
        source: entered and left.
        detector: of the boxes.
        descriptor: None for SORT.
        options: how to track.
        sinks: receive each frame's tracks. If the run is stopped they write what there is by then,
            unless that is nothing.

    Returns:
        Counts and times.

    Raises:
        InputError: there are no frames, the detector cannot look at them, or an option is out of
            range.
    """
    run = _Run(SourceFeed(source), detector, descriptor, options, sinks)
    with Interruption() as interruption, suppress(StopTracking), run.opened():
        run.follow(interruption)
        if run.report.frames == 0:
            raise StopTracking
    return run.report


class _Run:
    """The way of a frame, from the feed to the sinks."""

    def __init__(
        self,
        feed: Feed,
        detector: Detector,
        descriptor: Descriptor | None,
        options: Options,
        sinks: Items[Sink],
        cache: FeatureCache | None = None,
    ) -> None:
        self.report = Report()
        self._feed, self._detector, self._sinks, self._options = feed, detector, sinks, options
        self._descriptor = None if descriptor is None else FrameDescriptor(descriptor, feed, cache)
        self._tracker = make_tracker(self._descriptor, options)
        self._pace = Pace(feed.frame_rate)
        self._patience = patience(self._descriptor, options)
        self._identities = IdentityCount()
        self._sinks_look = any(sink.needs_images for sink in sinks)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """The sinks, which are left first, and the feed, whose thread may take its time to end."""
        with ExitStack() as stack:
            stack.enter_context(self._feed)
            for sink in self._sinks:
                stack.enter_context(sink)
            yield

    def follow(self, interruption: Interruption) -> None:
        """Frame by frame, until there are no more or the user has seen enough."""
        feed, report = self._feed, self.report
        moments = tqdm(
            interruption.until(feed.moments()), desc=feed.name, total=feed.length, unit="frame"
        )
        with suppress(StopTracking):
            for number, seconds in moments:
                self._take(number, seconds)
        moments.close()
        report.signal, report.size, report.decoding = interruption.signal, feed.size, feed.waited
        report.dropped = self._tracker.dropped
        report.identities = self._identities.total
        if self._descriptor is not None:
            report.description = self._descriptor.seconds
            report.association -= report.description
            report.described = self._descriptor.described
            report.reused = self._descriptor.reused

    def _take(self, number: int, seconds: float) -> None:
        report, feed = self.report, self._feed
        looks = self._sinks_look or self._detector.needs_images
        frame = Frame(number, seconds, feed.image(number) if looks else None)
        start = time.perf_counter()
        detections = self._detector(frame)
        detected, waited = time.perf_counter(), feed.waited
        self._skip(self._pace.missing(seconds), number - report.frames - 1)
        if self._descriptor is not None:
            self._descriptor.start_frame(number)
        tracks = self._tracker.update(detections)
        tracked = time.perf_counter()
        report.detection += detected - start
        report.association += tracked - detected - (feed.waited - waited)
        report.frames = number
        report.detections += len(detections)
        confident = detections.confidences >= self._options.min_confidence
        report.confident += int(np.count_nonzero(confident))
        self._identities.add(tracks.ids.tolist())
        try:
            for sink in self._sinks:
                sink.write(frame, tracks)
        finally:
            report.output += time.perf_counter() - tracked

    def _skip(self, missing: int, numbered: int) -> None:
        """Let the tracker see nothing for as many frames as are missing, some of them numbered."""
        self.report.missing += max(0, missing - numbered)
        for _ in range(min(missing, self._patience)):
            self._tracker.update(Detections.empty())
