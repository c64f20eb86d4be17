"""The data space: the values that the decoder reconstructs, and the units of their error.

Flat means that c |z - z'| is the length along the decoded surface from f(z) to f(z'). The distance
between these two points in the data space is their chord, which is shorter where the surface bends.
The metric of the data space measures both, so the data space decides which differences between
crops count in the descriptor, and how much. The encoder discards variation as well: a crop is
described by a point of the surface, which lies at some distance from the crop's picture. Two
choices define the data space; neither changes the model:

- The *picture*: either the crop itself ("rgb"), or a smaller version in L*a*b* ("lab") whose
  channels are in units of their standard deviation. Its edges, where the background is, may fade to
  the mean colour. Learned features may take its place (see reid_vae.model.feature_network); they
  are handled as a picture of one pixel with F channels.
- The *covariance* Sigma of the Gaussian p(x | z): isotropic, as in the paper, or the nuisance
  covariance, which describes how pictures of one person differ within a tracklet. A likelihood with
  covariance Sigma is an isotropic likelihood of the whitened y = Sigma^(-1/2) x, and the decoder's
  metric becomes J^T Sigma^-1 J. The more one person varies in a direction, the less the direction
  counts. Sigma is known only up to a factor: the variance of the likelihood, kappa^2 / lambda.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .architecture import Architecture
from .colour_spaces import lab_to_rgb, rgb_to_lab
from .colour_words import ColourWords
from .feature_network import FeatureNetwork
from .parts import needed
from .strip_histograms import StripHistograms

# Variance of the histograms below which it is rounding error: all crops have the same colours.
_LEAST_VARIANCE = 1e-9


class Observation(nn.Module):
    """Turns crops into pictures, and pictures into the data that the likelihood compares.

    Attributes:
        channel_mean: (3,), mean of each picture channel before standardising; 0 for "rgb".
        channel_std: (3,), standard deviation of each picture channel; 1 for "rgb".
        features: the network whose features replace the picture, trained beforehand; or None.
        words: the histograms of colours beside the learned features, or None.
        word_unit: (), factor of the histograms.
        strips: the histograms of hue and saturation beside them, or None.
        whitening: (R, 3 s s), or (R, F) for features, Sigma^(-1/2) up to a factor, on the R
            directions of most variance; None if Sigma is isotropic. If there are histograms of hue
            and saturation, :meth:`join_histograms` makes R the number of latents and of their bins.

    Args:
        architecture: gives the size and colour space of pictures, and the number R.
    """

    word_unit: Tensor
    channel_mean: Tensor
    channel_std: Tensor
    whitening: Tensor | None
    window: Tensor

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.features: FeatureNetwork | None = None
        if architecture.feature_channels:
            self.features = FeatureNetwork(architecture).requires_grad_(False).eval()
        self.words: ColourWords | None = None
        if architecture.word_levels:
            self.words = ColourWords(architecture)
            self.register_buffer("word_unit", torch.ones(()))
        self.strips: StripHistograms | None = None
        if architecture.histogram_strips:
            self.strips = StripHistograms(architecture.histogram_strips)
        self.register_buffer("channel_mean", torch.zeros(3))
        self.register_buffer("channel_std", torch.ones(3))
        whitening = None
        if architecture.whitened_size:
            whitening = torch.eye(architecture.whitened_size, architecture.picture_size)
        self.register_buffer("whitening", whitening)
        window = feathered_window(architecture.observed_size, architecture.feather)
        self.register_buffer("window", window, persistent=False)

    def train(self, mode: bool = True) -> "Observation":
        """Change nothing: the data space is the same in training and in evaluation."""
        super().train(mode)
        if self.features is not None:
            self.features.eval()
        return self

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """Channels, rows and columns of a picture: (3, s, s), or (F, 1, 1) for features."""
        if self.features is not None:
            return self.architecture.picture_size, 1, 1
        return 3, self.architecture.observed_size, self.architecture.observed_size

    def pictures(self, images: Tensor) -> Tensor:
        """Convert images (N, 3, H, W) RGB in [0, 1] to pictures (N, 3, s, s) or (N, F, 1, 1)."""
        if self.features is not None:
            return self.describe(self.features.halve(images))
        return self._standardise(self._in_colours(images)) * self.window

    def describe(self, halved: Tensor) -> Tensor:
        """Return the features (N, F, 1, 1) of images of half width: learned ones, then colours."""
        parts = [needed(self.features, "learned features").describe(halved)]
        if self.words is not None:
            parts.append(self.words(halved) * self.word_unit)
        if self.strips is not None:
            parts.append(self.strips(halved))
        return torch.cat(parts, 1)

    def whiten(self, pictures: Tensor) -> Tensor:
        """Convert pictures (N, 3, s, s) to data (N, Nx), which the likelihood compares."""
        values = pictures.flatten(1)
        return values if self.whitening is None else values @ self.whitening.T

    def unwhiten(self, values: Tensor) -> Tensor:
        """Return the pictures (N, 3, s, s) of smallest norm that whiten to these data (N, Nx)."""
        if self.whitening is not None:
            values = values @ torch.linalg.pinv(self.whitening).T
        return values.reshape(-1, *self.picture_shape)

    def to_rgb(self, pictures: Tensor) -> Tensor:
        """Convert pictures for display: (N, 3, s, s) RGB in [0, 1], with edges still faded."""
        values = self._unstandardise(pictures)
        return lab_to_rgb(values) if self.architecture.colours == "lab" else values.clamp(0, 1)

    def to_lab(self, pictures: Tensor) -> Tensor:
        """Convert pictures to L*a*b* (N, 3, s, s): not standardised, and without faded edges."""
        values = self._unstandardise(pictures / self.window)
        return values if self.architecture.colours == "lab" else rgb_to_lab(values)

    def from_lab(self, lab: Tensor) -> Tensor:
        """Invert :meth:`to_lab`; in "rgb" pictures, colours outside sRGB are clamped."""
        values = lab if self.architecture.colours == "lab" else lab_to_rgb(lab)
        return self._standardise(values) * self.window

    @torch.no_grad()
    def fit_channels(self, images: Tensor) -> None:
        """Set the units of channels and colours from images (M, 3, H, W), where there are any."""
        if self.architecture.colours == "lab" and self.features is None:
            values = self._in_colours(images)
            self.channel_mean.copy_(values.mean((0, 2, 3)))
            # At least one L*a*b* unit: a grey video has no chroma, and the divisor must not be 0.
            self.channel_std.copy_(values.std((0, 2, 3)).clamp(min=1.0))
        if self.words is not None:
            features = needed(self.features, "learned features")
            halved = features.halve(images)
            parts = features.describe(halved), self.words(halved)
            # Equal variance of both parts in total.
            learned, colours = (part.var(0).sum() for part in parts)
            self.word_unit.copy_((learned / colours.clamp(min=_LEAST_VARIANCE)).sqrt())

    @torch.no_grad()
    def join_histograms(self, others: Tensor, variance: Tensor) -> None:
        """Make the data a map of the other features, and the histograms beside it.

        Both get the same variance in total, so that neither rules the distances, and the values
        have unit variance on average.

        Args:
            others: (L, F - B), the map of the features before the B values of the histograms.
            variance: (F, F), the covariance of the features.
        """
        size, bins = len(others), self.architecture.histogram_size
        first, last = variance[:-bins, :-bins], variance[-bins:, -bins:]
        spread = (others.double() @ first @ others.T.double()).trace()
        units = [
            (0.5 * (size + bins) / each.clamp(min=_LEAST_VARIANCE)).sqrt()
            for each in (spread, last.trace())
        ]
        whitening = needed(self.whitening, "whitening").zero_()
        whitening[:size, :-bins] = others * units[0].float()
        whitening[size:, -bins:] = torch.eye(bins) * units[1].float()

    def _in_colours(self, images: Tensor) -> Tensor:
        values = rgb_to_lab(images) if self.architecture.colours == "lab" else images
        factor = self.architecture.image_size // self.architecture.observed_size
        return values if factor == 1 else functional.avg_pool2d(values, factor)

    def _unstandardise(self, pictures: Tensor) -> Tensor:
        return pictures * self.channel_std[:, None, None] + self.channel_mean[:, None, None]

    def _standardise(self, values: Tensor) -> Tensor:
        return (values - self.channel_mean[:, None, None]) / self.channel_std[:, None, None]


def feathered_window(side: int, feather: float) -> Tensor:
    """Return a (side, side) Gaussian window, 1 at the centre; all ones if ``feather`` is 0."""
    if not feather:
        return torch.ones(side, side)
    distance = (torch.arange(side) - (side - 1) / 2) / (feather * side)
    profile = torch.exp(-0.5 * distance**2)
    return profile[:, None] * profile[None, :]
