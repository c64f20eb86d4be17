"""From options to a tracker."""

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.tracker import AppearanceMetric, DeepSort, Detections, Sort
from flatsort.tracking.options import PAPER_OPTIONS, Options, make_tracker, patience


class Described:
    """What makes a tracker look at people."""

    metric = AppearanceMetric("cosine", gate=0.2)


def test_the_tracker_is_chosen_by_the_descriptor():
    assert isinstance(make_tracker(None, Options()), Sort)
    assert isinstance(make_tracker(Described(), Options()), DeepSort)


@pytest.mark.parametrize(
    ("descriptor", "options", "complaint"),
    [
        (None, {"nms_overlap": 0.7}, "--nms-overlap needs a descriptor"),
        (None, {"paper_metric": True, "nms_overlap": 0.7}, "--paper needs a descriptor"),
        (None, {"max_distance": 0.2}, "--max-distance needs a descriptor"),
        (None, {"lazy": True}, "--appearance lazy needs a descriptor"),
        (None, {"max_coasted": -1}, "max_coasted"),
        (None, {"min_confidence": float("nan")}, "min_confidence"),
        (Described(), {"nms_overlap": -0.1}, "nms_max_overlap"),
        (Described(), {"nms_overlap": float("nan")}, "nms_max_overlap"),
        (Described(), {"max_distance": 0.0}, "gate"),
        (Described(), {"max_distance": float("inf")}, "gate"),
        (Described(), {"max_coasted": -1}, "max_coasted"),
    ],
)
def test_options_out_of_range(descriptor, options, complaint):
    with pytest.raises(InputError, match=complaint):
        make_tracker(descriptor, Options(**options))


@pytest.mark.parametrize(("options", "people"), [(Options(), 2), (PAPER_OPTIONS, 1)])
def test_those_whom_others_hide_count_but_by_the_papers_settings(options, people):
    """Of the weaker box, shifted by 5 of 20 columns, three quarters are covered."""
    tracker = make_tracker(Described(), options)
    seen = Detections([[10, 20, 20, 50], [15, 20, 20, 50]], [0.9, 0.5], np.eye(2))
    for _ in range(3):
        tracks = tracker.update(seen)
    assert len(tracks) == people


def test_no_suppression_may_be_stated_for_sort():
    assert isinstance(make_tracker(None, Options(nms_overlap=1.0)), Sort)


def test_when_every_track_is_gone():
    """A frame later than any of them survives: 1 of SORT, 30 of DeepSORT, or as stated."""
    assert patience(None, Options()) == 2
    assert patience(Described(), Options()) == 31
    assert patience(Described(), Options(max_age=5)) == 6
    assert patience(None, Options(max_age=0)) == 1
