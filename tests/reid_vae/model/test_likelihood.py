"""Errors in nats, against torch's distributions and by hand."""

import math

import pytest
import torch
from torch.distributions import Bernoulli as BernoulliDistribution
from torch.distributions import Normal

from flatsort.reid_vae.model.likelihood import Bernoulli, Gaussian


def test_gaussian_is_the_log_density_up_to_its_constant() -> None:
    data, decoded = torch.randn(2, 5, 7)
    expected = -Normal(decoded, 0.3).log_prob(data).sum(1) - 7 / 2 * math.log(2 * math.pi * 0.09)
    torch.testing.assert_close(Gaussian().error(data, decoded, 0.3), expected)


def test_bernoulli_is_the_log_probability() -> None:
    data, decoded = (torch.rand(5, 7) < 0.5).float(), torch.rand(5, 7)
    expected = -BernoulliDistribution(decoded).log_prob(data).sum(1)
    torch.testing.assert_close(Bernoulli().error(data, decoded, 0.2), expected)


def test_bernoulli_of_a_sure_mistake_is_finite_and_pulls_back() -> None:
    decoded = torch.tensor([[0.0, 1.0]], requires_grad=True)
    error = Bernoulli().error(torch.tensor([[1.0, 0.0]]), decoded, 0.2)
    error.sum().backward()
    assert error.item() == 200
    assert decoded.grad.isfinite().all()
    assert decoded.grad[0, 0] < 0 < decoded.grad[0, 1]


def test_what_is_allowed_is_an_error_of_kappa() -> None:
    # Off by 0.3 in each of seven values: 0.09 / (2 * 0.09) each.
    data = torch.randn(1, 7)
    error = Gaussian().error(data, data + 0.3, 0.3).item()
    assert error == pytest.approx(Gaussian().allowed(7, 0.3), rel=1e-5)
    assert Gaussian().allowed(7, 0.3) == 3.5
    # Four coins, each a surprise of log 2 nats.
    coins = Bernoulli().error(torch.ones(1, 4), torch.full((1, 4), 0.5), math.log(2)).item()
    assert coins == pytest.approx(Bernoulli().allowed(4, math.log(2)))


def test_errors_in_kappa_s_units() -> None:
    data = torch.randn(1, 50)
    error = Gaussian().error(data, data - 0.2, 0.7).item()
    assert Gaussian().in_units(error, 50, 0.7) == pytest.approx(0.2, rel=1e-5)
    assert Bernoulli().in_units(30.0, 60, 0.7) == 0.5
