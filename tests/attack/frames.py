"""Feed random crowds to every tracker: its two engines must agree, and its tracks be valid."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flatsort.processors import worker_pool
from flatsort.tracker import AppearanceMetric, FlatSort, FlatSortConfig
from tests.attack.findings import Finding
from tests.attack.repeatable import MOST_FINDINGS, repeatable
from tests.tracker.compiled import test_deep_sort, test_flat_sort, test_sort
from tests.tracker.compiled.engines import compare_engines

_metrics = st.sampled_from(
    [
        AppearanceMetric("cosine", 0.2),
        AppearanceMetric("cosine", 0.2, np.full(8, 0.2)),
        AppearanceMetric("euclidean", 1.2),
    ]
)


def _sort(data: st.DataObject) -> int:
    frames = data.draw(test_sort.streams())
    compare_engines(*test_sort.trackers(**data.draw(test_sort.SETTINGS)), frames)
    return len(frames)


def _deep_sort(data: st.DataObject) -> int:
    frames = data.draw(test_deep_sort.streams())
    pair = test_deep_sort.trackers(data.draw(_metrics), **data.draw(test_deep_sort.SETTINGS))
    compare_engines(*pair, frames, test_deep_sort.TOLERANCE_PX)
    return len(frames)


def _flat_sort(data: st.DataObject) -> int:
    frames, extras = data.draw(test_flat_sort.streams()), data.draw(test_flat_sort.measurements())
    pair = test_flat_sort.trackers(**data.draw(test_flat_sort.SETTINGS))
    compare_engines(*pair, frames, extras=extras)
    return len(frames)


def _flat_sort_with_looks(data: st.DataObject) -> int:
    """Identities must be unique in a frame, and boxes finite; another test compares engines."""
    frames = data.draw(test_deep_sort.streams())
    tracker = FlatSort(FlatSortConfig(**data.draw(test_flat_sort.SETTINGS)), data.draw(_metrics))
    for detections in frames:
        tracks = tracker.update(detections)
        assert (np.diff(tracks.ids) > 0).all()
        assert (tracks.ids > 0).all()
        assert np.isfinite(tracks.boxes_tlwh).all()
    return len(frames)


TRACKERS: dict[str, Callable[[st.DataObject], int]] = {
    "SORT": _sort,
    "DeepSORT": _deep_sort,
    "FlatSORT": _flat_sort,
    "FlatSORT with looks": _flat_sort_with_looks,
}
"""Name of a tracker -> feeds it a drawn crowd, and returns the number of frames."""


@dataclass
class Crowds:
    """The outcome of a batch: the number of frames, and the faults."""

    frames: int = 0
    findings: list[Finding] = field(default_factory=list)


def attack_tracker(name: str, number: int, count: int) -> Crowds:
    """Feed crowds to a tracker.

    Args:
        name: a key of TRACKERS.
        number: seed; the same seed makes the same crowds.
        count: number of crowds, of 12 or more frames each.
    """
    crowds = Crowds()

    @repeatable(number, count)
    @given(st.data())
    def feed(data: st.DataObject) -> None:
        try:
            crowds.frames += TRACKERS[name](data)
        except Exception as error:
            if len(crowds.findings) < MOST_FINDINGS:
                fault = traceback.format_exception_only(error)[-1].strip().splitlines()[0]
                crowds.findings.append(Finding(name, f"seed {number}", fault))

    feed()
    return crowds


def attack_tracker_apart(name: str, number: int, count: int) -> Crowds:
    """Feed crowds to a tracker in a process of its own, which a crash ends without this one."""
    with worker_pool(1) as pool:
        return pool.submit(attack_tracker, name, number, count).result()
