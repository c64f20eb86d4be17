"""The nuisance covariance, compared with sums by hand, numpy's cov and scipy's Wishart density."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.stats import wishart
from torch import Tensor

from flatsort.reid_vae.model.nuisance_covariance import (
    FOLDS,
    SHRINKAGES,
    NuisanceCovariance,
    Scatter,
    number_from_zero,
)

TRACKLETS = torch.tensor([0, 1, 0, 2, 1, 0, 1, 2, 3, 0])
# Two people with two pictures each; a picture has two values.
BY_HAND = torch.tensor([[0.0, 0.0], [2, 0], [0, 4], [2, 8]])
TWO_PEOPLE = torch.tensor([0, 0, 1, 1])


def as_pictures(values: Tensor) -> Tensor:
    """Shape values (N, D) as pictures (N, 1, 1, D), which mirroring reverses."""
    return values[:, None, None, :]


def batches(values: Tensor, batch_size: int) -> list[tuple[slice, Tensor]]:
    starts = range(0, len(values), batch_size)
    slices = [slice(start, start + batch_size) for start in starts]
    return [(rows, as_pictures(values[rows])) for rows in slices]


def scatter_of(tracklets: Tensor, values: Tensor, batch_size: int = 100) -> Scatter:
    scatter = Scatter(tracklets, values.shape[1])
    for rows, pictures in batches(values, batch_size):
        scatter.add(rows, pictures)
    return scatter


def nuisance_of(
    tracklets: Tensor, values: Tensor, rank: int, batch_size: int = 100
) -> NuisanceCovariance:
    nuisance = NuisanceCovariance(tracklets, scatter_of(tracklets, values), rank)
    for rows, pictures in batches(values, batch_size):
        nuisance.add(rows, pictures)
    return nuisance


def with_mirrors(values: Tensor) -> NDArray[np.float64]:
    return torch.cat([values, values.flip(-1)]).double().numpy()


def pooled(tracklets: Tensor, values: Tensor) -> NDArray[np.float64]:
    """Return the mean of the tracklets' sample covariances, mirror images included.

    Each is weighted by its degrees of freedom.
    """
    both, labels = with_mirrors(values), tracklets.repeat(2).numpy()
    sums, degrees = np.zeros((values.shape[1],) * 2), 0
    for label in np.unique(tracklets):
        own = both[labels == label]
        if len(own) > 2:
            sums += (len(own) - 1) * np.cov(own, rowvar=False)
            degrees += len(own) - 1
    return sums / degrees


@pytest.fixture
def values() -> Tensor:
    """Ten pictures of four people, six values per picture, with means far from zero."""
    return 5 + torch.randn(10, 6) + 3 * torch.randn(4, 6)[TRACKLETS]


class TestScatter:
    def test_two_people_by_hand(self) -> None:
        scatter = scatter_of(TWO_PEOPLE, BY_HAND)
        # The first person's pictures are (0, 0) and (2, 0), and mirrored (0, 0) and (0, 2).
        assert scatter.tracklet_means().tolist() == [[0.5, 0.5], [3.5, 3.5]]
        # About the mean (2, 2) the squares of all eight pictures sum to 56, the products to 0.
        assert scatter.total_covariance().tolist() == [[7, 0], [0, 7]]

    def test_means_of_tracklets(self, values: Tensor) -> None:
        means = scatter_of(TRACKLETS, values).tracklet_means()
        for tracklet in range(4):
            own = values[tracklet == TRACKLETS].double()
            torch.testing.assert_close(means[tracklet], (own + own.flip(-1)).mean(0) / 2)

    def test_total_is_the_covariance_of_all_pictures(self, values: Tensor) -> None:
        expected = np.cov(with_mirrors(values), rowvar=False, ddof=0)
        np.testing.assert_allclose(
            scatter_of(TRACKLETS, values).total_covariance(), expected, atol=1e-10
        )

    @pytest.mark.parametrize("batch_size", [1, 3, 9])
    def test_batches_do_not_matter(self, values: Tensor, batch_size: int) -> None:
        whole, parts = scatter_of(TRACKLETS, values), scatter_of(TRACKLETS, values, batch_size)
        torch.testing.assert_close(parts.total_covariance(), whole.total_covariance())
        torch.testing.assert_close(parts.tracklet_means(), whole.tracklet_means())


class TestCovariance:
    def test_two_people_by_hand(self) -> None:
        # About the two people's means the squares of each value sum to 3 and 35, the products to -1
        # and -17. Eight pictures minus two means leave six degrees of freedom. All directions are
        # kept, in an unknown basis, so the test compares eigenvalues of ((38, -18), (-18, 38)) / 6.
        within = nuisance_of(TWO_PEOPLE, BY_HAND, rank=2).covariance()
        np.testing.assert_allclose(torch.linalg.eigvalsh(within), [20 / 6, 56 / 6])

    def test_is_the_pooled_covariance_of_tracklets(self, values: Tensor) -> None:
        expected = pooled(TRACKLETS, values)
        within = nuisance_of(TRACKLETS, values, rank=6).covariance()
        _, basis = torch.linalg.eigh(scatter_of(TRACKLETS, values).total_covariance())
        np.testing.assert_allclose(basis @ within @ basis.T, expected, atol=1e-10)

    def test_a_tracklet_of_one_picture_is_ignored(self, values: Tensor) -> None:
        # The fourth person has one picture, and its asymmetry must not matter.
        changed = values.clone()
        changed[8] = changed[8].flip(-1)
        one = nuisance_of(TRACKLETS, values, rank=6).covariance()
        other = nuisance_of(TRACKLETS, changed, rank=6).covariance()
        torch.testing.assert_close(one, other)
        assert one.trace() == pytest.approx(np.trace(pooled(TRACKLETS, values)))

    @pytest.mark.parametrize("batch_size", [1, 3, 9])
    def test_batches_do_not_matter(self, values: Tensor, batch_size: int) -> None:
        whole = nuisance_of(TRACKLETS, values, 4).covariance()
        torch.testing.assert_close(
            nuisance_of(TRACKLETS, values, 4, batch_size).covariance(), whole
        )

    def test_no_tracklet_with_two_pictures(self, values: Tensor) -> None:
        with pytest.raises(ValueError, match="no tracklet has two pictures"):
            nuisance_of(torch.arange(10), values, rank=3).covariance()

    def test_pictures_that_do_not_differ(self) -> None:
        # Symmetric people who do not move.
        people = torch.randn(3, 2).repeat(1, 2)
        people[:, 2:] = people[:, :2].flip(-1)
        tracklets = torch.arange(3).repeat(4)
        with pytest.raises(ValueError, match="do not differ"):
            nuisance_of(tracklets, people[tracklets], rank=2).whitening()


def people(count: int, each: int, size: int, deviations: Tensor) -> tuple[Tensor, Tensor]:
    """Return tracklets, and values whose nuisance has these standard deviations on fixed axes."""
    tracklets = torch.arange(count).repeat_interleave(each)
    directions, _ = torch.linalg.qr(torch.randn(size, size))
    noise = torch.randn(len(tracklets), size) * deviations @ directions.T
    return tracklets, 10 * torch.randn(count, size)[tracklets] + noise


class TestShrinkage:
    @pytest.mark.parametrize("count", [10, 40])
    def test_has_the_highest_likelihood_by_scipy_s_wishart(self, count: int) -> None:
        tracklets, values = people(count, 4, 6, torch.tensor([9.0, 3, 1, 1, 0.3, 0.1]))
        # Tracklets are dealt to the folds in turn.
        folds = (1 + tracklets) % FOLDS
        directions = torch.linalg.eigh(scatter_of(tracklets, values).total_covariance())[1].numpy()
        scatters, degrees = [], []
        for fold in range(FOLDS):
            mine = folds == fold
            degrees.append(7 * len(tracklets[mine].unique()))
            own = pooled(tracklets[mine], values[mine]) * degrees[-1]
            scatters.append(directions.T @ own @ directions)

        def expected(shrinkage: float) -> float:
            found = 0.0
            for fold in range(FOLDS):
                rest = sum(scatters) - scatters[fold]
                rest = rest / (sum(degrees) - degrees[fold])
                rest = rest + shrinkage * np.trace(rest) / 6 * np.eye(6)
                found += wishart.logpdf(scatters[fold], degrees[fold], rest)
            return found

        nuisance = nuisance_of(tracklets, values, rank=6)
        likelihoods = np.array([nuisance._held_out_likelihood(s) for s in SHRINKAGES])
        # The likelihoods leave out terms that do not depend on the shrinkage.
        np.testing.assert_allclose(
            np.diff(likelihoods), np.diff([expected(s) for s in SHRINKAGES]), rtol=1e-6
        )
        assert nuisance.shrinkage() == SHRINKAGES[likelihoods.argmax()]

    def test_falls_with_more_footage(self) -> None:
        deviations = torch.logspace(0, -1, 12)
        few = nuisance_of(*people(8, 2, 12, deviations), rank=12).shrinkage()
        many = nuisance_of(*people(2000, 4, 12, deviations), rank=12).shrinkage()
        assert few > many == SHRINKAGES[-1]

    def test_is_strongest_when_no_tracklet_can_be_held_out(self) -> None:
        tracklets, values = people(1, 30, 4, torch.ones(4))
        assert nuisance_of(tracklets, values, rank=4).shrinkage() == SHRINKAGES[0] == 0.5

    def test_is_strongest_when_only_one_fold_has_movement(self) -> None:
        tracklets = torch.arange(2).repeat_interleave(6)
        values = torch.ones(12, 4)
        values[6:] += torch.randn(6, 4)
        assert nuisance_of(tracklets, values, rank=4).shrinkage() == SHRINKAGES[0]


class TestWhitening:
    @pytest.mark.parametrize("rank", [1, 3, 6])
    def test_makes_the_shrunk_nuisance_isotropic(self, values: Tensor, rank: int) -> None:
        nuisance = nuisance_of(TRACKLETS, values, rank)
        whitening = nuisance.whitening().double().numpy()
        assert whitening.shape == (rank, 6)
        within = pooled(TRACKLETS, values)
        _, basis = np.linalg.eigh(np.cov(with_mirrors(values), rowvar=False))
        mean = np.trace(basis[:, -rank:].T @ within @ basis[:, -rank:]) / rank
        shrunk = within + nuisance.shrinkage() * mean * np.eye(6)
        product = whitening @ shrunk @ whitening.T
        np.testing.assert_allclose(product / product[0, 0], np.eye(rank), atol=1e-4)

    def test_spans_the_directions_of_most_variance(self, values: Tensor) -> None:
        _, basis = np.linalg.eigh(np.cov(with_mirrors(values), rowvar=False))
        whitening = nuisance_of(TRACKLETS, values, rank=4).whitening().numpy()
        np.testing.assert_allclose(whitening @ basis[:, :2], np.zeros((4, 2)), atol=1e-5)

    def test_whitened_tracklets_have_unit_variance(self, values: Tensor) -> None:
        whitening = nuisance_of(TRACKLETS, values, rank=5).whitening()
        means = scatter_of(TRACKLETS, values).tracklet_means().float()[TRACKLETS]
        assert (means @ whitening.T).var(0).mean().item() == pytest.approx(1, rel=1e-4)

    def test_the_units_of_the_footage_do_not_matter(self, values: Tensor) -> None:
        one = values @ nuisance_of(TRACKLETS, values, rank=5).whitening().T
        other = 7 * values @ nuisance_of(TRACKLETS, 7 * values, rank=5).whitening().T
        torch.testing.assert_close(torch.cdist(one, one), torch.cdist(other, other))

    def test_people_who_all_look_the_same_are_an_error(self) -> None:
        # Each tracklet is a picture and its mirror image, so all tracklets have the same mean.
        values = torch.tensor([[0.0, 1.0], [1.0, 0.0]]).repeat(3, 1)
        tracklets = torch.arange(3).repeat_interleave(2)
        with pytest.raises(ValueError, match="all tracklets look the same"):
            nuisance_of(tracklets, values, rank=2).whitening()


@pytest.mark.parametrize(
    ("labels", "numbers"),
    [
        ([7, -2, 7, 100], [1, 0, 1, 2]),
        ([0, 1, 2], [0, 1, 2]),
        ([3], [0]),
    ],
)
def test_number_from_zero(labels: list[int], numbers: list[int]) -> None:
    numbered = number_from_zero(np.array(labels))
    assert numbered.dtype == torch.int64
    assert numbered.tolist() == numbers
