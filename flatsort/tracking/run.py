"""Track footage: each frame goes from the feed through detector and tracker to the sinks."""

import time
from collections.abc import Iterator
from collections.abc import Sequence as Items
from contextlib import ExitStack, closing, contextmanager, suppress

import numpy as np

from flatsort.camera_motion.measurement import STILL, CameraMeasurement
from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_cache import FeatureCache
from flatsort.detectors.detector import Detector
from flatsort.progress import ProgressBar
from flatsort.sinks.sink import Sink, StopTracking
from flatsort.sources.source import Frame
from flatsort.tracker import Detections, Tracks
from flatsort.tracker.detections import valid_mask
from flatsort.tracking.feed import Feed, Keep
from flatsort.tracking.frame_descriptor import FrameDescriptor, is_worth_reading
from flatsort.tracking.interrupt import Interruption
from flatsort.tracking.missing_frames import GapFinder
from flatsort.tracking.run_statistics import IdentityCount, RunStatistics
from flatsort.tracking.tracker_options import TrackerOptions, empty_frames_to_forget, make_tracker


def track_feed(
    feed: Feed,
    detector: Detector,
    descriptor: Descriptor | None,
    options: TrackerOptions,
    sinks: Items[Sink],
    cache: FeatureCache | None = None,
    camera: CameraMeasurement | None = None,
    interruption: Interruption | None = None,
) -> RunStatistics:
    """Track footage from its first frame to its end, or until the user stops the run.

    If the times show that frames are missing, the tracker sees a frame without detections for each
    of them, so that motion and ages follow the clock. In a long gap, it sees only as many as end
    every track.

    Args:
        feed: gives the frames, and says which files to keep if the run stops early.
        detector: finds the boxes. If it needs no images, it may be asked for each frame's boxes
            once before the run starts.
        descriptor: describes the boxes; None for SORT and FlatSORT.
        options: the tracker's options.
        sinks: receive the tracks of each frame. If the run keeps no files, each sink exits with
            StopTracking.
        cache: the descriptor's features from earlier runs on the same sequence. A sequence's image
            is read only if a sink or the detector needs it, or if the cache lacks one of the
            frame's boxes.
        camera: measures the camera's movement for FlatSORT; None for a tracker that sees boxes
            only.
        interruption: says when to stop a run in a thread of its own; None for a run in the main
            thread, which signals stop.

    Returns:
        Counts and times of the run.

    Raises:
        InputError: the run needs frames that are missing or damaged, the detector cannot use them,
            or an option is out of range.
    """
    watches = camera is not None and camera.needs_images
    every_image = detector.needs_images or watches or any(sink.needs_images for sink in sinks)
    describes_images = descriptor is not None and descriptor.needs_images

    def is_needed(number: int) -> bool:
        if every_image:
            return True
        detections = detector(Frame(number, 0.0, None))
        return is_worth_reading(number, detections, options.min_confidence, cache)

    if every_image or describes_images:
        feed.plan(is_needed)
    run = _Run(feed, detector, descriptor, options, sinks, cache, camera, every_image)
    # suppress() surrounds the sinks, so each sink sees StopTracking and discards its files.
    with interruption or Interruption() as stop, suppress(StopTracking), run.opened():
        # The bar of a run among others makes room for its result.
        run.follow(stop, leaves_bar=interruption is None)
        if not run.statistics.is_kept:
            raise StopTracking
    return run.statistics


