"""Collect people from footage within a time limit: find them, cut them out, describe them."""

import time
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np

from flatsort.adaptation.observed_footage import CollectingProgress, Footage, FootageStore, join
from flatsort.adaptation.schedule import BURST, Schedule
from flatsort.descriptors.descriptor import Descriptor
from flatsort.detectors.detector import Detector
from flatsort.images.crops import cut_crops
from flatsort.progress import ProgressBar
from flatsort.sources.frame_selection import ALL, FrameSelection
from flatsort.sources.source import Frame, Source
from flatsort.tracker.detections import valid_mask

# Seconds between two writes to the store, so a killed run loses at most this much work.
_PIECE_S = 10.0
# Gap between the frame numbers of two live bursts, so that no box is linked across bursts.
_APART = 1000
# Most bytes of a live burst, because it waits in memory; a burst of large frames is shorter.
_MOST_BYTES = 300_000_000


class Collector:
    """Finds the people in frames, and stores their boxes, crops and features.

    Args:
        detector: finds people.
        descriptor: describes them.
        side: side of the crops in pixels.
        store: receives the footage in pieces.
    """

    def __init__(
        self, detector: Detector, descriptor: Descriptor, side: int, store: FootageStore
    ) -> None:
        self._detector, self._descriptor = detector, descriptor
        self._side = side
        self._store = store

    def collect(
        self, source: Source, seconds: float, boxes: int, part: FrameSelection = ALL
    ) -> None:
        """Process frames until the time is up, there are enough boxes or the footage ends.

        Collecting continues after the last stored frame. An exception loses no processed frame.
        If the connection to a live source is lost, another run can continue.

        Args:
            source: the footage; its context must be entered.
            seconds: time limit for this run and the earlier runs in the store together.
            boxes: number of boxes after which collecting ends.
            part: the part of a recording, from its first to its last frame.

        Raises:
            InputError: a frame cannot be read, or the store cannot be written.
        """
        progress = self._store.progress()
        if progress.is_over:
            return
        effort, position = progress.effort, progress.position
        schedule, frames = _begin(source, seconds, boxes, progress, part)
        seen: list[Footage] = []
        kept_at, is_over = effort.seconds, False
        bar = ProgressBar(desc=f"looking at {source.name}", unit="frame")
        try:
            with bar, closing(frames):
                started = time.perf_counter()
                for frame, skipped in frames:
                    fetched = time.perf_counter()
                    seen.append(self._look(frame))
                    ended = time.perf_counter()
                    effort.add(skipped, fetched - started, ended - fetched, len(seen[-1]))
                    started, position = ended, frame.number
                    if effort.seconds - kept_at > _PIECE_S:
                        # Empty the list before the write: if an interrupt stops the write, the
                        # `finally` block must not store these frames a second time.
                        piece, seen, kept_at = join(seen), [], effort.seconds
                        self._store.add(piece, CollectingProgress(effort, position))
                    spent = f"{effort.boxes:,} boxes, {effort.seconds:.0f} s"
                    bar.set_postfix_str(spent, refresh=False)
                    bar.update()
            is_over = schedule.is_over or not source.is_live
        finally:
            if seen:
                # An interrupt may come after a frame is processed and before it is counted.
                position = int(seen[-1].numbers[-1])
            if seen or is_over:
                self._store.add(join(seen), CollectingProgress(effort, position, is_over))

    def _look(self, frame: Frame) -> Footage:
        found = self._detector(frame)
        found = found.select(valid_mask(found))
        boxes = found.boxes_tlwh.astype(np.float32)
        features = np.empty((0, 0), np.float32)
        if len(found):
            self._descriptor.start_frame(frame.number)
            features = self._descriptor(frame.image, boxes)
        height, width = frame.image.shape[:2]
        return Footage(
            numbers=np.array([frame.number]),
            sizes=np.array([[width, height]]),
            frames=np.full(len(found), frame.number),
            boxes_tlwh=found.boxes_tlwh,
            confidences=found.confidences,
            images=cut_crops(frame.image, boxes, self._side, self._side),
            features=features,
        )


def _begin(
    source: Source,
    seconds: float,
    boxes: int,
    progress: CollectingProgress,
    part: FrameSelection,
) -> tuple[Schedule, Generator[tuple[Frame, int], None, None]]:
    """Return the schedule, and its frames with the number of frames skipped before each."""
    if source.is_live:
        schedule = Schedule(None, seconds, boxes, progress.effort)
        return schedule, _live(source, schedule, progress.position)
    ends = [each for each in (source.length, part.last) if each is not None]
    position = max(progress.position, part.first - 1)
    schedule = Schedule(min(ends, default=None), seconds, boxes, progress.effort, position)
    return schedule, _recorded(source, schedule)


def _recorded(source: Source, schedule: Schedule) -> Generator[tuple[Frame, int], None, None]:
    passed = 0
    with closing(source.frames(schedule.numbers())) as frames:
        for frame in frames:
            yield frame, frame.number - passed - 1
            passed = frame.number


def _live(
    source: Source, schedule: Schedule, position: int
) -> Generator[tuple[Frame, int], None, None]:
    """Yield the frames of bursts; frames that arrive while a burst is processed are dropped."""
    with closing(source.frames(schedule.numbers())) as frames:
        while burst := _take_burst(frames):
            position += _APART
            while burst and not schedule.is_over:
                position += 1
                yield replace(burst.popleft(), number=position), 0


def _take_burst(frames: Iterator[Frame]) -> deque[Frame]:
    burst: deque[Frame] = deque()
    size = 0
    while len(burst) < BURST and size < _MOST_BYTES:
        frame = next(frames, None)
        if frame is None:
            break
        burst.append(frame)
        size += frame.image.nbytes
    return burst
