"""Objects of several classes: one tracker per class, and ids that are unique over all of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatsort.tracker import (
    DeepSort,
    Detections,
    FlatSort,
    FlatSortConfig,
    LazyDeepSort,
    Sort,
    SortConfig,
)

PERSON, CAR = 0, 2


def seen(*entries, classes=True):
    """Return detections of (class, left): boxes of 20 x 50 pixels at the same height."""
    boxes = [[left, 100, 20, 50] for _, left in entries]
    numbers = [number for number, _ in entries]
    return Detections(
        np.array(boxes, float).reshape(-1, 4),
        np.full(len(entries), 0.9),
        classes=np.array(numbers, int) if classes else None,
    )


def test_corners_scores_and_classes():
    found = Detections.from_xyxy([[10, 20, 40, 80], [0, 0, 5, 6]], [0.5, 0.7], [2, 0])
    assert found.boxes_tlwh.tolist() == [[10, 20, 30, 60], [0, 0, 5, 6]]
    assert found.confidences.tolist() == [0.5, 0.7]
    assert found.classes.tolist() == [2, 0]
    assert found.select(np.array([1])).classes.tolist() == [0]
    assert Detections.from_xyxy(np.empty((0, 4)), np.empty(0)).classes is None
    with pytest.raises(ValueError, match=r"classes must have shape \(2,\), not \(1,\)"):
        Detections.from_xyxy([[0, 0, 1, 1]] * 2, [1, 1], [0])


@pytest.mark.parametrize("make", [Sort, FlatSort])
def test_two_classes_at_one_place_have_two_tracks(make):
    tracker = make()
    for _ in range(3):
        tracks = tracker.update(seen((CAR, 10), (PERSON, 10)))
    assert tracks.ids.tolist() == [1, 2]
    # New ids follow the order of detections, which count over all classes.
    assert tracks.classes.tolist() == [CAR, PERSON]
    assert tracks.detection_indices.tolist() == [0, 1]
    assert [(each.id, each.class_number, each.confidence) for each in tracks] == [
        (1, CAR, 0.9),
        (2, PERSON, 0.9),
    ]


def test_a_track_does_not_go_on_in_an_object_of_another_class():
    tracker = Sort(SortConfig(max_age=5))
    for _ in range(4):
        first = tracker.update(seen((PERSON, 10)))
    for _ in range(4):
        second = tracker.update(seen((CAR, 10)))
    assert first.ids.tolist() == [1]
    assert second.ids.tolist() == [2]
    for _ in range(4):
        third = tracker.update(seen((PERSON, 200), (CAR, 10)))
    assert third.ids.tolist() == [2, 3]
    assert third.classes.tolist() == [CAR, PERSON]


def test_classes_are_ignored_on_demand():
    tracker = Sort(class_agnostic=True)
    for number in (PERSON, CAR, CAR, PERSON):
        tracks = tracker.update(seen((number, 10)))
        assert (tracks.ids.tolist(), tracks.classes.tolist()) == ([1], [number])


def test_a_coasting_track_keeps_its_last_class():
    for agnostic in (True, False):
        tracker = Sort(SortConfig(max_coasted=1, max_age=2), class_agnostic=agnostic)
        for _ in range(4):
            tracker.update(seen((CAR, 10)))
        tracks = tracker.update(Detections.empty())
        assert (tracks.ids.tolist(), tracks.classes.tolist()) == ([1], [CAR])
        assert tracks.detection_indices.tolist() == [-1]


def test_a_late_class_starts_as_in_footage_of_its_own():
    """SORT reports unconfirmed tracks in its first three frames only, of the whole footage."""
    tracker = Sort()
    for _ in range(5):
        tracker.update(seen((PERSON, 10)))
    counts = [len(tracker.update(seen((CAR, 300)))) for _ in range(5)]
    assert counts == [0, 0, 0, 1, 1]


def test_frames_without_detections_need_no_classes():
    tracker = Sort()
    assert len(tracker.update(Detections.empty())) == 0
    tracker.update(seen((CAR, 10)))
    assert tracker.update(Detections.empty()).classes.tolist() == []
    with pytest.raises(ValueError, match="earlier frames had classes"):
        tracker.update(seen((CAR, 10), classes=False))
    tracker.reset()
    tracker.update(seen((CAR, 10), classes=False))
    with pytest.raises(ValueError, match="earlier frames had no classes"):
        tracker.update(seen((CAR, 10)))


def test_invalid_boxes_of_all_classes_are_counted():
    tracker = Sort()
    boxes = np.array([[0, 0, -1, 5], [0, 0, 5, np.nan], [0, 0, 5, 5]])
    tracker.update(Detections(boxes, np.ones(3), classes=np.array([0, 1, 1])))
    assert tracker.dropped == 2


def streams(seed, numbers):
    """Yield 60 frames of objects that walk, with features; each has one of some classes."""
    rng = np.random.default_rng(seed)
    places, speeds = rng.uniform(0, 500, (8, 2)), rng.normal(0, 6, (8, 2))
    classes, looks = rng.choice(numbers, 8), np.eye(8, dtype=np.float32)
    for _ in range(60):
        places = places + speeds
        shown = rng.random(8) < 0.85
        boxes = np.column_stack([places, np.full((8, 2), [40.0, 100.0])])[shown]
        yield boxes, rng.uniform(0.4, 1, shown.sum()), looks[shown], classes[shown]


MAKERS = {
    "sort": Sort,
    "deepsort": DeepSort,
    "lazy": LazyDeepSort,
    "flatsort": FlatSort,
    "by looks": lambda: FlatSort(FlatSortConfig(frame_rate=10), descriptor=lambda *_: None),
}


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_one_class_has_the_tracks_of_footage_without_classes(name, seed):
    plain, classed = MAKERS[name](), MAKERS[name]()
    for *columns, classes in streams(seed, [7]):
        ours, theirs = (
            classed.update(Detections(*columns, classes)),
            plain.update(Detections(*columns)),
        )
        for field in ("ids", "boxes_tlwh", "time_since_update", "detection_indices", "confidences"):
            np.testing.assert_array_equal(getattr(ours, field), getattr(theirs, field))
        assert (ours.classes == 7).all()


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_each_class_has_the_tracks_of_a_tracker_of_its_own(name, seed):
    together = MAKERS[name]()
    alone = {number: MAKERS[name]() for number in (1, 4)}
    name_of = {}
    for *columns, classes in streams(seed, [1, 4]):
        tracks = together.update(Detections(*columns, classes))
        assert len(set(tracks.ids.tolist())) == len(tracks)
        for number, tracker in alone.items():
            rows = np.flatnonzero(classes == number)
            theirs = tracker.update(Detections(*(each[rows] for each in columns)))
            ours = tracks.select(tracks.classes == number)
            places = {
                tuple(box): identity
                for identity, box in zip(ours.ids, ours.boxes_tlwh, strict=True)
            }
            assert len(ours) == len(theirs)
            for identity, box in zip(theirs.ids.tolist(), theirs.boxes_tlwh, strict=True):
                given_id = places[tuple(box)]
                assert name_of.setdefault((number, identity), given_id) == given_id
    assert len(set(name_of.values())) == len(name_of)


@pytest.mark.parametrize("tracker", [Sort(), DeepSort(), FlatSort()])
def test_arrays_are_refused_with_the_name_of_what_to_call(tracker):
    with pytest.raises(TypeError, match=r"not numpy\.ndarray: use Detections\.from_xyxy"):
        tracker.update(np.zeros((3, 6)))
    with pytest.raises(TypeError, match=r"not builtins\.NoneType"):
        tracker.update(None)


def test_detections_of_supervision_are_refused_with_the_name_of_what_to_call():
    import supervision

    with pytest.raises(TypeError, match=r"use from_supervision\(detections\)"):
        Sort().update(supervision.Detections.empty())
