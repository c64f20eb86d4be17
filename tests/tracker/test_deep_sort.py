from collections import deque
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from flatsort.tracker import AppearanceMetric, DeepSort, DeepSortConfig, Detections, LazyDeepSort
from flatsort.tracker.filterpy_motion import FilterpyMotion, deepsort_filter

LEFT = [0.0, 0.0, 40.0, 80.0]
RIGHT = [500.0, 0.0, 40.0, 80.0]
RED, GREEN = np.eye(2)
NOTHING = Detections.empty()


def seen(*things, confidence=1.0):
    """Detections of (box, feature) pairs."""
    boxes, features = zip(*things, strict=True)
    return Detections(np.array(boxes), [confidence] * len(boxes), np.array(features))


def direction(angle):
    """The feature at an angle from RED: its cosine distance from RED is 1 - cos(angle)."""
    return np.array([np.cos(angle), np.sin(angle)])


def confirmed_tracker(*things, **settings):
    """A tracker with a confirmed track of each (box, feature) pair, after three frames."""
    tracker = DeepSort(DeepSortConfig(**settings))
    for _ in range(3):
        tracks = tracker.update(seen(*things))
    assert len(tracks) == len(things)
    return tracker


def ids(tracks):
    return tracks.ids.tolist()


def test_confirmed_in_the_third_frame():
    tracker = DeepSort()
    assert [ids(tracker.update(seen((LEFT, RED)))) for _ in range(4)] == [[], [], [1], [1]]


def test_n_init_of_one_confirms_at_once():
    assert ids(DeepSort(DeepSortConfig(n_init=1)).update(seen((LEFT, RED)))) == [1]


def test_a_tentative_track_dies_at_its_first_miss():
    tracker = DeepSort()
    frames = [seen((LEFT, RED))] * 2 + [NOTHING] + [seen((LEFT, RED))] * 3
    # Track 1 is matched in frames 1 and 2 and missed in 3; frame 4 starts track 2.
    assert [ids(tracker.update(frame)) for frame in frames] == [[], [], [], [], [], [2]]


@pytest.mark.parametrize(("misses", "survives"), [(4, True), (5, False)])
def test_found_again_up_to_max_age_frames_later(misses, survives):
    tracker = confirmed_tracker((LEFT, RED), max_age=5, max_coasted=0)
    for _ in range(misses):
        assert ids(tracker.update(NOTHING)) == []
    assert ids(tracker.update(seen((LEFT, RED)))) == ([1] if survives else [])


def test_one_coasted_frame_is_reported():
    tracker = confirmed_tracker((LEFT, RED))
    coasted = tracker.update(NOTHING)
    assert ids(coasted) == [1]
    assert coasted.time_since_update.tolist() == [1]
    assert coasted.detection_indices.tolist() == [-1]
    assert coasted.confidences.tolist() == [1.0]
    assert ids(tracker.update(NOTHING)) == []


def test_every_unmatched_detection_uses_up_an_id():
    tracker = confirmed_tracker((LEFT, RED))
    for left in (200.0, 300.0):  # two false alarms start tracks 2 and 3
        tracker.update(seen((LEFT, RED), ([left, 0, 40, 80], GREEN)))
    for _ in range(3):
        tracks = tracker.update(seen((LEFT, RED), (RIGHT, GREEN)))
    assert ids(tracks) == [1, 4]


def test_appearance_survives_an_occlusion():
    tracker = confirmed_tracker((LEFT, RED))
    for _ in range(20):
        tracker.update(NOTHING)
    # A match by overlap is no longer possible. The features and the wide gate suffice.
    assert ids(tracker.update(seen(([30.0, 0, 40, 80], RED)))) == [1]


def test_another_appearance_after_an_occlusion_starts_a_track():
    tracker = confirmed_tracker((LEFT, RED))
    for _ in range(20):
        tracker.update(NOTHING)
    assert ids(tracker.update(seen((LEFT, GREEN)))) == []


def test_overlap_matches_when_the_appearance_differs_for_one_frame():
    tracker = confirmed_tracker((LEFT, RED))
    assert ids(tracker.update(seen((LEFT, GREEN)))) == [1]


def test_appearance_wins_over_overlap():
    # Two people a few pixels apart change places. Only the appearance shows it.
    near = [10.0, 0.0, 40.0, 80.0]
    tracker = confirmed_tracker((LEFT, RED), (near, GREEN))
    before = tracker.update(seen((LEFT, RED), (near, GREEN)))
    after = tracker.update(seen((near, RED), (LEFT, GREEN)))
    assert dict(zip(before.detection_indices, before.ids, strict=True)) == dict(
        zip(after.detection_indices, after.ids, strict=True)
    )


