"""Table 3's networks, and the properties of the decoder that the flatness term needs."""

import dataclasses

import pytest
import torch
from torch import Tensor, nn

from flatsort.reid_vae.geometry.metric import flatness_of_metric, metric_tensor
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.model.networks import (
    ConvNetwork,
    Decoder,
    DenseNetwork,
    GaussianHead,
    Perceptron,
    VggEncoder,
)
from flatsort.reid_vae.model.prior import HierarchicalPrior

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


class TestTable3:
    """The MOT16 column: 64x64x3, 128 latents, VGG16, Conv2DT + Conv2D 256 to 16, FC 512, 512."""

    VGG16 = ARCHITECTURES["vgg16"]

    def test_the_thirteen_convolutions_of_vgg16(self) -> None:
        stages = VggEncoder(self.VGG16).stages
        drawn = [
            "pool" if isinstance(layer, nn.MaxPool2d) else layer.out_channels
            for layer in stages
            if isinstance(layer, (nn.Conv2d, nn.MaxPool2d))
        ]
        # Simonyan & Zisserman 2015, table 1, column D.
        assert drawn == [
            *(64, 64, "pool", 128, 128, "pool", 256, 256, 256, "pool"),
            *(512, 512, 512, "pool", 512, 512, 512, "pool"),
        ]
        layers = [layer for layer in stages if isinstance(layer, nn.Conv2d)]
        assert {layer.kernel_size for layer in layers} == {(3, 3)}
        # VGG16's convolutions have 14,714,688 parameters, as published. BatchNorm replaces their
        # 4,224 biases.
        assert sum(layer.weight.numel() for layer in layers) == 14_714_688 - 4_224

    def test_the_posterior_s_heads(self) -> None:
        posterior = VggEncoder(self.VGG16).posterior
        for head in (posterior.mean, posterior.log_variance):
            # Five pools leave 2 x 2 pixels of 512 channels.
            assert (head.in_features, head.out_features) == (2048, 128)

    def test_the_decoder(self) -> None:
        decoder = Decoder(self.VGG16)
        assert decoder.linear is None
        *pairs, last = (m for m in decoder.modules() if isinstance(m, CONVOLUTIONS))
        assert [type(layer) for layer in pairs] == [nn.ConvTranspose2d, nn.Conv2d] * 5
        assert [layer.out_channels for layer in pairs[::2]] == [256, 128, 64, 32, 16]
        assert [layer.out_channels for layer in pairs[1::2]] == [256, 128, 64, 32, 16]
        assert last.out_channels == 3
        assert decoder.network.expand.in_features == 128
        with torch.no_grad():
            assert decoder(torch.zeros(1, 128)).shape == (1, 64 * 64 * 3)

    @pytest.mark.parametrize("part", ["generator", "inference"])
    def test_the_prior(self, part: str) -> None:
        network = getattr(HierarchicalPrior(self.VGG16), part)
        widths = [layer.out_features for layer in network.layers if isinstance(layer, nn.Linear)]
        assert widths == [512, 512]

    def test_all_activations_are_relu(self) -> None:
        parts = (VggEncoder(self.VGG16), Decoder(self.VGG16), HierarchicalPrior(self.VGG16))
        known = (*CONVOLUTIONS, nn.Linear, nn.BatchNorm2d, nn.MaxPool2d, nn.ReLU)
        leaves = [m for part in parts for m in part.modules() if not list(m.children())]
        assert {type(leaf) for leaf in leaves} == set(known)


def test_perceptron_keeps_leading_axes(tiny: Architecture) -> None:
    mean, log_variance = Perceptron(5, (7,), 3)(torch.randn(2, 4, 5))
    assert mean.shape == log_variance.shape == (2, 4, 3)


def test_log_variance_is_bounded_and_unchanged_near_zero() -> None:
    head = GaussianHead(1, 1)
    with torch.no_grad():
        head.log_variance.weight.fill_(1)
        head.log_variance.bias.zero_()
    values = torch.tensor([[-1e4], [-0.5], [0.0], [0.5], [1e4]])
    _, log_variance = head(values)
    assert log_variance.abs().max() <= GaussianHead.LOG_VARIANCE_LIMIT
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
        encoder.in_bfloat16 = True
        mean, log_variance = encoder(images)
        assert mean.dtype == log_variance.dtype == torch.float32
        assert not torch.equal(mean, expected)
        torch.testing.assert_close(mean, expected, atol=0.02, rtol=0.02)


