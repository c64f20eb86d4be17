"""The sizes of the model: Table 3's MOT16 column as printed, and two slimmer ones that ship."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Architecture:
    """Layer sizes of a VHP-VAE on square RGB crops, and what of a crop it is to explain.

    Attributes:
        image_size: side of the encoder's input in pixels; can be halved once a stage.
        observed_size: side of the picture the decoder explains; can be halved once a stage of it,
            and divides image_size.
        colours: of that picture, "rgb" or "lab" (see reid_vae.observation).
        feather: standard deviation of its window, as a fraction of the side; 0 for none.
        whitened_size: values left of it by a covariance that is not isotropic; 0 if it is.
        latent_size: Nz, the length of z and so of the descriptor.
        prior_latent_size: length of zeta. The paper does not give it; as long as z here.
        encoder_channels: channels of each VGG stage; a stage ends in a 2x2 maximum pool.
        encoder_convolutions: 3x3 convolutions of each stage (VGG16: 2, 2, 3, 3, 3).
        decoder_channels: channels of each transposed convolution + convolution pair.
        dense_hidden: widths of the hidden layers of the decoder of whitened values.
        prior_hidden: widths of the hidden layers of q(zeta | z) and p(z | zeta).
        isometric_start: whether the decoder is a linear map with orthonormal columns plus the
            convolutional network, whose last layer starts at zero. Not in the paper: a decoder that
            starts as an isometry stays flat at 128 latents.
        linear_encoder: whether the encoder is the inverse of that start plus the network, whose
            mean starts at zero. Not in the paper: of colours it was not shown a network makes
            anything, a linear map what it makes of their mixtures.
    """

    image_size: int = 64
    observed_size: int = 64
    colours: Literal["rgb", "lab"] = "rgb"
    feather: float = 0.0
    whitened_size: int = 0
    latent_size: int = 128
    prior_latent_size: int = 128
    encoder_channels: tuple[int, ...] = (64, 128, 256, 512, 512)
    encoder_convolutions: tuple[int, ...] = (2, 2, 3, 3, 3)
    decoder_channels: tuple[int, ...] = (256, 128, 64, 32, 16)
    dense_hidden: tuple[int, ...] = (256, 256)
    prior_hidden: tuple[int, ...] = (512, 512)
    isometric_start: bool = False
    linear_encoder: bool = False

    def __post_init__(self) -> None:
        stages = len(self.encoder_channels)
        if not all((stages, self.decoder_channels, self.dense_hidden, self.prior_hidden)):
            raise ValueError(
                "encoder_channels, decoder_channels, dense_hidden and prior_hidden must not be "
                "empty"
            )
        if len(self.encoder_convolutions) != stages:
            raise ValueError("encoder_convolutions must have one entry for each encoder stage")
        if self.image_size % 2**stages:
            raise ValueError(f"image_size {self.image_size} cannot be halved once for each stage")
        if self.observed_size % 2 ** len(self.decoder_channels):
            raise ValueError(
                f"observed_size {self.observed_size} cannot be halved once for each stage"
            )
        if self.image_size % self.observed_size:
            raise ValueError("observed_size must divide image_size")
        if self.colours not in ("rgb", "lab"):
            raise ValueError(f"colours {self.colours!r} are neither rgb nor lab")
        if not 0 <= self.whitened_size <= self.picture_size:
            raise ValueError(
                f"whitened_size {self.whitened_size} is not among the {self.picture_size} values"
            )
        if self.linear_encoder and not self.isometric_start:
            raise ValueError("linear_encoder needs isometric_start, whose inverse it is")
        if self.isometric_start and self.latent_size > self.data_size:
            raise ValueError(
                f"latent_size {self.latent_size} is above the {self.data_size} of data"
            )

    @property
    def picture_size(self) -> int:
        """Number of values of the picture the decoder explains."""
        return 3 * self.observed_size**2

    @property
    def data_size(self) -> int:
        """Nx, the number of values the likelihood compares."""
        return self.whitened_size or self.picture_size


ARCHITECTURES = {
    "vgg16": Architecture(),
    # A quarter of the channels on a quarter of the pixels: a person is 60 to 300 pixels high in the
    # footage this is for, and colour and build, which last, survive 32 x 32.
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
    # The encoder sees no more than the decoder explains, with half of slim's channels: an eighth of
    # the time a crop, and trained for twice as many steps it tells people apart as well.
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
}