def test_the_gate_on_motion_excludes_the_same_appearance_far_away():
    # The same feature appears 500 px away. At height 80 the standard deviation is about 10 px.
    tracker = confirmed_tracker((LEFT, RED), max_coasted=0)
    assert ids(tracker.update(seen((RIGHT, RED)))) == []


def test_gate_before_assignment():
    # The feature of track 1 is RED. `RIGHT` is at distance 0 but outside the gate, `LEFT` at 0.1.
    # A gate after the assignment would leave the track unmatched: a match by overlap is not
    # possible either, because the track has been missed for a frame.
    tracker = confirmed_tracker((LEFT, RED), max_coasted=0)
    tracker.update(NOTHING)
    tracks = tracker.update(seen((RIGHT, RED), (LEFT, direction(np.arccos(0.9)))))
    assert ids(tracks) == [1]
    assert tracks.detection_indices.tolist() == [1]


def test_gate_before_threshold():
    # Distances:      first   second
    #            a    0.05    1
    #            b    0.1     1, and outside b's gate on motion
    # Gate first, threshold second: both costs of `second` become 0.2 + 1e-5, so a gets `first`.
    # Threshold first, gate second: the cost of b and `second` would be 1e5, so b would get `first`.
    a, b, neither = direction(np.arccos(0.95)), direction(-np.arccos(0.9)), np.array([0, 0, 1])
    tracker = confirmed_tracker((LEFT, [*a, 0]), ([40.0, 0, 40, 80], [*b, 0]), max_coasted=0)
    tracker.update(NOTHING)
    first, second = [20.0, 0, 40, 80], [-15.0, 0, 40, 80]
    tracks = tracker.update(seen((first, [1, 0, 0]), (second, neither)))
    assert tracks.detection_indices.tolist() == [0]
    # a is track 2: of equally confident detections the later row, here b, gets the lower id.
    assert ids(tracks) == [2]


def test_recently_seen_tracks_choose_first():
    # Track 1 is missed for some frames, track 2 is not. Then one detection is similar to both, and
    # more similar to 1. The cascade gives it to 2.
    near = [60.0, 0.0, 40.0, 80.0]
    a, b = RED, direction(0.3)
    tracker = confirmed_tracker((LEFT, a), (near, b), max_coasted=0)
    by_feature = {round(t.box_tlwh[0]): t.id for t in tracker.update(seen((LEFT, a), (near, b)))}
    for _ in range(5):
        tracker.update(seen((near, b)))
    middle = [45.0, 0.0, 40.0, 80.0]
    tracks = tracker.update(seen((middle, a)))  # distance 0 from 1, 1 - cos 0.3 = 0.04 from 2
    assert ids(tracks) == [by_feature[60]]


def test_overlap_stage_is_for_tracks_seen_in_the_last_frame():
    for misses, expected in ((0, [1]), (1, [])):
        tracker = confirmed_tracker((LEFT, RED), max_coasted=0)
        for _ in range(misses):
            tracker.update(NOTHING)
        assert ids(tracker.update(seen((LEFT, GREEN)))) == expected


def test_features_of_tentative_frames_count_after_confirmation():
    # The tentative track gets RED, GREEN, GREEN. After an occlusion RED still matches it.
    tracker = DeepSort()
    for feature in (RED, GREEN, GREEN):
        tracker.update(seen((LEFT, feature)))
    for _ in range(5):
        tracker.update(NOTHING)
    assert ids(tracker.update(seen((LEFT, RED)))) == [1]


def test_the_budget_forgets_the_first_features():
    tracker = DeepSort(DeepSortConfig(budget=2))
    for feature in (RED, GREEN, GREEN):
        tracker.update(seen((LEFT, feature)))
    for _ in range(5):
        tracker.update(NOTHING)
    assert ids(tracker.update(seen((LEFT, RED)))) == []


def test_detection_indices_are_rows_of_the_input():
    # An invalid box, a box below min_height, one below min_confidence, one suppressed by the same
    # box with a higher confidence; the last two are tracked.
    config = DeepSortConfig(n_init=1, min_height=30, min_confidence=0.5, nms_max_overlap=0.7)
    tracker = DeepSort(config)
    boxes = [[0, 0, -1, 5], [100, 0, 10, 29.9], [200, 0, 10, 80], LEFT, LEFT, RIGHT]
    tracks = tracker.update(
        Detections(boxes, [0.9, 0.9, 0.49, 0.6, 0.8, 0.9], np.tile(RED, (6, 1)))
    )
    assert tracker.dropped == 1
    assert ids(tracks) == [1, 2]
    # Ids follow the confidence, because upstream's suppression sorts by it.
    assert tracks.detection_indices.tolist() == [5, 4]
    assert tracks.confidences.tolist() == [0.9, 0.8]


