"""The two sizes of the model: Table 3's MOT16 column as printed, and the slim one that ships."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    """Layer sizes of a VHP-VAE on square RGB crops.

    Attributes:
        image_size: side of the input in pixels; can be halved once a stage.
        latent_size: Nz, the length of z and so of the descriptor.
        prior_latent_size: length of zeta. The paper does not give it; as long as z here.
        encoder_channels: channels of each VGG stage; a stage ends in a 2x2 maximum pool.
        encoder_convolutions: 3x3 convolutions of each stage (VGG16: 2, 2, 3, 3, 3).
        decoder_channels: channels of each transposed convolution + convolution pair.
        prior_hidden: widths of the hidden layers of q(zeta | z) and p(z | zeta).
        isometric_start: whether the decoder is a linear map with orthonormal columns plus the
            convolutional network, whose last layer starts at zero. Not in the paper: a decoder that
            starts as an isometry stays flat at 128 latents.
    """

    image_size: int = 64
    latent_size: int = 128
    prior_latent_size: int = 128
    encoder_channels: tuple[int, ...] = (64, 128, 256, 512, 512)
    encoder_convolutions: tuple[int, ...] = (2, 2, 3, 3, 3)
    decoder_channels: tuple[int, ...] = (256, 128, 64, 32, 16)
    prior_hidden: tuple[int, ...] = (512, 512)
    isometric_start: bool = False

    def __post_init__(self) -> None:
        stages = len(self.encoder_channels)
        if not stages or not self.decoder_channels or not self.prior_hidden:
            raise ValueError(
                "encoder_channels, decoder_channels and prior_hidden must not be empty"
            )
        if len(self.encoder_convolutions) != stages:
            raise ValueError("encoder_convolutions must have one entry for each encoder stage")
        if self.image_size % 2**stages or self.image_size % 2 ** len(self.decoder_channels):
            raise ValueError(f"image_size {self.image_size} cannot be halved once for each stage")
        if self.isometric_start and self.latent_size > self.data_size:
            raise ValueError(
                f"latent_size {self.latent_size} is above the {self.data_size} of data"
            )

    @property
    def data_size(self) -> int:
        """Nx, the number of values of one image."""
        return 3 * self.image_size**2


ARCHITECTURES = {
    "vgg16": Architecture(),
    "slim": Architecture(
        encoder_channels=(16, 32, 64, 128, 128),
        decoder_channels=(64, 32, 16, 8, 8),
        isometric_start=True,
    ),
}
