import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker import CameraMovement, Detections, FlatSort, FlatSortConfig

LEFT = [0.0, 0.0, 40.0, 80.0]
RIGHT = [500.0, 0.0, 40.0, 80.0]
NOTHING = Detections.empty()
STEP = np.array([1.0, 0, 0, 0])
# Ten people, 200 px apart, so that their boxes overlap only themselves.
CROWD = np.array([[200.0 * k, 300.0 * row, 40, 80] for row in range(2) for k in range(5)])


def seen(*boxes_tlwh, confidence=0.9):
    return Detections(np.array(boxes_tlwh).reshape(-1, 4), [confidence] * len(boxes_tlwh))


def right(pixels):
    """LEFT, moved to the right. Moved by d px, its IoU with LEFT is (40 - d) / (40 + d)."""
    return [LEFT[0] + pixels, *LEFT[1:]]


def ids(tracks):
    return tracks.ids.tolist()


def tracker_of(*boxes_tlwh, **settings):
    """A tracker with one confirmed track per box, after its first frame."""
    tracker = FlatSort(FlatSortConfig(**settings))
    assert len(tracker.update(seen(*boxes_tlwh))) == len(boxes_tlwh)
    return tracker


def test_tracks_of_the_first_frame_are_confirmed_at_once():
    assert ids(FlatSort().update(seen(LEFT))) == [1]


def test_later_tracks_are_confirmed_by_their_second_match():
    tracker = tracker_of(LEFT)
    frames = [seen(LEFT, RIGHT)] * 3
    assert [ids(tracker.update(frame)) for frame in frames] == [[1], [1, 2], [1, 2]]


def test_an_empty_first_frame_confirms_nothing():
    tracker = FlatSort()
    tracker.update(NOTHING)
    assert [ids(tracker.update(seen(LEFT))) for _ in range(2)] == [[], [1]]


def test_n_init_of_one_confirms_at_once():
    tracker = tracker_of(LEFT, n_init=1)
    assert ids(tracker.update(seen(LEFT, RIGHT))) == [1, 2]


def test_a_tentative_track_dies_at_its_first_miss():
    tracker = tracker_of(LEFT)
    tracker.update(seen(LEFT, RIGHT))  # starts track 2
    tracker.update(seen(LEFT))
    assert [ids(tracker.update(seen(LEFT, RIGHT))) for _ in range(2)] == [[1], [1, 3]]


@pytest.mark.parametrize(("misses", "survives"), [(2, True), (3, False)])
@pytest.mark.parametrize(("frame_rate", "memory_s"), [(2, 1.5), (30, 0.1)])
def test_found_again_within_the_memory(frame_rate, memory_s, misses, survives):
    # Both settings are three frames: two misses and then the match.
    tracker = tracker_of(LEFT, frame_rate=frame_rate, memory_s=memory_s)
    for _ in range(misses):
        assert ids(tracker.update(NOTHING)) == []
    assert ids(tracker.update(seen(LEFT))) == ([1] if survives else [])


def test_the_box_is_the_detections():
    tracker = tracker_of(LEFT)
    tracks = tracker.update(seen(right(7), confidence=0.8))
    np.testing.assert_array_equal(tracks.boxes_tlwh, [right(7)])
    assert tracks.confidences.tolist() == [0.8]
    assert tracks.time_since_update.tolist() == [0]


def test_detection_indices_count_all_detections_given():
    detections = Detections([[0.0, 0, 0, 5], LEFT, RIGHT, LEFT], [0.9, 0.05, 0.9, 0.9])
    assert FlatSort().update(detections).detection_indices.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("pixels", "confidence", "matched"),
    # IoU 1/3 * 0.9 = 0.3; 0.25 * 0.9 = 0.225; 0.25 * 0.6 = 0.15; 0.2 * 0.9 = 0.18.
    [(20, 0.9, True), (24, 0.9, True), (24, 0.6, False), (26.7, 0.9, False)],
)
def test_sure_detections_match_down_to_a_fifth(pixels, confidence, matched):
    tracks = tracker_of(LEFT).update(seen(right(pixels), confidence=confidence))
    assert ids(tracks) == ([1] if matched else [])


def test_a_confidence_above_one_counts_as_one():
    # 26.7 px are an IoU of 0.2 and 28 px one of 0.18, which a confidence of 5 must not lift.
    assert ids(tracker_of(LEFT).update(seen(right(28), confidence=5.0))) == []


@pytest.mark.parametrize(("pixels", "matched"), [(9, True), (11, False)])
def test_unsure_detections_match_down_to_six_tenths(pixels, matched):
    # 31 / 49 = 0.63 and 29 / 51 = 0.57.
    tracks = tracker_of(LEFT).update(seen(right(pixels), confidence=0.3))
    assert ids(tracks) == ([1] if matched else [])


def test_unsure_detections_match_only_tracks_of_the_last_frame():
    tracker = tracker_of(LEFT)
    tracker.update(NOTHING)
    assert ids(tracker.update(seen(LEFT, confidence=0.3))) == []
    assert ids(tracker.update(seen(LEFT))) == [1]