def test_descriptor_sees_the_frame_and_the_kept_boxes():
    picture = np.zeros((100, 600, 3), dtype=np.uint8)
    picture[:, 300:] = 255
    asked = []

    def brightness(frame, boxes_tlwh):
        asked.append(boxes_tlwh)
        columns = boxes_tlwh[:, 0].astype(int)
        bright = frame[0, columns, 0] / 255.0
        return np.column_stack([bright, 1 - bright]).astype(np.float32)

    tracker = DeepSort(descriptor=brightness)
    for _ in range(3):
        tracks = tracker.update(Detections([LEFT, RIGHT], [0.1, 0.9]), picture)
    assert len(tracks) == 1
    np.testing.assert_array_equal(asked[0], [RIGHT])
    assert asked[0].dtype == np.float32


def test_neither_features_nor_a_descriptor():
    with pytest.raises(ValueError, match="needs appearance features: give detections that carry"):
        DeepSort().update(Detections([LEFT], [1.0]))
    assert len(DeepSort().update(NOTHING)) == 0


def test_a_descriptor_gets_no_frame_if_update_got_none():
    seen = []

    def position(frame, boxes_tlwh):
        seen.append(frame)
        return boxes_tlwh

    DeepSort(descriptor=position).update(Detections([LEFT], [1.0]))
    assert seen == [None]


@pytest.mark.parametrize("make", [DeepSort, LazyDeepSort])
@pytest.mark.parametrize(("given", "identity"), [(None, 2), (AppearanceMetric(), 1)])
def test_a_descriptors_own_metric_holds_unless_another_is_given(make, given, identity):
    class Brighter:
        # Features with the same direction, so equal to cosine, but 3 apart.
        metric = AppearanceMetric("euclidean", gate=1.0)
        length = 3.0

        def __call__(self, frame, boxes_tlwh):
            return np.full((len(boxes_tlwh), 1), self.length)

    looks = Brighter()
    tracker = make(metric=given, descriptor=looks)
    box = Detections([LEFT], [1.0])
    # The track is lost for two frames, so that overlap does not decide.
    for detections in [box] * 3 + [NOTHING] * 2:
        tracker.update(detections)
    looks.length = 6.0
    for _ in range(3):
        tracks = tracker.update(box)
    assert ids(tracks) == [identity]


def test_a_descriptor_that_returns_too_few_rows():
    tracker = DeepSort(descriptor=lambda frame, boxes_tlwh: np.zeros((1, 2)))
    with pytest.raises(ValueError, match=r"must return features of shape \(2, D\), not \(1, 2\)"):
        tracker.update(Detections([LEFT, RIGHT], [1.0, 1.0]), np.zeros((9, 9, 3), np.uint8))


@pytest.mark.parametrize("bad", [[np.nan, 0.0], [1.0, 0.0, 0.0]])
def test_bad_features_change_nothing(bad):
    tracker = confirmed_tracker((LEFT, RED))
    with pytest.raises(ValueError, match=r"finite|columns"):
        tracker.update(seen((LEFT, np.array(bad))))
    tracks = tracker.update(seen((LEFT, RED)))
    assert ids(tracks) == [1]
    assert tracks.time_since_update.tolist() == [0]


def test_reset_and_a_new_tracker_repeat_the_result(mars_frames):
    tracker = DeepSort()
    first = run(tracker, mars_frames[:100])
    tracker.reset()
    assert_same(first, run(tracker, mars_frames[:100]))
    assert_same(first, run(DeepSort(), mars_frames[:100]))


@given(seed=st.integers(0, 10_000), kind=st.sampled_from(["cosine", "euclidean"]))
def test_any_input_gives_unique_ids_and_valid_boxes(seed, kind):
    rng = np.random.default_rng(seed)
    tracker = DeepSort(
        DeepSortConfig(max_age=3, n_init=2, budget=2, max_coasted=3), AppearanceMetric(kind, 0.5)
    )
    for _ in range(12):
        boxes = rng.normal(0, 10.0 ** rng.integers(0, 12), (rng.integers(0, 6), 4))
        boxes[rng.random(boxes.shape) < 0.05] = rng.choice([np.nan, np.inf, 0.0])
        features = rng.integers(0, 2, (len(boxes), 3))  # with zeros among them
        tracks = tracker.update(Detections(boxes, rng.uniform(0, 1, len(boxes)), features))
        assert len(set(tracks.ids)) == len(tracks)
        assert np.isfinite(tracks.boxes_tlwh).all()
        assert (tracks.boxes_tlwh[:, 2:] > 0).all()
        matched = tracks.detection_indices[tracks.time_since_update == 0]
        assert len(set(matched)) == len(matched)
        assert ((matched >= 0) & (matched < len(boxes))).all()


