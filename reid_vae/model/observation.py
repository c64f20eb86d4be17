"""The data space: what of a crop the decoder explains, and in which units it is wrong.

A flat decoder is an isometry, so its latent distance is the distance between the decoded data: a
descriptor can tell apart only what Euclidean distance in the data space tells apart. Two choices
make that space, neither of which changes the model:

- The *picture*: the crop as it is ("rgb"), or small, in L*a*b* with each channel in units of its
  standard deviation, and feathered towards the mean colour at the edges, where the background is.
- The *covariance* Sigma of the Gaussian p(x | z). Isotropic, as in the paper, or the nuisance
  covariance: how the pictures of one person differ within a tracklet. A likelihood with covariance
  Sigma is an isotropic one for the whitened y = Sigma^(-1/2) x, and the decoder's metric becomes
  J^T Sigma^-1 J; a distance then counts each direction for less, the more one person varies in it.
  Sigma is known up to a factor, which the likelihood's own variance is.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .architecture import Architecture
from .colour import lab_to_rgb, rgb_to_lab


class Observation(nn.Module):
    """From crops to data: pictures, and the values that the likelihood compares.

    Attributes:
        channel_mean: (3,) of the pictures' channels before standardising; 0 for "rgb".
        channel_std: (3,) likewise; 1 for "rgb".
        whitening: (R, 3 s s), Sigma^(-1/2) on the R directions that vary most, up to a factor; None
            if isotropic.

    Args:
        architecture: says which.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.register_buffer("channel_mean", torch.zeros(3))
        self.register_buffer("channel_std", torch.ones(3))
        whitening = None
        if architecture.whitened_size:
            whitening = torch.eye(architecture.whitened_size, architecture.picture_size)
        self.register_buffer("whitening", whitening)
        window = feathered_window(architecture.observed_size, architecture.feather)
        self.register_buffer("window", window, persistent=False)

    def pictures(self, images: Tensor) -> Tensor:
        """Images (N, 3, H, W) RGB in [0, 1] -> pictures (N, 3, s, s)."""
        return self._standardise(self._colours(images)) * self.window

    def whiten(self, pictures: Tensor) -> Tensor:
        """Pictures (N, 3, s, s) -> data (N, Nx), whose squared error the likelihood counts."""
        values = pictures.flatten(1)
        return values if self.whitening is None else values @ self.whitening.T

    def unwhiten(self, values: Tensor) -> Tensor:
        """Data (N, Nx) -> the smallest pictures (N, 3, s, s) that whiten to them."""
        if self.whitening is not None:
            values = values @ torch.linalg.pinv(self.whitening).T
        side = self.architecture.observed_size
        return values.reshape(-1, 3, side, side)

    def to_rgb(self, pictures: Tensor) -> Tensor:
        """Pictures as a person may look at them: (N, 3, s, s) RGB in [0, 1], edges still faded."""
        values = self._in_colours(pictures)
        return lab_to_rgb(values) if self.architecture.colours == "lab" else values.clamp(0, 1)

    def to_lab(self, pictures: Tensor) -> Tensor:
        """Pictures -> L*a*b* (N, 3, s, s), not standardised and nowhere faded."""
        values = self._in_colours(pictures / self.window)
        return values if self.architecture.colours == "lab" else rgb_to_lab(values)

    def from_lab(self, lab: Tensor) -> Tensor:
        """The inverse of :meth:`to_lab`; for "rgb", of the colours that sRGB has."""
        values = lab if self.architecture.colours == "lab" else lab_to_rgb(lab)
        return self._standardise(values) * self.window

    @torch.no_grad()
    def fit_channels(self, images: Tensor) -> None:
        """Take the units of the channels from images (M, 3, H, W); "rgb" keeps its own."""
        if self.architecture.colours == "lab":
            values = self._colours(images)
            self.channel_mean.copy_(values.mean((0, 2, 3)))
            # A grey video has no chroma: its unit must not be zero.
            self.channel_std.copy_(values.std((0, 2, 3)).clamp(min=1.0))

    def _colours(self, images: Tensor) -> Tensor:
        values = rgb_to_lab(images) if self.architecture.colours == "lab" else images
        return functional.avg_pool2d(
            values, self.architecture.image_size // self.architecture.observed_size
        )

    def _in_colours(self, pictures: Tensor) -> Tensor:
        return pictures * self.channel_std[:, None, None] + self.channel_mean[:, None, None]

    def _standardise(self, values: Tensor) -> Tensor:
        return (values - self.channel_mean[:, None, None]) / self.channel_std[:, None, None]


def feathered_window(side: int, feather: float) -> Tensor:
    """(side, side) Gaussian about the middle, 1 there; all ones when ``feather`` is 0."""
    if not feather:
        return torch.ones(side, side)
    distance = (torch.arange(side) - (side - 1) / 2) / (feather * side)
    profile = torch.exp(-0.5 * distance**2)
    return profile[:, None] * profile[None, :]
