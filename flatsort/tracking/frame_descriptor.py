"""Where a descriptor's frames come from, and which it can do without."""

import time

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_cache import FeatureCache
from flatsort.tracker import Detections
from flatsort.tracker.detections import valid_mask
from flatsort.tracking.feed import Feed


class FrameDescriptor:
    """A descriptor that fetches its frames, only if it must, and adds up the time it takes.

    Args:
        descriptor: what describes boxes that are not in the cache.
        feed: where it gets frames from.
        cache: None to describe every box.

    Attributes:
        metric: the descriptor's.
        described: boxes asked for so far.
        reused: of them, those found in the cache.
        seconds: taken so far, without the time waiting for frames.
    """

    def __init__(self, descriptor: Descriptor, feed: Feed, cache: FeatureCache | None) -> None:
        self.metric = descriptor.metric
        self.seconds = 0.0
        self.described = self.reused = 0
        self._descriptor = descriptor
        self._feed = feed
        self._cache = cache
        self._number = 0

    def start_frame(self, frame_number: int) -> None:
        """Told before each frame, from 1."""
        self._number = frame_number
        self._descriptor.start_frame(frame_number)

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Boxes (N, 4) of the frame that was started -> features (N, D); ``frame`` is not used."""
        start, waited = time.perf_counter(), self._feed.waited
        try:
            self.described += len(boxes_tlwh)
            if self._cache is None:
                return self._describe(boxes_tlwh)
            return self._complete(boxes_tlwh, self._cache)
        finally:
            self.seconds += time.perf_counter() - start - (self._feed.waited - waited)

    def _complete(
        self, boxes_tlwh: NDArray[np.float32], cache: FeatureCache
    ) -> NDArray[np.float32]:
        """What was kept, and what is new."""
        kept, known = cache.look_up(self._number, boxes_tlwh)
        self.reused += len(kept)
        if known.all():
            return kept
        new = self._describe(boxes_tlwh[~known])
        cache.add(self._number, boxes_tlwh[~known], new)
        features = np.empty((len(boxes_tlwh), new.shape[1]), np.float32)
        features[~known] = new
        if len(kept):
            features[known] = kept
        return features

    def _describe(self, boxes_tlwh: NDArray[np.float32]) -> NDArray[np.float32]:
        image = self._feed.image(self._number) if self._descriptor.needs_images else None
        return self._descriptor(image, boxes_tlwh)


def is_worth_reading(
    number: int, detections: Detections, min_confidence: float, cache: FeatureCache | None
) -> bool:
    """Whether a frame is worth reading ahead for its detections to be described.

    Which boxes the tracker will ask for only it knows. Where one was kept, an earlier run came by
    and most likely kept them all; if not, the frame is read when it turns out to be needed.
    """
    candidates = valid_mask(detections) & (detections.confidences >= min_confidence)
    boxes_tlwh = detections.boxes_tlwh[candidates].astype(np.float32)
    return len(boxes_tlwh) > 0 and not (cache and cache.knows_any(number, boxes_tlwh))