def test_block_and_filterpy_motion_track_alike_on_real_features(mars_frames):
    block = run(DeepSort(), mars_frames)
    filterpy = run(DeepSort(motion=partial(FilterpyMotion, deepsort_filter)), mars_frames)
    for a, b in zip(block, filterpy, strict=True):
        np.testing.assert_array_equal(a.ids, b.ids)
        np.testing.assert_allclose(a.boxes_tlwh, b.boxes_tlwh, rtol=0, atol=1e-6)
    assert sum(map(len, block)) > 2000


def test_the_same_tracks_as_plain_deep_sort_on_real_features(mars_frames):
    ours, oracle = DeepSort(), PlainDeepSort()
    for detections in mars_frames:
        tracks = ours.update(detections)
        order = np.argsort(detections.confidences, kind="stable")[::-1]
        order = order[detections.confidences[order] >= 0.3]
        expected = oracle.update(detections.boxes_tlwh[order], detections.features[order])
        assert tracks.ids.tolist() == sorted(expected)
        for track in tracks:
            np.testing.assert_allclose(track.box_tlwh, expected[track.id], rtol=0, atol=1e-6)


class PlainDeepSort:
    """A slow DeepSORT for comparison, written from the paper with objects, lists and loops."""

    def __init__(self):
        self.tracks, self.next_id = [], 1

    def update(self, boxes, features):
        for track in self.tracks:
            track.filter.predict()
            track.missed += 1
        matches, free = self.cascade(boxes, features)
        rest = [track for track in self.tracks if not track.confirmed]
        taken = {id(track) for track, _ in matches}
        for track in self.tracks:
            if track.confirmed and track.missed == 1 and id(track) not in taken:
                rest.append(track)
        cost = [[1 - plain_iou(t.filter.box_tlwh(), boxes[c]) for c in free] for t in rest]
        found, free = solve(cost, rest, free, 0.7)
        for track, column in matches + found:
            track.match(boxes[column], features[column])
        for column in free:
            self.tracks.append(PlainTrack(self.next_id, boxes[column], features[column]))
            self.next_id += 1
        self.tracks = [t for t in self.tracks if t.missed <= (30 if t.confirmed else 0)]
        shown = [track for track in self.tracks if track.confirmed and track.missed <= 1]
        return {track.id: track.filter.box_tlwh() for track in shown}

    def cascade(self, boxes, features):
        matches, free = [], list(range(len(boxes)))
        for age in range(1, 31):
            level = [t for t in self.tracks if t.confirmed and t.missed == age]
            cost = [[t.cost(boxes[c], features[c]) for c in free] for t in level]
            found, free = solve(cost, level, free, 0.2)
            matches += found
        return matches, free


class PlainTrack:
    def __init__(self, identity, box, feature):
        self.id, self.hits, self.missed = identity, 1, 0
        self.filter = deepsort_filter(box)
        self.looks = deque([feature], maxlen=100)

    @property
    def confirmed(self):
        return self.hits >= 3

    def match(self, box, feature):
        self.filter.update(self.filter.measure(box)[:, None])
        self.looks.append(feature)
        self.hits += 1
        self.missed = 0

    def cost(self, box, feature):
        residual = self.filter.measure(box) - self.filter.x[:4, 0]
        covariance = self.filter.P[:4, :4] + self.filter.R
        if residual @ np.linalg.inv(covariance) @ residual > 9.4877:
            return 1e5
        looks = np.array(self.looks)
        cosines = looks @ feature / np.linalg.norm(looks, axis=1) / np.linalg.norm(feature)
        return 1 - cosines.max()


def solve(cost, tracks, columns, limit):
    """The pairs (track, column), and the columns that are left."""
    cost = np.array(cost).reshape(len(tracks), len(columns))
    cost[cost > limit] = limit + 1e-5
    rows, chosen = linear_sum_assignment(cost)
    left = [column for c, column in enumerate(columns) if c not in chosen]
    found = []
    for row, c in zip(rows, chosen, strict=True):
        if cost[row, c] > limit:
            left.append(columns[c])
        else:
            found.append((tracks[row], columns[c]))
    return found, left


def plain_iou(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)


def run(tracker, frames):
    return [tracker.update(detections) for detections in frames]


def assert_same(one, other):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.ids, b.ids)
        np.testing.assert_array_equal(a.boxes_tlwh, b.boxes_tlwh)
        np.testing.assert_array_equal(a.detection_indices, b.detection_indices)
