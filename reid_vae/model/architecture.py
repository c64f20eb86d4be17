"""Sizes of the model: the MOT16 column of Table 3, and smaller sets."""

import math
from dataclasses import dataclass, fields
from typing import Any, Literal

_LARGEST_SIZE = 65_536
"""Largest number of channels, pixels or latents: a damaged file must not fill the memory."""
_MOST_LAYERS = 16
"""Most layers of a stack, stages of a network, and convolutions of a stage."""

HISTOGRAM_BINS = (12, 6)
"""Hues and saturations of a strip's histogram, see reid_vae.model.strip_histograms."""
HUES = 8
"""Hues of the coloured words at each lightness, see reid_vae.model.colour_words."""


@dataclass(frozen=True)
class Architecture:
    """Layer sizes of a VHP-VAE of square RGB crops, and the form of the pictures it decodes.

    Attributes:
        image_size: side of the encoder's input in pixels; a multiple of 2 ** (encoder stages).
        observed_size: side in pixels of the picture that the decoder reconstructs; a multiple of
            2 ** (decoder stages) and a divisor of image_size.
        colours: colour space of that picture, "rgb" or "lab" (see reid_vae.model.observation).
        feather: standard deviation of the window that fades the picture's edges, as a fraction of
            the side; 0 for no window.
        feature_channels: channels of the stages of a network whose learned features replace the
            picture (see reid_vae.model.feature_network): one stage at the full size, then stages
            that each halve it; empty for pictures.
        feature_stripes: number of horizontal stripes that have features of their own.
        word_levels: number of lightnesses of the colours whose histograms stand beside the learned
            features (see reid_vae.model.colour_words); 0 for no histograms.
        histogram_strips: number of horizontal strips whose histograms of hue and saturation stand
            beside the learned features and the words (see reid_vae.model.strip_histograms); 0 for
            none. The nuisance covariance leaves them as they are.
        whitened_size: number of values that replace the picture: whitened values under the nuisance
            covariance, else coordinates in the pictures' principal subspace. 0 keeps the picture.
        latent_size: Nz, the length of z and therefore of the descriptor.
        prior_latent_size: length of zeta. The paper does not give it; here zeta is as long as z.
        encoder_channels: channels of each VGG stage; each stage ends with a 2x2 max pool.
        encoder_convolutions: number of 3x3 convolutions in each stage (VGG16: 2, 2, 3, 3, 3).
        encoder_hidden: hidden layer widths of an encoder that sees the whitened values; empty for
            the VGG stages, which see the crop.
        decoder_channels: channels of each pair of transposed convolution and convolution.
        dense_hidden: hidden layer widths of the decoder of whitened values.
        activation: of these two dense networks. A decoder of ReLU layers bends only at creases, so
            its metric jumps; a smooth one can bend everywhere and stay flat.
        bypass: whether a linear layer bypasses the hidden layers of the decoder and of a dense
            encoder. Training then need not learn the linear part of a map of many latents.
        normalised_latents: whether a BatchNorm without weights gives the posterior means unit
            variance. The objective does not fix the scale of the latents: without the prior, means
            grow and the decoder's c^2 falls.
        prior_hidden: hidden layer widths of q(zeta | z) and p(z | zeta).
        isometric_start: whether the decoder is a linear map with orthonormal columns plus a network
            whose last layer starts at zero. Not in the paper: a decoder that starts as an isometry
            stays flat at 128 latents.
        linear_encoder: whether the encoder is a fixed linear map, the inverse of that one or a
            closed form, plus a network whose mean starts at zero. Not in the paper: a network's
            output for colours missing from its training is arbitrary, whereas a linear map treats
            them as mixtures of known colours.

    Raises:
        ValueError: a size has another type or is out of range, or sizes do not fit together.
    """

    image_size: int = 64
    observed_size: int = 64
    colours: Literal["rgb", "lab"] = "rgb"
    feather: float = 0.0
    feature_channels: tuple[int, ...] = ()
    feature_stripes: int = 4
    word_levels: int = 0
    histogram_strips: int = 0
    whitened_size: int = 0
    latent_size: int = 128
    prior_latent_size: int = 128
    encoder_channels: tuple[int, ...] = (64, 128, 256, 512, 512)
    encoder_convolutions: tuple[int, ...] = (2, 2, 3, 3, 3)
    encoder_hidden: tuple[int, ...] = ()
    decoder_channels: tuple[int, ...] = (256, 128, 64, 32, 16)
    dense_hidden: tuple[int, ...] = (256, 256)
    activation: Literal["relu", "silu"] = "relu"
    bypass: bool = False
    normalised_latents: bool = False
    prior_hidden: tuple[int, ...] = (512, 512)
    isometric_start: bool = False
    linear_encoder: bool = False

    def __post_init__(self) -> None:
        for each in fields(self):
            _check(each.name, getattr(self, each.name), each.default)
        stages = len(self.encoder_channels)
        if not all((stages, self.decoder_channels, self.dense_hidden, self.prior_hidden)):
            raise ValueError(
                "encoder_channels, decoder_channels, dense_hidden and prior_hidden must not be "
                "empty"
            )
        if len(self.encoder_convolutions) != stages:
            raise ValueError("encoder_convolutions must have one entry per encoder stage")
        if self.image_size % 2**stages:
            raise ValueError(
                f"image_size {self.image_size} must be a multiple of {2**stages}: each encoder "
                "stage halves it"
            )
        if self.observed_size % 2 ** len(self.decoder_channels):
            raise ValueError(
                f"observed_size {self.observed_size} must be a multiple of "
                f"{2 ** len(self.decoder_channels)}: each decoder stage doubles the side"
            )
        if self.image_size % self.observed_size:
            raise ValueError("observed_size must divide image_size")
        if self.feature_channels:
            self._check_features()
        elif self.word_levels or self.histogram_strips:
            name = "word_levels" if self.word_levels else "histogram_strips"
            raise ValueError(f"{name} needs feature_channels")
        if self.colours not in ("rgb", "lab"):
            raise ValueError(f"colours must be rgb or lab, not {self.colours!r}")
        if not 0 <= self.whitened_size <= self.picture_size:
            raise ValueError(
                f"whitened_size {self.whitened_size} must be from 0 to {self.picture_size} values, "
                "the size of a picture"
            )
        if self.activation not in ("relu", "silu"):
            raise ValueError(f"activation must be relu or silu, not {self.activation!r}")
        if self.encoder_hidden and not self.whitened_size:
            raise ValueError(
                "encoder_hidden needs whitened_size: a dense encoder maps whitened values"
            )
        if self.linear_encoder and not self.isometric_start:
            raise ValueError(
                "linear_encoder needs isometric_start: the encoder inverts the linear map of the "
                "decoder"
            )
        if self.isometric_start and self.latent_size > self.data_size:
            raise ValueError(
                f"latent_size {self.latent_size} must not exceed the {self.data_size} data values"
            )

    def _check_features(self) -> None:
        rows = self.image_size >> (len(self.feature_channels) - 1)
        if self.feature_stripes < 1 or rows == 0 or rows % self.feature_stripes:
            raise ValueError(
                f"feature_stripes {self.feature_stripes} must divide the {rows} rows of the last "
                "stage of feature_channels"
            )
        if self.histogram_strips and self.image_size % self.histogram_strips:
            raise ValueError(
                f"histogram_strips {self.histogram_strips} must divide the {self.image_size} rows"
            )
        if not self.encoder_hidden:
            raise ValueError("feature_channels needs encoder_hidden: features form no image")

    @property
    def feature_size(self) -> int:
        """Number of learned features."""
        return self.feature_channels[-1] * (1 + self.feature_stripes)

    @property
    def picture_size(self) -> int:
        """Number of values in the picture, or of the features in its place."""
        if self.feature_channels:
            # Rows of windows of 4 places that overlap by half, on half of the pixels' rows.
            rows = self.image_size // 4 - 1
            words = 2 * self.word_levels * (1 + HUES) * rows
            return self.feature_size + words + self.histogram_size
        return 3 * self.observed_size**2

    @property
    def histogram_size(self) -> int:
        """Number of values in the histograms of hue and saturation."""
        return self.histogram_strips * math.prod(HISTOGRAM_BINS)

    @property
    def data_size(self) -> int:
        """Nx, the number of values that the likelihood compares."""
        return self.whitened_size or self.picture_size


