"""Compiled FlatSORT gives the tracks of the reference engine, to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker import Detections, FlatSort, FlatSortConfig
from flatsort.tracker.compiled.table import MIN_REPORT_CAPACITY
from flatsort.tracker.reference.flat_sort import ReferenceFlatSort
from tests.tracker.compiled.engines import assert_same, compare_engines, real_frames


def trackers(**settings):
    config = FlatSortConfig(**settings)
    return FlatSort(config), ReferenceFlatSort(config)


@st.composite
def streams(draw):
    """Frames of a small crowd before a moving camera, with misses, bad boxes and empty frames."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    people = draw(st.integers(0, 14))
    grid = draw(st.sampled_from([0.0, 1.0, 20.0]))  # a coarse grid makes ties
    boxes = np.column_stack([rng.uniform(0, 300, (people, 2)), rng.uniform(20, 80, (people, 2))])
    pan = rng.normal(0, draw(st.sampled_from([0.0, 3.0, 15.0])), 2)
    zoom = draw(st.sampled_from([1.0, 1.02, 0.97]))
    frames = []
    for _ in range(12):
        boxes = boxes * zoom + rng.normal(0, 2, boxes.shape) * [1, 1, 0.2, 0.2]
        boxes[:, :2] += pan
        seen = boxes[rng.random(people) < draw(st.sampled_from([0.0, 0.5, 0.9, 1.0]))]
        seen = np.round(seen / grid) * grid if grid else seen.copy()
        seen[rng.random(seen.shape) < 0.01] = rng.choice([np.nan, np.inf, 0.0, -1.0])
        frames.append(Detections(seen, rng.integers(0, 9, len(seen)) / 7))
    return frames


@given(
    frames=streams(),
    settings=st.fixed_dictionaries(
        {
            "frame_rate": st.sampled_from([1.0, 2.0, 30.0]),
            "min_confidence": st.sampled_from([0.0, 0.1, 0.5]),
            "sure_confidence": st.sampled_from([0.0, 0.4, 0.6]),
            "birth_confidence": st.sampled_from([0.0, 0.7]),
            "max_sure_cost": st.sampled_from([0.0, 0.8, 0.99]),
            "max_unsure_cost": st.sampled_from([0.0, 0.4, 0.99]),
            "max_tentative_cost": st.sampled_from([0.0, 0.7]),
            "max_birth_overlap": st.sampled_from([0.0, 0.6, 1.0]),
            "n_init": st.integers(1, 3),
            "camera_motion": st.sampled_from(["boxes", "none"]),
            "min_camera_pairs": st.sampled_from([2, 4]),
            "sure_camera_pairs": st.sampled_from([2, 5, 8]),
        }
    ),
)
def test_the_same_tracks_for_any_input(frames, settings):
    compare_engines(*trackers(**settings), frames)


def test_the_same_tracks_on_real_detections(mot_data):
    reported = sum(compare_engines(*trackers(), frames) for frames in real_frames(mot_data))
    assert reported == 100761


def test_the_same_tracks_on_real_detections_of_every_confidence(mot_data):
    rows = np.loadtxt(mot_data / "MOT16/train/MOT16-10/det/yolox.txt", delimiter=",")
    assert rows[:, 6].min() < 0.15
    by_frame = [rows[rows[:, 0] == number] for number in range(1, 655)]
    frames = [Detections(each[:, 2:6], each[:, 6]) for each in by_frame]
    assert compare_engines(*trackers(), frames) == 10974


def test_more_tracks_than_the_arrays_had_room_for():
    rng = np.random.default_rng(0)
    crowd = np.column_stack([rng.uniform(0, 4000, (700, 2)), np.full((700, 2), 40.0)])
    frames = [Detections(crowd[:n] + frame, np.ones(n)) for frame, n in enumerate([5, 700, 90, 0])]
    compare_engines(*trackers(frame_rate=2), frames)


def test_reset_starts_anew():
    tracker = FlatSort()
    frame = Detections([[0.0, 0, 10, 10], [0, 0, -1, 10]], [1.0, 1.0])
    first = tracker.update(frame)
    assert tracker.dropped == 1
    tracker.reset()
    assert tracker.dropped == 0
    assert_same(tracker.update(frame), first)


def test_earlier_reports_do_not_change_later():
    # The reports fill more than one block.
    corners = np.column_stack([np.arange(10) * 100.0, np.zeros(10)])
    frames = [
        Detections(np.column_stack([corners + step, np.full((10, 2), 50.0)]), np.ones(10))
        for step in range(3 * MIN_REPORT_CAPACITY // 10)
    ]
    compiled, reference = trackers()
    ours = [compiled.update(frame) for frame in frames]
    for tracks, frame in zip(ours, frames, strict=True):
        assert_same(tracks, reference.update(frame))


@pytest.mark.parametrize("change", ["strided", "read-only", "Fortran", "unaligned"])
def test_boxes_in_any_memory_layout(change):
    boxes = np.array([[0.0, 0, 10, 20], [50, 0, 10, 20]])
    confidences = np.array([1.0, 0.8])
    wanted = FlatSort().update(Detections(boxes, confidences))
    if change == "strided":
        boxes, confidences = np.repeat(boxes, 2, axis=1)[:, ::2], np.repeat(confidences, 2)[::2]
    elif change == "Fortran":
        boxes = np.asfortranarray(boxes)
    elif change == "unaligned":
        boxes = np.frombuffer(b" " + boxes.tobytes(), offset=1).reshape(2, 4)
    else:
        boxes.flags.writeable = confidences.flags.writeable = False
    assert_same(FlatSort().update(Detections(boxes, confidences)), wanted)


def test_settings_beyond_64_bits():
    settings = {"memory_s": 1e300, "n_init": 10**30, "min_camera_pairs": 10**30}
    settings["sure_camera_pairs"] = 10**30
    compare_engines(*trackers(**settings), [Detections([[0.0, 0, 9, 9]], [1.0])] * 3)
