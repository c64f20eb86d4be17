"""Errors in nats, compared with torch's distributions and with values by hand."""

import math

import pytest
import torch
from torch.distributions import Bernoulli as BernoulliDistribution
from torch.distributions import Normal

from flatsort.reid_vae.model.likelihood import BernoulliLikelihood, GaussianLikelihood


def test_gaussian_is_the_log_density_up_to_its_constant() -> None:
    data, decoded = torch.randn(2, 5, 7)
    expected = -Normal(decoded, 0.3).log_prob(data).sum(1) - 7 / 2 * math.log(2 * math.pi * 0.09)
    torch.testing.assert_close(GaussianLikelihood().error(data, decoded, 0.3), expected)


def test_bernoulli_is_the_log_probability() -> None:
    data, decoded = (torch.rand(5, 7) < 0.5).float(), torch.rand(5, 7)
    expected = -BernoulliDistribution(decoded).log_prob(data).sum(1)
    torch.testing.assert_close(BernoulliLikelihood().error(data, decoded, 0.2), expected)


def test_bernoulli_error_and_gradient_are_finite_for_a_certain_mistake() -> None:
    decoded = torch.tensor([[0.0, 1.0]], requires_grad=True)
    error = BernoulliLikelihood().error(torch.tensor([[1.0, 0.0]]), decoded, 0.2)
    error.sum().backward()
    assert error.item() == 200
    assert decoded.grad.isfinite().all()
    assert decoded.grad[0, 0] < 0 < decoded.grad[0, 1]


def test_the_allowed_error_is_kappa() -> None:
    # An error of 0.3 in each of seven values: 0.09 / (2 * 0.09) nats per value.
    data = torch.randn(1, 7)
    error = GaussianLikelihood().error(data, data + 0.3, 0.3).item()
    assert error == pytest.approx(GaussianLikelihood().allowed(7, 0.3), rel=1e-5)
    assert GaussianLikelihood().allowed(7, 0.3) == 3.5
    # Four fair coins of log 2 nats each.
    coins = (
        BernoulliLikelihood().error(torch.ones(1, 4), torch.full((1, 4), 0.5), math.log(2)).item()
    )
    assert coins == pytest.approx(BernoulliLikelihood().allowed(4, math.log(2)))


def test_errors_in_kappa_s_units() -> None:
    data = torch.randn(1, 50)
    error = GaussianLikelihood().error(data, data - 0.2, 0.7).item()
    assert GaussianLikelihood().error_per_value(error, 50, 0.7) == pytest.approx(0.2, rel=1e-5)
    assert BernoulliLikelihood().error_per_value(30.0, 60, 0.7) == 0.5
