"""Pairs of boxes and their distances."""

import numpy as np
import pytest

from flatsort.evaluation.reid.pairs import (
    compare_over_time,
    count_pairs,
    distance_name,
    make_metrics,
)
from flatsort.tracker import AppearanceMetric

EUCLIDEAN = AppearanceMetric("euclidean", gate=1.0)


@pytest.mark.parametrize(("gap", "compared"), [(19, 0), (20, 1), (150, 1), (151, 0)])
def test_gaps_of_20_to_150_frames(make_boxes, gap, compared):
    assert count_pairs(make_boxes((7, 1), (7 + gap, 1))) == (compared, 0)
    assert count_pairs(make_boxes((7, 1), (7 + gap, 2))) == (0, compared)


def test_each_pair_once(make_boxes):
    # Two people in frames 1, 30 and 60: 3 pairs of frames, each with 2 pairs of one person and 2
    # pairs of two people.
    boxes = make_boxes(*[(frame, who) for frame in (1, 30, 60) for who in (1, 2)])
    assert count_pairs(boxes) == (6, 6)


def test_a_gallery_has_earlier_and_later_boxes(make_boxes):
    boxes = make_boxes((1, 1), (30, 1), (30, 2), (60, 2))
    features = np.array([[0], [3], [7], [12]], np.float32)
    first, middle, last = compare_over_time(boxes, features, EUCLIDEAN)
    assert first.distances.tolist() == [[3, 7, 12]]
    assert first.same.tolist() == [[True, False, False]]
    assert first.later.tolist() == [True, True, True]
    assert middle.distances.tolist() == [[3, 9], [7, 5]]
    assert middle.same.tolist() == [[True, False], [False, True]]
    assert middle.later.tolist() == [False, True]
    assert last.later.tolist() == [False, False, False]


def test_distances_by_hand():
    metrics = make_metrics(np.array([1.0, 1.0]), own_centre=np.array([3.0, 2.5]))
    a, b = np.array([[1.0, 4.0]]), np.array([[5.0, 1.0]])
    found = {name: metric.distances(a, b).item() for name, metric in metrics.items()}
    # a.b = 9, |a|^2 = 17, |b|^2 = 26. About (1, 1) the points are (0, 3) and (4, 0), at right
    # angles. (3, 2.5) is half-way between them, so about it they are opposite.
    assert found == pytest.approx(
        {
            "cosine": 1 - 9 / (17 * 26) ** 0.5,
            "centred cosine": 1.0,
            "own-centred cosine": 2.0,
            "euclidean": 5.0,
        }
    )


def test_three_distances_without_an_own_centre():
    assert list(make_metrics(np.zeros(2))) == ["cosine", "centred cosine", "euclidean"]


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        (AppearanceMetric("cosine"), "cosine"),
        (AppearanceMetric("cosine", centre=np.zeros(2)), "own-centred cosine"),
        (AppearanceMetric("euclidean", gate=3.0), "euclidean"),
    ],
)
def test_the_name_of_a_metric(metric, name):
    assert distance_name(metric) == name
    assert name in make_metrics(np.zeros(2), metric.centre)
