"""SORT and DeepSORT: the tracking core, on numpy and scipy, and numba where there is one.

A tracker takes the detections of one frame at a time and returns the tracks:

    import numpy as np
    from tracker import AppearanceMetric, DeepSort, Detections

    tracker = DeepSort(metric=AppearanceMetric("cosine", gate=0.2))
    for boxes_tlwh, confidences, features in frames:  # (N, 4) pixels, (N,), (N, D)
        for track in tracker.update(Detections(boxes_tlwh, confidences, features)):
            print(track.id, track.box_tlwh)

Call update for frames without detections too (``Detections.empty()``), and reset between videos.
``Sort`` is used the same way and needs no features. ``DeepSort(descriptor=...)`` computes them
from the picture instead: ``tracker.update(detections, frame)``.

Where numba is installed both run compiled, see :mod:`tracker.compiled`, with the same results.

The model of motion is exchangeable: ``motion=`` takes whatever makes a ``MotionModel``; see
``tracker.filterpy_motion`` for any filter of filterpy. Detections of the supervision package go in
and come out by ``tracker.supervision``.
"""

from tracker.deep_sort import DeepSort, DeepSortConfig, Descriptor
from tracker.detections import Detections
from tracker.gallery import AppearanceMetric
from tracker.kalman import DeepSortMotion, MotionModel, SortMotion
from tracker.lazy import LazyDeepSort
from tracker.sort import Sort, SortConfig
from tracker.tracks import Track, Tracks

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
