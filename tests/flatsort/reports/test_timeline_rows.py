"""The bars, marks and words of timeline rows."""

from flatsort.reports.timeline_rows import Mark, person_rows, track_rows
from flatsort.reports.track_timeline import Bar, find_tracks
from flatsort.reports.truth_section import judge


def example(make_rows):
    """Track 3 follows person 7 in frames 1 to 4 and track 5 in 6 to 8; track 9 is on nobody."""
    truth = make_rows(*((frame, 7, 0) for frame in range(1, 9)))
    results = make_rows(
        *((frame, 3, 0) for frame in range(1, 5)),
        *((frame, 5, 0) for frame in range(6, 9)),
        (2, 9, 200),
    )
    return find_tracks(results), judge(truth, results, 8, "MOT16")


def test_people(make_rows):
    _, judgement = example(make_rows)
    (row,) = person_rows(judgement)
    assert (row.identity, row.frames, row.tracks, row.switches) == (7, 8, (3, 5), 1)
    assert row.faint == (Bar(1, 8, 7),)
    assert row.bars == (Bar(1, 4, 3), Bar(6, 8, 5))
    assert row.marks == (
        Mark(5, "fragment", "lost from 5 to 5"),
        Mark(6, "switch", "from track 3 to track 5"),
    )
    assert row.words == "there in 8 frames, followed in 7, 1 switch, 1 fragment"


def test_tracks_are_marked_where_they_take_over(make_rows):
    three, nine, five = track_rows(*example(make_rows), {})
    assert [row.identity for row in (three, nine, five)] == [3, 9, 5]
    assert [row.switches for row in (three, nine, five)] == [1, 0, 1]
    assert three.marks == nine.marks == ()
    assert five.marks == (Mark(6, "switch", "takes over person 7 from track 3"),)
    assert nine.words == "visible in 1 frame from 2 to 2, in 1 stretch"


def test_tracks_without_ground_truth(make_rows):
    tracks = find_tracks(make_rows((1, 3, 0), (4, 3, 0)))
    (row,) = track_rows(tracks, None, {})
    assert row.faint == (Bar(1, 4, 3),)
    assert row.bars == (Bar(1, 1, 3), Bar(4, 4, 3))
    assert (row.frames, row.switches, row.marks) == (2, 0, ())


def test_a_row_names_the_class_of_its_track(make_rows):
    rows = make_rows((1, 3, 0), (1, 4, 50))
    rows.classes[:] = 1, 3
    person, car = track_rows(find_tracks(rows), None, {"1": "person"})
    assert person.words == "person, visible in 1 frame from 1 to 1, in 1 stretch"
    assert car.words == "visible in 1 frame from 1 to 1, in 1 stretch"
