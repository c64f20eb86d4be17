"""Labels keep clear of heads and of one another."""

import numpy as np
import pytest

from flatsort.images.label_placement import place_labels

PICTURE = (400, 300)
SIZE = (30.0, 10.0)
ABOVE, BELOW, RIGHT, LEFT = range(4)


def place(*boxes, before=None):
    boxes = np.array(boxes, float)
    sizes = np.tile(SIZE, (len(boxes), 1))
    earlier = np.full(len(boxes), -1) if before is None else np.array(before)
    return place_labels(sizes, boxes, PICTURE, earlier)


def test_a_label_lies_above_its_box():
    corners, places = place((100, 100, 40, 100))
    assert places.tolist() == [ABOVE]
    np.testing.assert_allclose(corners, [[100, 90]])


def test_a_label_makes_way_for_a_head():
    # The head of the second person, y 85 to 105, lies where the first label would be, y 90 to 100.
    corners, places = place((100, 100, 40, 100), (95, 85, 40, 100))
    assert places[0] == BELOW
    np.testing.assert_allclose(corners[0], [100, 200])


def test_two_labels_do_not_cover_each_other():
    corners, places = place((100, 100, 40, 100), (110, 100, 40, 100))
    assert places.tolist() == [ABOVE, BELOW]
    np.testing.assert_allclose(corners, [[100, 90], [110, 200]])


def test_labels_stay_inside_the_picture():
    # Above the first box there is no room: pushed down, the label would cover the head.
    corners, places = place((100, 0, 40, 298), (390, 250, 40, 100))
    assert places[0] == BELOW
    assert (corners >= 0).all()
    assert (corners + SIZE <= PICTURE).all()


@pytest.mark.parametrize("before", [ABOVE, BELOW, RIGHT, LEFT])
def test_a_label_stays_where_it_was_if_nothing_is_in_its_way(before):
    _, places = place((100, 100, 40, 100), before=[before])
    assert places.tolist() == [before]


def test_nobody_has_no_label():
    corners, places = place_labels(np.empty((0, 2)), np.empty((0, 4)), PICTURE, np.empty(0, int))
    assert corners.shape == (0, 2)
    assert places.shape == (0,)
