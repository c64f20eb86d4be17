"""The networks of Table 3's MOT16 column: encoder, decoder, and the prior's two perceptrons."""

import itertools
import math
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from .architecture import Architecture
from .closed_form import ClosedForm
from .parts import needed

# Latents at which a random start measures the decoder's variance: 1 / sqrt(256) is 6 %.
_STARTING_LATENTS = 256


class GaussianHead(nn.Module):
    """Two linear layers that turn features into mean and log variance of a diagonal Gaussian."""

    # Bound on |log variance|. exp(-12) is a standard deviation of 0.002: smaller than in any
    # posterior that trains well, and far from values at which float32 densities overflow.
    LOG_VARIANCE_LIMIT = 12.0

    def __init__(self, features: int, size: int) -> None:
        super().__init__()
        self.mean = nn.Linear(features, size)
        self.log_variance = nn.Linear(features, size)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Map features (..., F) to mean and log variance, both (..., size)."""
        limit = self.LOG_VARIANCE_LIMIT
        # A smooth clamp: a hard clamp has no gradient beyond the limit, so values would stay there.
        return self.mean(features), limit * torch.tanh(self.log_variance(features) / limit)


class VggEncoder(nn.Module):
    """q(z | x): VGG's stages of 3x3 convolutions, then the mean and log variance of z.

    Attributes:
        in_bfloat16: whether the convolutions run in bfloat16; twice as fast on processors that
            have it.

    Each convolution has a BatchNorm, which the VGG16 of 2014 lacks: without it the network does not
    train from scratch. VGG's two layers of 4096 units, made for 7x7 features, are left out.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        previous = 3
        for channels, count in zip(
            architecture.encoder_channels, architecture.encoder_convolutions, strict=True
        ):
            for _ in range(count):
                layers += [
                    nn.Conv2d(previous, channels, 3, padding=1, bias=False),
                    nn.BatchNorm2d(channels),
                    nn.ReLU(inplace=True),
                ]
                previous = channels
            layers.append(nn.MaxPool2d(2))
        side = architecture.image_size >> len(architecture.encoder_channels)
        self.stages = nn.Sequential(*layers)
        self.posterior = GaussianHead(previous * side**2, architecture.latent_size)
        self.to(memory_format=torch.channels_last)
        self.in_bfloat16 = False

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Map images (N, 3, H, W) RGB in [0, 1] to mean and log variance of z, (N, Nz) float32."""
        images = images.contiguous(memory_format=torch.channels_last)
        # Only the convolutions run in bfloat16: densities of the posterior are differences of large
        # numbers and need float32.
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            features = self.stages((images - 0.5) / 0.25)
        mean, log_variance = self.posterior(features.float().flatten(1))
        return mean, log_variance


class DenseEncoder(nn.Module):
    """q(z | x) of data values, for example principal coordinates; see Architecture.encoder_hidden.

    Attributes:
        bypass: a linear layer beside the hidden layers, or None.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        hidden, size = architecture.encoder_hidden, architecture.data_size
        self.layers = dense_layers(size, hidden, architecture.activation)
        self.posterior = GaussianHead(hidden[-1], architecture.latent_size)
        self.bypass = nn.Linear(size, architecture.latent_size) if architecture.bypass else None

    def forward(self, data: Tensor) -> tuple[Tensor, Tensor]:
        """Map data (N, Nx) to mean and log variance of z, both (N, Nz)."""
        mean, log_variance = self.posterior(self.layers(data))
        return mean if self.bypass is None else mean + self.bypass(data), log_variance


