"""The tracker that options make."""

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.tracker import AppearanceMetric, DeepSort, Detections, FlatSort, Sort
from flatsort.tracking.tracker_options import (
    PAPER_OPTIONS,
    TrackerOptions,
    empty_frames_to_forget,
    make_tracker,
)


class Described:
    """A descriptor, as far as the choice of the tracker needs one."""

    metric = AppearanceMetric("cosine", gate=0.2)


def test_the_tracker_is_chosen_by_the_descriptor():
    assert isinstance(make_tracker(None, TrackerOptions()), Sort)
    assert isinstance(make_tracker(Described(), TrackerOptions()), DeepSort)


def test_the_tracker_is_chosen_by_the_preset():
    assert isinstance(make_tracker(None, TrackerOptions(preset="sort")), Sort)
    assert isinstance(make_tracker(Described(), TrackerOptions(preset="deepsort")), DeepSort)
    assert isinstance(make_tracker(None, TrackerOptions(preset="flatsort")), FlatSort)
    assert isinstance(make_tracker(Described(), TrackerOptions(preset="flatsort")), FlatSort)


@pytest.mark.parametrize(
    ("options", "frame_rate", "misses"),
    # 1.5 s at 4 frames per second are 6 frames: 5 misses and the match.
    [
        ({}, 4, 5),
        ({"max_age": 3}, 4, 2),
        ({"max_age": 3}, 25, 2),
        ({"max_age_s": 2.0}, 4, 7),
    ],
)
def test_flatsort_remembers_seconds_or_the_given_frames(options, frame_rate, misses):
    person = Detections([[10, 20, 20, 50]], [0.9])
    for empty, expected in ((misses, [1]), (misses + 1, [])):
        tracker = make_tracker(None, TrackerOptions(preset="flatsort", **options), frame_rate)
        tracker.update(person)
        for _ in range(empty):
            tracker.update(Detections.empty())
        assert tracker.update(person).ids.tolist() == expected


@pytest.mark.parametrize("preset", [None, "flatsort"])
def test_seconds_count_as_frames_of_the_footage(preset):
    """SORT with max_age 3 forgets a track after 4 empty frames; 0.5 s at 6 frames/s are 3."""
    in_seconds = TrackerOptions(preset=preset, max_age_s=0.5)
    in_frames = TrackerOptions(preset=preset, max_age=3)
    assert empty_frames_to_forget(None, in_seconds, 6.0) == empty_frames_to_forget(
        None, in_frames, 6.0
    )


def test_flatsort_with_a_descriptor_remembers_people_for_return_s():
    options = TrackerOptions(preset="flatsort", return_s=10.0)
    assert empty_frames_to_forget(None, options, 25.0) == 38
    assert empty_frames_to_forget(Described(), options, 25.0) == 251


@pytest.mark.parametrize(
    ("descriptor", "options", "complaint"),
    [
        (None, {"max_coasted": -1}, "max_coasted"),
        (None, {"min_confidence": float("nan")}, "min_confidence"),
        (Described(), {"nms_overlap": -0.1}, "nms_max_overlap"),
        (Described(), {"nms_overlap": float("nan")}, "nms_max_overlap"),
        (Described(), {"max_distance": 0.0}, "gate"),
        (Described(), {"max_distance": float("inf")}, "gate"),
        (Described(), {"max_coasted": -1}, "max_coasted"),
        (None, {"preset": "flatsort", "max_age": -1}, "max_age"),
        (None, {"preset": "botsort"}, "choose one of sort, deepsort, flatsort"),
        (None, {"preset": "deepsort"}, "--preset deepsort needs a descriptor"),
        (Described(), {"preset": "sort"}, "--preset sort tracks by motion alone"),
        (None, {"preset": "flatsort", "max_age_s": -1.0}, "max_age"),
        (None, {"preset": "flatsort", "max_age_s": float("nan")}, "max_age"),
        (Described(), {"preset": "flatsort", "return_s": -1.0}, "return_s"),
    ],
)
def test_options_out_of_range(descriptor, options, complaint):
    with pytest.raises(InputError, match=complaint):
        make_tracker(descriptor, TrackerOptions(**options))


@pytest.mark.parametrize(("options", "people"), [(TrackerOptions(), 2), (PAPER_OPTIONS, 1)])
def test_only_the_papers_settings_suppress_a_covered_box(options, people):
    """Three quarters of the weaker box are covered: it is shifted by 5 of 20 columns."""
    tracker = make_tracker(Described(), options)
    seen = Detections([[10, 20, 20, 50], [15, 20, 20, 50]], [0.9, 0.5], np.eye(2))
    for _ in range(3):
        tracks = tracker.update(seen)
    assert len(tracks) == people


def test_sort_accepts_an_overlap_of_1():
    assert isinstance(make_tracker(None, TrackerOptions(nms_overlap=1.0)), Sort)


def test_the_empty_frames_after_which_no_track_is_left():
    """One more than a track survives: 1 for SORT, 30 for DeepSORT, or the given age.

    FlatSORT's memory is the largest distance of two detections, so it needs no further frame.
    """
    flat = TrackerOptions(preset="flatsort")
    assert empty_frames_to_forget(None, flat, 30) == 45
    assert empty_frames_to_forget(None, flat, 10) == 15
    assert empty_frames_to_forget(None, TrackerOptions()) == 2
    assert empty_frames_to_forget(Described(), TrackerOptions()) == 31
    assert empty_frames_to_forget(Described(), TrackerOptions(max_age=5)) == 6
    assert empty_frames_to_forget(None, TrackerOptions(max_age=0)) == 1
