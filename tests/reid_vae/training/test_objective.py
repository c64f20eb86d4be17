"""Equation 12: units, weights and gradients."""

import dataclasses
import math

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Normal

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.training.objective import Constants, Terms, batch_terms

SEED = 7


class OffBy(nn.Module):
    """A decoder whose error is the same in every value for every z."""

    def __init__(self, targets: Tensor, error: float) -> None:
        super().__init__()
        self.data = targets.flatten(1) - error

    def forward(self, z: Tensor) -> Tensor:
        repeats = -(-len(z) // len(self.data))
        return self.data.repeat(repeats, 1)[: len(z)]


@pytest.fixture
def images() -> Tensor:
    return torch.rand(8, 3, 8, 8)


def gradients(loss: Tensor, module: nn.Module) -> list[Tensor]:
    return torch.autograd.grad(loss, list(module.parameters()), allow_unused=True)


class TestReconstruction:
    def test_is_the_gaussian_log_likelihood_in_nats_up_to_its_constant(
        self, tiny: Architecture, images: Tensor
    ) -> None:
        kappa = 0.1
        model = VHPVAE(tiny).eval()
        torch.manual_seed(SEED)
        terms = batch_terms(model, images, images, Constants(kappa=kappa, beta=0))
        torch.manual_seed(SEED)
        mean, log_variance = model.encoder(images)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        likelihood = Normal(model.decoder(z), kappa).log_prob(images.flatten(1)).sum(1).mean()
        constant = 192 / 2 * math.log(2 * math.pi * kappa**2)
        torch.testing.assert_close(terms.reconstruction, -likelihood - constant)

    @pytest.mark.parametrize("kappa", [0.05, 0.8])
    def test_an_error_of_kappa_meets_the_constraint_exactly(
        self, tiny: Architecture, images: Tensor, kappa: float
    ) -> None:
        model = VHPVAE(tiny)
        model.decoder = OffBy(images, kappa)
        terms = batch_terms(model, images, images, Constants(kappa=kappa, beta=0))
        # Nx / 2 with Nx = 8 * 8 * 3.
        assert model.likelihood.allowed(tiny.data_size, kappa) == 96
        assert terms.reconstruction.item() == pytest.approx(96, rel=1e-4)

    def test_is_measured_against_the_target_and_not_the_input(
        self, tiny: Architecture, images: Tensor
    ) -> None:
        model = VHPVAE(tiny)
        model.decoder = OffBy(images, 0)
        inputs = torch.rand_like(images)
        terms = batch_terms(model, inputs, images, Constants(kappa=0.1, beta=0))
        assert terms.reconstruction.item() == 0

    def test_targets_are_pictures(self, tiny_lab: Architecture, images: Tensor) -> None:
        model = VHPVAE(tiny_lab)
        model.observation.fit_channels(images)
        targets = torch.randn(8, 3, 4, 4)
        model.decoder = OffBy(targets, 0.3)
        terms = batch_terms(model, images, targets, Constants(kappa=0.3, beta=0))
        # Nx / 2 with Nx = 4 * 4 * 3.
        assert terms.reconstruction.item() == pytest.approx(24, rel=1e-4)

    def test_of_whitened_data_by_hand(self, tiny: Architecture, images: Tensor) -> None:
        model = VHPVAE(dataclasses.replace(tiny, whitened_size=2))
        # The first value is in units of 1/2, the sixth in units of 1/10; other values do not count.
        model.observation.whitening.zero_()
        model.observation.whitening[0, 0] = 2
        model.observation.whitening[1, 5] = 10
        targets = torch.rand(8, 192)
        targets[:, 0], targets[:, 5] = 0.75, -0.3
        # Whitened targets are (1.5, -3), decoded values (0.5, -1): C = (1 + 4) / (2 * 0.5^2) = 10.
        model.decoder = OffBy(torch.tensor([[0.5, -1.0]]), 0)
        targets = targets.view(8, 3, 8, 8)
        terms = batch_terms(model, images, targets, Constants(kappa=0.5, beta=0))
        assert terms.reconstruction.item() == pytest.approx(10, rel=1e-5)
        assert model.likelihood.allowed(model.architecture.data_size, 0.5) == 1

    def test_whitening_gives_the_likelihood_under_the_nuisance_covariance(
        self, tiny: Architecture, images: Tensor
    ) -> None:
        """With all directions whitened, C is half a squared Mahalanobis distance of pictures."""
        small = dataclasses.replace(tiny, observed_size=4, whitened_size=48)
        factor = torch.eye(48) + 0.1 * torch.randn(48, 48)
        covariance = factor @ factor.T
        model = VHPVAE(small)
        model.observation.whitening.copy_(torch.linalg.inv(factor))
        targets, wrong = torch.randn(2, 8, 3, 4, 4)
        model.decoder = OffBy(model.observation.whiten(wrong), 0)
        terms = batch_terms(model, images, targets, Constants(kappa=1, beta=0))
        error = (targets - wrong).flatten(1).double()
        squares = (error @ torch.linalg.inv(covariance.double()) * error).sum(1)
        assert terms.reconstruction.item() == pytest.approx(squares.mean().item() / 2, rel=1e-3)


class TestTerms:
    def test_objective_by_hand(self) -> None:
        terms = Terms(*(torch.tensor(value) for value in (30.0, 10.0, 0.5, 2.0)))
        # L = F + lambda (C - kappa^2 + beta R) = 10 + 4 (30 - 20 + 8 * 0.5) = 66, over lambda.
        objective = terms.objective(multiplier=4.0, kappa_squared=20.0, beta=8.0)
        assert objective.item() == pytest.approx(66 / 4)

    def test_the_bound_is_the_mean_bound_of_the_prior(
        self, tiny: Architecture, images: Tensor
    ) -> None:
        model = VHPVAE(tiny).eval()
        constants = Constants(kappa=0.1, beta=0, importance_samples=2000)
        bounds = torch.stack(
            [batch_terms(model, images, images, constants).bound for _ in range(40)]
        )
        mean, log_variance = model.encoder(images)
        # An untrained generator hardly depends on zeta, so the bound is nearly the KL divergence.
        prior = Normal(
            *(torch.exp(0.5 * v) if i else v for i, v in enumerate(self.marginal(model)))
        )
        posterior = Normal(mean, torch.exp(0.5 * log_variance))
        expected = torch.distributions.kl_divergence(posterior, prior).sum(1).mean()
        standard_error = bounds.std() / math.sqrt(len(bounds))
        assert (bounds.mean() - expected).abs() < 4 * standard_error + 0.05

    @staticmethod
    def marginal(model: VHPVAE) -> tuple[Tensor, Tensor]:
        mean, log_variance = model.prior.generator(torch.randn(5000, 3))
        total = torch.exp(log_variance).mean(0) + mean.var(0)
        return mean.mean(0), total.log()


class TestFlatness:
    def test_beta_0_measures_flatness_without_gradient(
        self, tiny: Architecture, images: Tensor
    ) -> None:
        terms = batch_terms(VHPVAE(tiny), images, images, Constants(kappa=0.1, beta=0))
        assert not terms.flatness.requires_grad
        assert terms.flatness.item() > 0.01

    def test_beta_above_0_trains_the_decoder(self, tiny: Architecture, images: Tensor) -> None:
        model = VHPVAE(tiny)
        terms = batch_terms(model, images, images, Constants(kappa=0.1, beta=1))
        assert any(
            gradient is not None and gradient.abs().sum() > 0
            for gradient in gradients(terms.flatness, model.decoder)
        )
        assert all(g is None for g in gradients(terms.flatness, model.prior))

    @pytest.mark.parametrize("architecture", ["tiny_isometric", "tiny_lab", "tiny_whitened"])
    def test_of_an_isometry_is_0(
        self, architecture: str, images: Tensor, request: pytest.FixtureRequest
    ) -> None:
        model = VHPVAE(request.getfixturevalue(architecture))
        targets = model.observation.pictures(images)
        terms = batch_terms(model, images, targets, Constants(kappa=0.1, beta=1))
        assert terms.flatness.item() == pytest.approx(0, abs=1e-6)
        assert terms.c_squared.item() == pytest.approx(1, rel=1e-3)

    def test_without_mixup_it_is_measured_at_the_latents(
        self, tiny: Architecture, images: Tensor
    ) -> None:
        model = VHPVAE(tiny)
        seen = []
        model.decoder.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0]))
        constants = Constants(kappa=0.1, beta=1, mixed=False, flatness_fraction=1.0)
        batch_terms(model, images, images, constants)
        latents, points = seen
        assert torch.equal(points[:8], latents)
        batch_terms(model, images, images, dataclasses.replace(constants, mixed=True))
        assert not torch.equal(seen[3][:8], seen[2])

    def test_without_normalisation_it_is_the_metric_s_norm(
        self, tiny_isometric: Architecture, images: Tensor
    ) -> None:
        # G is 4 times the identity of four latents: it is flat, and ||G||^2 / 4 = 16.
        model = VHPVAE(tiny_isometric)
        with torch.no_grad():
            model.decoder.linear.weight *= 2
        constants = Constants(kappa=0.1, beta=1, normalised=False)
        terms = batch_terms(model, images, images, constants)
        assert terms.flatness.item() == pytest.approx(16, rel=1e-3)
        assert terms.c_squared.item() == pytest.approx(4, rel=1e-3)

    def test_as_printed_it_is_a_norm_in_the_units_of_the_data(
        self, tiny_isometric: Architecture, images: Tensor
    ) -> None:
        # G = diag(4, 1, 1, 1) times 4: c^2 = 7, ||G - c^2 1|| = sqrt(9^2 + 3 * 3^2) = sqrt(108).
        model = VHPVAE(tiny_isometric)
        with torch.no_grad():
            model.decoder.linear.weight *= 2
            model.decoder.linear.weight[:, 0] *= 2
        constants = Constants(kappa=0.1, beta=1, printed_norm=True)
        terms = batch_terms(model, images, images, constants)
        assert terms.flatness.item() == pytest.approx(108**0.5, rel=1e-3)
        assert terms.c_squared.item() == pytest.approx(7, rel=1e-3)

    @pytest.mark.parametrize(("fraction", "points"), [(0.5, 4), (1.0, 8), (0.01, 2)])
    def test_is_measured_on_a_fraction_of_the_batch(
        self,
        tiny: Architecture,
        images: Tensor,
        monkeypatch: pytest.MonkeyPatch,
        fraction: float,
        points: int,
    ) -> None:
        model = VHPVAE(tiny)
        sizes = []
        model.decoder.register_forward_hook(lambda _, inputs, __: sizes.append(len(inputs[0])))
        batch_terms(model, images, images, Constants(kappa=0.1, beta=1, flatness_fraction=fraction))
        # One pass over the batch, then one over each point and its four columns.
        assert sizes == [8, points * 5]