class LinearEncoder(nn.Module):
    """The fixed linear part of an encoder: the inverse of a linear decoder, or a closed form.

    Its weights are not trained. With training they would forget the colours and patterns that
    nobody in the footage wears.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        sizes = (architecture.latent_size, architecture.picture_size)
        self.register_buffer("weight", torch.zeros(sizes))
        self.register_buffer("bias", torch.zeros(architecture.latent_size))

    def forward(self, pictures: Tensor) -> Tensor:
        """Map pictures (N, 3, s, s) to latents (N, Nz)."""
        return functional.linear(pictures.flatten(1), self.weight, self.bias)

    @torch.no_grad()
    def invert(self, decoder: nn.Linear, whitening: Tensor | None) -> None:
        """Set the weights to the pseudoinverse of a linear decoder.

        Args:
            decoder: map from latents to data with orthogonal columns of equal length.
            whitening: (Nx, 3 s s), map from pictures to data; None if data are the pictures.
        """
        inverse = decoder.weight.T / decoder.weight.square().sum(0).mean()
        self.weight.copy_(inverse if whitening is None else inverse @ whitening)
        self.bias.copy_(-(inverse @ decoder.bias))

    @torch.no_grad()
    def start_closed(self, closed: ClosedForm, whitening: Tensor) -> None:
        """Set the weights to a closed form's encoder of the whitened values of pictures."""
        self.weight.copy_(closed.encoder @ whitening)
        self.bias.copy_(-(closed.encoder @ closed.mean))


class Decoder(nn.Module):
    """f(z), the mean of p(x | z).

    With an isometric start f is a linear map with orthonormal columns plus a network whose last
    layer starts at zero. The decoder has no BatchNorm, which mixes samples: the Jacobian at one
    sample would depend on the other samples.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.latent_size = architecture.latent_size
        self.network: DenseNetwork | ConvNetwork
        if architecture.whitened_size:
            self.network = DenseNetwork(architecture)
        else:
            self.network = ConvNetwork(architecture)
        self.linear: nn.Linear | None = None
        if architecture.isometric_start or architecture.bypass:
            self.linear = nn.Linear(architecture.latent_size, architecture.data_size)
            nn.init.orthogonal_(self.linear.weight)
            nn.init.zeros_(self.linear.bias)
        if architecture.isometric_start:
            nn.init.zeros_(self.network.last.weight)
            nn.init.zeros_(needed(self.network.last.bias, "bias"))

    def forward(self, z: Tensor) -> Tensor:
        """Decode latents (N, Nz) to data (N, Nx); see reid_vae.model.observation."""
        data: Tensor = self.network(z)
        return data if self.linear is None else data + self.linear(z)

    @torch.no_grad()
    def start_as_principal_subspace(self, data: Tensor) -> None:
        """Set the linear part, if the decoder has one, to the principal subspace of the data.

        The columns stay orthonormal up to one factor, so the decoder still starts as an isometry up
        to scale. This start is also the best linear decoder, because principal component analysis
        is the optimal linear autoencoder. The factor gives the latents of these data about unit
        variance: the subspace holds most of the data's variance, spread over Nz directions.

        Args:
            data: (M, Nx), M > Nz.
        """
        if self.linear is None:
            return
        mean = data.mean(0)
        centred = data - mean
        scale = (centred.square().mean(0).sum() / self.linear.in_features).sqrt()
        _, _, directions = torch.pca_lowrank(
            centred, q=self.linear.in_features, center=False, niter=4
        )
        self.linear.weight.copy_(directions * scale)
        self.linear.bias.copy_(mean)

    @torch.no_grad()
    def start_closed(self, closed: ClosedForm) -> None:
        """Set the linear part to a closed form's decoder."""
        linear = needed(self.linear, "linear decoder")
        linear.weight.copy_(closed.directions)
        linear.bias.copy_(closed.mean)

    @torch.no_grad()
    def start_at_random(self, data: Tensor, share: float = 0.5) -> None:
        """Initialise the network as He et al. 2015, then give its output the data's variance.

        PyTorch's default initialisation divides the variance by six in each layer, so the output
        of twelve layers hardly depends on z. He's initialisation keeps the variance. A linear
        bypass starts as a random isometry.
        The biases give the output the data's mean, as far as there are biases: without a bypass a
        convolution has one per channel.

        Args:
            data: (M, Nx), M >= 2. Latents are assumed to have mean 0 and variance 1.
            share: the network's share of the variance, if there is a bypass.
        """
        for layer in self.network.modules():
            if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                nn.init.normal_(layer.weight, std=math.sqrt(2 / _values_per_output(layer)))
                nn.init.zeros_(needed(layer.bias, "bias"))
        last, biases = self.network.last, needed(self.network.last.bias, "bias")
        decoded = self.network(torch.randn(_STARTING_LATENTS, self.latent_size))
        variance = data.var(0).sum()
        if self.linear is not None:
            linear = variance * (1 - share)
            variance = variance * share
            nn.init.orthogonal_(self.linear.weight)
            self.linear.weight.mul_((linear / self.latent_size).sqrt())
        last.weight.mul_((variance / decoded.var(0).sum()).sqrt())
        decoded = self.network(torch.randn(_STARTING_LATENTS, self.latent_size))
        offset = (data.mean(0) - decoded.mean(0)).unflatten(0, (len(biases), -1))
        biases.copy_(offset.mean(1))
        if self.linear is not None:
            self.linear.bias.copy_((offset - offset.mean(1, keepdim=True)).flatten())


