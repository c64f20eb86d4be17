"""Compiled LazyDeepSort gives the tracks of the reference engine and describes the same boxes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker import (
    AppearanceMetric,
    DeepSortConfig,
    DeepSortMotion,
    Detections,
    LazyDeepSort,
)
from tests.tracker.compiled.engines import compare_engines, real_frames
from tests.tracker.compiled.test_deep_sort import TOLERANCE_PX, streams


class Looks:
    """A descriptor with similar features for near boxes; it records the boxes it gets."""

    def __init__(self):
        self.asked = []
        # The features change quickly with the position, so that distances are large compared with
        # float32's rounding of a cosine. Otherwise rounding would decide between equal distances,
        # and the engines round differently.
        self._waves = np.random.default_rng(0).normal(0, 1 / 40, (2, 8))

    def __call__(self, frame, boxes_tlwh):
        self.asked.append(boxes_tlwh.tolist())
        phases = (boxes_tlwh[:, :2] + boxes_tlwh[:, 2:] / 2) @ self._waves
        return np.hstack([np.cos(phases), np.sin(phases)])


def compare_lazy_engines(frames, metric=None, refresh=10, **settings):
    """Compare both engines; return the numbers of tracks reported and of boxes described."""
    config, compiled, reference = DeepSortConfig(**settings), Looks(), Looks()
    reported = compare_engines(
        LazyDeepSort(config, metric, compiled, refresh=refresh),
        LazyDeepSort(config, metric, reference, motion=DeepSortMotion, refresh=refresh),
        frames,
        TOLERANCE_PX,
    )
    assert compiled.asked == reference.asked
    return reported, sum(map(len, compiled.asked))


@given(
    frames=streams(),
    carried=st.booleans(),
    kind=st.sampled_from(["cosine", "euclidean"]),
    refresh=st.sampled_from([1, 2, 4, 10**30]),
    settings=st.fixed_dictionaries(
        {
            "n_init": st.integers(1, 3),
            "max_age": st.integers(1, 6),
            "budget": st.integers(1, 5),
            "max_coasted": st.integers(0, 2),
            "max_iou_distance": st.sampled_from([0.0, 0.7, 1.0]),
            "nms_max_overlap": st.sampled_from([0.5, 1.0]),
        }
    ),
)
def test_the_same_tracks_and_the_same_boxes_described(frames, carried, kind, refresh, settings):
    metric = AppearanceMetric(kind, 0.2 if kind == "cosine" else 1.2)
    if not carried:
        frames = [Detections(each.boxes_tlwh, each.confidences) for each in frames]
    compare_lazy_engines(frames, metric, refresh, **settings)


@pytest.mark.parametrize("max_iou_distance", [0.7, 1.0])
@given(seed=st.integers(0, 10_000))
def test_the_same_where_few_people_walk_apart(max_iou_distance, seed):
    # With only one or two people, a box that overlaps no track can still be in a certain pair, and
    # tracks get lost.
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 300, (rng.integers(1, 3), 2))
    frames = []
    for _ in range(20):
        place = place + rng.normal(0, 8, place.shape)
        seen = place[rng.random(len(place)) < 0.9]
        boxes = np.column_stack([seen, np.full((len(seen), 2), [40.0, 80.0])])
        frames.append(Detections(boxes, np.ones(len(boxes))))
    compare_lazy_engines(frames, refresh=4, max_iou_distance=max_iou_distance, n_init=2, max_age=5)


def test_the_same_on_real_detections(mot_data):
    reported = described = detected = 0
    for frames in real_frames(mot_data, first=100):
        counts = compare_lazy_engines(frames)
        reported, described = reported + counts[0], described + counts[1]
        detected += sum(map(len, frames))
    assert reported > 5000
    assert described < 0.8 * detected


def test_a_bad_feature_changes_nothing():
    box = [[0.0, 0, 40, 80]]
    tracker = LazyDeepSort(DeepSortConfig(n_init=1), refresh=2)
    for _ in range(2):
        tracker.update(Detections(box, [1.0], [[1.0, 0.0]]))
    # The track's newest feature is one frame old, so the next detection is described.
    with pytest.raises(ValueError, match="finite"):
        tracker.update(Detections(box, [1.0], [[np.nan, 0.0]]))
    assert tracker.update(Detections(box, [1.0], [[1.0, 0.0]])).ids.tolist() == [1]


def test_a_feature_that_the_tracker_does_not_need_may_be_bad():
    box = [[0.0, 0, 40, 80]]
    for motion in (None, DeepSortMotion):
        tracker = LazyDeepSort(DeepSortConfig(n_init=1), motion=motion)
        tracker.update(Detections(box, [1.0], [[1.0, 0.0]]))
        assert tracker.update(Detections(box, [1.0], [[np.nan, 0.0]])).ids.tolist() == [1]
