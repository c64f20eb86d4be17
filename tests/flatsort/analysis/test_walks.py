"""Length and speed of walks, in pixels and in metres."""

import numpy as np
import pytest

from flatsort.analysis.ground_scale import GroundScale, parse_scale
from flatsort.analysis.walks import find_walks
from flatsort.errors import InputError

RATE = 10


def test_a_straight_walk(make_rows):
    """Two pixels per frame at ten frames per second, for four seconds."""
    rows = make_rows(*((n, 5, 2.0 * n, 0, 10, 20) for n in range(1, 41)))
    [walk] = find_walks(rows, RATE, parse_scale("0.05"))
    assert walk.speed == pytest.approx(1.0)
    assert walk.top_speed == pytest.approx(1.0)
    # The middles of eight half seconds lie 3.5 s apart.
    assert walk.seconds == pytest.approx(3.5)
    assert walk.length == pytest.approx(3.5)
    assert (walk.identity, walk.first, walk.last, walk.boxes) == (5, 1, 40, 40)


def test_jitter_is_no_walk(make_rows):
    random = np.random.default_rng(1)
    noise = random.normal(0, 2, (400, 2))
    rows = make_rows(*((n + 1, 1, 50 + x, 50 + y, 10, 20) for n, (x, y) in enumerate(noise)))
    [walk] = find_walks(rows, RATE, GroundScale.in_pixels())
    # Frame by frame, the steps of 3.5 pixels on average would add up to 35 pixels per second.
    assert walk.speed < 5


def test_a_long_absence_is_no_way(make_rows):
    rows = make_rows(
        *((n, 1, 0, 0) for n in range(1, 11)), *((n, 1, 900, 0) for n in range(60, 71))
    )
    [walk] = find_walks(rows, RATE, GroundScale.in_pixels())
    assert walk.length == 0


def test_one_box_has_no_speed(make_rows):
    [walk] = find_walks(make_rows((3, 1, 0, 0)), RATE, GroundScale.in_pixels())
    assert (walk.length, walk.speed, walk.top_speed) == (0, 0, 0)


def test_a_homography_maps_the_picture_to_the_ground(tmp_path):
    """Rows of the picture become 10 / (y - 100) metres away; the horizon is at y = 100."""
    path = tmp_path / "ground.txt"
    path.write_text("0.01 0 0\n0 0 10\n0 1 -100\n")
    scale = parse_scale(str(path))
    places = scale.places(np.array([[50.0, 200.0], [50.0, 120.0], [0.0, 100.0], [0.0, 90.0]]))
    np.testing.assert_allclose(places[:2], [[0.005, 0.1], [0.025, 0.5]])
    assert np.isnan(places[2:]).all()
    assert scale.unit == "m"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0", "above 0"),
        ("-1", "above 0"),
        ("nan", "above 0"),
        ("nowhere.txt", "give metres per pixel, such as 0.02, or a file"),
    ],
)
def test_scales_that_are_none(text, sentence):
    with pytest.raises(InputError, match=sentence):
        parse_scale(text)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("1 2 3 4", "three rows of three numbers"),
        ("1 2 3 4 5 6 7 8 x", "three rows of three numbers"),
        ("0 " * 9, "no inverse"),
    ],
)
def test_files_that_are_no_homography(tmp_path, content, sentence):
    path = tmp_path / "ground.txt"
    path.write_text(content)
    with pytest.raises(InputError, match=sentence):
        parse_scale(str(path))
