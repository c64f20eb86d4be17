"""Compiled SORT gives the tracks of the reference engine, to the last bit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker import Detections, Sort, SortConfig, SortMotion
from tests.tracker.compiled.engines import compare_engines, real_frames


def trackers(**settings):
    config = SortConfig(**settings)
    return Sort(config), Sort(config, motion=SortMotion)


@st.composite
def streams(draw):
    """Frames of a small crowd, with misses, bad boxes and empty frames."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    people = draw(st.integers(0, 12))
    grid = draw(st.sampled_from([0.0, 1.0, 20.0]))  # a coarse grid makes ties
    boxes = np.column_stack([rng.uniform(0, 150, (people, 2)), rng.uniform(20, 80, (people, 2))])
    frames = []
    for _ in range(12):
        boxes = boxes + rng.normal(0, 4, boxes.shape) * [1, 1, 0.2, 0.2]
        seen = boxes[rng.random(people) < draw(st.sampled_from([0.0, 0.5, 0.9, 1.0]))]
        seen = np.round(seen / grid) * grid if grid else seen.copy()
        seen[rng.random(seen.shape) < 0.01] = rng.choice([np.nan, np.inf, 0.0, -1.0])
        frames.append(Detections(seen, rng.integers(0, 5, len(seen)) / 4))
    return frames


SETTINGS = st.fixed_dictionaries(
    {
        "max_age": st.integers(0, 4),
        "min_hits": st.integers(0, 3),
        "min_iou": st.sampled_from([0.0, 0.3, 0.6, 1.0]),
        "min_confidence": st.sampled_from([0.0, 0.5]),
        "max_coasted": st.integers(0, 2),
    }
)
"""Settings of a tracker, usual ones and extreme ones."""


@given(
    frames=streams(),
    settings=SETTINGS,
)
def test_the_same_tracks_for_any_input(frames, settings):
    compare_engines(*trackers(**settings), frames)


def test_the_same_tracks_on_real_detections(mot_data):
    reported = 0
    for frames in real_frames(mot_data):
        reported += compare_engines(*trackers(), frames)
    assert reported == 99772


def test_only_overlapping_pairs_are_solved(yolox_frames):
    # The full matrices of MOT16-09 have 58,747 costs.
    tracker = Sort()
    for detections in yolox_frames:
        tracker.update(detections)
    assert tracker._engine.single.solved < 12_000


def test_more_tracks_than_the_arrays_had_room_for():
    rng = np.random.default_rng(0)
    crowd = np.column_stack([rng.uniform(0, 4000, (700, 2)), np.full((700, 2), 40.0)])
    frames = [Detections(crowd[:n] + frame, np.ones(n)) for frame, n in enumerate([5, 700, 90, 0])]
    compare_engines(*trackers(max_age=3), frames)


def test_settings_beyond_64_bits():
    compare_engines(
        *trackers(max_age=10**30, min_hits=10**30), [Detections([[0.0, 0, 9, 9]], [1.0])] * 3
    )
