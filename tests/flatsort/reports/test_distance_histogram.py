"""The layout of histograms for the page."""

import re

import numpy as np
import pytest

from flatsort.evaluation.reid.gates import Errors
from flatsort.evaluation.reid.pair_scores import PairDistances
from flatsort.reports.distance_histogram import draw_histogram


def draw(same, other, gate):
    pairs = PairDistances(np.float32(same), np.float32(other))
    return draw_histogram("title", ("near", "far"), pairs, gate)


def heights(shape):
    """Return the heights of the 60 bars, in percent of the plot."""
    return 100 - np.array(re.findall(r"V([\d.]+)H", shape.path), float)


def test_shares_gate_and_errors():
    # The axis ends at 1.04 * 1.5 = 1.56; bars are 0.026 wide.
    histogram = draw([0.1, 0.1, 0.1, 0.7], [0.1, 1.0, 1.0, 1.5], gate=0.52)
    assert (histogram.same.name, histogram.same.pairs) == ("near", 4)
    assert (histogram.other.name, histogram.other.pairs) == ("far", 4)
    assert histogram.gate_at == pytest.approx(100 / 3)
    assert histogram.errors == Errors(false_accept=0.25, false_reject=0.25)
    near, far = heights(histogram.same), heights(histogram.other)
    assert len(near) == len(far) == 60
    # Heights are roots of shares; the largest share is three quarters.
    assert near[3] == pytest.approx(100)
    assert near[26] == pytest.approx(100 / np.sqrt(3), abs=0.01)
    assert far[3] == far[57] == pytest.approx(100 / np.sqrt(3), abs=0.01)
    assert far[38] == pytest.approx(100 * np.sqrt(2 / 3), abs=0.01)
    assert np.count_nonzero(near) == 2
    assert np.count_nonzero(far) == 3


def test_outlines_are_closed_and_end_at_the_right():
    path = draw([0.0, 1.0], [1.0], gate=0.1).same.path
    assert path.startswith("M0 100V")
    assert path.endswith("H100.00V100Z")


def test_a_gate_beyond_all_distances_is_on_the_axis():
    assert draw([0.1], [0.2], gate=5.0).gate_at == pytest.approx(100 / 1.04)


def test_rounding_below_zero_is_counted_in_the_first_bar():
    histogram = draw([-1e-7, -1e-7], [1.0], gate=0.5)
    assert heights(histogram.same)[0] == pytest.approx(100)


def test_one_kind_only_has_no_errors():
    histogram = draw([0.1, 0.2], [], gate=0.5)
    assert histogram.errors is None
    assert histogram.other.pairs == 0
    assert not heights(histogram.other).any()


def test_round_numbers_on_the_axis():
    ticks = draw([0.1], [1.6 / 1.04], gate=0.5).ticks
    assert [tick.label for tick in ticks] == ["0", "0.5", "1", "1.5"]
    assert [tick.at for tick in ticks] == pytest.approx([0.0, 31.25, 62.5, 93.75], rel=1e-5)
