"""The frame of each track's picture, and the part of the frame that is cut out."""

import cv2
import numpy as np

from flatsort.reports import thumbnails
from flatsort.reports.thumbnails import Thumbnails, choose_rows, spread_rows
from flatsort.sources.source import Frame

SIZE = (100, 80)


def chosen(rows):
    return [(int(rows.ids[row]), int(rows.frames[row])) for row in choose_rows(rows, SIZE)]


def test_the_largest_box_is_chosen(make_rows):
    rows = make_rows((1, 3, 0, 0, 10, 20), (2, 3, 0, 0, 20, 40), (3, 3, 0, 0, 15, 30))
    assert chosen(rows) == [(3, 2)]


def test_only_the_part_inside_the_frame_counts(make_rows):
    """The box of frame 2 is larger, but half of it lies outside on the right."""
    rows = make_rows((1, 3, 0, 0, 30, 40), (2, 3, 80, 0, 40, 40), (3, 3, -30, -30, 50, 50))
    assert chosen(rows) == [(3, 1)]


def test_only_the_uncovered_part_counts(make_rows):
    rows = make_rows(
        *((1, 3, 0, 0, 20, 40), (1, 4, 10, 0, 20, 40)),
        *((2, 3, 0, 0, 15, 40), (2, 4, 60, 0, 15, 40)),
    )
    assert chosen(rows) == [(3, 2), (4, 2)]


def test_among_equal_boxes_confidence_decides_then_the_earlier_frame(make_rows):
    boxes = [(frame, 3, 0, 0, 10, 10) for frame in (1, 2, 3)]
    assert chosen(make_rows(*boxes)) == [(3, 1)]
    assert chosen(make_rows(*boxes, confidences=[0.5, 0.9, 0.9])) == [(3, 2)]


def test_only_the_longest_tracks_get_pictures(make_rows, monkeypatch):
    monkeypatch.setattr(thumbnails, "_MOST_TRACKS", 2)
    rows = make_rows((1, 1, 0), (1, 2, 20), (2, 2, 20), (1, 3, 40), (2, 3, 40))
    assert chosen(rows) == [(2, 1), (3, 1)]


def test_no_tracks(make_rows):
    taken = Thumbnails(make_rows(), SIZE)
    assert taken.wanted == frozenset()
    assert taken.pictures == {}


def test_the_picture_is_the_box_clipped_to_its_frame(make_rows):
    rows = make_rows((2, 3, 90, 20, 20, 30), (2, 4, 200, 0, 10, 10))
    taken = Thumbnails(rows, SIZE)
    assert taken.wanted == frozenset({2})
    assert taken.frames == {3: 2, 4: 2}
    image = np.full((80, 100, 3), 30, np.uint8)
    image[20:50, 90:] = (200, 60, 20)
    taken.see(Frame(2, 0.0, image))
    # The box of track 4 lies outside the frame.
    assert list(taken.pictures) == [3]
    picture = cv2.imdecode(np.frombuffer(taken.pictures[3], np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (30, 10, 3)
    assert np.abs(picture.astype(int) - (200, 60, 20)).max() < 12


def test_pictures_are_small(make_rows):
    rows = make_rows((1, 3, 0, 0, 600, 1000))
    taken = Thumbnails(rows, (1920, 1080))
    taken.see(Frame(1, 0.0, np.zeros((1080, 1920, 3), np.uint8)))
    picture = cv2.imdecode(np.frombuffer(taken.pictures[3], np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (192, 115, 3)


def test_pictures_spread_over_the_time_of_a_track(make_rows):
    """The best box of each fifth of ten frames: the boxes of even frames are larger."""
    rows = make_rows(*((n, 3, 0, 0, 10, 30 if n % 2 else 40) for n in range(1, 11)), (4, 9, 50))
    found = spread_rows(rows, SIZE, choose_rows(rows, SIZE))
    assert [(int(rows.ids[row]), int(rows.frames[row])) for row in found] == [
        *((3, 2), (3, 4), (3, 6), (3, 8), (3, 10), (9, 4)),
    ]


def test_many_tracks_have_fewer_pictures_each(make_rows, monkeypatch):
    monkeypatch.setattr(thumbnails, "_MOST_PICTURES", 4)
    rows = make_rows(*((n, who, 20 * who) for who in (1, 2) for n in range(1, 11)))
    assert len(spread_rows(rows, SIZE, choose_rows(rows, SIZE))) == 4


def test_further_pictures_at_given_moments(make_rows):
    rows = make_rows(*((n, 3, 0, 0, 10, 40 if n == 5 else 30) for n in range(1, 101)))
    taken = Thumbnails(rows, SIZE, [(3, 77), (4, 77), (3, 500)])
    assert 77 in taken.wanted
    for number in sorted(taken.wanted):
        taken.see(Frame(number, 0.0, np.full((80, 100, 3), 30, np.uint8)))
    assert list(taken.series[3]) == sorted({5, 77, *taken.series[3]})
    assert len(taken.series[3]) == 6
    assert taken.pictures[3] == taken.series[3][5]