def test_sure_detections_come_first():
    # The unsure detection overlaps more.
    tracks = tracker_of(LEFT).update(Detections([LEFT, right(16)], [0.5, 0.65]))
    assert tracks.detection_indices.tolist() == [1]


@pytest.mark.parametrize(("confidence", "born"), [(0.65, []), (0.75, [1])])
def test_only_confident_detections_start_tracks(confidence, born):
    assert ids(FlatSort().update(seen(LEFT, confidence=confidence))) == born


def test_tentative_tracks_match_sure_detections_down_to_three_tenths():
    for pixels, expected in ((19, [2]), (22, [])):  # 21/59 * 0.9 = 0.32 and 18/62 * 0.9 = 0.26
        tracker = tracker_of(RIGHT)
        tracker.update(seen(LEFT))
        assert ids(tracker.update(seen(right(pixels)))) == expected


def test_confirmed_tracks_choose_before_tentative_ones():
    tracker = tracker_of(LEFT)
    tracker.update(seen(LEFT, right(30)))  # starts track 2
    # The box overlaps the tentative track more.
    assert ids(tracker.update(seen(right(16)))) == [1]


@pytest.mark.parametrize(("pixels", "born"), [(8, False), (14, True)])
def test_a_second_box_of_a_matched_person_starts_no_track(pixels, born):
    # 32 / 48 = 0.67 and 26 / 54 = 0.48.
    tracker = tracker_of(LEFT)
    for _ in range(2):
        tracks = tracker.update(seen(LEFT, right(pixels)))
    assert ids(tracks) == ([1, 2] if born else [1])


def test_tracks_are_numbered_in_the_order_of_their_detections():
    tracks = FlatSort().update(Detections([RIGHT, LEFT], [0.7, 0.9]))
    np.testing.assert_array_equal(tracks.boxes_tlwh, [RIGHT, LEFT])
    assert ids(tracks) == [1, 2]


@pytest.mark.parametrize(("camera_motion", "kept"), [("boxes", True), ("none", False)])
def test_a_panning_camera(camera_motion, kept):
    # 30 of 40 px: the IoU is 10 / 70 = 0.14, too little for a match.
    tracker = tracker_of(*CROWD, camera_motion=camera_motion)
    tracks = tracker.update(seen(*(CROWD + np.array([30, 12, 0, 0]))))
    assert ids(tracks) == (list(range(1, 11)) if kept else [])


def test_a_person_who_is_hidden_while_the_camera_pans_comes_back():
    tracker = tracker_of(*CROWD)
    for step in range(1, 5):
        tracker.update(seen(*(CROWD + 30 * step * STEP)[:9]))
    assert ids(tracker.update(seen(*(CROWD + 150 * STEP)))) == list(range(1, 11))


def test_few_people_who_walk_the_same_way_are_no_camera_motion():
    # The lost tenth person stands still while the other ones start to walk, 12 px per frame.
    for people, found in ((9, False), (3, True)):
        tracker = tracker_of(*CROWD[-people:], CROWD[0] - 100 * STEP)
        for step in range(1, 5):
            tracker.update(seen(*(CROWD[-people:] + 12 * step * STEP)))
        assert len(tracker.update(seen(CROWD[0] - 100 * STEP, confidence=0.65))) == found


def pan(pixels, uncertainty=1.0):
    return CameraMovement([[1, 0, pixels], [0, 1, 0]], uncertainty)


@pytest.mark.parametrize("camera_motion", ["boxes", "none"])
def test_a_measured_pan_needs_no_crowd(camera_motion):
    # A pan of 35 px leaves an IoU of 5 / 75 = 0.07, and two people are too few for an estimate.
    tracker = tracker_of(LEFT, RIGHT, camera_motion=camera_motion)
    moved = seen(LEFT + 35 * STEP, RIGHT + 35 * STEP)
    assert ids(tracker.update(moved, movement=pan(35))) == [1, 2]
    assert ids(tracker_of(LEFT, RIGHT).update(moved)) == []


@pytest.mark.parametrize(("movement", "found"), [(pan(0, 0.1), True), (None, False)])
def test_a_camera_measured_as_still_moves_nobody(movement, found):
    # As above, nine people walk the same way and one stands hidden.
    tracker = tracker_of(*CROWD[-9:], CROWD[0] - 100 * STEP)
    for step in range(1, 5):
        tracker.update(seen(*(CROWD[-9:] + 12 * step * STEP)), movement=movement)
    hidden = seen(CROWD[0] - 100 * STEP, confidence=0.65)
    assert len(tracker.update(hidden, movement=movement)) == found


def test_invalid_boxes_are_dropped_and_counted():
    tracker = FlatSort()
    bad = [[np.nan, 0, 1, 1], [0, 0, np.inf, 1], [0, 0, 0, 1], [0, 0, 1, -1]]
    assert len(tracker.update(seen(*bad, LEFT))) == 1
    tracker.update(seen(*bad[:1]))
    assert tracker.dropped == 5
    tracker.reset()
    assert tracker.dropped == 0


