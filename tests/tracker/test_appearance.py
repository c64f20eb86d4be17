import numpy as np
import pytest
from scipy.spatial.distance import cdist

from flatsort.tracker import AppearanceMetric

X, Y, Z = np.eye(3, dtype=np.float32)


@pytest.mark.parametrize("kind", ["cosine", "euclidean"])
@pytest.mark.parametrize("centred", [False, True])
def test_distances_against_scipy(kind, centred):
    rng = np.random.default_rng(0)
    a, b = rng.normal(1, 1, (5, 16)), rng.normal(1, 1, (7, 16))
    centre = rng.normal(1, 0.1, 16) if centred else None
    shift = centre if centred else 0
    ours = AppearanceMetric(kind, 0.2, centre).distances(a, b)
    np.testing.assert_allclose(ours, cdist(a - shift, b - shift, kind), atol=1e-5)


def test_cosine_by_hand():
    # The same direction, a right angle, the opposite direction. Lengths do not matter.
    ours = AppearanceMetric().distances([2 * X], [5 * X, Y, -X])
    np.testing.assert_allclose(ours, [[0, 1, 2]])


def test_euclidean_is_not_squared():
    ours = AppearanceMetric("euclidean", 1.0).distances([[0.0, 0]], [[3.0, 4]])
    np.testing.assert_allclose(ours, [[5]])


def test_centring_separates_features_far_from_the_origin():
    far = np.array([100.0, 100, 100])
    a, b = far + X, far + Y
    assert AppearanceMetric().distances([a], [b])[0, 0] < 1e-3
    centred = AppearanceMetric(centre=far).distances([a], [b])[0, 0]
    assert centred == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("size", [1e-44, 1e-30, 1e-20, 1e-13, 1.0, 1e16, 1e19, 1e30, 3e38])
def test_cosine_has_no_size_that_is_too_small_or_too_large(size):
    # 1e-44 is seven times the smallest number of float32, so its direction is rounded.
    a, b = size * (X + Y) / 2, size * X
    assert (
        AppearanceMetric().distances([a, a], [a, b, -a]).tolist()
        == [pytest.approx([0, 1 - np.sqrt(0.5), 2], abs=0.15 if size < 1e-40 else 1e-6)] * 2
    )


def test_a_feature_too_far_from_the_centre_is_refused():
    metric = AppearanceMetric(centre=-3e38 * X)
    assert metric.distances([X], [X]).tolist() == [[pytest.approx(0, abs=1e-6)]]
    with pytest.raises(ValueError, match="must be finite"):
        metric.distances([3e38 * X], [X])


def test_zero_feature_is_at_distance_one():
    metric = AppearanceMetric(centre=X)
    np.testing.assert_array_equal(metric.distances([X], [Y, X]), [[1, 1]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "manhattan"}, "kind must be .* not 'manhattan'"),
        ({"gate": 0.0}, "gate .* not 0.0"),
        ({"gate": np.nan}, "gate .* not nan"),
        ({"centre": np.zeros((2, 2))}, "centre must be a finite vector"),
        ({"centre": np.array([np.inf])}, "centre must be a finite vector"),
    ],
)
def test_bad_metrics(arguments, message):
    with pytest.raises(ValueError, match=message):
        AppearanceMetric(**arguments)


def test_euclidean_distances_far_from_the_origin():
    # In float32 the square of 1000 is too large to keep a tenth.
    metric = AppearanceMetric("euclidean", gate=1.0)
    origin = np.full((1, 128), 1000.0, np.float32)
    assert metric.distances(origin, origin + 0.125)[0, 0] == pytest.approx(128**0.5 / 8, rel=1e-6)


@pytest.mark.parametrize("exponent", [-44, -38, -30, -20, -15, 0, 15, 19, 30, 37])
def test_the_size_of_features_does_not_matter_to_cosine(exponent):
    """Squares of 1e-23 and below are zero in float32, and those of 1e20 infinite."""
    # In units of 1e-44, float32 has whole numbers up to seven only.
    features = np.array([[3.0, 4.0], [4.0, 3.0], [0.0, 2.0], [0.0, 0.0]])
    scaled = (features * 10.0**exponent).astype(np.float32)
    metric = AppearanceMetric("cosine", 0.2)
    distances = metric.compare(metric.prepare(scaled), metric.prepare(scaled))
    expected = [[0, 0.04, 0.2, 1], [0.04, 0, 0.4, 1], [0.2, 0.4, 0, 1], [1, 1, 1, 1]]
    np.testing.assert_allclose(distances, expected, atol=0.02 if exponent == -44 else 1e-6)


def test_features_that_overflow_when_centred_are_refused():
    metric = AppearanceMetric("cosine", 0.2, centre=np.full(2, -3e38, np.float32))
    with pytest.raises(ValueError, match="must be finite"):
        metric.prepare(np.full((1, 2), 3e38, np.float32))
