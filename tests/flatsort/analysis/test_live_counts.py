"""Counts while tracking: predicted boxes do not count, and the picture shows the numbers."""

import numpy as np
import pytest

from flatsort.analysis.boundaries import Line, Zone
from flatsort.analysis.live_counts import LiveCounts
from flatsort.errors import InputError
from flatsort.sinks import OverlayVideo
from tests.flatsort.sinks.tracks import frame, tracks

LINE = Line("door", (0.0, 60.0), (160.0, 60.0))
HALL = Zone("hall", ((40.0, 20.0), (120.0, 20.0), (120.0, 100.0), (40.0, 100.0)))


def test_counts_of_a_line_and_a_zone():
    with LiveCounts((LINE, HALL)) as counts:
        counts.write(frame(1), tracks((1, 70, 70, 10, 20, 0), (2, 70, 30, 10, 20, 0)))
        # A prediction beyond the line, and then a box there.
        counts.write(frame(2), tracks((1, 70, 20, 10, 20, 1)))
        assert counts.sentences() == ["door: 0 in, 0 out", "hall: 0 in, 0 out"]
        counts.write(frame(3), tracks((1, 70, 20, 10, 20, 0), (2, 130, 20, 10, 20, 0)))
    assert counts.sentences() == ["door: 1 in, 0 out", "hall: 0 in, 1 out"]


def test_the_counts_are_drawn_into_the_picture():
    counts = LiveCounts((LINE, HALL))
    plain = np.full((120, 160, 3), 90, np.uint8)
    before = plain.copy()
    counts.draw(before)
    assert (before[60, 5:150] != 90).any(axis=1).all()
    assert (before[30:90, 40] != 90).any(axis=1).all()
    counts.write(frame(1), tracks((1, 70, 70, 10, 20, 0)))
    counts.write(frame(2), tracks((1, 70, 20, 10, 20, 0)))
    after = plain.copy()
    counts.draw(after)
    assert (after != before).any()


def test_a_film_shows_them(tmp_path):
    image = np.full((120, 160, 3), 90, np.uint8)
    sizes = []
    for name, extras in (("without", []), ("with", [LiveCounts((LINE,))])):
        path = tmp_path / f"{name}.mp4"
        with OverlayVideo(path, 10, "", extras=extras) as film:
            film.write(frame(1, image), tracks())
        sizes.append(path.read_bytes())
    assert sizes[0] != sizes[1]


def test_two_places_with_one_name():
    with pytest.raises(InputError, match="two lines or zones are called door"):
        LiveCounts((LINE, Line("door", (0.0, 0.0), (1.0, 1.0))))
