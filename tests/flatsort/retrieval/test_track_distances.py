"""Distances of tracks from a person."""

import numpy as np
import pytest

from flatsort.retrieval.track_distances import TrackDistances, combine
from flatsort.tracker import AppearanceMetric


@pytest.mark.parametrize(("boxes", "place"), [(1, 0), (2, 0), (4, 0), (5, 1), (8, 1), (16, 3)])
def test_a_quarter_of_the_boxes_lies_within_the_combined_distance(boxes, place):
    nearest = np.arange(boxes, dtype=float)[::-1, None]
    assert combine(nearest).tolist() == [place]


def test_by_hand():
    """The query's boxes are 0 and 10; the lower quartile of two values is the smaller one."""
    features = np.array([[1], [30], [8], [12], [100]], np.float32)
    distances = TrackDistances(
        AppearanceMetric("euclidean", 1.0), features, np.array([0, 0, 1, 1, 2])
    )
    query = np.array([[0], [10]], np.float32)
    # From 0: 1, 8, 100; from 10: 9, 2, 90.
    assert distances.compare(query).tolist() == [1, 2, 90]
    assert distances.compare(query, np.array([2, 0])).tolist() == [90, 1]
    assert distances.compare(query, np.array([], int)).tolist() == []


@pytest.mark.parametrize("centre", [None, np.array([0.5, -1, 2], np.float32)])
def test_cosines_equal_those_of_the_metric_even_for_zero_features(centre):
    metric = AppearanceMetric("cosine", 1.0, centre)
    features = np.random.default_rng(1).normal(size=(12, 3)).astype(np.float32)
    features[[3, 7]] = 0 if centre is None else centre
    # Each feature is a track of its own and a query has at most three boxes, so the distance is
    # that of the nearest box.
    distances = TrackDistances(metric, features, np.arange(12))
    for query in (features[:1], features[3:4], features[5:8]):
        expected = metric.distances(query, features).min(axis=0)
        assert distances.compare(metric.prepare(query)) == pytest.approx(expected, abs=1e-6)


def test_unit_vectors_have_the_same_order_by_euclidean_distance_and_by_cosine():
    rng = np.random.default_rng(2)
    features = rng.normal(size=(300, 16)).astype(np.float32)
    owners = np.sort(rng.integers(0, 40, 300))
    owners = np.unique(owners, return_inverse=True)[1]
    query = rng.normal(size=(6, 16)).astype(np.float32)
    cosine = AppearanceMetric("cosine", 1.0)
    euclidean = AppearanceMetric("euclidean", 1.0)
    by_cosine = TrackDistances(cosine, features, owners).compare(cosine.prepare(query))
    by_length = TrackDistances(euclidean, cosine.prepare(features), owners).compare(
        cosine.prepare(query)
    )
    assert np.argsort(by_cosine).tolist() == np.argsort(by_length).tolist()
    assert by_cosine == pytest.approx(by_length**2 / 2)
