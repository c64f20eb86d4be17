"""The sides of the association benchmark: trackers behind the same three functions.

All trackers have the published settings. SORT: IoU 0.3, max_age 1, min_hits 3. DeepSORT: cosine
distance 0.2, a budget of 100 features, max_age 30, n_init 3, and no suppression of overlapping
detections, because the peers leave it to their callers. FlatSORT, which has no peer, has its
defaults.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks import adapters
from benchmarks.adapters import Adapter

Update = Callable[[Any], Any]


@dataclass(frozen=True)
class Side:
    """One tracker.

    Attributes:
        name: name in the table.
        task: "SORT", "DeepSORT" or "FlatSORT".
        package: package to install, "" for our own trackers.
        start: makes a new tracker and returns its update; raises ImportError without the package.
        adapter: makes the input of update, and reads its output; their time is not measured.
        against: our side with the same kind of input; the table divides the time by that side's.
    """

    name: str
    task: str
    package: str
    start: Callable[[], Update]
    adapter: Adapter
    against: str = "FlatSORT"


def sides() -> list[Side]:
    """Return all sides; for each task, our sides come first."""
    arrays = "FlatSORT, building Detections"
    return [
        Side("FlatSORT", "SORT", "", _sort, adapters.OURS),
        Side(arrays, "SORT", "", _sort_from_arrays, adapters.OURS_FROM_ARRAYS),
        Side("FlatSORT, reference engine", "SORT", "", _reference_sort, adapters.OURS),
        Side("pyxtrackers (Cython)", "SORT", "pyxtrackers", _pyxtrackers, adapters.CORNERS, arrays),
        Side("ioutrack-rs (Rust)", "SORT", "ioutrack-rs", _ioutrack, adapters.CORNERS, arrays),
        Side("roboflow trackers", "SORT", "trackers", _roboflow, adapters.SUPERVISION),
        Side("FlatSORT", "DeepSORT", "", _deep_sort, adapters.OURS),
        Side("FlatSORT, reference engine", "DeepSORT", "", _reference_deep_sort, adapters.OURS),
        Side("deep_sort_realtime", "DeepSORT", "deep-sort-realtime", _realtime, adapters.REALTIME),
        Side("FlatSORT", "FlatSORT", "", _flat_sort, adapters.OURS),
        Side("FlatSORT, readable form", "FlatSORT", "", _readable_flat_sort, adapters.OURS),
    ]


def _sort() -> Update:
    from flatsort.tracker import Sort

    return Sort().update


def _sort_from_arrays() -> Update:
    from flatsort.tracker import Detections, Sort

    update = Sort().update
    return lambda frame: update(Detections(frame.boxes_tlwh, frame.confidences))


def _reference_sort() -> Update:
    from flatsort.tracker import Sort, SortMotion

    return Sort(motion=SortMotion).update


def _deep_sort() -> Update:
    from flatsort.tracker import DeepSort

    return DeepSort().update


def _reference_deep_sort() -> Update:
    from flatsort.tracker import DeepSort, DeepSortMotion

    return DeepSort(motion=DeepSortMotion).update


def _flat_sort() -> Update:
    from flatsort.tracker import FlatSort

    return FlatSort().update


def _readable_flat_sort() -> Update:
    from flatsort.tracker import FlatSortConfig
    from flatsort.tracker.reference.flat_sort import ReferenceFlatSort

    return ReferenceFlatSort(FlatSortConfig()).update


def _pyxtrackers() -> Update:
    from pyxtrackers import Sort

    return Sort(max_age=1, min_hits=3, iou_threshold=0.3).update


def _ioutrack() -> Update:
    from ioutrack import Sort

    tracker = Sort(max_age=1, min_hits=3, iou_threshold=0.3)
    return lambda boxes: tracker.update(boxes, return_all=False)


def _roboflow() -> Update:
    from trackers import SORTTracker

    return SORTTracker(
        lost_track_buffer=1,
        frame_rate=30.0,
        track_activation_threshold=0.0,
        minimum_consecutive_frames=3,
        minimum_iou_threshold=0.3,
    ).update


def _realtime() -> Update:
    from deep_sort_realtime.deep_sort.nn_matching import NearestNeighborDistanceMetric
    from deep_sort_realtime.deep_sort.tracker import Tracker

    metric = NearestNeighborDistanceMetric("cosine", 0.2, 100)
    tracker = Tracker(metric, max_iou_distance=0.7, max_age=30, n_init=3)

    def update(detections: Any) -> list[Any]:
        tracker.predict()
        tracker.update(detections)
        return tracker.tracks

    return update