def _check(name: str, value: Any, usual: Any) -> None:
    """Raise ValueError unless a value has the type of the usual value, and a sensible size."""
    if isinstance(usual, str | bool):
        is_right = isinstance(value, type(usual))
    elif isinstance(usual, tuple):
        most = _MOST_LAYERS if name == "encoder_convolutions" else _LARGEST_SIZE
        is_right = isinstance(value, tuple) and len(value) <= _MOST_LAYERS
        is_right = is_right and all(_is_size(each, 1, most) for each in value)
    elif isinstance(usual, float):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_right = is_number and math.isfinite(value) and value >= 0
    else:
        is_right = _is_size(value, 0 if usual == 0 else 1, _LARGEST_SIZE)
    if not is_right:
        raise ValueError(f"{name} {value!r:.60} is not of the kind of {usual!r}, or out of range")


def _is_size(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


ARCHITECTURES = {
    "vgg16": Architecture(),
    # A quarter of vgg16's channels on the same pixels: the paper's shape, which trains at length on
    # one core.
    "vgg16-slim": Architecture(
        encoder_channels=(16, 32, 64, 128, 128),
        decoder_channels=(64, 32, 16, 8, 4),
        prior_hidden=(256, 256),
    ),
    # A quarter of vgg16's channels on a quarter of its pixels. People are 60 to 300 pixels tall in
    # typical footage, and 32 x 32 pixels keep the lasting features: colour and build.
    "slim": Architecture(
        image_size=32,
        observed_size=16,
        colours="lab",
        feather=0.25,
        encoder_channels=(16, 32, 64, 128),
        encoder_convolutions=(2, 2, 3, 3),
        decoder_channels=(64, 32, 16),
        prior_hidden=(256, 256),
        isometric_start=True,
    ),
    # The encoder sees the same 16 x 16 pixels that the decoder reconstructs, with half of slim's
    # channels. A crop takes an eighth of slim's time, and after twice as many training steps the
    # descriptor tells people apart as well as slim's.
    "small": Architecture(
        image_size=16,
        observed_size=16,
        colours="lab",
        feather=0.25,
        encoder_channels=(16, 32, 64),
        encoder_convolutions=(2, 2, 2),
        decoder_channels=(64, 32, 16),
        prior_hidden=(256, 256),
        isometric_start=True,
    ),
    # Few latents, for which a plane does not suffice. The encoder and the decoder are smooth dense
    # networks, and both work on principal coordinates instead of pixels, because the metric is
    # the same there and a step takes a hundredth of the time: enough steps to bend and to flatten.
    # 256 coordinates hold 97 % of the variance of crops of MOT16.
    "curved": Architecture(
        image_size=32,
        observed_size=32,
        whitened_size=256,
        latent_size=16,
        prior_latent_size=16,
        encoder_hidden=(256, 256),
        dense_hidden=(256, 256),
        activation="silu",
        bypass=True,
        prior_hidden=(128, 128),
    ),
    # For people and cameras that the footage does not show: learned features replace the pixels.
    # Encoder and decoder are dense networks beside linear maps.
    "strangers": Architecture(
        image_size=64,
        feature_channels=(16, 32, 64, 128),
        word_levels=5,
        histogram_strips=4,
        whitened_size=128,
        encoder_hidden=(256,),
        dense_hidden=(256,),
        activation="silu",
        prior_hidden=(256, 256),
        isometric_start=True,
    ),
}
