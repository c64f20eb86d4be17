"""Lines and zones: their sides, the ways past them, and the texts that name them."""

import pytest

from flatsort.analysis.boundaries import Line, Zone, check_names, parse_line, parse_zone
from flatsort.errors import InputError

DOOR = Line("door", (100.0, 200.0), (300.0, 200.0))
SQUARE = Zone("square", ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)))


def test_inside_a_line_is_the_left_hand_side_of_its_way():
    assert DOOR.depth((150, 180)) == 20
    assert DOOR.depth((150, 230)) == -30
    upright = Line("upright", (50.0, 100.0), (50.0, 0.0))
    assert upright.depth((40, 50)) == 10


def test_a_way_around_the_end_does_not_pass_a_line():
    assert DOOR.is_passed((150, 190), (150, 210))
    assert DOOR.is_passed((300, 190), (300, 210))
    assert not DOOR.is_passed((301, 190), (301, 210))
    # This way passes the height of the line at x = 330.
    assert not DOOR.is_passed((280, 150), (380, 250))
    # Along the line: no side is left.
    assert not DOOR.is_passed((150, 210), (250, 210))


def test_depth_in_a_zone_is_the_distance_to_the_nearest_side():
    assert SQUARE.depth((5, 8)) == 2
    assert SQUARE.depth((5, -3)) == -3
    # The nearest point of the zone is its corner.
    assert SQUARE.depth((13, 14)) == pytest.approx(-5)


def test_texts():
    assert parse_line("door=100,200,300,200") == DOOR
    assert parse_zone("square=0,0,10,0,10,10,0,10") == SQUARE
    assert parse_line(" a b =0,0,1.5,-2").name == "a b"


@pytest.mark.parametrize(
    ("parse", "text", "sentence"),
    [
        (parse_line, "100,200,300,200", "give a name and pixels, such as door="),
        (parse_line, "=1,2,3,4", "give a name and pixels"),
        (parse_line, "door=1,2,x,4", "give a name and pixels"),
        (parse_line, "door=1,2,3,inf", "give a name and pixels"),
        (parse_line, "door=1,2,3", "give x and y of two points"),
        (parse_line, "door=1,2,1,2", "both points are the same"),
        (parse_zone, "hall=1,2,3,4", "three or more corners"),
        (parse_zone, "hall=1,2,3,4,5,6,7", "three or more corners"),
        (parse_zone, "hall=0,0,5,5,9,9", "has no area"),
    ],
)
def test_texts_that_name_no_place(parse, text, sentence):
    with pytest.raises(InputError, match=sentence):
        parse(text)


def test_two_places_need_two_names():
    check_names((DOOR, SQUARE))
    with pytest.raises(InputError, match="two lines or zones are called door"):
        check_names((DOOR, SQUARE, Line("door", (0.0, 0.0), (1.0, 1.0))))
