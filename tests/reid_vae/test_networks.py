"""Shapes of Table 3, and the decoder's properties that the flatness term rests on."""

import pytest
import torch
from torch import Tensor, nn

from reid_vae.architecture import ARCHITECTURES, Architecture
from reid_vae.geometry import flatness_of_metric, metric_tensor
from reid_vae.model import VHPVAE
from reid_vae.networks import ConvDecoder, Gaussian, Perceptron, VggEncoder


@pytest.mark.parametrize("name", ["slim", "vgg16"])
def test_shapes(name: str) -> None:
    model = VHPVAE(ARCHITECTURES[name])
    with torch.no_grad():
        mean, log_variance = model.encoder(torch.rand(2, 3, 64, 64))
        images = model.decoder(mean)
        zeta_mean, zeta_log_variance = model.prior.inference(mean)
        prior_mean, prior_log_variance = model.prior.generator(zeta_mean)
    assert images.shape == (2, 3, 64, 64)
    for value in (mean, log_variance, zeta_mean, zeta_log_variance, prior_mean, prior_log_variance):
        assert value.shape == (2, 128)
        assert value.dtype == torch.float32


def convolutions(network: nn.Module) -> list[nn.Module]:
    return [m for m in network.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]


def test_vgg16_s_thirteen_convolutions() -> None:
    layers = convolutions(VggEncoder(ARCHITECTURES["vgg16"]))
    channels = [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6
    assert [layer.out_channels for layer in layers] == channels
    assert {layer.kernel_size for layer in layers} == {(3, 3)}
    # 14.7 million parameters, VGG16's published count for its convolutions: 14,714,688 less its
    # 4,224 biases, which BatchNorm replaces.
    assert sum(layer.weight.numel() for layer in layers) == 14_714_688 - 4_224


def test_the_paper_s_decoder() -> None:
    *pairs, last = convolutions(ConvDecoder(ARCHITECTURES["vgg16"]))
    assert [type(layer) for layer in pairs] == [nn.ConvTranspose2d, nn.Conv2d] * 5
    assert [layer.out_channels for layer in pairs[::2]] == [256, 128, 64, 32, 16]
    assert [layer.out_channels for layer in pairs[1::2]] == [256, 128, 64, 32, 16]
    assert last.out_channels == 3


@pytest.mark.parametrize("part", ["generator", "inference"])
def test_the_paper_s_prior(part: str) -> None:
    network = getattr(VHPVAE(ARCHITECTURES["slim"]).prior, part)
    widths = [layer.out_features for layer in network.layers if isinstance(layer, nn.Linear)]
    assert widths == [512, 512]


def test_perceptron_keeps_leading_axes(tiny: Architecture) -> None:
    mean, log_variance = Perceptron(5, (7,), 3)(torch.randn(2, 4, 5))
    assert mean.shape == log_variance.shape == (2, 4, 3)


def test_log_variance_is_bounded_and_near_zero_untouched() -> None:
    head = Gaussian(1, 1)
    with torch.no_grad():
        head.log_variance.weight.fill_(1)
        head.log_variance.bias.zero_()
    values = torch.tensor([[-1e4], [-0.5], [0.0], [0.5], [1e4]])
    _, log_variance = head(values)
    assert log_variance.abs().max() <= Gaussian.LOG_VARIANCE_LIMIT
    torch.testing.assert_close(log_variance[1:4], values[1:4], atol=1e-3, rtol=0)


class TestEncoder:
    def test_in_training_every_layer_receives_a_gradient(self, tiny: Architecture) -> None:
        encoder = VggEncoder(tiny)
        mean, log_variance = encoder(torch.rand(4, 3, 8, 8))
        (mean.square().sum() + log_variance.square().sum()).backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in encoder.parameters())

    def test_bfloat16_convolutions_give_float32_of_nearly_the_same_value(
        self, tiny: Architecture
    ) -> None:
        encoder = VggEncoder(tiny).eval()
        images = torch.rand(4, 3, 8, 8)
        expected, _ = encoder(images)
        encoder.bfloat16 = True
        mean, log_variance = encoder(images)
        assert mean.dtype == log_variance.dtype == torch.float32
        assert not torch.equal(mean, expected)
        torch.testing.assert_close(mean, expected, atol=0.02, rtol=0.02)

    def test_encode_is_the_posterior_mean(self, tiny: Architecture) -> None:
        model = VHPVAE(tiny).eval()
        images = torch.rand(3, 3, 8, 8)
        torch.testing.assert_close(model.encode(images), model.encoder(images)[0])


