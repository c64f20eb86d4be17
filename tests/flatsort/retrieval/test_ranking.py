"""Every engine ranks tracks as an exhaustive comparison does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatsort.retrieval.neighbours import ENGINES, installed_engines
from flatsort.retrieval.ranking import TrackSearch
from flatsort.retrieval.track_distances import TrackDistances
from flatsort.tracker import AppearanceMetric


def ranked(distances, excluded):
    """Return track numbers by distance; equally near tracks keep the order of the index."""
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
def test_the_ranking_equals_an_exhaustive_comparison(
    engine, seed, kind, is_centred, is_rounded, count, excluded
):
    rng = np.random.default_rng(seed)
    columns = int(rng.integers(1, 9))
    owners = np.repeat(np.arange(40), rng.integers(1, 30, 40))
    # Some tracks are far apart and some overlap, so the first neighbours are not always enough.
    features = rng.normal(size=(40, columns))[owners] + 0.7 * rng.normal(
        size=(len(owners), columns)
    )
    # Rounded features coincide, and some are zero.
    features = (np.round(2 * features) if is_rounded else features).astype(np.float32)
    centre = np.ones(columns, np.float32) if is_centred else None
    metric = AppearanceMetric(kind, 1.0, centre)
    distances = TrackDistances(metric, features, owners)
    query = metric.prepare(features[owners == seed % 40])
    everything = distances.compare(query)
    found = TrackSearch(distances, ENGINES[engine]).nearest(query, count, excluded)
    assert found.tracks.tolist() == ranked(everything, excluded)[:count]
    assert found.distances.tolist() == everything[found.tracks].tolist()


@pytest.mark.parametrize("engine", installed_engines())
def test_more_tracks_are_wanted_than_there_are(engine):
    features = np.array([[0], [1], [5]], np.float32)
    distances = TrackDistances(AppearanceMetric("euclidean", 1.0), features, np.array([0, 1, 1]))
    search = TrackSearch(distances, ENGINES[engine])
    assert search.nearest(features[2:], 9).tracks.tolist() == [1, 0]
    assert search.nearest(features[2:], 9, [1]).distances.tolist() == [5]
    assert search.nearest(features[2:], 9, [0, 1]).tracks.tolist() == []


def test_few_tracks_are_compared_if_few_are_near():
    """The engine must save comparisons: fewer than 60 of 500 tracks are compared."""
    rng = np.random.default_rng(1)
    owners = np.repeat(np.arange(500), 8)
    features = (rng.normal(size=(500, 3))[owners] * 100 + rng.normal(size=(4000, 3))).astype("f4")
    distances = TrackDistances(AppearanceMetric("euclidean", 1.0), features, owners)
    compared = []
    compare = distances.compare

    def counting(queries, tracks=None):
        compared.append(len(tracks))
        return compare(queries, tracks)

    distances.compare = counting
    TrackSearch(distances, ENGINES["kd-tree"]).nearest(features[owners == 7], 5, [7])
    assert sum(compared) < 60
