"""SORT, DeepSORT and FlatSORT: the tracking core, on NumPy and SciPy, and on numba if installed.

A tracker takes the detections of one frame at a time and returns the tracks:

    import numpy as np
    from flatsort.tracker import AppearanceMetric, DeepSort, Detections

    tracker = DeepSort(metric=AppearanceMetric("cosine", gate=0.2))
    for boxes_tlwh, confidences, features in frames:  # (N, 4) pixels, (N,), (N, D)
        for track in tracker.update(Detections(boxes_tlwh, confidences, features)):
            print(track.id, track.box_tlwh)

Call update for frames without detections too (``Detections.empty()``), and reset between videos.
``Sort`` and ``FlatSort`` are used in the same way and need no features.
``DeepSort(descriptor=...)`` computes the features from the frame instead:
``tracker.update(detections, frame)``.

Each tracker has two engines with the same results: :mod:`tracker.compiled` runs where numba is
installed, :mod:`tracker.reference` elsewhere.

The motion model of SORT and DeepSORT is exchangeable: ``motion=`` takes any function that makes a
``MotionModel``. ``flatsort.tracker.filterpy_motion`` makes one from any filter of filterpy, and
``flatsort.tracker.supervision`` converts detections of the supervision package, in both directions.
"""

from .appearance import AppearanceMetric
from .camera_movement import CameraMovement
from .config import DeepSortConfig, FlatSortConfig, SortConfig
from .deep_sort import DeepSort
from .detections import Detections
from .features import Descriptor
from .flat_sort import FlatSort
from .lazy import LazyDeepSort
from .motion import MotionModel
from .reference.kalman import DeepSortMotion, SortMotion
from .sort import Sort
from .tracks import Track, Tracks

__all__ = [
    "AppearanceMetric",
    "CameraMovement",
    "DeepSort",
    "DeepSortConfig",
    "DeepSortMotion",
    "Descriptor",
    "Detections",
    "FlatSort",
    "FlatSortConfig",
    "LazyDeepSort",
    "MotionModel",
    "Sort",
    "SortConfig",
    "SortMotion",
    "Track",
    "Tracks",
]
