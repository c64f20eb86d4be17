"""SORT and DeepSORT: the tracking core, on numpy and scipy, and numba where there is one.

A tracker takes the detections of one frame at a time and returns the tracks:

    import numpy as np
    from flatsort.tracker import AppearanceMetric, DeepSort, Detections

    tracker = DeepSort(metric=AppearanceMetric("cosine", gate=0.2))
    for boxes_tlwh, confidences, features in frames:  # (N, 4) pixels, (N,), (N, D)
        for track in tracker.update(Detections(boxes_tlwh, confidences, features)):
            print(track.id, track.box_tlwh)

Call update for frames without detections too (``Detections.empty()``), and reset between videos.
``Sort`` is used the same way and needs no features. ``DeepSort(descriptor=...)`` computes them
from the picture instead: ``tracker.update(detections, frame)``.

Where numba is installed both run compiled, see :mod:`tracker.compiled`, with the same results.

The model of motion is exchangeable: ``motion=`` takes whatever makes a ``MotionModel``; see
``flatsort.tracker.filterpy_motion`` for any filter of filterpy. Detections of the supervision package
go in and come out by ``flatsort.tracker.supervision``.
"""

from .deep_sort import DeepSort, DeepSortConfig, Descriptor
from .detections import Detections
from .gallery import AppearanceMetric
from .kalman import DeepSortMotion, MotionModel, SortMotion
from .lazy import LazyDeepSort
from .sort import Sort, SortConfig
from .tracks import Track, Tracks

__all__ = [
    "AppearanceMetric",
    "DeepSort",
    "DeepSortConfig",
    "DeepSortMotion",
    "Descriptor",
    "Detections",
    "LazyDeepSort",
    "MotionModel",
    "Sort",
    "SortConfig",
    "SortMotion",
    "Track",
    "Tracks",
]
