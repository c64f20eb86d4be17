"""The bound F, compared with Gaussians whose divergence has a closed form."""

import math

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Independent, Normal, kl_divergence

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.prior import HierarchicalPrior, log_normal

MEAN = torch.tensor([0.5, -1.0, 0.0, 2.0])
LOG_VARIANCE = torch.tensor([0.0, -1.0, 0.5, -2.0])
PRIOR_MEAN = torch.tensor([0.0, 0.3, -0.2, 1.0])
PRIOR_LOG_VARIANCE = torch.tensor([0.4, 0.0, -0.5, 0.2])


def gaussian(mean: Tensor, log_variance: Tensor) -> Independent:
    return Independent(Normal(mean, torch.exp(0.5 * log_variance)), 1)


def ignore_the_input(network: nn.Module, mean: Tensor, log_variance: Tensor) -> None:
    """Make a perceptron return one Gaussian for every input."""
    head = network.gaussian
    limit = head.LOG_VARIANCE_LIMIT
    with torch.no_grad():
        head.mean.weight.zero_()
        head.log_variance.weight.zero_()
        head.mean.bias.copy_(mean)
        # The head clamps by limit * tanh(x / limit), so its bias is the inverse of that.
        head.log_variance.bias.copy_(limit * torch.atanh(log_variance / limit))


class Affine(nn.Module):
    """A network that returns N(slope * input + offset, exp(log_variance))."""

    def __init__(self, slope: Tensor, offset: Tensor, log_variance: Tensor) -> None:
        super().__init__()
        self.slope, self.offset, self.log_variance = slope, offset, log_variance

    def forward(self, values: Tensor) -> tuple[Tensor, Tensor]:
        return values * self.slope + self.offset, self.log_variance.expand(values.shape)


@pytest.fixture
def samples() -> Tensor:
    """20,000 samples of q(z | x)."""
    return MEAN + torch.randn(20_000, 4) * torch.exp(0.5 * LOG_VARIANCE)


def bound_of(prior: HierarchicalPrior, z: Tensor, count: int) -> Tensor:
    return prior.bound(z, MEAN.expand(z.shape), LOG_VARIANCE.expand(z.shape), count)


def test_log_normal_is_the_density_of_torch() -> None:
    values, mean, log_variance = torch.randn(3, 5, 7, dtype=torch.float64)
    expected = gaussian(mean, log_variance).log_prob(values)
    torch.testing.assert_close(log_normal(values, mean, log_variance), expected)


def test_log_normal_of_the_standard_normal_at_its_mean() -> None:
    # Each of three axes contributes -log sqrt(2 pi).
    zero = torch.zeros(1, 3)
    assert log_normal(zero, zero, zero).item() == pytest.approx(-1.5 * math.log(2 * math.pi))


class TestPriorThatIgnoresZeta:
    """p(z | zeta) is one Gaussian and q(zeta | z) = p(zeta): every importance weight is p(z)."""

    @pytest.fixture
    def prior(self, tiny: Architecture) -> HierarchicalPrior:
        prior = HierarchicalPrior(tiny)
        ignore_the_input(prior.generator, PRIOR_MEAN, PRIOR_LOG_VARIANCE)
        ignore_the_input(prior.inference, torch.zeros(3), torch.zeros(3))
        return prior

    @pytest.mark.parametrize("count", [1, 8])
    def test_log_density_is_exact(self, prior: HierarchicalPrior, count: int) -> None:
        z = torch.randn(10, 4)
        expected = gaussian(PRIOR_MEAN, PRIOR_LOG_VARIANCE).log_prob(z)
        torch.testing.assert_close(prior.log_density(z, count), expected)

    def test_mean_of_the_bound_is_the_divergence(
        self, prior: HierarchicalPrior, samples: Tensor
    ) -> None:
        bound = bound_of(prior, samples, 1)
        expected = kl_divergence(
            gaussian(MEAN, LOG_VARIANCE), gaussian(PRIOR_MEAN, PRIOR_LOG_VARIANCE)
        ).item()
        standard_error = bound.std().item() / math.sqrt(len(bound))
        assert bound.mean().item() == pytest.approx(expected, abs=4 * standard_error)

    def test_a_wrong_inference_network_only_loosens_the_bound(
        self, prior: HierarchicalPrior, samples: Tensor
    ) -> None:
        ignore_the_input(prior.inference, torch.full((3,), 0.7), torch.full((3,), -0.5))
        expected = kl_divergence(
            gaussian(MEAN, LOG_VARIANCE), gaussian(PRIOR_MEAN, PRIOR_LOG_VARIANCE)
        ).item()
        loose, tight = (bound_of(prior, samples, count).mean().item() for count in (1, 64))
        # At K = 1 the gap is KL(q(zeta) || p(zeta)): (0.49 + e^-0.5 - 1 + 0.5) / 2 per axis.
        gap = 3 * (0.49 + math.exp(-0.5) - 1 + 0.5) / 2
        assert loose == pytest.approx(expected + gap, abs=0.06)
        assert expected - 0.06 < tight < expected + 0.25 * gap


