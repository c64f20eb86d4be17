"""Appearance features, which the detections carry or a descriptor computes from the frame."""

from collections.abc import Callable

import numpy as np

from .arrays import Picture, Singles
from .detections import Detections

Descriptor = Callable[[Picture | None, Singles], Singles]
"""(frame (H, W, 3) uint8 BGR, boxes_tlwh (N, 4) float32 px) -> features (N, D) float32.

The tracker passes on the frame that update() got. If update() got no frame, the descriptor gets
None; a descriptor that looks up precomputed features needs no frame."""

Describe = Callable[[Detections, Picture | None], Singles]
"""(N detections, frame) -> features (N, D) float32."""


def describe(
    detections: Detections, frame: Picture | None, descriptor: Descriptor | None
) -> Singles:
    """Return the features that the detections carry, or else compute them by the descriptor.

    Args:
        detections: N detections.
        frame: (H, W, 3) uint8 BGR, for the descriptor.
        descriptor: Computes the features of detections that carry none.

    Returns:
        (N, D) float32; of shape (0, 0) if there are no detections.

    Raises:
        ValueError: If the detections carry no features and there is no descriptor, or if the
            descriptor returns features of a wrong shape.
    """
    if detections.features is not None:
        return detections.features
    if len(detections) == 0:
        return np.empty((0, 0), dtype=np.float32)
    if descriptor is None:
        raise ValueError(
            "DeepSort needs appearance features: give detections that carry them, "
            "or construct it with a descriptor"
        )
    boxes_tlwh = detections.boxes_tlwh.astype(np.float32)
    features = np.asarray(descriptor(frame, boxes_tlwh), dtype=np.float32)
    if features.ndim != 2 or len(features) != len(detections):
        raise ValueError(
            f"the descriptor must return features of shape ({len(detections)}, D), "
            f"not {features.shape}"
        )
    return features