def test_reset_and_a_new_tracker_repeat_the_result(yolox_frames):
    tracker = FlatSort()
    first = run(tracker, yolox_frames[:100])
    tracker.reset()
    assert_same(first, run(tracker, yolox_frames[:100]))
    assert_same(first, run(FlatSort(), yolox_frames[:100]))


@given(seed=st.integers(0, 10_000), min_camera_pairs=st.integers(2, 4))
def test_any_input_gives_unique_ids_and_valid_boxes(seed, min_camera_pairs):
    rng = np.random.default_rng(seed)
    tracker = FlatSort(FlatSortConfig(frame_rate=2, min_camera_pairs=min_camera_pairs))
    for _ in range(12):
        boxes = rng.normal(0, 10.0 ** rng.integers(0, 12), (rng.integers(0, 8), 4))
        boxes[rng.random(boxes.shape) < 0.05] = rng.choice([np.nan, np.inf, 0.0])
        movement = pan(rng.normal(0, 10.0 ** rng.integers(0, 8))) if rng.random() < 0.5 else None
        detections = Detections(boxes, rng.uniform(0, 1.2, len(boxes)))
        tracks = tracker.update(detections, movement=movement)
        assert len(set(tracks.ids)) == len(tracks)
        assert np.isfinite(tracks.boxes_tlwh).all()
        assert (tracks.boxes_tlwh[:, 2:] > 0).all()
        assert len(set(tracks.detection_indices)) == len(tracks)
        np.testing.assert_array_equal(tracks.boxes_tlwh, boxes[tracks.detection_indices])


def walkers(seed, people=12, frames=25):
    """Frames of people who walk before a moving camera, with misses and doubtful detections."""
    rng = np.random.default_rng(seed)
    boxes = np.column_stack([rng.uniform(0, 900, (people, 2)), rng.uniform(40, 120, (people, 2))])
    velocities, pan = rng.normal(0, 3, (people, 2)), rng.normal(0, 8, 2)
    for _ in range(frames):
        boxes[:, :2] += velocities + pan
        jittered = boxes + rng.normal(0, 1, boxes.shape)
        found = rng.random(people) < 0.85
        yield Detections(jittered[found], rng.uniform(0.2, 1, people)[found])


@given(seed=st.integers(0, 10_000))
def test_mirrored_footage_gives_mirrored_tracks(seed):
    one, other = FlatSort(), FlatSort()
    for detections in walkers(seed):
        mirrored = detections.boxes_tlwh.copy()
        mirrored[:, 0] = 1000 - mirrored[:, 0] - mirrored[:, 2]
        tracks = one.update(detections)
        tracks_mirrored = other.update(Detections(mirrored, detections.confidences))
        np.testing.assert_array_equal(tracks.ids, tracks_mirrored.ids)
        np.testing.assert_array_equal(tracks.detection_indices, tracks_mirrored.detection_indices)


@given(seed=st.integers(0, 10_000), power=st.integers(-10, 10))
def test_other_units_give_the_same_tracks(seed, power):
    one, other = FlatSort(), FlatSort()
    for detections in walkers(seed):
        scaled = Detections(detections.boxes_tlwh * 2.0**power, detections.confidences)
        tracks, tracks_scaled = one.update(detections), other.update(scaled)
        np.testing.assert_array_equal(tracks.ids, tracks_scaled.ids)
        np.testing.assert_array_equal(tracks.detection_indices, tracks_scaled.detection_indices)


def test_memory_does_not_grow_with_the_stream():
    tracker, rng = FlatSort(), np.random.default_rng(0)
    for _ in range(4000):
        boxes = np.column_stack([rng.uniform(0, 2000, (8, 2)), rng.uniform(30, 90, (8, 2))])
        tracker.update(Detections(boxes, rng.uniform(0, 1, 8)))
    living = len(pickle.dumps(tracker))
    for _ in range(4000):
        boxes = np.column_stack([rng.uniform(0, 2000, (8, 2)), rng.uniform(30, 90, (8, 2))])
        tracker.update(Detections(boxes, rng.uniform(0, 1, 8)))
    assert len(pickle.dumps(tracker)) < 1.5 * living


def test_a_copy_continues_from_the_same_state():
    tracker = tracker_of(LEFT)
    for copied in (copy.deepcopy(tracker), pickle.loads(pickle.dumps(tracker))):
        assert ids(copied.update(seen(LEFT))) == [1]
    assert ids(tracker.update(seen(LEFT))) == [1]


def run(tracker, frames):
    return [tracker.update(detections) for detections in frames]


def assert_same(one, other):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.ids, b.ids)
        np.testing.assert_array_equal(a.boxes_tlwh, b.boxes_tlwh)
        np.testing.assert_array_equal(a.detection_indices, b.detection_indices)
