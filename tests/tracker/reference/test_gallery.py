import numpy as np
import pytest
from scipy.spatial.distance import cdist

from flatsort.tracker import AppearanceMetric
from flatsort.tracker.reference.gallery import Gallery

X, Y, Z = np.eye(3, dtype=np.float32)


def gallery_of(metric, *histories, budget=100):
    """A gallery whose track t has the features histories[t], oldest first."""
    gallery = Gallery(metric, budget)
    for row, history in enumerate(histories):
        gallery.append(gallery.prepare(np.array(history[:1])))
        for feature in history[1:]:
            gallery.push(np.array([row]), gallery.prepare(feature[None]))
    return gallery


def distances(gallery, rows, *features):
    return gallery.distances(np.array(rows), gallery.prepare(np.array(features)))


def test_bad_features():
    with pytest.raises(ValueError, match="must be finite"):
        AppearanceMetric().prepare([[np.nan, 1]])
    with pytest.raises(ValueError, match="features have 3 columns, but the metric's centre has 2"):
        AppearanceMetric(centre=np.zeros(2)).prepare([X])
    gallery = gallery_of(AppearanceMetric(), [X])
    with pytest.raises(ValueError, match="features have 2 columns, but earlier ones had 3"):
        gallery.prepare([[1.0, 0]])


def test_nearest_of_the_gallery():
    gallery = gallery_of(AppearanceMetric(), [X, Y], [Z])
    np.testing.assert_allclose(distances(gallery, [0, 1], X, Y, Z), [[0, 0, 1], [1, 1, 0]])
    np.testing.assert_allclose(distances(gallery, [1], Z), [[0]])
    np.testing.assert_allclose(distances(gallery, [1, 0], Z), [[0], [1]])


def test_budget_forgets_the_oldest():
    gallery = gallery_of(AppearanceMetric(), [X, Y, Z], budget=2)
    np.testing.assert_allclose(distances(gallery, [0], X, Y, Z), [[1, 0, 0]])


def test_dead_tracks_are_forgotten_and_their_slots_reused():
    gallery = gallery_of(AppearanceMetric(), [X, X], [Y, Y], [Z, Z])
    gallery.keep(np.array([False, True, True]))
    gallery.append(gallery.prepare([-X]))
    assert len(gallery) == 3
    # The rows are now Y, Z, -X. The new track must not remember X.
    np.testing.assert_allclose(distances(gallery, [0, 1, 2], X), [[1], [1], [2]])


def test_nothing_to_compare():
    gallery = Gallery(AppearanceMetric(), budget=100)
    assert distances(gallery, np.empty(0, dtype=int), X).shape == (0, 1)
    gallery = gallery_of(AppearanceMetric(), [X])
    nothing = gallery.prepare(np.empty((0, 0), dtype=np.float32))
    assert gallery.distances(np.array([0]), nothing).shape == (1, 0)


@pytest.mark.parametrize("kind", ["cosine", "euclidean"])
def test_random_births_and_deaths_against_plain_lists(kind):
    rng = np.random.default_rng(1)
    metric = AppearanceMetric(kind, 0.2)
    gallery, histories = Gallery(metric, budget=4), []
    for _ in range(200):
        born = rng.normal(size=(rng.integers(0, 3), 8)).astype(np.float32)
        gallery.append(gallery.prepare(born))
        histories += [[feature] for feature in born]
        rows = np.flatnonzero(rng.random(len(histories)) < 0.7)
        seen = rng.normal(size=(len(rows), 8)).astype(np.float32)
        gallery.push(rows, gallery.prepare(seen))
        for row, feature in zip(rows, seen, strict=True):
            histories[row] = [*histories[row], feature][-4:]
        kept = rng.random(len(histories)) < 0.85
        gallery.keep(kept)
        histories = [h for h, keep in zip(histories, kept, strict=True) if keep]
        queries = rng.normal(size=(3, 8)).astype(np.float32)
        rows = rng.permutation(len(histories))
        expected = [cdist(histories[row], queries, kind).min(axis=0) for row in rows]
        ours = gallery.distances(rows, gallery.prepare(queries))
        np.testing.assert_allclose(ours, np.reshape(expected, (-1, 3)), atol=1e-5)


def test_features_without_columns_are_all_equal():
    gallery = Gallery(AppearanceMetric("euclidean", gate=1.0), budget=3)
    gallery.append(np.empty((2, 0), np.float32))
    assert gallery.distances(np.arange(2), np.empty((3, 0), np.float32)).tolist() == [[0.0] * 3] * 2
