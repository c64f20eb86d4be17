"""Compiled FlatSORT gives the tracks of the reference engine, to the last bit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker import CameraMovement, Detections, FlatSort, FlatSortConfig
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


@st.composite
def measurements(draw):
    """The movements measured in the frames of a stream: right, wrong, wild and missing ones."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    spread = draw(st.sampled_from([0.0, 0.01, 0.3]))
    is_measured = draw(st.lists(st.booleans(), min_size=12, max_size=12))
    extras = []
    for frame in range(12):
        turn = np.eye(2) + rng.normal(0, spread, (2, 2))
        shift = rng.normal(0, draw(st.sampled_from([0.0, 10.0, 1e8])), 2)
        is_valid = 0.25 <= np.linalg.det(turn) <= 4 and (abs(shift) < 1e9).all()
        if is_measured[frame] and is_valid:
            uncertainty = 10.0 ** rng.integers(-3, 4)
            matrix = np.column_stack([turn, shift])
            extras.append({"movement": CameraMovement(matrix, uncertainty)})
        else:
            extras.append({"movement": None})
    return extras


SETTINGS = st.fixed_dictionaries(
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
)
"""Settings of a tracker, usual ones and extreme ones."""


@given(
    frames=streams(),
    extras=measurements(),
    settings=SETTINGS,
)
def test_the_same_tracks_for_any_input(frames, extras, settings):
    compare_engines(*trackers(**settings), frames, extras=extras)


def test_the_same_tracks_on_real_detections(mot_data):
    reported = sum(compare_engines(*trackers(), frames) for frames in real_frames(mot_data))
    assert reported == 100761


def test_the_same_tracks_on_real_detections_of_every_confidence(mot_data):
    rows = np.loadtxt(mot_data / "MOT16/train/MOT16-10/det/yolox.txt", delimiter=",")
    assert rows[:, 6].min() < 0.15
    by_frame = [rows[rows[:, 0] == number] for number in range(1, 655)]
    frames = [Detections(each[:, 2:6], each[:, 6]) for each in by_frame]
    assert compare_engines(*trackers(), frames) == 10974


def test_the_same_tracks_on_real_detections_before_a_measured_camera(mot_data):
    matrices = np.loadtxt(mot_data / "gmc/MOT16-13.txt")[:, 1:].reshape(-1, 2, 3)
    extras = [{"movement": CameraMovement(matrix, 1.5)} for matrix in matrices]
    *_, frames = real_frames(mot_data)
    for camera_motion in ("boxes", "none"):
        both = trackers(camera_motion=camera_motion)
        assert compare_engines(*both, frames, extras=extras) > 7000


def test_the_same_missed_and_new_tracks_on_real_detections(mot_data):
    compiled, readable = trackers()
    engine = compiled._engine.single
    missed = newborn = confirmed = 0
    for frame in next(iter(real_frames(mot_data))):
        compiled.update(frame)
        reported = readable.update(frame).ids
        assert_same(engine.missed(), readable.missed())
        assert_same(engine.newborn(), readable.newborn())
        missed += len(readable.missed())
        newborn += len(readable.newborn())
        # Every other new track is confirmed before its time.
        early = readable.newborn().ids[::2]
        engine.confirm(early)
        readable.confirm(early)
        confirmed += len(early)
        assert not np.isin(early, reported).any()
        assert not np.isin(readable.newborn().ids, early).any()
    assert missed > 1000
    assert newborn > confirmed > 50


def test_more_tracks_than_the_arrays_had_room_for():
    rng = np.random.default_rng(0)
    crowd = np.column_stack([rng.uniform(0, 4000, (700, 2)), np.full((700, 2), 40.0)])
    frames = [Detections(crowd[:n] + frame, np.ones(n)) for frame, n in enumerate([5, 700, 90, 0])]
    compare_engines(*trackers(frame_rate=2), frames)


def test_settings_beyond_64_bits():
    settings = {"memory_s": 1e300, "n_init": 10**30, "min_camera_pairs": 10**30}
    settings["sure_camera_pairs"] = 10**30
    compare_engines(*trackers(**settings), [Detections([[0.0, 0, 9, 9]], [1.0])] * 3)