class TestLinearGaussianHierarchy:
    """z = slope zeta + offset + noise, so p(z) is N(offset, slope^2 + noise variance)."""

    SLOPE = torch.tensor([1.0, 0.5, -0.8, 0.2])
    NOISE = torch.tensor([0.3, 0.5, 0.8, 0.1])

    @pytest.fixture
    def prior(self, tiny: Architecture) -> HierarchicalPrior:
        prior = HierarchicalPrior(tiny)
        prior.generator = Affine(self.SLOPE, PRIOR_MEAN, self.NOISE.log())
        return prior

    @property
    def divergence(self) -> float:
        marginal = gaussian(PRIOR_MEAN, (self.SLOPE**2 + self.NOISE).log())
        return kl_divergence(gaussian(MEAN, LOG_VARIANCE), marginal).item()

    def test_the_true_posterior_of_zeta_makes_the_bound_exact(
        self, prior: HierarchicalPrior
    ) -> None:
        # p(zeta | z) is Gaussian with variance noise / (slope^2 + noise) and mean
        # slope (z - offset) / (slope^2 + noise). Every importance weight is then p(z), for any K.
        total = self.SLOPE**2 + self.NOISE
        gain = self.SLOPE / total
        prior.inference = Affine(gain, -gain * PRIOR_MEAN, (self.NOISE / total).log())
        z = torch.randn(10, 4)
        expected = gaussian(PRIOR_MEAN, total.log()).log_prob(z)
        torch.testing.assert_close(prior.log_density(z, 1), expected, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(prior.log_density(z, 5), expected, atol=1e-4, rtol=1e-4)

    def test_the_bound_lies_above_the_divergence_and_tightens_with_k(
        self, prior: HierarchicalPrior, samples: Tensor
    ) -> None:
        prior.inference = Affine(torch.zeros(4), torch.zeros(4), torch.zeros(4))
        bounds = [bound_of(prior, samples[:5000], k).mean().item() for k in (1, 4, 16, 128)]
        assert bounds == sorted(bounds, reverse=True)
        assert bounds[0] > self.divergence + 1
        # Every bound uses the same samples of z, so their noise is that of one mean of 5,000.
        assert self.divergence - 0.1 < bounds[-1] < self.divergence + 0.2

    def test_the_gradient_reaches_z_and_the_inference_network(self, tiny: Architecture) -> None:
        prior = HierarchicalPrior(tiny)
        z = torch.randn(6, 4, requires_grad=True)
        bound_of(prior, z, 2).sum().backward()
        assert z.grad.abs().sum() > 0
        assert all(parameter.grad is not None for parameter in prior.parameters())


def test_samples_are_those_of_the_generator(tiny: Architecture) -> None:
    prior = HierarchicalPrior(tiny)
    with torch.no_grad():
        prior.generator.gaussian.mean.bias.fill_(5)
        prior.generator.gaussian.mean.weight.zero_()
        prior.generator.gaussian.log_variance.weight.zero_()
        prior.generator.gaussian.log_variance.bias.fill_(math.log(4))
    z = prior.sample(4000, torch.Generator().manual_seed(0))
    assert z.shape == (4000, 4)
    assert z.mean().item() == pytest.approx(5, abs=0.1)
    assert z.std().item() == pytest.approx(2, rel=0.05)
    again = prior.sample(4000, torch.Generator().manual_seed(0))
    assert torch.equal(z, again)
