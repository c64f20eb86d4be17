"""The frames that the schedule chooses, for footage with invented costs."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatsort.adaptation.schedule import BURST, Effort, Schedule, collecting_seconds


def looked_at(length, seconds, *, boxes=10**9, look=1.0, skip=0.0, found=5, position=0, end=None):
    """Return the chosen frames; a frame costs ``look`` seconds, a skipped one ``skip`` seconds."""
    effort = Effort()
    schedule = Schedule(length, seconds, boxes, effort, position)
    last, numbers = position, []
    for number in schedule.numbers():
        if end is not None and number > end:
            break
        skipped = number - last - 1
        # Reading a frame costs as much as skipping it.
        effort.add(skipped, (skipped + 1) * skip, look - skip, found)
        numbers.append(number)
        last = number
    return numbers, effort


def bursts(numbers):
    """Return the first and last frame of each burst."""
    ends = [n for n, m in itertools.pairwise([*numbers, None]) if m != n + 1]
    starts = [m for n, m in itertools.pairwise([None, *numbers]) if n is None or m != n + 1]
    return list(zip(starts, ends, strict=True))


def test_all_frames_if_there_is_time():
    assert looked_at(100, 100)[0] == list(range(1, 101))


def test_bursts_from_beginning_to_end_if_time_is_short():
    numbers, effort = looked_at(3000, 180)
    # The first 20 frames give the cost per frame. The other 160 make four bursts, the last one at
    # the end, with (2980 - 160) / 4 = 705 skipped frames before each.
    expected = [(1, 20), (726, 765), (1471, 1510), (2216, 2255), (2961, 3000)]
    assert bursts(numbers) == expected
    assert effort.seconds == pytest.approx(180)
    assert effort.skipped == 3000 - 180


@pytest.mark.parametrize(
    ("seconds", "lengths"),
    [(20 + 600, {20, BURST}), (20 + 60, {20}), (35, {20, 15})],
)
def test_the_length_of_bursts_has_limits(seconds, lengths):
    numbers, _ = looked_at(100_000, seconds)
    assert {last - first + 1 for first, last in bursts(numbers)} == lengths


def test_skipping_frames_costs_time():
    """Skipping nearly 10,000 frames takes 200 of the 1000 s."""
    numbers, effort = looked_at(10_000, 1000, skip=0.02)
    assert effort.seconds < 1000 + 2
    assert numbers[-1] > 9900
    assert len(numbers) == pytest.approx((1000 - 0.02 * 10_000), abs=BURST)


def test_skipping_takes_half_the_time_at_most():
    """In an hour of footage, decoding takes half a second per frame."""
    numbers, effort = looked_at(100_000, 1000, look=1.0, skip=0.5)
    assert len(numbers) > 400
    assert effort.seconds < 1000 + BURST


def test_bursts_are_spread_if_the_number_of_boxes_is_the_limit():
    numbers, effort = looked_at(6000, 10**9, boxes=1200, found=10)
    # 120 frames: the first 20, and four bursts with (5980 - 100) / 4 skipped frames before each.
    expected = [(1, 20), (1491, 1515), (2986, 3010), (4481, 4505), (5976, 6000)]
    assert bursts(numbers) == expected
    assert effort.boxes == 1200


def test_frames_without_boxes_do_not_end_the_schedule():
    """If no frame shows a person, all frames are processed."""
    assert looked_at(500, 10**6, boxes=100, found=0)[0] == list(range(1, 501))


def test_footage_of_unknown_length_is_processed_until_the_time_is_up():
    assert looked_at(None, 150)[0] == list(range(1, 151))


def test_footage_that_is_shorter_than_stated():
    assert looked_at(1000, 2000, end=30)[0] == list(range(1, 31))


def test_a_continued_run_starts_after_the_last_frame():
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
    # The frame that exceeds the limit is the last one; many frames may be skipped before it.
    cost = look if length is None else look * (1 + length)
    assert effort.seconds <= seconds + cost
    assert effort.boxes < boxes + max(found, 1)


@pytest.mark.parametrize(
    ("minutes", "looking"), [(1, 36), (4, 144), (5, 180), (10, 180), (30, 540)]
)
def test_a_short_run_collects_for_a_larger_share(minutes, looking):
    assert collecting_seconds(60.0 * minutes) == looking
