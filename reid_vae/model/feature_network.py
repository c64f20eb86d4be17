"""The network of learned features, which replace the picture in the data space of strangers.

Distances between pixels compare places: a coat that moves by its own width is a different picture.
Features of a network that has learned to ignore place, light and background compare people. The
network learns them from pairs of crops of one person (see reid_vae.training.feature_learning), and
afterwards never changes: it is part of the data space, like a choice of colours.

The network keeps rows apart, because a person's shirt is above their trousers in every picture, and
it does not keep columns apart, because people turn round. Half of the first channels are normalised
crop by crop, which takes out much of a camera's light and contrast; the other half keeps colours
(IBN-Net: Pan et al. 2018).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .architecture import Architecture

# Exponent of the mean over all places: 1 is the mean, infinity the maximum (Radenovic et al. 2018).
_GEM = 3.0
# Smallest value before the exponent, which has no gradient at 0.
_LEAST = 1e-5


class FeatureNetwork(nn.Module):
    """Maps crops to features: one part for the whole crop, and one for each horizontal stripe.

    Args:
        architecture: gives the channels of the stages and the number of stripes.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        stem, *stages = architecture.feature_channels
        self.stripes = architecture.feature_stripes
        layers: list[nn.Module] = [_convolution(3, stem), nn.BatchNorm2d(stem), nn.ReLU()]
        before = stem
        for number, after in enumerate(stages):
            layers.append(_convolution(before, after, stride=2))
            layers.append(_HalfPerCrop(after) if number == 0 else nn.BatchNorm2d(after))
            layers += [nn.ReLU(), _Residual(after, per_crop=number < 2)]
            before = after
        self.stages = nn.Sequential(*layers)
        self.to(memory_format=torch.channels_last)
        self.in_bfloat16 = False

    def forward(self, images: Tensor) -> Tensor:
        """Map images (N, 3, H, W) RGB in [0, 1] to features (N, F, 1, 1) float32."""
        return self.describe(self.halve(images))

    def halve(self, images: Tensor) -> Tensor:
        """Halve the width of square images: people are tall, so crops are stretched sideways."""
        return functional.avg_pool2d(images, (1, 2))

    def describe(self, halved: Tensor) -> Tensor:
        """Map images (N, 3, H, H / 2) to features (N, F, 1, 1)."""
        halved = halved.contiguous(memory_format=torch.channels_last)
        with torch.autocast(halved.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            maps = self.stages((halved - 0.5) / 0.25)
        maps = maps.float()
        whole = maps.clamp(min=_LEAST).pow(_GEM).mean((2, 3)).pow(1 / _GEM)
        rows = maps.amax(3)
        stripes = rows.unflatten(2, (self.stripes, -1)).mean(3).flatten(1)
        return torch.cat([whole, stripes], 1)[:, :, None, None]


class _Residual(nn.Module):
    """Two convolutions whose output is added to their input."""

    def __init__(self, channels: int, per_crop: bool) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _convolution(channels, channels),
            _HalfPerCrop(channels) if per_crop else nn.BatchNorm2d(channels),
            nn.ReLU(),
            _convolution(channels, channels),
            nn.BatchNorm2d(channels),
        )

    def forward(self, maps: Tensor) -> Tensor:
        return functional.relu(maps + self.layers(maps))


class _HalfPerCrop(nn.Module):
    """Normalises the first half of the channels crop by crop, and the others over the batch."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.in_crop = channels // 2
        self.per_crop = nn.InstanceNorm2d(self.in_crop, affine=True)
        self.over_batch = nn.BatchNorm2d(channels - self.in_crop)

    def forward(self, maps: Tensor) -> Tensor:
        parts = self.per_crop(maps[:, : self.in_crop]), self.over_batch(maps[:, self.in_crop :])
        return torch.cat(parts, 1)


def _convolution(before: int, after: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
