"""The nuisance covariance, against sums on paper and numpy's covariances."""

import numpy as np
import pytest
import torch
from torch import Tensor

from reid_vae.nuisance import SHRINKAGE, Scatter, nuisance_whitening, number_from_zero

TRACKLETS = torch.tensor([0, 1, 0, 2, 1, 0, 1, 2, 3, 0])


def scatter_of(tracklets: Tensor, values: Tensor, batch_size: int = 100) -> Scatter:
    """All values (N, D), as pictures in batches."""
    scatter = Scatter(tracklets, values.shape[1])
    for start in range(0, len(values), batch_size):
        rows = slice(start, start + batch_size)
        scatter.add(rows, values[rows, :, None, None])
    return scatter


@pytest.fixture
def values() -> Tensor:
    """Ten pictures of six values, far from zero and of four people."""
    return 5 + torch.randn(10, 6) + 3 * torch.randn(4, 6)[TRACKLETS]


class TestScatter:
    def test_two_people_on_paper(self) -> None:
        values = torch.tensor([[0.0, 0.0], [2, 0], [0, 4], [2, 8]])
        scatter = scatter_of(torch.tensor([0, 0, 1, 1]), values)
        assert scatter.tracklet_means().tolist() == [[1, 0], [1, 6]]
        # About (1, 3): (-1, -3), (1, -3), (-1, 1), (1, 5). Squares sum to 4 and 44, products to 4.
        assert scatter.total().tolist() == [[1, 1], [1, 11]]
        # About their own means: -(1, 0), (1, 0), -(1, 2), (1, 2). Squares sum to 4 and 8, products
        # to 4; four pictures less two means leave two degrees of freedom.
        assert scatter.within().tolist() == [[2, 2], [2, 4]]

    def test_means_of_tracklets(self, values: Tensor) -> None:
        means = scatter_of(TRACKLETS, values).tracklet_means()
        assert means.dtype == torch.float32
        for tracklet in range(4):
            expected = values[tracklet == TRACKLETS].mean(0)
            torch.testing.assert_close(means[tracklet], expected)

    def test_total_is_the_covariance_of_all(self, values: Tensor) -> None:
        expected = np.cov(values.double().numpy(), rowvar=False, ddof=0)
        np.testing.assert_allclose(scatter_of(TRACKLETS, values).total(), expected, atol=1e-10)

    def test_within_is_the_pooled_covariance_of_tracklets(self, values: Tensor) -> None:
        """Each tracklet's sample covariance, weighted by its degrees of freedom."""
        pooled = np.zeros((6, 6))
        for tracklet in range(3):
            # The fourth has one picture, which says nothing.
            own = values[tracklet == TRACKLETS].double().numpy()
            pooled += (len(own) - 1) * np.cov(own, rowvar=False)
        np.testing.assert_allclose(
            scatter_of(TRACKLETS, values).within(), pooled / (10 - 4), atol=1e-10
        )

    @pytest.mark.parametrize("batch_size", [1, 3, 9])
    def test_batches_do_not_matter(self, values: Tensor, batch_size: int) -> None:
        whole, parts = scatter_of(TRACKLETS, values), scatter_of(TRACKLETS, values, batch_size)
        torch.testing.assert_close(parts.total(), whole.total())
        torch.testing.assert_close(parts.within(), whole.within())
        torch.testing.assert_close(parts.tracklet_means(), whole.tracklet_means())

    def test_where_people_stand_does_not_change_within(self, values: Tensor) -> None:
        moved = values + 10 * torch.randn(4, 6)[TRACKLETS]
        here, there = scatter_of(TRACKLETS, values), scatter_of(TRACKLETS, moved)
        torch.testing.assert_close(here.within(), there.within(), atol=1e-4, rtol=1e-4)
        assert (there.total().diagonal() > here.total().diagonal()).any()

    def test_no_tracklet_with_two_pictures(self, values: Tensor) -> None:
        scatter = scatter_of(torch.arange(10), values)
        with pytest.raises(ValueError, match="no tracklet has two pictures"):
            scatter.within()


class TestWhitening:
    def test_two_directions_on_paper(self) -> None:
        total = torch.diag(torch.tensor([5.0, 9.0]).double())
        within = torch.diag(torch.tensor([4.0, 1.0]).double())
        # The mean nuisance variance is 2.5, of which 0.02 is 0.05: 4.05 and 1.05. Rows come in
        # order of total variance; the sign of each is free.
        whitening = nuisance_whitening(total, within, rank=2)
        expected = torch.diag(torch.tensor([4.05, 1.05])).rsqrt().nan_to_num(posinf=0)
        assert SHRINKAGE == 0.02
        torch.testing.assert_close(whitening.abs(), expected)

    def test_one_direction_of_two_on_paper(self) -> None:
        total = torch.diag(torch.tensor([5.0, 9.0]).double())
        within = torch.diag(torch.tensor([4.0, 1.0]).double())
        # Only the second, whose nuisance variance is 1, and the mean of it 1: 1.02.
        whitening = nuisance_whitening(total, within, rank=1)
        torch.testing.assert_close(whitening.abs(), torch.tensor([[0.0, 1.02**-0.5]]))

    @pytest.fixture
    def covariances(self) -> tuple[Tensor, Tensor]:
        """Total and nuisance covariance of 12 values."""
        between, within = (m @ m.T / 12 for m in torch.randn(2, 12, 12, dtype=torch.float64))
        return 4 * between + within, within

    @pytest.mark.parametrize("rank", [1, 5, 12])
    def test_makes_the_nuisance_isotropic_but_for_the_shrinkage(
        self, covariances: tuple[Tensor, Tensor], rank: int
    ) -> None:
        total, within = covariances
        directions = np.linalg.svd(total.numpy())[0][:, :rank]
        added = SHRINKAGE * np.trace(directions.T @ within.numpy() @ directions) / rank
        whitening = nuisance_whitening(total, within, rank).double()
        assert whitening.shape == (rank, 12)
        shrunk = within + added * torch.eye(12)
        torch.testing.assert_close(
            whitening @ shrunk @ whitening.T, torch.eye(rank).double(), atol=1e-4, rtol=0
        )
        # Without it every variance is at most 1: little varying directions count for less.
        assert torch.linalg.eigvalsh(whitening @ within @ whitening.T).max() < 1

    def test_spans_the_directions_of_most_variance(
        self, covariances: tuple[Tensor, Tensor]
    ) -> None:
        total, within = covariances
        rest = np.linalg.svd(total.numpy())[0][:, 5:]
        whitening = nuisance_whitening(total, within, rank=5)
        np.testing.assert_allclose(whitening.numpy() @ rest, np.zeros((5, 7)), atol=1e-5)

    def test_of_an_isotropic_nuisance_only_scales(self) -> None:
        total = torch.diag(torch.arange(1.0, 7).double())
        whitening = nuisance_whitening(total, 0.25 * torch.eye(6).double(), rank=4)
        # Distances within the subspace are in units of a deviation of 0.5.
        torch.testing.assert_close(whitening @ whitening.T, torch.eye(4) / (0.25 * (1 + SHRINKAGE)))


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


def test_pictures_that_do_not_differ_have_no_nuisance():
    total = torch.diag(torch.tensor([4.0, 1.0], dtype=torch.float64))
    with pytest.raises(ValueError, match="do not differ"):
        nuisance_whitening(total, torch.zeros_like(total), 2)