class _Run:
    """The state of one run: its parts, and its statistics so far."""

    def __init__(
        self,
        feed: Feed,
        detector: Detector,
        descriptor: Descriptor | None,
        options: TrackerOptions,
        sinks: Items[Sink],
        cache: FeatureCache | None,
        camera: CameraMeasurement | None,
        every_image: bool,
    ) -> None:
        self.statistics = RunStatistics()
        self._feed, self._detector, self._sinks = feed, detector, sinks
        self._min_confidence = options.min_confidence
        self._descriptor = None if descriptor is None else FrameDescriptor(descriptor, feed, cache)
        self._tracker = make_tracker(self._descriptor, options, feed.frame_rate)
        self._gaps = GapFinder(feed.frame_rate)
        self._most_empty_frames = empty_frames_to_forget(self._descriptor, options, feed.frame_rate)
        self._identities = IdentityCount()
        self._camera, self._every_image = camera, every_image

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Enter the feed, then the sinks; exit them in reverse.

        The feed exits last, because its thread may take a second to end.
        """
        with ExitStack() as stack:
            stack.enter_context(self._feed)
            for sink in self._sinks:
                stack.enter_context(sink)
            yield

    def follow(self, interruption: Interruption, leaves_bar: bool) -> None:
        """Track frame by frame, until the last frame or until the user stops the run."""
        feed = self._feed
        moments = ProgressBar(
            interruption.until(feed.moments()),
            desc=f"tracking {feed.name}",
            total=feed.length,
            unit="frame",
            leave=leaves_bar,
        )
        with closing(moments), suppress(StopTracking):
            for number, seconds in moments:
                self._track_frame(number, seconds)
            self.statistics.is_complete = interruption.signal is None
        self._complete_statistics(interruption.signal)

    def _track_frame(self, number: int, seconds: float) -> None:
        """Detect and track in one frame, and give the tracks to the sinks."""
        statistics, feed = self.statistics, self._feed
        frame = Frame(number, seconds, feed.image(number) if self._every_image else None)
        start = time.perf_counter()
        detections = self._detector(frame)
        detected, waited = time.perf_counter(), feed.waited
        left_out = (number - statistics.frames) // feed.selection.every - 1
        self._skip(self._gaps.missing(seconds), left_out)
        if self._descriptor is not None:
            self._descriptor.start_frame(number)
        tracks = self._update(frame, detections)
        tracked = time.perf_counter()
        statistics.detection += detected - start
        statistics.association += tracked - detected - (feed.waited - waited)
        statistics.frames = number
        statistics.tracked += 1
        statistics.detections += len(detections)
        confident = detections.confidences >= self._min_confidence
        statistics.confident += int(np.count_nonzero(confident))
        self._identities.add(tracks.ids.tolist())
        try:
            for sink in self._sinks:
                sink.write(frame, tracks)
        finally:
            statistics.output += time.perf_counter() - tracked

    def _update(self, frame: Frame, detections: Detections) -> Tracks:
        """Show the tracker a frame, with the camera's movement if it is measured."""
        if self._camera is None:
            return self._tracker.update(detections)
        people = valid_mask(detections) & (detections.confidences >= self._min_confidence)
        movement = self._camera(frame, detections.boxes_tlwh[people])
        return self._tracker.update(detections, movement=movement)

    def _skip(self, missing: int, left_out: int) -> None:
        """Show the tracker a frame without detections for each missing frame.

        Args:
            missing: number of frames that are missing, judged by the times.
            left_out: number of selected frames that the feed left out, such as damaged images.
                The statistics do not count them as missing.
        """
        self.statistics.missing += max(0, missing - left_out)
        movement = {} if self._camera is None else {"movement": STILL}
        for _ in range(min(missing, self._most_empty_frames)):
            self._tracker.update(Detections.empty(), **movement)

    def _complete_statistics(self, signal: int | None) -> None:
        statistics, feed = self.statistics, self._feed
        statistics.signal, statistics.size, statistics.decoding = signal, feed.size, feed.waited
        statistics.dropped = self._tracker.dropped
        statistics.identities = self._identities.total
        if self._descriptor is not None:
            statistics.description = self._descriptor.seconds
            statistics.association -= statistics.description
            statistics.described = self._descriptor.described
            statistics.reused = self._descriptor.reused
        if feed.keep is Keep.WHOLE_ONLY:
            statistics.is_kept = statistics.tracked == feed.length
        else:
            statistics.is_kept = statistics.frames > 0
