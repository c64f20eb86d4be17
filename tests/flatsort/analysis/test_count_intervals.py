"""Doubtful links, and the intervals that they leave to counts."""

from flatsort.analysis.boundaries import Line
from flatsort.analysis.count_intervals import count_with_intervals
from flatsort.analysis.doubtful_links import draw_linkings, find_doubts
from flatsort.analysis.encounters import find_encounters
from flatsort.analysis.pieces import cut_pieces

RATE, LENGTH = 25, 130
LINE = Line("middle", (200.0, 300.0), (200.0, 0.0))
"""Inside is on the left."""


def course(identity, frames, left, step=3.0, top=100.0):
    """Return rows of a walker of 40 x 100 pixels: at `left` in frame 0, `step` pixels per frame."""
    return [(n, identity, left + step * n, top, 40, 100) for n in frames]


def intervals(rows, counts):
    linkings = draw_linkings(rows, LENGTH, RATE)
    found = count_with_intervals(counts, LINE, linkings)
    return {each.direction: (each.low, each.likely, each.high) for each in found}


def test_an_undisturbed_crossing_is_certain(make_rows):
    rows = make_rows(*course(1, range(1, 101), 0), *course(2, range(1, 101), 900, step=0.0))
    assert intervals(rows, {"in": 0, "out": 1}) == {"in": (0, 0, 0), "out": (1, 1, 1)}
    assert find_doubts(draw_linkings(rows, LENGTH, RATE)) == []


def test_a_short_gap_on_a_straight_way_is_certain(make_rows):
    frames = [n for n in range(1, 101) if not 50 <= n < 60]
    rows = make_rows(*course(1, frames, 20), *course(2, range(1, 101), 900, step=0.0))
    assert len(cut_pieces(rows, RATE).tracklets) == 3
    assert intervals(rows, {"in": 0, "out": 1})["out"] == (1, 1, 1)


def test_a_track_that_goes_on_under_another_identity_raises_the_interval(make_rows):
    """The walker loses the identity before the line: the tracks count nobody."""
    rows = make_rows(
        *course(1, range(1, 46), 20),
        *course(3, range(60, 101), 20),
        *course(2, range(1, 101), 900, step=0.0),
    )
    # If the two are not linked, the first one walks on unseen; the way is not walked twice.
    low, likely, high = intervals(rows, {"in": 0, "out": 0})["out"]
    assert low <= likely == high == 1
    [doubt] = find_doubts(draw_linkings(rows, LENGTH, RATE))
    assert (doubt.identity, doubt.other, doubt.last, doubt.first) == (1, 3, 45, 60)
    assert doubt.reason == "gap"


def test_two_who_meet_may_have_exchanged_identities(make_rows):
    """Both walk to the line, meet there in frame 45 and, say the tracks, turn back at once.

    If the identities were exchanged there, both walked on, and one crossed in each direction.
    """
    rows = make_rows(
        *((n, 1, 180 - 6.0 * abs(n - 45), 100, 40, 100) for n in range(1, 90)),
        *((n, 2, 180 + 6.0 * abs(n - 45), 100, 40, 100) for n in range(1, 90)),
    )
    [meeting] = find_encounters(rows, RATE)
    assert (meeting.ids, meeting.overlap) == ((1, 2), 1.0)
    # Boxes of 40 pixels have an IoU above 0.3 up to 21 pixels apart.
    assert (meeting.first, meeting.last) == (44, 46)
    found = intervals(rows, {"in": 0, "out": 0})
    assert found["in"][0] == found["out"][0] == 0
    assert found["in"][2] == found["out"][2] == 1


def test_who_returns_from_behind_somebody_under_another_identity_is_in_doubt(make_rows):
    """The second walker is hidden behind the first one in frames 46 to 54."""
    rows = make_rows(
        *course(1, range(1, 101), 50),
        *course(2, range(1, 46), 350, step=-3.0),
        *course(3, range(55, 101), 350, step=-3.0),
    )
    assert (2, 3) in [
        (each.identity, each.other)
        for each in find_doubts(draw_linkings(rows, LENGTH, RATE))
        if each.reason == "close"
    ]
    assert intervals(rows, {"in": 0, "out": 1})["in"][1:] == (1, 1)


def test_two_who_pass_each_other_in_a_straight_line_are_not_in_doubt(make_rows):
    rows = make_rows(*course(1, range(1, 101), 50), *course(2, range(1, 101), 350, step=-3.0))
    assert len(find_encounters(rows, RATE)) == 1
    assert intervals(rows, {"in": 1, "out": 1}) == {"in": (1, 1, 1), "out": (1, 1, 1)}


def test_who_vanishes_before_the_line_may_have_crossed_it_unseen(make_rows):
    """The feet are 24 pixels before the line, at 75 pixels per second: a third of a second."""
    rows = make_rows(*course(1, range(1, 53), 0), *course(2, range(1, 101), 900, step=0.0))
    low, likely, high = intervals(rows, {"in": 0, "out": 0})["out"]
    assert (low, likely, high) == (0, 1, 1)


def test_filled_boxes_are_no_evidence(make_rows):
    gap = [n for n in range(1, 101) if 40 <= n < 70]
    seen = [n for n in range(1, 101) if n not in gap]
    rows = make_rows(
        *course(1, seen, 0),
        *course(1, gap, 0),
        confidences=[1.0] * len(seen) + [0.0] * len(gap),
    )
    assert [piece.last for piece in cut_pieces(rows, RATE).tracklets] == [39, 100]


def test_the_same_results_have_the_same_intervals(make_rows):
    rows = make_rows(*course(1, range(1, 46), 20), *course(3, range(80, 101), 20))
    assert intervals(rows, {"in": 0, "out": 0}) == intervals(rows, {"in": 0, "out": 0})


def test_no_tracks(make_rows):
    assert intervals(make_rows(), {"in": 0, "out": 0}) == {"in": (0, 0, 0), "out": (0, 0, 0)}


def test_tracks_that_follow_each_other_do_not_meet(make_rows):
    """The second track begins where the first one has ended four frames earlier."""
    rows = make_rows(*course(1, range(1, 41), 20), *course(2, range(45, 81), 20))
    assert find_encounters(rows, RATE) == []
    assert [piece.last for piece in cut_pieces(rows, RATE).tracklets] == [40, 80]