class TestDecoder:
    @pytest.fixture(params=["tiny", "tiny_isometric", "tiny_lab", "tiny_whitened"])
    def decoder(self, request: pytest.FixtureRequest) -> Decoder:
        """A decoder of each kind in double precision, whose last layer is no longer zero."""
        decoder = Decoder(request.getfixturevalue(request.param)).double().train()
        with torch.no_grad():
            for parameter in decoder.network.last.parameters():
                parameter.add_(0.1 * torch.randn_like(parameter))
        return decoder

    def test_one_sample_does_not_depend_on_the_others(self, decoder: Decoder) -> None:
        z = torch.randn(6, 4).double()
        alone = torch.cat([decoder(point[None]) for point in z])
        torch.testing.assert_close(decoder(z), alone)

    def test_its_jacobian_does_not_depend_on_the_other_samples(self, decoder: Decoder) -> None:
        z = torch.randn(6, 4).double()
        alone = torch.cat([metric_tensor(decoder, point[None]) for point in z])
        # Rounding errors of 1e-16 are divided by a step of 1e-2.
        torch.testing.assert_close(metric_tensor(decoder, z), alone, atol=1e-10, rtol=1e-9)

    def test_has_no_layer_that_mixes_samples(self, decoder: Decoder) -> None:
        assert not any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in decoder.modules())
        assert not list(decoder.buffers())

    def test_pictures_come_from_convolutions_and_whitened_values_do_not(
        self, tiny_lab: Architecture, tiny_whitened: Architecture
    ) -> None:
        assert isinstance(Decoder(tiny_lab).network, ConvNetwork)
        assert Decoder(tiny_lab)(torch.zeros(2, 4)).shape == (2, 3 * 4 * 4)
        assert isinstance(Decoder(tiny_whitened).network, DenseNetwork)
        assert Decoder(tiny_whitened)(torch.zeros(2, 4)).shape == (2, 10)

    def test_hidden_layers_of_the_dense_network(self, tiny_whitened: Architecture) -> None:
        network = DenseNetwork(dataclasses.replace(tiny_whitened, dense_hidden=(20, 30)))
        linear = [m for m in network.modules() if isinstance(m, nn.Linear)]
        assert [(m.in_features, m.out_features) for m in linear] == [(4, 20), (20, 30), (30, 10)]


@pytest.fixture(params=["tiny_isometric", "tiny_lab", "tiny_whitened"])
def isometry(request: pytest.FixtureRequest) -> Decoder:
    """An untrained decoder of each kind that starts as an isometry, in double precision."""
    return Decoder(request.getfixturevalue(request.param)).double()


class TestIsometricStart:
    def test_columns_of_the_jacobian_are_orthonormal(self, isometry: Decoder) -> None:
        metric = metric_tensor(isometry, torch.randn(5, 4).double())
        torch.testing.assert_close(metric, torch.eye(4).double().expand(5, 4, 4), atol=1e-5, rtol=0)

    def test_it_preserves_distances(self, isometry: Decoder) -> None:
        z = torch.randn(7, 4).double()
        torch.testing.assert_close(torch.pdist(isometry(z)), torch.pdist(z), atol=1e-5, rtol=1e-5)

    def test_the_origin_is_decoded_as_zero(self, isometry: Decoder) -> None:
        assert (isometry(torch.zeros(1, 4).double()) == 0).all()

    def test_training_reaches_the_network(self, isometry: Decoder) -> None:
        # The last layer starts at zero, so the other layers have no gradient in the first step.
        optimizer = torch.optim.SGD(isometry.parameters(), lr=0.1)
        for _ in range(2):
            optimizer.zero_grad()
            ((isometry(torch.randn(8, 4).double()) - 1) ** 2).mean().backward()
            optimizer.step()
        assert all(p.grad.abs().sum() > 0 for p in isometry.network.parameters())

    def test_other_decoders_have_no_linear_part(self, tiny: Architecture) -> None:
        assert Decoder(tiny).linear is None


class TestPrincipalSubspace:
    @pytest.fixture
    def data(self, isometry: Decoder) -> Tensor:
        """Sixty data points: random mixtures of four patterns, plus a little noise."""
        size = isometry.linear.out_features
        patterns = torch.randn(4, size) * torch.tensor([4.0, 3.0, 2.0, 1.0])[:, None]
        return (0.5 + 0.1 * torch.randn(60, 4) @ patterns + 1e-4 * torch.randn(60, size)).double()

    @pytest.fixture
    def started(self, isometry: Decoder, data: Tensor) -> Decoder:
        isometry.start_as_principal_subspace(data)
        return isometry

    def test_reconstructs_as_well_as_a_principal_component_analysis(
        self, started: Decoder, data: Tensor
    ) -> None:
        centred = data - data.mean(0)
        _, _, directions = torch.linalg.svd(centred, full_matrices=False)
        expected = centred @ directions[:4].T @ directions[:4] + data.mean(0)
        codes = (data - data.mean(0)) @ torch.linalg.pinv(started.linear.weight).T
        torch.testing.assert_close(started(codes), expected, atol=1e-5, rtol=0)

    def test_codes_have_about_unit_variance(self, started: Decoder, data: Tensor) -> None:
        codes = (data - data.mean(0)) @ torch.linalg.pinv(started.linear.weight).T
        assert codes.var(dim=0, correction=0).mean().item() == pytest.approx(1, rel=1e-3)

    def test_the_metric_is_still_a_multiple_of_the_identity(
        self, started: Decoder, data: Tensor
    ) -> None:
        flatness, c_squared = flatness_of_metric(metric_tensor(started, torch.randn(5, 4).double()))
        assert flatness.item() == pytest.approx(0, abs=1e-12)
        # The variance of the data, divided by the four latents.
        variance = data.var(dim=0, correction=0).sum().item()
        assert c_squared.item() == pytest.approx(variance / 4, rel=1e-9)

    def test_the_origin_is_decoded_as_the_mean(self, started: Decoder, data: Tensor) -> None:
        torch.testing.assert_close(started(torch.zeros(1, 4).double())[0], data.mean(0))

    def test_a_decoder_without_a_linear_part_does_not_change(self, tiny: Architecture) -> None:
        decoder = Decoder(tiny)
        before = {name: value.clone() for name, value in decoder.state_dict().items()}
        decoder.start_as_principal_subspace(torch.rand(60, 192))
        assert all(torch.equal(value, before[n]) for n, value in decoder.state_dict().items())
