"""The number of missing frames, worked out by hand."""

import itertools

import pytest

from flatsort.tracking.missing_frames import GapFinder


def missing(rate, *intervals):
    """Return the number of missing frames before each frame; the first frame is at 0 s."""
    finder = GapFinder(rate)
    return [finder.missing(seconds) for seconds in itertools.accumulate((0.0, *intervals))]


def test_nothing_is_missing_at_a_constant_rate():
    for rate in (5, 10, 23.976, 29.97, 30, 60):
        finder = GapFinder(rate)
        assert {finder.missing(n / rate) for n in range(5000)} == {0}


@pytest.mark.parametrize("at", [1, 2, 3, 10, 40])
@pytest.mark.parametrize(("interval", "gone"), [(0.2, 1), (0.3, 2), (1.0, 9), (60.0, 599)])
def test_a_gap(at, interval, gone):
    intervals = [0.1] * 50
    intervals[at - 1] = interval
    expected = [0] * 51
    expected[at] = gone
    assert missing(10, *intervals) == expected


@pytest.mark.parametrize("intervals", [(0.05, 0.1), (0.17,), (0.02, 0.15), (0.0001,)])
def test_uneven_intervals_are_no_gaps(intervals):
    """Three-two pulldown, jitter by two thirds, and duplicates."""
    found = missing(10, *itertools.islice(itertools.cycle(intervals), 60))
    assert sum(found) == 0


def test_a_new_rate_counts_as_gaps_only_at_first():
    """A camera halves its rate in the dark, and returns to its nominal rate in the morning."""
    found = missing(10, *[0.1] * 20, *[0.2] * 40, *[0.1] * 40)
    assert found[:21] == [0] * 21
    assert 0 < sum(found[21:]) <= 8
    assert sum(found[30:]) == 0


def test_a_tracker_that_takes_every_fifth_frame():
    found = missing(30, *[1 / 6] * 60)
    assert sum(found[:4]) == found[1] * 3 == 12
    assert sum(found[4:]) == 0
