"""The measures of the page on flat spaces, by hand-made pairs, and a page of one small scene."""

import math

import numpy as np
import pytest

from benchmarks.flat_linking_footage import SCENES, Way
from benchmarks.flat_linking_measures import (
    TrackletPairs,
    best_threshold,
    calibration_error,
    error_at,
    log_loss,
    transfer_losses,
)
from benchmarks.flat_linking_page import COLUMNS, make_page
from benchmarks.flat_linking_runs import Measured


def pairs(distances, same, evidence=0.0):
    distances = np.array(distances, float)
    people = np.array([[0, 0] if each else [0, 1] for each in same])
    return TrackletPairs(
        np.broadcast_to(np.array(evidence, float), distances.shape), distances, people
    )


def test_knowing_nothing_is_calibrated_and_costs_ln_2():
    # One pair of one person and three of two: each side has half of the weight.
    nothing = pairs([1, 2, 3, 4], [1, 0, 0, 0])
    assert calibration_error(nothing) == pytest.approx(0)
    assert log_loss(nothing) == pytest.approx(math.log(2))


def test_being_sure_and_wrong_half_of_the_time():
    # Evidence ln 3 states P = 3/4 for all; the weighted share of one person is 1/2.
    sure = pairs([1, 2], [1, 0], evidence=math.log(3))
    assert calibration_error(sure) == pytest.approx(1 / 4)
    assert log_loss(sure) == pytest.approx((math.log(4 / 3) + math.log(4)) / 2)


def test_the_best_threshold_leaves_the_fewest_errors():
    # Up to 2: both pairs of one person but for that at 5, and none of two: (1/3 + 0) / 2.
    mixed = pairs([1, 2, 5, 3, 4], [1, 1, 1, 0, 0])
    assert best_threshold(mixed) == (2, pytest.approx(1 / 6))
    assert error_at(mixed, 3) == pytest.approx((1 / 3 + 1 / 2) / 2)


def test_a_threshold_of_another_scale_loses_elsewhere():
    small, large = pairs([1, 2], [1, 0]), pairs([10, 20], [1, 0])
    # The threshold 1 accepts nobody among the large distances; 10 accepts all the small ones.
    np.testing.assert_allclose(transfer_losses([small, large]), [[0, 0.5], [0.5, 0]])


def measured(footage, way, value):
    values = {column: value + 0.1 * int(footage[-1]) for column in COLUMNS}
    return Measured(SCENES, footage, way, pairs([1, 2], [1, 0]), values)


def test_the_page_says_which_space_is_better_or_that_it_cannot_tell():
    rows = [
        measured(f"scene {seed}", way, value + noise * (-1) ** seed)
        for seed in range(6)
        for way, value, noise in (
            ("fmvae", 2.0, 0.01),
            ("vhpvae", 1.0, 0),
            ("fmvae, Euclidean", 1.0, 0.5),
            ("vhpvae, Euclidean", 1.0, 0),
        )
    ]
    page = make_page(rows, [Way(name, "") for name in dict.fromkeys(row.way for row in rows)])
    lines = {line.split("|")[1].strip(): line for line in page.splitlines() if line.count("|") == 4}
    # A larger IDF1 is better, a larger error is worse. Scenes alternate about no difference.
    assert lines["IDF1"].count(": flat is better") == 1
    assert lines["IDF1"].count("cannot tell") == 1
    assert ": not flat is better" in lines["calibration error"]
