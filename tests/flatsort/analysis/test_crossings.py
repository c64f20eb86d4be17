"""Crossings of lines and zones, by hand-made walks and by supervision's LineZone."""

import numpy as np
import pytest
import supervision as sv
from hypothesis import given
from hypothesis import strategies as st

from flatsort.analysis.boundaries import Line, Zone
from flatsort.analysis.crossings import CrossingCounter, find_crossings

LINE = Line("door", (0.0, 100.0), (200.0, 100.0))
HEIGHT = 40.0


def walk(boundary, *feet, start=1, step=1):
    """Return (direction, frame) of the crossings of one person, 40 pixels high, at these feet."""
    counter = CrossingCounter(boundary)
    found = [
        counter.see(start + step * n, 7, (x - 10, y - HEIGHT, 20, HEIGHT))
        for n, (x, y) in enumerate(feet)
    ]
    crossings = [each for each in found if each is not None]
    assert sum(counter.counts.values()) == len(crossings)
    return [(each.direction, each.frame) for each in crossings]


def test_one_way_and_back():
    assert walk(LINE, (50, 120), (50, 95), (50, 80), (50, 120)) == [("in", 2), ("out", 4)]


def test_who_jitters_on_the_line_counts_once():
    """A side is certain 5 % of 40 pixels, 2 pixels, behind the line."""
    jitter = [(50, 100 + 1.9 * sign) for sign in (1, -1) * 20]
    assert walk(LINE, (50, 110), *jitter, (50, 90)) == [("in", 42)]
    assert walk(LINE, (50, 110), *jitter, (50, 110)) == []
    assert walk(LINE, (50, 103), (50, 97)) == [("in", 2)]


def test_a_track_that_appears_behind_the_line_does_not_count():
    assert walk(LINE, (50, 90), (50, 80)) == []
    # It appears on the line, where no side is certain.
    assert walk(LINE, (50, 100), (50, 90)) == []


def test_a_crossing_in_a_gap_counts():
    assert walk(LINE, (50, 150), (80, 50), step=60) == [("in", 61)]


def test_who_walks_around_the_end_does_not_count_but_changes_sides():
    around = [(150, 120), (230, 120), (230, 80), (150, 80)]
    assert walk(LINE, *around) == []
    assert walk(LINE, *around, (150, 120)) == [("out", 5)]


def test_a_zone_is_entered_from_any_side():
    zone = Zone("hall", ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)))
    assert walk(zone, (50, 120), (50, 50), (150, 50)) == [("in", 2), ("out", 3)]


def test_tracks_do_not_mix(make_rows):
    rows = make_rows((1, 1, 50, 60, 20, 60), (1, 2, 50, 20, 20, 60), (2, 1, 50, 20, 20, 60))
    [crossing] = find_crossings(rows, LINE)
    assert (crossing.identity, crossing.direction, crossing.frame) == (1, "in", 2)
    assert (crossing.name, crossing.last_before) == ("door", 1)


@given(
    st.lists(
        st.tuples(st.integers(20, 180), st.integers(0, 200).filter(lambda y: abs(y - 100) > 2)),
        min_size=2,
        max_size=30,
    )
)
def test_supervision_counts_alike_where_nobody_lingers_or_disappears(feet):
    """One person in every frame, never on the line, always between its ends."""
    zone = sv.LineZone(
        sv.Point(0, 100), sv.Point(200, 100), triggering_anchors=[sv.Position.BOTTOM_CENTER]
    )
    counter = CrossingCounter(LINE)
    for number, (x, y) in enumerate(feet):
        box = np.array([x - 10.0, y - HEIGHT, x + 10.0, y])
        zone.trigger(sv.Detections(box[None], tracker_id=np.array([7])))
        counter.see(number + 1, 7, (*box[:2], 20.0, HEIGHT))
    assert (zone.in_count, zone.out_count) == (counter.counts["in"], counter.counts["out"])


@pytest.mark.parametrize(
    ("feet", "theirs", "ours"),
    [
        # A crossing while the track is absent for five frames.
        ([(50, 120), None, None, None, None, None, (50, 80), (50, 70)], 0, 1),
        # A way around the end of the line.
        ([(150, 120), (230, 120), (230, 80), (150, 80)], 1, 0),
        # Jitter of one pixel.
        ([(50, 101), (50, 99), (50, 101), (50, 99)], 3, 0),
    ],
)
def test_supervision_counts_otherwise_as_the_documentation_says(feet, theirs, ours):
    zone = sv.LineZone(
        sv.Point(0, 100), sv.Point(200, 100), triggering_anchors=[sv.Position.BOTTOM_CENTER]
    )
    counter = CrossingCounter(LINE)
    for number, foot in enumerate(feet, 1):
        if foot is None:
            zone.trigger(sv.Detections.empty())
            continue
        x, y = foot
        box = np.array([[x - 10.0, y - HEIGHT, x + 10.0, y]])
        zone.trigger(sv.Detections(box, tracker_id=np.array([7])))
        counter.see(number, 7, (x - 10, y - HEIGHT, 20, HEIGHT))
    assert zone.in_count + zone.out_count == theirs
    assert sum(counter.counts.values()) == ours
