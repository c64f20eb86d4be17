"""Times of frames, from timestamps of every kind; the expected times are worked out by hand."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.sources.timestamps import Timeline


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([5.0, 5.1, 5.2], [0, 0.1, 0.2]),
        # A gap stays a gap.
        ([0.0, 0.1, 1.1, 1.2], [0, 0.1, 1.1, 1.2]),
        # No timestamps at all, or none at first.
        ([None, None, None], [0, 0.1, 0.2]),
        ([None, 7.0, 7.3], [0, 0.1, 0.4]),
        ([3.0, None, 3.2], [0, 0.1, 0.2]),
        # Disorder: the frame follows the last one by the least step; the next is as before.
        ([0.0, 0.1, 0.1, 0.05, 0.2], [0, 0.1, 0.101, 0.102, 0.2]),
        # A new origin: the frame follows the last one by one interval, and so on.
        ([100.0, 100.1, 0.0, 0.1, 0.3], [0, 0.1, 0.2, 0.3, 0.5]),
        # A camera that sets its clock leaves no gap of half a century.
        ([0.0, 0.1, 1.7e9, 1.7e9 + 0.5], [0, 0.1, 0.2, 0.7]),
    ],
)
def test_by_hand(raw, expected):
    timeline = Timeline(10.0)
    assert [timeline.seconds(each) for each in raw] == pytest.approx(expected)


@given(
    st.lists(st.none() | st.floats(-1e6, 1e6)),
    st.floats(0.1, 1000),
)
def test_times_rise_from_0_for_any_timestamps(raw, rate):
    timeline = Timeline(rate)
    times = [timeline.seconds(each) for each in raw]
    assert times[:1] in ([], [0.0])
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
