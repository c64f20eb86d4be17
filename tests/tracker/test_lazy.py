from functools import partial

import numpy as np
import pytest

from flatsort.tracker import (
    AppearanceMetric,
    DeepSort,
    DeepSortConfig,
    DeepSortMotion,
    Detections,
    LazyDeepSort,
)
from flatsort.tracker.filterpy_motion import FilterpyMotion, deepsort_filter

RED, GREEN = np.eye(2, dtype=np.float32)


class Looks:
    """A descriptor that recognises a box by its left edge, and records the boxes it gets."""

    def __init__(self, looks=lambda left: RED):
        self.asked = []
        self._looks = looks

    def __call__(self, frame, boxes_tlwh):
        self.asked.append(boxes_tlwh[:, 0].tolist())
        return np.array([self._looks(left) for left in boxes_tlwh[:, 0]])

    @property
    def counts(self):
        return [len(each) for each in self.asked]


@pytest.fixture(params=[None, DeepSortMotion], ids=["compiled", "reference"])
def lazy(request):
    return partial(LazyDeepSort, motion=request.param)


def people(*lefts):
    """One box per left edge, 40 px wide and 80 px high."""
    return Detections([[left, 0.0, 40.0, 80.0] for left in lefts], np.ones(len(lefts)))


def ids(tracks):
    return tracks.ids.tolist()


def test_a_person_alone_is_described_until_confirmed_and_then_at_intervals(lazy):
    looks = Looks()
    tracker = lazy(descriptor=looks, refresh=4)
    reported = [ids(tracker.update(people(10.0 + step))) for step in range(13)]
    assert reported == [[]] * 2 + [[1]] * 11
    # The third frame confirms the track. From then on it gets features in frames 3, 7 and 11.
    described = [step + 1 for step in range(13) if [10.0 + step] in looks.asked]
    assert described == [1, 2, 3, 7, 11]


def test_the_descriptor_is_called_only_with_boxes(lazy):
    looks = Looks()
    tracker = lazy(descriptor=looks)
    for step in range(5):
        tracker.update(people(float(step)))
    assert looks.counts == [1, 1, 1]


def test_two_overlapping_people_are_both_described(lazy):
    looks = Looks()
    tracker = lazy(descriptor=looks)
    for _ in range(6):
        tracker.update(people(0.0, 15.0))
    assert looks.counts == [2] * 6


def test_a_box_near_a_lost_track_is_described(lazy):
    looks = Looks()
    tracker = lazy(descriptor=looks)
    for _ in range(4):
        tracker.update(people(0.0, 200.0))
    assert looks.counts == [2, 2, 2]
    tracker.update(people(0.0))  # 200 is missed; 0 has no rival
    assert looks.counts == [2, 2, 2]
    assert ids(tracker.update(people(0.0, 200.0))) == [1, 2]
    assert looks.asked[-1] == [200.0]


def test_an_earlier_feature_recognises_a_lost_track(lazy):
    # A green person appears where the red one was lost, and the red one reappears beside it.
    looks = Looks(lambda left: RED if left in (0.0, 8.0) else GREEN)
    config = DeepSortConfig(max_coasted=0)
    tracker = lazy(config, descriptor=looks)
    for _ in range(5):
        tracker.update(people(0.0))
    tracker.update(people())
    assert ids(tracker.update(people(8.0, 1.0))) == [1]


@pytest.mark.parametrize("motion", [None, lambda: FilterpyMotion(deepsort_filter)])
def test_refresh_one_gives_the_tracks_of_deep_sort(motion):
    given = {} if motion is None else {"motion": motion}
    rng = np.random.default_rng(0)
    metric = AppearanceMetric("cosine", gate=0.3)
    config = DeepSortConfig(max_age=8)
    lazy = LazyDeepSort(config, metric, refresh=1, **given)
    always = DeepSort(config, metric, **given)
    place, pace = rng.uniform(0, 400, (12, 2)), rng.normal(0, 3, (12, 2))
    looks = rng.normal(size=(12, 8))
    for _ in range(60):
        place += pace
        seen = rng.random(12) < 0.8
        boxes = np.column_stack([place, np.full((12, 2), [40.0, 80.0])])[seen]
        features = looks[seen] + rng.normal(0, 0.3, (seen.sum(), 8))
        detections = Detections(
            boxes + rng.normal(0, 1, boxes.shape), np.ones(len(boxes)), features
        )
        one, other = lazy.update(detections), always.update(detections)
        assert ids(one) == ids(other)
        np.testing.assert_allclose(one.boxes_tlwh, other.boxes_tlwh)


def test_a_bad_feature_changes_nothing(lazy):
    tracker = lazy()
    good = Detections([[0.0, 0.0, 40.0, 80.0]], [1.0], [RED])
    for _ in range(2):
        tracker.update(good)
    for wrong in ([[np.nan, 1.0]], [[1.0, 0.0, 0.0]]):
        with pytest.raises(ValueError, match="features"):
            tracker.update(Detections(good.boxes_tlwh, good.confidences, wrong))
    assert ids(tracker.update(good)) == [1]


def test_reset_forgets_features_too(lazy):
    looks = Looks()
    tracker = lazy(descriptor=looks)
    for _ in range(5):
        tracker.update(people(0.0, 300.0))
    tracker.reset()
    assert [ids(tracker.update(people(50.0))) for _ in range(3)] == [[], [], [1]]
    assert looks.counts == [2, 2, 2, 1, 1, 1]


def test_refresh_below_one():
    with pytest.raises(ValueError, match="refresh must be"):
        LazyDeepSort(refresh=0)
