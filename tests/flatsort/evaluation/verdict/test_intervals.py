"""Intervals over people."""

import numpy as np
import pytest

from flatsort.evaluation.verdict.intervals import mean_over_people, share_of_people


def test_wilson_counts_each_person_once():
    """Nine of ten at 95 %: the textbook interval from 0.596 to 0.982."""
    found = share_of_people(np.array([1.0] * 9 + [0.0]), 0.95)
    assert (found.mean, found.people) == (0.9, 10)
    assert (found.low, found.high) == pytest.approx((0.5958, 0.9821), abs=1e-4)


def test_wilson_of_nobody_says_nothing():
    found = share_of_people(np.empty(0), 0.95)
    assert (found.low, found.high) == (0.0, 1.0)


def test_students_t_over_people_with_one_trial_each():
    """1, 2, 3: mean 2, standard error 1 / sqrt(3), t 4.303 at 95 % with two degrees."""
    found = mean_over_people(np.array([1.0, 2.0, 3.0]), np.array([7, 8, 9]), 0.95)
    assert found.mean == 2
    assert found.high - 2 == pytest.approx(4.3027 / np.sqrt(3), abs=1e-3)


def test_more_trials_of_the_same_people_narrow_nothing():
    few = mean_over_people(np.array([1.0, 2.0, 3.0]), np.arange(3), 0.95)
    many = mean_over_people(np.repeat([1.0, 2.0, 3.0], 50), np.repeat(np.arange(3), 50), 0.95)
    assert many.high == pytest.approx(few.high)


def test_one_person_has_no_interval():
    found = mean_over_people(np.ones(100), np.zeros(100, int), 0.95)
    assert (found.low, found.high) == (-np.inf, np.inf)
    assert found.text() == "-"


def test_texts():
    found = mean_over_people(np.array([0.1, 0.2, 0.3]), np.arange(3), 0.95)
    assert found.text() == "20.0 (-4.8 to 44.8)"
    assert found.as_share().text() == "20.0 (0.0 to 44.8)"
    assert found.text(scale=1.0, sign="+", digits=2) == "+0.20 (-0.05 to +0.45)"
