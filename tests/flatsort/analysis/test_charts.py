"""Charts as paths in a picture of 100 x 100 units."""

import re

import numpy as np

from flatsort.analysis.charts import draw_bars, draw_curve


def test_a_curve_of_steps():
    curve = draw_curve("here", np.array([1, 2, 0, 2]))
    assert (curve.most, curve.mean) == (2, 1.25)
    assert curve.path == (
        "M0 100L0.00 50.00L25.00 50.00L25.00 0.00L50.00 0.00L50.00 100.00L75.00 100.00"
        "L75.00 0.00L100.00 0.00L100 100Z"
    )


def test_a_long_curve_keeps_its_peaks_in_few_points():
    numbers = np.zeros(100_000, np.int64)
    numbers[77_777] = 9
    curve = draw_curve("", numbers)
    assert curve.most == 9
    assert len(re.findall("L", curve.path)) == 1201
    assert " 0.00L" in curve.path


def test_nobody():
    assert draw_curve("", np.zeros(3, np.int64)).most == 1
    assert draw_curve("", np.zeros(0, np.int64)).path == "M0 100L100 100Z"


def test_bars_per_half_second():
    """Five frames per bar. Two people go in during the first bar, one goes out in the last."""
    bars = draw_bars("door", [1, 5], [20], frames=20, frame_rate=10)
    assert (bars.most, bars.seconds) == (2, 0.5)
    assert bars.inwards == "M0.00 50v-48.00h21.50V50Z"
    assert bars.outwards == "M75.00 50v24.00h21.50V50Z"


def test_bars_of_a_day_are_hours():
    bars = draw_bars("door", [], [], frames=25 * 86_400, frame_rate=25)
    assert bars.seconds == 1800
    assert bars.inwards == ""
