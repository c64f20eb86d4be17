"""The heat map and the picture of paths."""

import numpy as np

from flatsort.analysis.floor_pictures import heat_map, path_picture, plain_background
from flatsort.images.drawing import colour

BACKGROUND = np.full((120, 160, 3), 200, np.uint8)


def test_the_heat_is_where_people_stand(make_rows):
    """Ten boxes with feet at (40, 80), one at (120, 80)."""
    rows = make_rows(*((n, 1, 30, 40, 20, 40) for n in range(1, 11)), (1, 2, 110, 40, 20, 40))
    picture = heat_map(BACKGROUND, rows).astype(int)
    blue, green, red = picture[80, 40]
    assert red > green > blue or red > 100
    change = np.abs(picture - heat_map(BACKGROUND, make_rows()).astype(int)).max(axis=2)
    assert change[80, 40] > change[80, 120] > 10
    assert change[20, 80] == 0


def test_feet_outside_the_picture_are_left_out(make_rows):
    rows = make_rows((1, 1, -50, 0, 20, 20), (1, 2, 150, 100, 30, 40))
    assert (heat_map(BACKGROUND, rows) == heat_map(BACKGROUND, make_rows())).all()


def test_a_path_has_the_colour_of_its_track_and_no_bridge_over_an_absence(make_rows):
    rows = make_rows(
        *((n, 3, 10 + n, 40, 10, 20) for n in range(1, 21)),
        *((n, 3, 10 + n, 90, 10, 20) for n in range(81, 101)),
    )
    picture = path_picture(BACKGROUND, rows, frame_rate=10)
    # Edges are smoothed, so a line of one pixel is a little darker than its colour.
    np.testing.assert_allclose(picture[60, 25], colour(3), atol=30)
    np.testing.assert_allclose(picture[110, 105], colour(3), atol=30)
    middle = picture[75:95, 40:90]
    assert (middle == middle[0, 0]).all()


def test_without_frames_the_background_holds_all_boxes(make_rows):
    picture = plain_background(make_rows((1, 1, 100, 50, 20.5, 60)))
    assert picture.shape == (110, 121, 3)
    assert plain_background(make_rows()).shape == (16, 16, 3)
