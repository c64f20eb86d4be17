"""The descriptor of a run: it reads images only if needed, and measures its own time."""

import time

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_cache import FeatureCache
from flatsort.tracker import Detections
from flatsort.tracker.detections import valid_mask
from flatsort.tracking.feed import Feed


class FrameDescriptor:
    """A descriptor that asks the feed for an image only if a box must be described.

    Args:
        descriptor: describes the boxes that are not in the cache.
        feed: gives the images.
        cache: features from earlier runs; None to describe every box.

    Attributes:
        metric: metric of the descriptor.
        described: number of boxes whose features the tracker has asked for.
        reused: number of these boxes whose features came from the cache.
        seconds: seconds spent so far, without waiting for images.
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
        """Start a frame, before its boxes are described; numbers start at 1."""
        self._number = frame_number
        self._descriptor.start_frame(frame_number)

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return features (N, D) of boxes (N, 4) in the started frame; ``frame`` is ignored."""
        start, waited = time.perf_counter(), self._feed.waited
        try:
            self.described += len(boxes_tlwh)
            if self._cache is None:
                return self._describe(boxes_tlwh)
            return self._look_up_or_describe(boxes_tlwh, self._cache)
        finally:
            self.seconds += time.perf_counter() - start - (self._feed.waited - waited)

    def _look_up_or_describe(
        self, boxes_tlwh: NDArray[np.float32], cache: FeatureCache
    ) -> NDArray[np.float32]:
        """Return features from the cache; describe the boxes that the cache lacks, and add them."""
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
    """Return whether a frame's image should be read ahead, to describe its detections.

    Only the tracker knows which boxes it will ask for. If the cache knows one box of the frame, an
    earlier run has most likely kept all of them. If it has not, the run reads the image later.
    """
    candidates = valid_mask(detections) & (detections.confidences >= min_confidence)
    boxes_tlwh = detections.boxes_tlwh[candidates].astype(np.float32)
    return len(boxes_tlwh) > 0 and not (cache and cache.knows_any(number, boxes_tlwh))
