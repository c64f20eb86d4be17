"""The same tracks in the same order as comparing everything, whatever the engine."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatsort.retrieval.distances import TrackDistances
from flatsort.retrieval.neighbours import ENGINES, installed_engines
from flatsort.retrieval.ranking import TrackSearch
from flatsort.tracker.gallery import AppearanceMetric


def ranked(distances, excluded):
    """Track numbers by distance; a stable sort, so equal ones as they are indexed."""
    return [track for track in np.argsort(distances, kind="stable") if track not in excluded]


@pytest.mark.parametrize("engine", installed_engines())
@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    kind=st.sampled_from(["euclidean", "cosine"]),
    is_centred=st.booleans(),
    is_rounded=st.booleans(),
    count=st.integers(1, 12),
    excluded=st.lists(st.integers(0, 20), max_size=3),
)
def test_as_comparing_everything(engine, seed, kind, is_centred, is_rounded, count, excluded):
    rng = np.random.default_rng(seed)
    columns = int(rng.integers(1, 9))
    owners = np.repeat(np.arange(40), rng.integers(1, 30, 40))
    # Tracks that are apart, and near in part: the first reach is not always enough.
    features = rng.normal(size=(40, columns))[owners] + 0.7 * rng.normal(
        size=(len(owners), columns)
    )
    # Rounded ones coincide, and some have no direction.
    features = (np.round(2 * features) if is_rounded else features).astype(np.float32)
    centre = np.ones(columns, np.float32) if is_centred else None
    metric = AppearanceMetric(kind, 1.0, centre)
    distances = TrackDistances(metric, features, owners)
    query = metric.prepare(features[owners == seed % 40])
    everything = distances.to(query)
    found = TrackSearch(distances, ENGINES[engine]).nearest(query, count, excluded)
    assert found.tracks.tolist() == ranked(everything, excluded)[:count]
    assert found.distances.tolist() == everything[found.tracks].tolist()


@pytest.mark.parametrize("engine", installed_engines())
def test_more_are_asked_for_than_there_are(engine):
    features = np.array([[0], [1], [5]], np.float32)
    distances = TrackDistances(AppearanceMetric("euclidean", 1.0), features, np.array([0, 1, 1]))
    search = TrackSearch(distances, ENGINES[engine])
    assert search.nearest(features[2:], 9).tracks.tolist() == [1, 0]
    assert search.nearest(features[2:], 9, [1]).distances.tolist() == [5]
    assert search.nearest(features[2:], 9, [0, 1]).tracks.tolist() == []


def test_few_are_compared_where_few_are_near():
    """Otherwise the engine would be for nothing."""
    rng = np.random.default_rng(1)
    owners = np.repeat(np.arange(500), 8)
    features = (rng.normal(size=(500, 3))[owners] * 100 + rng.normal(size=(4000, 3))).astype("f4")
    distances = TrackDistances(AppearanceMetric("euclidean", 1.0), features, owners)
    compared = []
    to = distances.to

    def counting(queries, tracks=None):
        compared.append(len(tracks))
        return to(queries, tracks)

    distances.to = counting
    TrackSearch(distances, ENGINES["kd-tree"]).nearest(features[owners == 7], 5, [7])
    assert sum(compared) < 60
