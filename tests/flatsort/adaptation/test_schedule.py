"""Which frames are looked at, by footage whose costs are made up."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatsort.adaptation.schedule import BURST, Effort, Schedule, looking_seconds


def looked_at(length, seconds, *, boxes=10**9, look=1.0, skip=0.0, found=5, position=0, end=None):
    """The frames that are looked at if looking takes so long, passing over one so long."""
    effort = Effort()
    schedule = Schedule(length, seconds, boxes, effort, position)
    last, numbers = position, []
    for number in schedule.numbers():
        if end is not None and number > end:
            break
        skipped = number - last - 1
        # Fetching a frame costs what passing over it does.
        effort.add(skipped, (skipped + 1) * skip, look - skip, found)
        numbers.append(number)
        last = number
    return numbers, effort


def bursts(numbers):
    """First and last of each stretch."""
    ends = [n for n, m in itertools.pairwise([*numbers, None]) if m != n + 1]
    starts = [m for n, m in itertools.pairwise([None, *numbers]) if n is None or m != n + 1]
    return list(zip(starts, ends, strict=True))


def test_all_frames_where_there_is_time():
    assert looked_at(100, 100)[0] == list(range(1, 101))


def test_bursts_from_the_beginning_to_the_end_where_there_is_not():
    numbers, effort = looked_at(3000, 180)
    # Twenty frames tell how long one takes; of the other 160 there are four bursts, the last up to
    # the end, with (2980 - 160) / 4 = 705 frames before each.
    expected = [(1, 20), (726, 765), (1471, 1510), (2216, 2255), (2961, 3000)]
    assert bursts(numbers) == expected
    assert effort.seconds == pytest.approx(180)
    assert effort.skipped == 3000 - 180


@pytest.mark.parametrize(
    ("seconds", "lengths"),
    [(20 + 600, {20, BURST}), (20 + 60, {20}), (35, {20, 15})],
)
def test_bursts_are_neither_long_nor_too_short_to_follow_anybody(seconds, lengths):
    numbers, _ = looked_at(100_000, seconds)
    assert {last - first + 1 for first, last in bursts(numbers)} == lengths


def test_passing_over_frames_costs_time_too():
    """Of 1000 s, 200 are for passing over nearly 10,000 frames."""
    numbers, effort = looked_at(10_000, 1000, skip=0.02)
    assert effort.seconds < 1000 + 2
    assert numbers[-1] > 9900
    assert len(numbers) == pytest.approx((1000 - 0.02 * 10_000), abs=BURST)


def test_not_all_time_is_spent_on_passing_over():
    """An hour of which every frame takes half a second to decode: half the time is for looking."""
    numbers, effort = looked_at(100_000, 1000, look=1.0, skip=0.5)
    assert len(numbers) > 400
    assert effort.seconds < 1000 + BURST


def test_enough_boxes_are_spread_too():
    numbers, effort = looked_at(6000, 10**9, boxes=1200, found=10)
    # 120 frames: twenty, and four bursts with (5980 - 100) / 4 frames before each.
    expected = [(1, 20), (1491, 1515), (2986, 3010), (4481, 4505), (5976, 6000)]
    assert bursts(numbers) == expected
    assert effort.boxes == 1200


def test_what_is_found_later_counts():
    """Where nobody is to be seen, all frames are looked at."""
    assert looked_at(500, 10**6, boxes=100, found=0)[0] == list(range(1, 501))


def test_footage_without_an_end_is_looked_at_until_the_time_is_up():
    assert looked_at(None, 150)[0] == list(range(1, 151))


def test_footage_that_is_shorter_than_it_says():
    assert looked_at(1000, 2000, end=30)[0] == list(range(1, 31))


def test_a_run_that_goes_on_begins_behind_the_last_frame():
    assert looked_at(100, 1000, position=40)[0] == list(range(41, 101))
    assert looked_at(100, 1000, position=100)[0] == []


def test_no_time_left():
    assert looked_at(100, 0)[0] == []


@settings(deadline=None)
@given(
    st.one_of(st.none(), st.integers(1, 5000)),
    st.floats(1, 500),
    st.floats(0.01, 5),
    st.floats(0, 0.9),
    st.integers(0, 40),
    st.integers(1, 3000),
)
def test_numbers_ascend_and_the_limits_hold(length, seconds, look, share, found, boxes):
    if length is None and found == 0:
        boxes = 10**9
    numbers, effort = looked_at(
        length, seconds, boxes=boxes, look=look, skip=share * look, found=found
    )
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1
    assert length is None or numbers[-1] <= length
    # The frame that uses up the limit is the last one; the way to it may have been long.
    cost = look if length is None else look * (1 + length)
    assert effort.seconds <= seconds + cost
    assert effort.boxes < boxes + max(found, 1)


@pytest.mark.parametrize(
    ("minutes", "looking"), [(1, 36), (4, 144), (5, 180), (10, 180), (30, 540)]
)
def test_of_little_time_more_goes_into_looking(minutes, looking):
    assert looking_seconds(60.0 * minutes) == looking
