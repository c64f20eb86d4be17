"""The closed form: a linear Gaussian model worked out on paper, and what it is for."""

import pytest
import torch

from flatsort.reid_vae.model.closed_form import fit_closed_form
from flatsort.reid_vae.model.nuisance_covariance import Scatter


def scatter_of(values, tracklets):
    """Pictures of one pixel, which their mirror images equal."""
    values = torch.tensor(values, dtype=torch.float32)
    scatter = Scatter(torch.tensor(tracklets), 3)
    scatter.add(slice(0, len(values)), values[:, :, None, None])
    return scatter


@pytest.fixture
def two_people():
    """Means 1 and 5 on the first axis, where pictures of one person differ by +-1.

    On the second axis people are equal and pictures differ by +-2; the third axis is constant.
    """
    values = [[mean + step, other, 7] for mean in (1, 5) for step in (-1, 1) for other in (-2, 2)]
    return scatter_of(values, [0] * 4 + [1] * 4)


def test_the_guess_of_a_person_is_that_of_the_paper(two_people):
    """B = 4 and S = 1 on the first axis, so the guess is 3 + (x - 3) 4 / 5."""
    closed = fit_closed_form(two_people, torch.eye(3), latent_size=1)
    torch.testing.assert_close(closed.mean, torch.tensor([3.0, 0, 7]))
    # One latent holds all of B, so the decoder's column is the axis times sqrt(4).
    torch.testing.assert_close(closed.directions.abs(), torch.tensor([[2.0], [0], [0]]))
    guess = closed.directions @ closed.encoder
    expected = torch.zeros(3, 3)
    expected[0, 0] = 0.8
    torch.testing.assert_close(guess, expected, atol=1e-5, rtol=0)


def test_the_decoder_is_an_isometry_in_whitened_values():
    generator = torch.Generator().manual_seed(0)
    tracklets = torch.arange(40).repeat_interleave(5)
    pictures = torch.randn(40, 12, generator=generator)[tracklets]
    pictures += 0.3 * torch.randn(200, 12, generator=generator)
    scatter = Scatter(tracklets, 12)
    scatter.add(slice(0, 200), pictures.unflatten(1, (3, 2, 2)))
    whitening = torch.randn(9, 12, generator=generator)
    closed = fit_closed_form(scatter, whitening, latent_size=4)
    products = closed.directions.T @ closed.directions
    torch.testing.assert_close(products, products[0, 0] * torch.eye(4), atol=1e-4, rtol=1e-4)


def test_directions_that_only_vary_within_people_do_not_count(two_people):
    closed = fit_closed_form(two_people, torch.eye(3), latent_size=2)
    assert closed.encoder[:, 1].abs().max() < 1e-5


def test_the_covariances_add_up(two_people):
    total = two_people.total_covariance()
    between = two_people.between_covariance()
    torch.testing.assert_close(between[0, 0].item(), 4.0)
    torch.testing.assert_close((total - between).diagonal()[:2].tolist(), [1.0, 4.0])