class TestDecoder:
    def test_one_sample_does_not_depend_on_the_others(self, tiny: Architecture) -> None:
        decoder = ConvDecoder(tiny).train()
        z = torch.randn(6, 4)
        alone = torch.cat([decoder(point[None]) for point in z])
        torch.testing.assert_close(decoder(z), alone)

    @pytest.mark.parametrize("name", ["slim", "vgg16"])
    def test_has_no_layer_that_mixes_samples(self, name: str) -> None:
        decoder = ConvDecoder(ARCHITECTURES[name])
        assert not any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in decoder.modules())
        assert not list(decoder.buffers())


class TestIsometricStart:
    def test_columns_of_the_jacobian_are_orthonormal(self, tiny_isometric: Architecture) -> None:
        metric = metric_tensor(ConvDecoder(tiny_isometric).double(), torch.randn(5, 4).double())
        torch.testing.assert_close(metric, torch.eye(4).double().expand(5, 4, 4), atol=1e-5, rtol=0)

    def test_starts_at_mid_grey(self, tiny_isometric: Architecture) -> None:
        images = ConvDecoder(tiny_isometric)(torch.zeros(1, 4))
        torch.testing.assert_close(images, torch.full((1, 3, 8, 8), 0.5))

    def test_training_reaches_the_convolutions(self, tiny_isometric: Architecture) -> None:
        # The last layer starts at zero, so the others first move at the second step.
        decoder = ConvDecoder(tiny_isometric)
        optimizer = torch.optim.SGD(decoder.parameters(), lr=0.1)
        for _ in range(2):
            optimizer.zero_grad()
            (decoder(torch.randn(4, 4)) ** 2).mean().backward()
            optimizer.step()
        assert decoder.stages[1].weight.grad.abs().sum() > 0

    def test_without_it_there_is_no_linear_part(self, tiny: Architecture) -> None:
        assert ConvDecoder(tiny).linear is None


class TestPrincipalSubspace:
    SCALE = 1.7

    @pytest.fixture
    def images(self) -> Tensor:
        """Sixty images that are four patterns, mixed, plus a little noise."""
        patterns = torch.randn(4, 192) * torch.tensor([4.0, 3.0, 2.0, 1.0])[:, None]
        flat = 0.5 + 0.1 * torch.randn(60, 4) @ patterns + 0.001 * torch.randn(60, 192)
        return flat.view(60, 3, 8, 8)

    @pytest.fixture
    def decoder(self, tiny_isometric: Architecture, images: Tensor) -> ConvDecoder:
        decoder = ConvDecoder(tiny_isometric)
        decoder.start_as_principal_subspace(images, self.SCALE)
        return decoder

    def test_reconstructs_as_well_as_a_principal_component_analysis(
        self, decoder: ConvDecoder, images: Tensor
    ) -> None:
        flat = images.flatten(1)
        _, _, directions = torch.linalg.svd(flat - flat.mean(0), full_matrices=False)
        projection = directions[:4].T @ directions[:4]
        expected = (flat - flat.mean(0)) @ projection + flat.mean(0)
        # W has orthogonal columns of length SCALE: the best code is W^T (x - mean) / SCALE^2.
        codes = (flat - flat.mean(0)) @ decoder.linear.weight / self.SCALE**2
        torch.testing.assert_close(decoder(codes).flatten(1), expected, atol=1e-3, rtol=0)

    def test_the_metric_is_still_a_multiple_of_the_identity(self, decoder: ConvDecoder) -> None:
        flatness, c_squared = flatness_of_metric(metric_tensor(decoder, torch.randn(5, 4)))
        assert flatness.item() < 1e-6
        assert c_squared.item() == pytest.approx(self.SCALE**2, rel=1e-3)

    def test_of_a_decoder_without_a_linear_part_changes_nothing(
        self, tiny: Architecture, images: Tensor
    ) -> None:
        decoder = ConvDecoder(tiny)
        before = {name: value.clone() for name, value in decoder.state_dict().items()}
        decoder.start_as_principal_subspace(images, self.SCALE)
        assert all(torch.equal(value, before[n]) for n, value in decoder.state_dict().items())