class ConvNetwork(nn.Module):
    """The decoder network of pictures: pairs of Conv2DT and Conv2D layers (Table 3)."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        channels = architecture.decoder_channels
        side = architecture.observed_size >> len(channels)
        self.shape = (channels[0], side, side)
        self.expand = nn.Linear(architecture.latent_size, channels[0] * side**2)
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise((channels[0], *channels)):
            layers += [
                nn.ReLU(),
                nn.ConvTranspose2d(before, after, 4, stride=2, padding=1),
                nn.ReLU(),
                nn.Conv2d(after, after, 3, padding=1),
            ]
        self.stages = nn.Sequential(*layers, nn.ReLU())
        self.last = nn.Conv2d(channels[-1], 3, 3, padding=1)
        self.to(memory_format=torch.channels_last)

    def forward(self, z: Tensor) -> Tensor:
        """Decode latents (N, Nz) to flattened pictures (N, 3 s s)."""
        features = self.expand(z).unflatten(1, self.shape)
        features = self.stages(features.contiguous(memory_format=torch.channels_last))
        pictures: Tensor = self.last(features).flatten(1)
        return pictures


class DenseNetwork(nn.Module):
    """The decoder network of whitened values, which form no grid and so need no convolutions."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.layers = dense_layers(
            architecture.latent_size, architecture.dense_hidden, architecture.activation
        )
        self.last = nn.Linear(architecture.dense_hidden[-1], architecture.data_size)

    def forward(self, z: Tensor) -> Tensor:
        """Decode latents (N, Nz) to whitened values (N, Nx)."""
        values: Tensor = self.last(self.layers(z))
        return values


class Perceptron(nn.Module):
    """A ReLU network that outputs a diagonal Gaussian: q(zeta | z) and p(z | zeta)."""

    def __init__(self, size_in: int, hidden: tuple[int, ...], size_out: int) -> None:
        super().__init__()
        self.layers = dense_layers(size_in, hidden)
        self.gaussian = GaussianHead(hidden[-1], size_out)

    def forward(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Map values (..., size_in) to mean and log variance, both (..., size_out)."""
        mean, log_variance = self.gaussian(self.layers(values))
        return mean, log_variance


def dense_layers(
    size_in: int, hidden: tuple[int, ...], activation: Literal["relu", "silu"] = "relu"
) -> nn.Sequential:
    """Build linear layers of these hidden widths, each followed by the activation."""
    function = {"relu": nn.ReLU, "silu": nn.SiLU}[activation]
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise((size_in, *hidden)):
        layers += [nn.Linear(before, after), function()]
    return nn.Sequential(*layers)


def _values_per_output(layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d) -> float:
    """Return how many values a layer adds up for one output value, away from the edges."""
    if isinstance(layer, nn.Linear):
        return layer.in_features
    taps: float = math.prod(layer.kernel_size)
    if isinstance(layer, nn.ConvTranspose2d):
        # A stride of 2 leaves three of four taps on zeros between the input values.
        taps /= math.prod(layer.stride)
    return layer.in_channels * taps
